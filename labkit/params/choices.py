"""The choices of a study as one frozen model: what a params file may say, and nothing else.

Two things people confuse: a *choice* (what this study decided, here) and a *constant* (what the literature found, in
`labkit/constants/`). A params file holds choices only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from labkit.errors import Refusal
from labkit.params.consistency import contradictions
from labkit.params.distinct import check_distinct
from labkit.params.inputs import (
    BelowLimit,
    CorrectionFactor,
    Day,
    Dose,
    Errors,
    Flow,
    LaboratoryFiles,
    Language,
    Model,
    Notebook,
    NotUsed,
    Population,
    Published,
    Results,
    Text,
)
from labkit.params.problems import CONTRADICTION, problems_of
from labkit.params.scalars import one_of, to_integer, to_number
from labkit.vocabulary import Stage


class Title(Model):
    """The question that the study answers, in each language of its report."""

    en: Text | None = None
    """The title in English, a question."""
    zh: Text | None = None
    """The title in Chinese, a question."""


class SimulatedOperation(Model):
    """What an operation does to the simulated use: the truth that the notebook `effect` has to find."""

    sites: Annotated[tuple[Text, ...], Field(min_length=1), AfterValidator(check_distinct)]
    """Sites where use changes, as S5."""
    analyte: Text
    """The analyte whose use changes."""
    start: Day
    """First day of the change, YYYY-MM-DD."""
    weeks: Annotated[int, Field(ge=1, le=520), BeforeValidator(to_integer)]
    """How long it lasts."""
    change: Annotated[float, Field(gt=-1, le=10), BeforeValidator(to_number)]
    """Relative change of use while it lasts: -0.30 is thirty percent less."""


class Simulation(Model):
    """A simulated city with known truth, made by the run and read like a laboratory's files."""

    seed: Annotated[int, Field(ge=0), BeforeValidator(to_integer)]
    """Where the random numbers start: the same seed gives the same city, digit for digit."""
    sites: Annotated[int, Field(ge=1, le=100), BeforeValidator(to_integer)] = 6
    """Number of sampling points, each with its catchment."""
    weeks: Annotated[int, Field(ge=1, le=1040), BeforeValidator(to_integer)] = 156
    """Length of the simulated period, in weeks."""
    days_per_week: Annotated[int, Field(ge=1, le=7), BeforeValidator(to_integer)] = 1
    """Sampled days in each week."""
    start: Day
    """First day of the simulated period, YYYY-MM-DD."""
    operation: SimulatedOperation | None = None
    """An operation with a known effect."""
    waves: Annotated[float, Field(ge=0, le=2), BeforeValidator(to_number)] = 0.0
    """Log standard deviation of waves of some months that each area has for itself; 0 is a city without."""
    subjects: Annotated[int, Field(ge=1, le=4000), BeforeValidator(to_integer)] = 120
    """Persons tested by each laboratory in hair, and as many in blood."""


class Operation(Model):
    """An operation whose effect is asked for: where, when, and who says so."""

    sites: Annotated[tuple[Text, ...], Field(min_length=1), AfterValidator(check_distinct)]
    """Sampling points whose catchments the operation was in."""
    start: Day
    """Its first day, YYYY-MM-DD."""
    weeks: Annotated[int, Field(ge=1, le=520), BeforeValidator(to_integer)]
    """Weeks from there on whose effect is asked for."""
    source: Text
    """Where the date is from; it must not have been chosen by looking at the results."""


class Alerts(Model):
    """How many false alerts the laboratory is willing to look into."""

    false_alerts_a_month: Annotated[float, Field(gt=0, le=1000), BeforeValidator(to_number)] = 1.0
    """Expected number a month where nothing happened, over all sites and analytes together."""


class Prevalence(Model):
    """How many people use one drug: what is asked, and what is assumed of a user."""

    drug: Text
    """The drug, as methamphetamine."""
    intake_mg_user_day: Annotated[float, Field(gt=0), BeforeValidator(to_number)]
    """Milligrams of pure drug a user takes a day, over all days; the number that decides most."""
    intake_log_sd: Annotated[float, Field(gt=0, le=3), BeforeValidator(to_number)] = 0.5
    """How uncertain that is: log standard deviation, the excretion fraction's error included."""
    selection: Annotated[float, Field(ge=0, le=12), BeforeValidator(to_number)] = 5.0
    """Log odds by which those tested exceed the people they stand for."""
    selection_sd: Annotated[float, Field(gt=0, le=5), BeforeValidator(to_number)] = 2.0
    """How uncertain that is."""
    age_range: Text = "15-64"
    """In whom, as 15-64 or all."""
    age_share: Annotated[float, Field(gt=0, le=1), BeforeValidator(to_number)] = 1.0
    """Share of the people in that age range."""
    window: Text = "past quarter"
    """Over which time somebody counts as a user."""
    drift_log_sd: Annotated[float, Field(gt=0, le=2), BeforeValidator(to_number)] | None = None
    """How far the intake may have drifted over the study (log standard deviation); without it a trend is one of mass."""
    water_as: Annotated[Literal["likelihood", "benchmark"], BeforeValidator(one_of(["likelihood", "benchmark"]))] = "likelihood"
    """likelihood: every area and quarter of the water speaks; benchmark: only its mean over all of them. Never both."""
    source: Text
    """Where the numbers are from."""
    method: Annotated[Literal["approximation", "sampler"], BeforeValidator(one_of(["approximation", "sampler"]))] = (
        "approximation"
    )
    """sampler: PyMC with nutpie (minutes); approximation: seconds, without a compiler."""


class Period(Model):
    """The days that a study covers; results outside of it are left out and counted."""

    first: Annotated[Day, Field(alias="from")]
    """First day, YYYY-MM-DD, included."""
    last: Annotated[Day, Field(alias="to")]
    """Last day, YYYY-MM-DD, included."""


class Choices(Model):
    """All choices of one study, as its params file gives them."""

    title: Title
    """What the study asks, once in each language of the report."""
    languages: Annotated[tuple[Language, ...], Field(min_length=1), AfterValidator(check_distinct)]
    """The languages of the report: en, zh, or both."""
    notebooks: Annotated[tuple[Notebook, ...], Field(min_length=1), AfterValidator(check_distinct)]
    """The notebooks that tell the study, in reading order; `labkit list` shows their ids."""
    enters_at: Annotated[Stage, BeforeValidator(one_of(Stage))]
    """What the results are: concentration (ng/L), load (mg/day) or load_per_1000 (mg/day/1000inh)."""
    level: Annotated[float, Field(gt=0.5, lt=1), BeforeValidator(to_number)] = 0.95
    """Probability of every interval, between 0.5 and 1."""
    period: Period | None = None
    """The days that the study covers; without it, all days of the results."""
    simulation: Simulation | None = None
    """A simulated city with known truth; its files are read as simulated/…"""
    results: Results
    """What the laboratory (or an agency) reports."""
    flow: Flow | None = None
    """Water passing each sampling point, in m3/day."""
    population: Population | None = None
    """People behind each sampling point, with the kind of count."""
    correction_factor: CorrectionFactor
    """mg drug taken per mg analyte excreted; none ends the study at the load."""
    dose: Dose = NotUsed(none=True)
    """mg of drug in one dose; none ends the study at the consumption."""
    errors: Errors
    """How exact the inputs are taken to be; none leaves out every interval that would need it."""
    below_limit: BelowLimit = NotUsed(none=True)
    """How values below a limit are filled in; none keeps them as intervals from 0 to the limit."""
    compare_with: Published | None = None
    """Published figures that ours are held against."""
    policy_change: Annotated[float, Field(gt=0, le=10), BeforeValidator(to_number)] = 0.25
    """The change that would matter (0.25 is a quarter more, or as much less in ratio): statements give its probability."""
    alerts: Alerts | None = None
    """The contract of the alarms; without it, one false alert a month."""
    operation: Operation | None = None
    """An operation whose effect is asked for by the notebook effect."""
    prevalence: Prevalence | None = None
    """How many people: asked for by the notebook prevalence."""
    hair: LaboratoryFiles | None = None
    """Results in hair, ng/mg, one row a subject and analyte; asked for by the notebook matrices."""
    blood: LaboratoryFiles | None = None
    """Results in blood, ng/mL."""
    areas: Published | None = None
    """Which areas drain to which sites, with shares: a sites table."""
    quality: LaboratoryFiles | None = None
    """Blanks, spikes, controls and duplicates of the laboratories; told by the notebook quality."""

    @model_validator(mode="after")
    def _agree(self) -> Choices:
        """Refuse choices that are each allowed and contradict one another."""
        if contradictions(self.to_plain()):
            raise PydanticCustomError(CONTRADICTION, CONTRADICTION)
        return self

    def to_plain(self) -> dict[str, Any]:
        """Return the choices as JSON types: texts, numbers, booleans, lists and maps."""
        plain: dict[str, Any] = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return plain

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Choices:
        """Return the choices that `to_plain` wrote; anything else raises `Refusal`."""
        try:
            return cls.model_validate(plain)
        except ValidationError as error:
            raise Refusal(problems_of(error, cls, plain, "choices", {}, set())) from None

    def __str__(self) -> str:
        """Print the choices as a tree, in English."""
        from labkit.params.tree import say_tree  # the tree is drawn from the model, so it is the later one

        return say_tree(self, "en")
