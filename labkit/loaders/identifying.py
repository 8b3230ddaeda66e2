"""Cells that identify a person, in any column where a person could have been written.

Two things people confuse: a *person-level* file may hold codes of subjects and nothing that identifies them; a file about water
holds no person at all, and is looked at all the same.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from labkit.errors import Rule, Shape
from labkit.loaders.distinct import Texts, groups
from labkit.loaders.findings import Findings
from labkit.loaders.header import Heading
from labkit.loaders.kinds import Holds, Kind
from labkit.loaders.people.columns import shown_header
from labkit.loaders.people.identifiers import find_identifiers, finer_than_year
from labkit.loaders.people.names import find_names
from labkit.loaders.people.rules import NAME
from labkit.loaders.sources.source import Batch, Source
from labkit.loaders.spread import Spread

_NUMERIC = (
    Holds.VALUE,
    Holds.LIMIT,
    Holds.NUMBER,
    Holds.LENGTH,
    Holds.COUNT,
    Holds.DAY,
    Holds.MOMENT,
    Holds.UNIT,
    Holds.ANALYTE,
    Holds.WORD,
)


class Identifiers:
    """Looks at each distinct text once for what identifies a person; numbers and days of an aggregate file are left alone."""

    def __init__(self, findings: Findings, heading: Heading, kind: Kind, source: Source) -> None:
        """Settle which columns are looked at, and for what."""
        self.findings, self.kind, self.source = findings, kind, source
        self._ours = {place: name for name, place in heading.places.items()}
        numeric = {heading.places[one.name] for one in kind.fields if one.name in heading.places and one.holds in _NUMERIC}
        skipped = set() if kind.person_level else numeric | set(heading.wide)
        self._places = [place for place in range(len(source.header)) if place not in skipped]
        self._others = {place: Texts() for place in self._places if place not in self._ours}  # columns that are not read
        self._found: dict[int, dict[str, Rule]] = {place: {} for place in self._places}

    def look(self, batch: Batch, spreads: Mapping[str, Spread]) -> None:
        """Refuse the rows that hold an identifier; it is never repeated."""
        for place in self._places:
            if place in self._others:
                seen = self._others[place]
                at, fresh = seen.number(batch.cells[place])
                texts = seen.texts
            else:
                spread = spreads[self._ours[place]]
                at, texts, fresh = spread.at, spread.texts, spread.fresh
            found = self._found[place]
            found |= self._identify(place, [text for text in texts[fresh:] if text])
            if not found:
                continue
            header = shown_header(self.source.header[place].strip(), [self.source.header[one] for one in self._ours])
            for number, rows in groups(at, np.fromiter((text in found for text in texts), bool, len(texts))):
                text = texts[number]
                self.findings.refuse(found[text], batch.rows[rows], header, self.source.letters[place], value=Shape(text))

    def _identify(self, place: int, texts: list[str]) -> dict[str, Rule]:
        found = {index: one.rule for index, one in find_identifiers(texts, self.kind.person_level).items()}
        if self.kind.person_level and self._ours.get(place) in ("subject", "sample"):
            found |= {index: NAME for index in find_names(texts)}
        if self._ours.get(place) == "birth_year":
            found |= {index: one.rule for index, one in finer_than_year(texts).items()}
        return {texts[index]: rule for index, rule in found.items()}
