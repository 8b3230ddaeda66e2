"""The uncertain inputs of a study, each given by exactly one of the five words, as frozen models.

Two things people confuse: what is *observed* (a file says it) and what is *assumed* (the params file says it, and with it
where the number is from). Every field is typed and described, with its unit; an unknown one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
)

from labkit.params.names import NOTEBOOK, to_file_name, to_file_names, to_notebook, to_profile_names
from labkit.params.scalars import LONGEST_TEXT, one_of, to_day, to_number, to_text, to_true
from labkit.params.words import AS, Worded, only, tag_of
from labkit.vocabulary import PopulationKind

Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT), BeforeValidator(to_text)]
Positive = Annotated[float, Field(gt=0), BeforeValidator(to_number)]
Spread = Annotated[float, Field(ge=0, lt=2), BeforeValidator(to_number)]
Day = Annotated[date, BeforeValidator(to_day)]
FileName = Annotated[str, BeforeValidator(to_file_name)]
Notebook = Annotated[str, BeforeValidator(to_notebook), Field(json_schema_extra={"pattern": f"^{NOTEBOOK}$"})]
Language = Annotated[Literal["en", "zh"], BeforeValidator(one_of(["en", "zh"]))]
Kind = Annotated[PopulationKind, BeforeValidator(one_of(PopulationKind))]
Constants = Annotated[Literal["constants"], BeforeValidator(one_of(["constants"]))]
Files = Annotated[str | tuple[str, ...], BeforeValidator(to_file_names)]
Profiles = Annotated[str | tuple[str, ...], BeforeValidator(to_profile_names)]
SiteNumbers = Annotated[
    Mapping[str, Positive],
    Field(min_length=1),
    AfterValidator(lambda numbers: MappingProxyType(dict(numbers))),
    PlainSerializer(dict, return_type=dict[str, float]),
]


def alternative(found: object) -> str:
    """Return the tag of a value that may be one number or one for each site."""
    return f"{AS}each" if isinstance(found, Mapping) else f"{AS}all"


OneOrEach = Annotated[
    Annotated[Positive, Tag(f"{AS}all")] | Annotated[SiteNumbers, Tag(f"{AS}each")], Discriminator(alternative)
]


class Model(BaseModel):
    """What all parts of a params file share: nothing can be changed, and nothing unknown gets in."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Known(Worded, Model):
    """How an input is known: one of the five words, and what goes with it."""


class Observed(Known):
    """Known from a file."""

    word: ClassVar[str] = "observe"
    observe: FileName
    """The file, relative to the params file, or after $LABKIT_DATA/; simulated/… is made by the run itself."""


class ObservedFiles(Known):
    """Files of one kind, each as its laboratory writes it."""

    word: ClassVar[str] = "observe"
    observe: Files
    """The file, or a list; relative to the params file, or after $LABKIT_DATA/; simulated/… is made by the run itself."""
    profile: Profiles | None = None
    """How the laboratory writes: the name of a profile of params/labs/ for all files, or a list with one for each file."""

    @property
    def each(self) -> tuple[tuple[str, str | None], ...]:
        """Each file with the name of its laboratory's profile."""
        files = (self.observe,) if isinstance(self.observe, str) else self.observe
        profiles = self.profile if isinstance(self.profile, tuple) else (self.profile,) * len(files)
        return tuple(zip(files, profiles, strict=True))


class ObservedResults(ObservedFiles):
    """Results of one or more laboratories, or of an agency, in files."""

    format: Annotated[Literal["long", "euda"], BeforeValidator(one_of(["long", "euda"]))] = "long"
    """How the file is laid out: long (one result a row, as CSV) or euda (the folder of an EUDA release)."""
    files: FileName | None = None
    """A list of the files expected there, each with its SHA-256."""

    @property
    def folder(self) -> str:
        """The one file or folder that an agency's release lies in."""
        return self.each[0][0]


class ObservedPopulation(Observed):
    """People behind each sampling point, in a file."""

    kind: Kind
    """Which people are counted: census, served, or de_facto (present on the sampled day)."""


class AssumedFlow(Known):
    """A flow taken to be the same on every day."""

    word: ClassVar[str] = "assume"
    assume: OneOrEach
    """Flow in m3/day: one number for all sites, or a map of site to number."""
    source: Text
    """Where the number is from."""


class AssumedPopulation(Known):
    """A number of people taken to be the same on every day."""

    word: ClassVar[str] = "assume"
    assume: OneOrEach
    """Number of people: one for all sites, or a map of site to number."""
    kind: Kind
    """Which people are counted: census, served, or de_facto (present on the sampled day)."""
    source: Text
    """Where the number is from."""


class AssumedFactor(Known):
    """Correction factors from the parameter library, each row with its source and status."""

    word: ClassVar[str] = "assume"
    assume: Constants
    """constants: the rows of labkit/constants/ (mg drug taken per mg analyte excreted)."""
    jurisdiction: Text | None = None
    """Whose rows alone are used, as the library writes it, such as KR; without it the general ones."""


class AssumedDose(Known):
    """Sizes of a dose from the parameter library, each row with its source and status."""

    word: ClassVar[str] = "assume"
    assume: Constants
    """constants: the rows of labkit/constants/ (mg of drug in one dose)."""


class RelativeErrors(Model):
    """Relative standard deviations of what a load is made of, each between 0 and 2 (0.10 is 10 %)."""

    analysis: Spread = 0.0
    """Of a concentration, from the laboratory's own and between-laboratory variation; relative, no unit."""
    sampling: Spread = 0.0
    """Of a composite sample standing for its day; relative, no unit."""
    flow: Spread = 0.0
    """Of the flow of a day; relative, no unit."""
    population: Spread = 0.0
    """Of the number of people; relative, no unit."""


class AssumedErrors(Known):
    """How exact the inputs are taken to be."""

    word: ClassVar[str] = "assume"
    assume: RelativeErrors
    """Relative standard deviations of analysis, sampling, flow and population; one left out is 0."""
    source: Text
    """Where the numbers are from."""


class NotUsed(Known):
    """Not used in this study, and the report says so."""

    word: ClassVar[str] = "none"
    none: Annotated[Literal[True], BeforeValidator(to_true)]
    """true: this input is not used."""


Results = Annotated[ObservedResults, only("observe")]
Flow = Annotated[
    Annotated[Observed, Tag(f"{AS}Observed")] | Annotated[AssumedFlow, Tag(f"{AS}AssumedFlow")],
    Discriminator(tag_of(Observed, AssumedFlow)),
    only("observe", "assume"),
]
Population = Annotated[
    Annotated[ObservedPopulation, Tag(f"{AS}ObservedPopulation")] | Annotated[AssumedPopulation, Tag(f"{AS}AssumedPopulation")],
    Discriminator(tag_of(ObservedPopulation, AssumedPopulation)),
    only("observe", "assume"),
]
CorrectionFactor = Annotated[
    Annotated[AssumedFactor, Tag(f"{AS}AssumedFactor")] | Annotated[NotUsed, Tag(f"{AS}NotUsed")],
    Discriminator(tag_of(AssumedFactor, NotUsed)),
    only("assume", "none"),
]
Dose = Annotated[
    Annotated[AssumedDose, Tag(f"{AS}AssumedDose")] | Annotated[NotUsed, Tag(f"{AS}NotUsed")],
    Discriminator(tag_of(AssumedDose, NotUsed)),
    only("assume", "none"),
]
Errors = Annotated[
    Annotated[AssumedErrors, Tag(f"{AS}AssumedErrors")] | Annotated[NotUsed, Tag(f"{AS}NotUsed")],
    Discriminator(tag_of(AssumedErrors, NotUsed)),
    only("assume", "none"),
]
BelowLimit = Annotated[NotUsed, only("none")]
Published = Annotated[Observed, only("observe")]
LaboratoryFiles = Annotated[ObservedFiles, only("observe")]
