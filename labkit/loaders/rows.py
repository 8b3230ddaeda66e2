"""What a whole row says: whether it is a result at all, and whether its columns agree.

Two things people confuse: a row of *totals* looks like a result and would be counted twice; a *footnote* looks like a site.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labkit.loaders.distinct import distinct
from labkit.loaders.door_rules import (
    ANALYSED_BEFORE,
    COMPOSITE,
    FOOTNOTE,
    JUMP,
    NOT_ANALYSED,
    SEGMENT,
    SHARES,
    SPAN,
    TOTAL,
    UNKNOWN_SITE,
)
from labkit.loaders.findings import Findings
from labkit.loaders.header import Heading
from labkit.loaders.kinds import Holds, Kind
from labkit.loaders.people.rules import SUBJECT_DIFFERS
from labkit.loaders.sources.source import Batch, Source
from labkit.loaders.spread import Column, Spread
from labkit.vocabulary import Hint

TOTALS = {
    *("合计", "总计", "小计", "平均", "平均值", "均值", "最大值", "最小值", "中位数", "标准差"),
    *("total", "totals", "sum", "subtotal", "mean", "average", "avg", "median", "max", "maximum", "min", "minimum", "sd"),
}


@dataclass
class People:
    """What has been said of each subject, and of each area's shares, so far."""

    said: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    shares: dict[int, tuple[float, int]] = field(default_factory=dict)


def results_only(
    batch: Batch, spreads: Mapping[str, Spread], heading: Heading, kind: Kind, source: Source, findings: Findings
) -> NDArray[np.bool_]:
    """Return which rows are results; totals and footnotes are refused and looked at no further."""
    keep = np.ones(batch.rows.size, bool) if heading.unit_row is None else batch.rows != heading.unit_row
    for name, spread in spreads.items():
        if (one := kind.field(name)) is None or one.holds not in (Holds.CODE, Holds.DAY, Holds.ANALYTE):
            continue
        for number, rows in spread.groups(spread.flag("total", _is_total)):
            where = rows[keep[rows]]
            word = spread.texts[number].strip()
            findings.refuse(TOTAL, batch.rows[where], spread.column.header, spread.column.letter, value=word)
            keep[where] = False
    required = [spreads[one.name] for one in kind.fields if one.required and one.name in spreads]
    if len(batch.cells) > 2 and any(one.first(one.flag("empty", _is_empty)) is not None for one in required):
        filled = sum(pc.not_equal(column, "").cast(pa.int16()).to_numpy(zero_copy_only=False) for column in batch.cells)
        where = (filled == 1) & keep
        findings.refuse(FOOTNOTE, batch.rows[where], source.header[0].strip(), source.letters[0])
        keep &= ~where
    return keep


def _is_total(text: str) -> bool:
    return text.strip().casefold().rstrip(":：") in TOTALS


def _is_empty(text: str) -> bool:
    return not text


def check_rows(
    kind: Kind, columns: Mapping[str, Column], codes: Mapping[str, NDArray[np.int32]], out: Mapping[str, Any],
    rows: NDArray[np.int64], findings: Findings, people: People,
) -> None:  # fmt: skip
    """Hold the columns of each row against one another."""
    if "analysed" in codes and "date" in codes:
        _check_analysed(columns, codes, rows, findings)
    if "sampling" in codes:
        _check_composite(columns, codes, rows, findings)
    if "start" in codes and "end" in codes:
        check_span(columns, codes, rows, findings)
    if kind.person_level:
        for what in ("sex", "birth_year"):
            if what in codes and "subject" in codes:
                _check_subject(what, columns, codes, rows, findings, people)
    if "segment_from_cm" in out and "segment_to_cm" in out:
        low, high = out["segment_from_cm"], out["segment_to_cm"]
        column = columns["segment_to_cm"]
        for at in np.flatnonzero(low >= high).tolist():
            findings.refuse(SEGMENT, [int(rows[at])], column.header, column.letter, low=f"{low[at]:g}", high=f"{high[at]:g}")
    if kind.name == "sites" and "area" in codes and "area_share" in out:
        for area, share, row in zip(codes["area"].tolist(), out["area_share"].tolist(), rows.tolist(), strict=True):
            if area >= 0 and share == share:
                people.shares[area] = (people.shares.get(area, (0.0, 0))[0] + share, row)


def check_sites(
    column: Column, codes: NDArray[np.int32], rows: NDArray[np.int64], sites: Collection[str], file: str, findings: Findings
) -> None:
    """Refuse the rows of sites that the sites table does not know."""
    for code, word in enumerate(column.words):
        if word not in sites:
            findings.refuse(
                UNKNOWN_SITE, rows[codes == code], column.header, column.letter, value=word, hint=Hint(word, sorted(sites)),
                other=file,
            )  # fmt: skip


def check_shares(kind: Kind, people: People, findings: Findings, columns: Mapping[str, Column]) -> None:
    """Hold the shares of each area to at most 1."""
    for area, (total, row) in people.shares.items():
        if total > 1 + 1e-9:
            column = columns["area_share"]
            findings.refuse(SHARES, [row], column.header, column.letter, value=columns["area"].words[area], sum=f"{total:g}")


def _check_analysed(
    columns: Mapping[str, Column], codes: Mapping[str, NDArray[np.int32]], rows: NDArray[np.int64], findings: Findings
) -> None:
    column, days = columns["analysed"], columns["date"].words
    pairs = (codes["analysed"].astype(np.int64) + 1) * (len(days) + 1) + codes["date"] + 1
    for pair in distinct(pairs):
        late, day = divmod(pair, len(days) + 1)
        if late and day and (analysed := column.words[late - 1].day) < (sampled := days[day - 1]):
            findings.refuse(
                ANALYSED_BEFORE, rows[pairs == pair], column.header, column.letter, analysed=analysed, sampled=sampled
            )


def _check_composite(
    columns: Mapping[str, Column], codes: Mapping[str, NDArray[np.int32]], rows: NDArray[np.int64], findings: Findings
) -> None:
    words = columns["sampling"].words
    if "composite" not in words:
        return
    composite = codes["sampling"] == words.index("composite")
    column = columns["sampling"]
    for what in ("start", "end"):
        lacking = composite & (codes[what] < 0) if what in codes else composite
        findings.refuse(COMPOSITE, rows[lacking], column.header, column.letter, what=what)


def check_span(
    columns: Mapping[str, Column], codes: Mapping[str, NDArray[np.int32]], rows: NDArray[np.int64], findings: Findings
) -> None:
    """Refuse a composite that does not end after it starts."""
    starts, ends, column = columns["start"].words, columns["end"].words, columns["end"]
    pairs = codes["start"].astype(np.int64) * (len(ends) + 1) + codes["end"]
    for pair, first in zip(*np.unique(pairs, return_index=True), strict=True):
        start, end = int(codes["start"][first]), int(codes["end"][first])
        if start >= 0 and end >= 0 and str(ends[end]) <= str(starts[start]):
            where = rows[pairs == pair]
            findings.refuse(SPAN, where, column.header, column.letter, start=starts[start], end=ends[end])


class Flows:
    """The flows of each site, to see one that cannot be of that site: a slip of the unit."""

    MOST, FEWEST = 50, 5

    def __init__(self) -> None:
        """Start with none."""
        self._parts: list[pd.DataFrame] = []

    def see(self, site: NDArray[np.int32], flow: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
        """Remember the flows of some rows."""
        self._parts.append(pd.DataFrame({"site": site, "flow": flow, "row": rows}))

    def tell(self, sites: Column, column: Column, findings: Findings) -> None:
        """Refuse the flows that lie far outside of what is usual at their site."""
        flows = pd.concat(self._parts)
        flows = flows[(flows["site"] >= 0) & flows["flow"].notna()]
        by_site = flows.groupby("site")["flow"]
        factor = flows["flow"] / by_site.transform("median")
        odd = (by_site.transform("size") >= self.FEWEST) & ((factor > self.MOST) | (factor < 1 / self.MOST))
        for one, times in zip(flows[odd].itertuples(), factor[odd], strict=True):
            said = f"{times:.0f} ×" if times > 1 else f"1/{1 / times:.0f}"
            findings.refuse(
                JUMP, [one.row], column.header, column.letter,
                value=f"{one.flow:g} m3/day", factor=said, site=sites.words[one.site], most=self.MOST,
            )  # fmt: skip


def _check_subject(
    what: str, columns: Mapping[str, Column], codes: Mapping[str, NDArray[np.int32]], rows: NDArray[np.int64],
    findings: Findings, people: People,
) -> None:  # fmt: skip
    column = columns[what]
    size = len(column.words)
    pairs = np.where((codes["subject"] < 0) | (codes[what] < 0), -1, codes["subject"].astype(np.int64) * size + codes[what])
    for pair, first in zip(*np.unique(pairs, return_index=True), strict=True):
        if pair < 0:
            continue
        (subject, said), row = divmod(int(pair), size), int(rows[first])
        before, at = people.said.setdefault((what, subject), (said, row))
        if before != said:
            findings.refuse(SUBJECT_DIFFERS, rows[pairs == pair], column.header, column.letter, other=at)
            findings.refuse(SUBJECT_DIFFERS, [at], column.header, column.letter, other=row)


__all__ = ["NOT_ANALYSED", "People", "check_rows", "check_shares", "check_sites", "results_only"]
