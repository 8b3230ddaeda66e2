"""The closed word lists of the field, with their names in English and Chinese.

Two things people confuse: an *analyte* is what the laboratory quantified (benzoylecgonine); a *drug* is what was taken
(cocaine). A word that is not on a list is refused, and the nearest one is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Censored(StrEnum):
    """How a value is known; unless it is exact, the number beside it is the limit and not a measurement."""

    EXACT = "exact"
    BELOW = "below"  # somewhere in [0, limit)
    BETWEEN = "between"  # detected, not quantified: in [lod, loq)
    ABOVE = "above"  # at or above the upper end of the working range


UNDER_A_LIMIT = (Censored.BELOW, Censored.BETWEEN)


class Matrix(StrEnum):
    """What was sampled."""

    WASTEWATER = "wastewater"
    ENVIRONMENT = "environment"
    HAIR = "hair"
    BLOOD = "blood"


PERSON_LEVEL = (Matrix.HAIR, Matrix.BLOOD)
MATRIX_NAMES = {"water": ("water", "污水"), "hair": ("hair", "毛发"), "blood": ("blood", "血液")}  # where they are compared


class FileKind(StrEnum):
    """What a laboratory file holds; the door it goes through."""

    WASTEWATER = "wastewater"
    ENVIRONMENT = "environment"
    HAIR = "hair"
    BLOOD = "blood"
    FLOW = "flow"
    POPULATION = "population"
    SITES = "sites"
    QUALITY = "quality"


class PopulationKind(StrEnum):
    """Which people a population figure counts."""

    CENSUS = "census"
    SERVED = "served"
    DE_FACTO = "de_facto"


class Stage(StrEnum):
    """Where in the chain a study enters: what its results file holds."""

    CONCENTRATION = "concentration"
    LOAD = "load"
    LOAD_PER_1000 = "load_per_1000"


@dataclass(frozen=True)
class Substance:
    """An analyte or a drug: its key, names, and other spellings a file may use."""

    key: str
    en: str
    zh: str
    drug: str  # the parent drug an analyte stands for; a drug is its own
    spellings: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Name in `en` or `zh`."""
        return str(getattr(self, language))


ANALYTES = {
    substance.key: substance
    for substance in (
        Substance("methamphetamine", "methamphetamine", "甲基苯丙胺", "methamphetamine", ("METH", "MA", "MAMP", "冰毒")),
        Substance("amphetamine", "amphetamine", "苯丙胺", "amphetamine", ("AMP", "AM")),
        Substance("MDMA", "MDMA", "亚甲二氧甲基苯丙胺", "MDMA", ("3,4-MDMA", "摇头丸")),
        Substance("cocaine", "cocaine", "可卡因", "cocaine", ("COC",)),
        Substance("MDA", "MDA", "亚甲二氧苯丙胺", "MDA", ("3,4-MDA",)),
        Substance("fentanyl", "fentanyl", "芬太尼", "fentanyl", ("FEN",)),
        Substance("etomidate", "etomidate", "依托咪酯", "etomidate", ("ETO",)),
        Substance("oxycodone", "oxycodone", "羟考酮", "oxycodone", ("OXY",)),
        Substance("THC", "THC", "四氢大麻酚", "cannabis", ("Δ9-THC", "delta-9-THC")),
        Substance("benzoylecgonine", "benzoylecgonine", "苯甲酰爱康宁", "cocaine", ("BE", "BZE", "BEG")),
        Substance("6-acetylmorphine", "6-acetylmorphine", "6-单乙酰吗啡", "heroin", ("6-MAM", "6-AM", "6-monoacetylmorphine")),
        Substance("morphine", "morphine", "吗啡", "morphine", ("MOR",)),
        Substance("codeine", "codeine", "可待因", "codeine", ("COD",)),
        Substance("ketamine", "ketamine", "氯胺酮", "ketamine", ("KET", "K粉")),
        Substance("norketamine", "norketamine", "去甲氯胺酮", "ketamine", ("NK", "norKET")),
        Substance("methadone", "methadone", "美沙酮", "methadone", ("MTD",)),
        Substance("EDDP", "EDDP", "EDDP（美沙酮代谢物）", "methadone"),
        Substance("THC-COOH", "THC-COOH", "四氢大麻酸", "cannabis", ("THCCOOH", "11-nor-9-carboxy-THC")),
        Substance("tramadol", "tramadol", "曲马多", "tramadol", ("TRA",)),
        Substance("norfentanyl", "norfentanyl", "去甲芬太尼", "fentanyl"),
        Substance("etomidate acid", "etomidate acid", "依托咪酯酸", "etomidate", ("ETA",)),
        Substance("mephedrone", "mephedrone", "4-甲基甲卡西酮", "mephedrone", ("MEPH", "4-MMC")),
        Substance("methcathinone", "methcathinone", "甲卡西酮", "methcathinone", ("MCAT",)),
        Substance("cotinine", "cotinine", "可替宁", "nicotine", ("COT",)),
        Substance("ethyl sulfate", "ethyl sulfate", "硫酸乙酯", "alcohol", ("EtS",)),
    )
}

DRUGS = {
    substance.key: substance
    for substance in (
        *(one for one in ANALYTES.values() if one.drug == one.key),
        Substance("heroin", "heroin", "海洛因", "heroin"),
        Substance("cannabis", "cannabis", "大麻", "cannabis"),
        Substance("nicotine", "nicotine", "尼古丁", "nicotine"),
        Substance("alcohol", "alcohol", "酒精", "alcohol"),
    )
}

_BY_SPELLING = {
    spelling.casefold(): substance.key
    for substance in ANALYTES.values()
    for spelling in (substance.key, substance.zh, *substance.spellings)
}


def analyte_name(analyte: str, language: str) -> str:
    """Return the name of an analyte in `en` or `zh`.

    >>> analyte_name("codeine", "zh")
    '可待因'
    """
    return ANALYTES[analyte].name(language)


def drug_name(drug: str, language: str) -> str:
    """Return the name of a drug in `en` or `zh`; a substance that is no drug of the list keeps its name as an analyte.

    >>> drug_name("cocaine", "zh"), drug_name("norketamine", "en")
    ('可卡因', 'norketamine')
    """
    return (DRUGS.get(drug) or ANALYTES[drug]).name(language)


def to_analyte(word: str) -> str | None:
    """Return the key of the analyte a file calls `word`, or None if no list knows it.

    >>> to_analyte("METH"), to_analyte("可待因"), to_analyte("sugar")
    ('methamphetamine', 'codeine', None)
    """
    return _BY_SPELLING.get(word.strip().casefold())


@dataclass(frozen=True)
class Hint:
    """The nearest word, as a message asks for it; sought only when it is read: of 50,000 wrong names few are shown."""

    word: str
    words: Sequence[str]

    def __str__(self) -> str:
        """Return ` (“word”?)`, or nothing if no word is near."""
        near = nearest(self.word, list(self.words))
        return f" (“{near}”?)" if near else ""


def nearest(word: str, words: list[str]) -> str:
    """Return the listed word closest to `word`, or an empty text if none is close.

    >>> nearest("popultion", ["flow", "population"])
    'population'
    """
    by_fold = {one.casefold(): one for one in words}
    close = get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=0.6)
    return by_fold[close[0]] if close else ""
