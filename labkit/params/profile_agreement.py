"""Declarations of a profile that are each allowed and contradict one another.

Two things people confuse: two limits of one analyte with *different* days, methods or matrices (a protocol that changed: fine)
and two that both hold on one day (then nobody can say which was meant: refused). Works on plain texts, as those of a study do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from labkit.errors import Rule
from labkit.params.consistency import Contradiction
from labkit.params.scalars import DAY, NUMBER, shown

PAR_LAB_SAME = Rule(
    "PAR-LAB-SAME",
    en=("“{first}” and “{second}” are both {found}", "two different marks", "look at the file, and correct one of the two"),
    zh=("“{first}”与“{second}”同为 {found}", "两个不同的符号", "请对照文件，改正其中一个"),
    example=("{decimal: ',', thousands: ','}", "{decimal: ',', thousands: .}"),
)
PAR_LAB_UNITS = Rule(
    "PAR-LAB-UNITS",
    en=("“{first}” and “{second}” both say the unit", "the unit said once", "keep what the file has, and take the other out"),
    zh=("“{first}”与“{second}”都说明单位", "单位只说明一次", "请保留文件中实际有的，删去另一个"),
    example=("{unit_row: true, unit: {flow: m3/d}}", "{unit_row: true}"),
)
PAR_LAB_WORD = Rule(
    "PAR-LAB-WORD",
    en=("{found} stands in “{first}” and in “{second}”", "each word with one meaning", "keep it where it belongs"),
    zh=("{found} 同时列于“{first}”和“{second}”", "每个词只有一种含义", "请只保留在应在之处"),
    example=("{missing: [/], not_detected: [/]}", "{missing: [/]}"),
)
PAR_LAB_ZERO = Rule(
    "PAR-LAB-ZERO",
    en=(
        "{found} in “{first}”, and “zero” is {zero}",
        "the meaning of 0 only in “zero”",
        "write zero: nd or zero: refuse, and take {found} out",
    ),
    zh=("“{first}”中有 {found}，而“zero”为 {zero}", "0 的含义只写在“zero”中", "请写 zero: nd 或 zero: refuse，并删去 {found}"),
    example=("{not_detected: ['0']}", "{zero: nd}"),
)
PAR_LAB_HEADER = Rule(
    "PAR-LAB-HEADER",
    en=("“{first}” and “{second}” are both the header {found}", "one column for one header", "correct one of the two"),
    zh=("“{first}”与“{second}”都对应表头 {found}", "一个表头只对应一列", "请改正其中一个"),
    example=("{lod: LOD, loq: LOD}", "{lod: LOD, loq: LOQ}"),
)
PAR_LAB_BARE = Rule(
    "PAR-LAB-BARE",
    en=("the limits of {analyte} hold no number", "at least one of lod, loq, cutoff", "add the number, or take the entry out"),
    zh=("{analyte} 的限值没有任何数", "lod、loq、cutoff 至少一个", "请补上数值，或删去该条"),
    example=("{analyte: ketamine}", "{analyte: ketamine, lod: 1}"),
)
PAR_LAB_ORDER = Rule(
    "PAR-LAB-ORDER",
    en=("“{first}” ({low}) is above “{second}” ({high})", "{first} not above {second}", "exchange the two, or correct one"),
    zh=("“{first}”（{low}）大于“{second}”（{high}）", "{first} 不大于 {second}", "请对调二者，或改正其中一个"),
    example=("{lod: 5, loq: 2}", "{lod: 2, loq: 5}"),
)
PAR_LAB_DAYS = Rule(
    "PAR-LAB-DAYS",
    en=("“from” ({first}) is later than “to” ({last})", "from on or before to", "exchange the two days"),
    zh=("“from”（{first}）晚于“to”（{last}）", "from 不晚于 to", "请对调两个日期"),
    example=("{from: 2024-12-31, to: 2024-01-01}", "{from: 2024-01-01, to: 2024-12-31}"),
)
PAR_LAB_OVERLAP = Rule(
    "PAR-LAB-OVERLAP",
    en=(
        "entries {one} and {other} of “{name}” both hold for {analyte} from {first} to {last}",
        "one entry for each analyte, matrix, method and day",
        "close the earlier one with “to”, or name matrix or method in both",
    ),
    zh=(
        "“{name}”的第 {one} 条和第 {other} 条在 {first} 至 {last} 都适用于 {analyte}",
        "每个检测物、基质、方法和日期只有一条",
        "请用“to”结束较早的一条，或在两条中都写明基质或方法",
    ),
    example=("{from: 2020-01-01} {from: 2024-01-01}", "{from: 2020-01-01, to: 2023-12-31} {from: 2024-01-01}"),
)
EVER, FURTHER = "0000-00-00", "9999-99-99"  # before and after every day, as texts


def disagreements(plain: Mapping[str, Any]) -> list[Contradiction]:
    """Return each contradiction as the path it stands at, its rule, and the fields of the message."""
    return [*_marks(plain), *_units(plain), *_words(plain), *_headers(plain), *_entries(plain), *_overlaps(plain)]


def _marks(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    decimal = plain.get("decimal", ".")
    for name in ("delimiter", "thousands"):
        if isinstance(decimal, str) and plain.get(name) == decimal:
            yield (name,), PAR_LAB_SAME, {"first": "decimal", "second": name, "found": f"“{decimal}”"}


def _units(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    declared, columns = plain.get("unit"), plain.get("columns")
    if not isinstance(declared, Mapping):
        return
    if str(plain.get("unit_row", False)).lower() == "true":
        yield ("unit",), PAR_LAB_UNITS, {"first": "unit_row", "second": "unit"}
    if isinstance(columns, Mapping) and "unit" in columns and "concentration" in declared:
        yield ("unit", "concentration"), PAR_LAB_UNITS, {"first": "columns.unit", "second": "unit.concentration"}


def _words(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    missing, absent = _list(plain, "missing"), _list(plain, "not_detected")
    for word in absent:
        if word in missing:
            yield ("not_detected",), PAR_LAB_WORD, {"found": shown(word), "first": "missing", "second": "not_detected"}
    for name, words in (("missing", missing), ("not_detected", absent)):
        for word in words:
            if isinstance(word, str) and NUMBER.fullmatch(word) and float(word) == 0:
                zero = shown(plain.get("zero", "refuse"))
                yield (name,), PAR_LAB_ZERO, {"found": shown(word), "first": name, "zero": zero}


def _headers(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    columns = plain.get("columns")
    if isinstance(columns, Mapping):
        for (first, header), (second, other) in combinations(columns.items(), 2):
            if header == other:
                yield ("columns", second), PAR_LAB_HEADER, {"first": first, "second": second, "found": shown(header)}


def _entries(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Yield what is wrong within one entry of `limits` or `plausible`."""
    for name in ("limits", "plausible"):
        for n, entry in _listed(plain, name):
            if name == "limits" and not {"lod", "loq", "cutoff"} & set(entry) and "analyte" in entry:
                yield (name, n), PAR_LAB_BARE, {"analyte": shown(entry["analyte"])}
            for first, second in (("lod", "loq"), ("low", "high")):
                low, high = (str(entry.get(end, "")) for end in (first, second))
                if NUMBER.fullmatch(low) and NUMBER.fullmatch(high) and float(low) > float(high):
                    yield (name, n, first), PAR_LAB_ORDER, {"first": first, "second": second, "low": low, "high": high}
            begin, end = _days(entry)
            if begin > end:
                yield (name, n, "from"), PAR_LAB_DAYS, {"first": begin, "last": end}


def _overlaps(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Yield pairs of entries that both hold on some day, neither being the more particular one."""
    for name, told in (("limits", ("matrix", "method")), ("plausible", ("unit",))):
        for (one, entry), (other, rival) in combinations(_listed(plain, name), 2):
            if entry.get("analyte") != rival.get("analyte") or "analyte" not in entry:
                continue
            pairs = [(entry.get(key), rival.get(key)) for key in told if name == "limits"]
            apart = any(ours is not None and theirs is not None and ours != theirs for ours, theirs in pairs)
            ranked = sum(ours is not None for ours, _ in pairs) != sum(theirs is not None for _, theirs in pairs)
            (first, last), (begin, end) = _days(entry), _days(rival)
            first, last = max(first, begin), min(last, end)
            if not apart and not ranked and first <= last:
                days = {"first": "…" if first == EVER else first, "last": "…" if last == FURTHER else last}
                found = {"name": name, "one": one + 1, "other": other + 1, "analyte": shown(entry["analyte"])}
                yield (name, other), PAR_LAB_OVERLAP, {**found, **days}


def _listed(plain: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    return [(n, entry) for n, entry in enumerate(_list(plain, name)) if isinstance(entry, Mapping)]


def _list(plain: Mapping[str, Any], name: str) -> list[Any]:
    found = plain.get(name)
    return found if isinstance(found, list) else []


def _days(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Return the first and the last day of an entry as texts that sort as days do."""
    first, last = str(entry.get("from", "")), str(entry.get("to", ""))
    return first if DAY.fullmatch(first) else EVER, last if DAY.fullmatch(last) else FURTHER
