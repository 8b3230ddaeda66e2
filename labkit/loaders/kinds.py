"""What each kind of laboratory file holds: its columns, what is in them, and which of them say what a row is about.

Two things people confuse: the *kind* of a file is what the laboratory handed in (one door each); the *matrix* is what was
sampled. Flow, population, sites and quality-control samples have a kind and no matrix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from labkit import units
from labkit.vocabulary import FileKind, PopulationKind


class Holds(StrEnum):
    """What the cells of a column hold, and so how they are read."""

    CODE = "code"  # a text exactly as written: site, sample, subject, area
    WORD = "word"  # one of a closed list
    TEXT = "text"  # a name or a source for people to read; never in a person-level file
    DAY = "day"
    MOMENT = "moment"  # a day, with or without a time
    ANALYTE = "analyte"
    VALUE = "value"  # a number or a mark such as ND
    LIMIT = "limit"  # lod, loq, uloq, cutoff: in the unit of the value
    NUMBER = "number"  # above zero
    LENGTH = "length"  # from zero: a place along a strand, a share
    COUNT = "count"  # a whole number from 1
    UNIT = "unit"


@dataclass(frozen=True)
class Field:
    """One column of a kind: what it holds, whether it must be there, and the words it may hold."""

    name: str
    holds: Holds
    required: bool = False
    words: Mapping[str, str] = field(default_factory=dict)  # as written, folded -> ours


@dataclass(frozen=True)
class Kind:
    """One kind of file: its columns, the quantity measured, and the key that no two rows share."""

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    value: str = ""
    quantity: str = ""  # a unit of labkit.units, which its units are turned into
    derived: str = ""  # name of the value in that unit
    person_level: bool = False

    def field(self, name: str) -> Field | None:
        """Return the field of that name, or None."""
        return next((one for one in self.fields if one.name == name), None)


def _words(**groups: str) -> Mapping[str, str]:
    """Return spellings -> our word from `ours="spelling|spelling"`."""
    return MappingProxyType({
        spelling.casefold(): ours.replace("_", " ")
        for ours, spellings in groups.items()
        for spelling in (ours.replace("_", " "), ours, *spellings.split("|"))
    })  # fmt: skip


SEX = _words(female="f|女", male="m|男")
YES_NO = _words(yes="y|true|1|是", no="n|false|0|否")
MEDIUM = _words(
    surface_water="river|lake|river water|地表水|河水|湖水", sludge="biosolids|污泥", manhole="sewer|检查井|窨井|管网"
)
SAMPLING = _words(
    composite="24-h composite|24h composite|24h|24 h|24-hour composite|混合样|24h混合样|24小时混合样", grab="瞬时样|瞬时"
)
QUALITY = _words(
    blank="空白|method blank|field blank|方法空白|空白样", spike="加标|加标样|spiked sample|matrix spike",
    duplicate="平行|平行样|duplicate sample", control="质控|质控样|qc|control sample",
)  # fmt: skip
SITE_TYPE = _words(
    plant="wwtp|treatment plant|污水处理厂|污水厂",
    manhole="检查井|窨井",
    river="河流|surface water|地表水",
    pump="泵站|pumping station",
)
REASON = _words(
    driving="traffic|驾驶|交通", referral="suspect|查处|送检", treatment="rehabilitation|戒毒|康复", survey="调查|抽检",
    death="尸检|post-mortem",
)  # fmt: skip
KINDS_OF_PEOPLE = MappingProxyType({
    **{str(kind): str(kind) for kind in PopulationKind}, "普查": "census", "户籍": "census", "常住": "census",
    "服务人口": "served", "实际": "de_facto", "实时": "de_facto", "信令": "de_facto",
})  # fmt: skip

_CONCENTRATION = (
    Field("analyte", Holds.ANALYTE, True),
    Field("concentration", Holds.VALUE, True),
    Field("unit", Holds.UNIT, True),
    Field("lod", Holds.LIMIT),
    Field("loq", Holds.LIMIT),
)
_SAMPLE = (
    Field("sample", Holds.CODE),
    Field("replicate", Holds.COUNT),
    Field("method", Holds.CODE),
    Field("laboratory", Holds.CODE),
    Field("analysed", Holds.MOMENT),
)
_WATER = (
    Field("site", Holds.CODE, True),
    Field("date", Holds.DAY, True),
    *_CONCENTRATION,
    Field("uloq", Holds.LIMIT),
    *_SAMPLE,
    Field("sampling", Holds.WORD, words=SAMPLING),
    Field("start", Holds.MOMENT),
    Field("end", Holds.MOMENT),
)
_PERSON = (
    Field("subject", Holds.CODE, True),
    Field("date", Holds.DAY, True),
    *_CONCENTRATION,
    Field("uloq", Holds.LIMIT),
    Field("cutoff", Holds.LIMIT),
    *_SAMPLE,
    Field("sex", Holds.WORD, words=SEX),
    Field("birth_year", Holds.COUNT),
    Field("area", Holds.CODE),
    Field("reason", Holds.WORD, words=REASON),
)
_SEGMENT = (Field("segment_from_cm", Holds.LENGTH), Field("segment_to_cm", Holds.LENGTH))
_LOADS = (
    Field("site", Holds.CODE, True),
    Field("analyte", Holds.ANALYTE, True),
    Field("load", Holds.VALUE, True),
    Field("unit", Holds.UNIT, True),
    Field("lod", Holds.LIMIT),
    Field("loq", Holds.LIMIT),
    Field("date", Holds.DAY),
    Field("population", Holds.NUMBER),
    Field("published_consumption", Holds.VALUE),
    Field("source", Holds.TEXT),
    Field("note", Holds.TEXT),
)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            FileKind.WASTEWATER, _WATER, ("site", "date", "analyte", "sample", "replicate"),
            "concentration", units.CONCENTRATION, "concentration_ng_L",
        ),
        Kind(
            FileKind.ENVIRONMENT, (*_WATER, Field("medium", Holds.WORD, True, MEDIUM)),
            ("site", "medium", "date", "analyte", "sample", "replicate"), "concentration", units.CONCENTRATION, "concentration",
        ),
        Kind(
            FileKind.HAIR, (*_PERSON, *_SEGMENT), ("subject", "date", "analyte", "sample", "segment_from_cm", "replicate"),
            "concentration", units.HAIR, "concentration_ng_mg", True,
        ),
        Kind(
            FileKind.BLOOD, _PERSON, ("subject", "date", "analyte", "sample", "replicate"),
            "concentration", units.BLOOD, "concentration_ng_mL", True,
        ),
        Kind(
            FileKind.FLOW,
            (Field("site", Holds.CODE, True), Field("date", Holds.DAY, True), Field("flow", Holds.NUMBER, True),
             Field("unit", Holds.UNIT, True)),
            ("site", "date"), "flow", units.FLOW, "flow_m3_day",
        ),
        Kind(
            FileKind.POPULATION,
            (Field("site", Holds.CODE, True), Field("kind", Holds.WORD, True, KINDS_OF_PEOPLE),
             Field("population", Holds.NUMBER, True), Field("source", Holds.TEXT, True), Field("date", Holds.DAY)),
            ("site", "kind", "date"), "population",
        ),
        Kind(
            FileKind.SITES,
            (Field("site", Holds.CODE, True), Field("name", Holds.TEXT), Field("type", Holds.WORD, words=SITE_TYPE),
             Field("area", Holds.CODE), Field("area_share", Holds.LENGTH),
             Field("closed", Holds.WORD, words=YES_NO)),
            ("site", "area"),
        ),
        Kind(
            FileKind.QUALITY,
            (Field("date", Holds.DAY, True), *_CONCENTRATION, Field("uloq", Holds.LIMIT),
             Field("type", Holds.WORD, True, QUALITY), Field("expected", Holds.LIMIT), *_SAMPLE),
            ("date", "analyte", "type", "laboratory", "sample", "replicate"), "concentration", units.CONCENTRATION,
            "concentration_ng_L",
        ),
        Kind("load", _LOADS, ("site", "date", "analyte"), "load", units.LOAD, "load_mg_day"),
        Kind("load_per_1000", _LOADS, ("site", "date", "analyte"), "load", units.LOAD_PER_1000, "load_mg_day_1000inh"),
    )
}  # fmt: skip
