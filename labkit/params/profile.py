"""How one laboratory writes its files, as one frozen model: what its readers may take for granted, and nothing else.

Two things people confuse: a *profile* says how a laboratory writes (params/labs/, one for each laboratory) and a *study* says
what is asked of the numbers (params/). What a profile does not declare is not guessed: the file is then refused there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from labkit.params.distinct import check_distinct
from labkit.params.inputs import Day, Model, Positive, Text
from labkit.params.problems import CONTRADICTION
from labkit.params.profile_agreement import disagreements
from labkit.params.profile_words import (
    COLUMNS,
    to_analyte_key,
    to_column,
    to_header_row,
    to_serial_dates,
    to_switch,
    to_unit,
    to_zone,
)
from labkit.params.scalars import one_of, to_number
from labkit.vocabulary import ANALYTES, FileKind, Matrix

FIRST_DAY = date(2000, 1, 1)

Analyte = Annotated[str, BeforeValidator(to_analyte_key), Field(json_schema_extra={"enum": list(ANALYTES)})]
HeaderRow = Annotated[int, BeforeValidator(to_header_row), Field(json_schema_extra={"minimum": 1})]
Unit = Annotated[str, BeforeValidator(to_unit)]
Number = Annotated[float, BeforeValidator(to_number)]
_KEPT = (AfterValidator(lambda words: MappingProxyType(dict(words))), PlainSerializer(dict, return_type=dict[str, str]))
OUR_NAMES = Field(min_length=1, json_schema_extra={"propertyNames": {"enum": list(COLUMNS)}})
Columns = Annotated[Mapping[Annotated[str, BeforeValidator(to_column)], Text], OUR_NAMES, *_KEPT]
Units = Annotated[Mapping[Text, Unit], Field(min_length=1), *_KEPT]
Analytes = Annotated[Mapping[Text, Analyte], Field(min_length=1), *_KEPT]
Words = Annotated[tuple[Text, ...], Field(min_length=1), AfterValidator(check_distinct)]


def _no_words() -> Mapping[str, str]:
    return MappingProxyType({})


class LaboratoryTitle(Model):
    """What the profile is of, once in each language."""

    en: Text | None = None
    """In English; without it, `labkit list` shows the Chinese one."""
    zh: Text | None = None
    """In Chinese; without it, `labkit list` shows the English one."""


class Limit(Model):
    """The limits of one analyte, as the laboratory's method had them over some days."""

    analyte: Analyte
    """The analyte, by our name; a wrong one gives its limits to another substance."""
    matrix: Annotated[Matrix, BeforeValidator(one_of(Matrix))] | None = None
    """Where it is measured; without it the limits hold in every matrix, and a limit of water would be used for hair."""
    method: Text | None = None
    """The method, as the column `method` of the file writes it; a row without that method does not get these limits."""
    lod: Positive | None = None
    """Limit of detection: what ND (未检出) then means is 0 to this number; too low a number makes a non-detect too sure."""
    loq: Positive | None = None
    """Limit of quantification: numbers below it are kept with a flag; too low a number calls a trace a measurement."""
    cutoff: Positive | None = None
    """Number from which the laboratory calls a sample positive; a wrong one changes who is counted as positive."""
    unit: Unit | None = None
    """Unit of the three numbers; without it, that of the value beside them: ng/L or ng/mL is a factor of 1000."""
    first: Annotated[Day | None, Field(alias="from")] = None
    """First day of these limits (YYYY-MM-DD), by sampling date; without it, since ever."""
    last: Annotated[Day | None, Field(alias="to")] = None
    """Last day of these limits, included; without it, until further notice: close it when the protocol changes."""


class Plausible(Model):
    """The range outside of which a value is taken for a slip of the unit and refused."""

    analyte: Analyte
    """The analyte, by our name."""
    low: Annotated[Number, Field(ge=0)]
    """Smallest value that can be right; too high a number refuses quiet sites."""
    high: Positive
    """Largest value that can be right; too high a number lets ng and µg be confused unseen."""
    unit: Unit
    """Unit of low and high."""


class Profile(Model):
    """How one laboratory writes its files; `Profile()` declares nothing."""

    title: LaboratoryTitle = Field(default_factory=LaboratoryTitle)
    """What `labkit list` shows; a vague one lets a file be read with another laboratory's conventions."""
    laboratory: Text | None = None
    """Name of the laboratory for files without such a column; a wrong one gives its results and its limits to another."""
    kind: Annotated[FileKind, BeforeValidator(one_of(FileKind))] | None = None
    """What its files hold; without it, say `--as` each time. Hair read as wastewater has its values shown in messages."""
    medium: Text | None = None
    """What was sampled in the environment (surface water, sludge, manhole), if no column says it; a wrong one mixes them."""
    encoding: (
        Annotated[Literal["utf-8", "gb18030", "utf-16"], BeforeValidator(one_of(["utf-8", "gb18030", "utf-16"]))] | None
    ) = None
    """How its text files write characters; GBK read otherwise turns 检出限 into other characters, or is refused."""
    delimiter: Annotated[Literal[",", ";", "tab", "|"], BeforeValidator(one_of([",", ";", "tab", "|"]))] | None = None
    """What stands between two cells of its text files; without it the comma. A wrong one makes one column of all."""
    sheet: Text | None = None
    """Name of the sheet that holds the data; without it a workbook with more than one sheet is refused."""
    header_row: HeaderRow | None = None
    """Row of the column names, counted from 1; without it 1. Too large a number takes a row of data for names and loses it."""
    unit_row: Annotated[bool, BeforeValidator(to_switch)] = False
    """true: the row below the column names holds the units. Wrongly true loses the first row of data."""
    columns: Columns = Field(default_factory=_no_words)
    """Our column: the laboratory's header. Two exchanged headers (检出限, 定量限) exchange their numbers without a word."""
    unit: Units = Field(default_factory=_no_words)
    """Column: its unit, for files that do not say it themselves; ng/L for µg/L is a factor of 1000 in every result."""
    analytes: Analytes = Field(default_factory=_no_words)
    """The laboratory's word: our analyte. A wrong one gives all its results to another substance."""
    decimal: Annotated[Literal[".", ","], BeforeValidator(one_of([".", ","]))] = "."
    """The decimal mark; a wrong one reads 1,234 as 1.234 or 1.5 as 15."""
    thousands: Annotated[Literal["none", ",", ".", "space"], BeforeValidator(one_of(["none", ",", ".", "space"]))] = "none"
    """What groups the digits of large numbers; a wrong one is a factor of 1000."""
    date_order: Annotated[Literal["ymd", "dmy", "mdy"], BeforeValidator(one_of(["ymd", "dmy", "mdy"]))] | None = None
    """Order of year, month and day: 03/04/2024 is 3 April (dmy) or 4 March (mdy); a wrong one moves results by months."""
    serial_dates: Annotated[Literal[1900, 1904], BeforeValidator(to_serial_dates)] | None = None
    """First year of the workbook's day numbers (45292 is 2024-01-01 from 1900); a wrong one moves all days by four years."""
    time_zone: Annotated[str, BeforeValidator(to_zone)] | None = None
    """IANA zone of times written without one, such as Asia/Shanghai; a wrong one moves samples to the day before or after."""
    missing: Words = ()
    """Words for “not measured”; a word for “not detected” here drops all non-detects, and what remains looks too high."""
    not_detected: Words = ()
    """Words for “not detected” beside ND and 未检出; a word for “not measured” here makes non-detects of missing samples."""
    zero: Annotated[Literal["refuse", "nd"], BeforeValidator(one_of(["refuse", "nd"]))] = "refuse"
    """What 0 means: refuse (asked about) or nd (not detected); nd where 0 stands for “not measured” invents data."""
    since: Day = FIRST_DAY
    """Earliest day that can be right; too early a day lets wrong years through."""
    limits: Annotated[tuple[Limit, ...], Field(min_length=1)] = ()
    """LOD, LOQ and cut-off by analyte, matrix, method and days, for files that do not say them row by row."""
    plausible: Annotated[tuple[Plausible, ...], Field(min_length=1)] = ()
    """Ranges outside of which a value is refused as a slip of the unit."""

    @model_validator(mode="after")
    def _agree(self) -> Profile:
        """Refuse declarations that are each allowed and contradict one another."""
        if disagreements(self.to_plain()):
            raise PydanticCustomError(CONTRADICTION, CONTRADICTION)
        return self

    def to_plain(self) -> dict[str, Any]:
        """Return what is declared as JSON types: texts, numbers, booleans, lists and maps."""
        plain: dict[str, Any] = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        return plain


def find_limit(profile: Profile, analyte: str, matrix: str | None, method: str | None, day: date) -> Limit | None:
    """Return the limits that hold for one result, the most particular ones, or None if the profile has none.

    Parameters
    ----------
    profile
        The laboratory's profile; it cannot hold two limits that are equally particular on the same day.
    analyte, matrix, method
        Of the result; a limit that names a matrix or a method holds for no other, nor where it is not known.
    day
        The day of sampling; both ends of a limit's days are included.

    >>> old = {"analyte": "ketamine", "lod": 2, "to": "2023-12-31"}
    >>> profile = Profile.model_validate({"limits": [old, {"analyte": "ketamine", "lod": 1, "from": "2024-01-01"}]})
    >>> find_limit(profile, "ketamine", "wastewater", None, date(2024, 3, 5)).lod
    1.0
    """
    holding = [
        limit
        for limit in profile.limits
        if limit.analyte == analyte
        and limit.matrix in (None, matrix)
        and limit.method in (None, method)
        and (limit.first is None or limit.first <= day)
        and (limit.last is None or day <= limit.last)
    ]
    return max(holding, key=lambda limit: (limit.method is not None) + (limit.matrix is not None), default=None)
