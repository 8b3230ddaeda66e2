"""A laboratory file through its door: texts in, checked columns out, batch by batch, and everything that is wrong told at once.

Two things people confuse: the door *reads* (what does this cell say?) and *checks* (can that be?). It never repairs: what is
odd and taken is noted, what is wrong is refused, and a refused file leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labkit.errors import Refusal
from labkit.loaders import cell_readers, rows
from labkit.loaders.factor import unit_column
from labkit.loaders.findings import Findings
from labkit.loaders.header import Heading, read_header
from labkit.loaders.identifying import Identifiers
from labkit.loaders.keys import AGAIN, REPLICATE, SAMPLE_TWICE, Keys
from labkit.loaders.kinds import Holds, Kind
from labkit.loaders.measured import measure
from labkit.loaders.piece import Piece
from labkit.loaders.profile_limits import ProfileLimits
from labkit.loaders.sources.source import Batch, Source
from labkit.loaders.sources.text import EMPTY
from labkit.loaders.spread import Column, Spread
from labkit.loaders.texts.plain import PlainNumbers
from labkit.loaders.watch import Watch
from labkit.params.profile import Profile
from labkit.vocabulary import ANALYTES

SPELLED_ONE_WAY = ("site", "area", "subject")  # whose codes may not differ by capitals alone


class Door:
    """One open file on its way through: `batches()` is walked once, then `notes` says how it was taken."""

    def __init__(
        self, source: Source, kind: Kind, profile: Profile, *, today: date | None = None,
        sites: Collection[str] | None = None, sites_file: str = "",
        pseudonyms: Callable[[Sequence[str]], list[str]] | None = None,
    ) -> None:  # fmt: skip
        """Settle the header; raises `Refusal` if it cannot be."""
        self.source, self.kind, self.profile = source, kind, profile
        self.findings = Findings(source.file, source.sheet, kind.person_level)
        self.sites, self.sites_file, self._pseudonyms = sites, sites_file, pseudonyms
        self.heading: Heading = read_header(source, kind, profile, self.findings)
        self.rows, self.key = 0, ""
        self._today = today or date.today()
        self._at: dict[int | None, Column] = {}  # by place in the file
        self._columns: dict[str, Column] = {}  # by our name; of a wide file's values the last
        self._units: dict[str, Column] = {}
        self._watch = Watch()
        self._limits = ProfileLimits(profile, kind)
        have = {*self.heading.places, "analyte"} if self.heading.wide else set(self.heading.places)
        self._keys = Keys(tuple(name for name in kind.key if name in have))
        self._people, self._flows = rows.People(), rows.Flows()
        self._identifiers = Identifiers(self.findings, self.heading, kind, source)

    def pseudonymous(self, pseudonyms: Callable[[Sequence[str]], list[str]], key: str) -> None:
        """Let subjects come out under these pseudonyms; `key` is the fingerprint of what made them."""
        self._pseudonyms, self.key = pseudonyms, key

    @property
    def notes(self) -> list[Any]:
        """How odd things were taken; complete after the walk."""
        return self.findings.notes

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Return the checked rows, batch by batch.

        Raises
        ------
        Refusal
            At the end of the walk, with every problem of the file.
        """
        for batch in self.source.batches:
            for spreads, numbers, place in self._long(batch):
                if numbers.size:
                    yield self._check(spreads, numbers, place)
        self._finish()

    def _long(self, batch: Batch) -> Iterator[tuple[dict[str, Spread], NDArray[np.int64], int | None]]:
        """Cut a wide batch into one long piece for each of its analytes; a long one is a single piece."""
        numbers = batch.rows
        spreads = {name: self._column(name, place).spread(batch.cells[place]) for name, place in self.heading.places.items()}
        self._identifiers.look(batch, spreads)
        keep = rows.results_only(batch, spreads, self.heading, self.kind, self.source, self.findings)
        if not keep.all():
            numbers, spreads = numbers[keep], {name: spread[keep] for name, spread in spreads.items()}
        if not self.heading.wide:
            yield spreads, numbers, None
        for place, analyte in self.heading.wide.items():
            values = self._column(self.kind.value, place).spread(batch.cells[place])[keep]
            filled = ~values.flag("blank", _is_blank).take(values.at)
            if not filled.all():
                self.findings.note(rows.NOT_ANALYSED, numbers[~filled], self.source.header[place], self.source.letters[place])
            here = numbers[filled]
            piece = {name: spread[filled] for name, spread in {**spreads, self.kind.value: values}.items()}
            piece["analyte"] = self._column("analyte", None).spread(pa.array([analyte])).repeated(here.size)
            yield piece, here, place

    def _check(self, spreads: dict[str, Spread], numbers: NDArray[np.int64], place: int | None) -> pa.RecordBatch:
        """Read and check the rows of one long piece."""
        codes: dict[str, NDArray[np.int32]] = {}
        out: dict[str, Any] = {"row": numbers}
        for field in self.kind.fields:
            if field.name not in spreads or field.holds is Holds.UNIT:
                continue
            spread = spreads[field.name]
            column = self._columns[field.name] = spread.column
            column.tell(spread, numbers, self.findings)
            if field.holds not in (Holds.VALUE, Holds.LIMIT):
                codes[field.name] = column.coded(spread, numbers)
                is_number = field.holds in (Holds.NUMBER, Holds.LENGTH, Holds.COUNT)
                out[field.name] = spread.numbers() if is_number else column
            if field.holds is Holds.MOMENT:
                self._watch.zones(column, spread, numbers, self.findings)
            if field.holds is Holds.DAY:
                self._watch.days(column, spread, numbers, self.findings)
        piece = Piece(
            self.kind, self.profile, self.heading, self.source, self.findings, self._watch, self._columns, self._units, spreads,
            codes, numbers, place,
        )  # fmt: skip
        keep = measure(piece, out, self._limits)
        rows.check_rows(self.kind, self._columns, codes, out, numbers, self.findings, self._people)
        if self.sites is not None and "site" in codes:
            rows.check_sites(self._columns["site"], codes["site"], numbers, self.sites, self.sites_file, self.findings)
        self._see_keys(out, codes, numbers, keep)
        if self.kind.name == "flow":
            self._flows.see(codes["site"], out["flow_m3_day"], numbers)
        self.rows += int(np.count_nonzero(keep))
        return self._batch(out, codes, keep)

    def _see_keys(
        self,
        out: Mapping[str, Any],
        codes: Mapping[str, NDArray[np.int32]],
        numbers: NDArray[np.int64],
        keep: NDArray[np.bool_],
    ) -> None:
        value = out.get(self.kind.derived or self.kind.value, np.zeros(numbers.size))
        if "high" in out:
            value = value + np.where(out["low"] == out["high"], 0.0, 0.5)  # `<10` and `10` are not one and the same
        nothing = np.zeros(numbers.size, np.int32)
        for name in self._keys.names:
            if (one := self.kind.field(name)) is not None and one.required and name in codes:
                keep = keep & (codes[name] >= 0)  # a row whose day could not be read is not the same as another such row
        parts = [codes.get(name, nothing) for name in self._keys.names]
        if not keep.all():
            parts, numbers, value = [part[keep] for part in parts], numbers[keep], value[keep]
        self._keys.see(parts, numbers, np.ascontiguousarray(value, dtype=np.float64))

    def _column(self, name: str, place: int | None) -> Column:
        """Return the column at a place of the file, made when it is first asked for."""
        column = self._at.get(place)
        if column is None:
            field = self.kind.field(name)
            assert field is not None
            header, letter = (None, None) if place is None else (self.source.header[place].strip(), self.source.letters[place])
            if field.holds is Holds.UNIT:
                column = unit_column(header, letter, self.kind.quantity)
            else:
                read = cell_readers.reader(field, self.profile, self._today)
                is_number = field.holds in (Holds.VALUE, Holds.NUMBER, Holds.LIMIT)
                plain = PlainNumbers(self.profile) if is_number else None
                column = Column(name, header, letter, read, plain, name in SPELLED_ONE_WAY)
            self._at[place] = column
        return column

    def _batch(self, out: dict[str, Any], codes: Mapping[str, NDArray[np.int32]], keep: NDArray[np.bool_]) -> pa.RecordBatch:
        """Return the columns as Arrow: codes as the texts they stand for."""
        arrays: dict[str, pa.Array] = {}
        for name, column in out.items():
            if isinstance(column, Column):
                arrays[name] = column.texts_of(codes[name])
                if name == "analyte":
                    drugs = pa.array([ANALYTES[key].drug for key in column.words], pa.string())
                    arrays["drug"] = pa.DictionaryArray.from_arrays(arrays[name].indices, drugs)
                if name in ("subject", "sample") and self.kind.person_level:
                    arrays[name] = self._subjects(column, arrays[name])
            else:
                arrays[name] = column if isinstance(column, pa.Array) else pa.array(column)
        batch = pa.RecordBatch.from_arrays(list(arrays.values()), list(arrays))
        return batch if keep.all() else batch.filter(pa.array(keep))

    def _subjects(self, column: Column, subjects: pa.DictionaryArray) -> pa.DictionaryArray:
        """Return subjects under their pseudonyms; without a key under their number in the file, which joins with nothing."""
        words = [str(one) for one in column.words]
        names = self._pseudonyms(words) if self._pseudonyms else [f"#{index + 1}" for index in range(len(words))]
        return pa.DictionaryArray.from_arrays(subjects.indices, pa.array(names, pa.string()))

    def _finish(self) -> None:
        findings, source = self.findings, self.source
        findings.take(source.problems, source.notes, source.unlisted)
        site = self._columns.get("site") or self._columns.get("subject") or self._columns.get("date")
        what = " · ".join(name for name in self._keys.names if name not in ("sample", "replicate"))
        if site is not None:
            again = SAMPLE_TWICE if "sample" in self._keys.names else REPLICATE if self.kind.field("replicate") else AGAIN
            self._keys.tell(findings, (site.header, site.letter), what, again)
        coded = [self._columns[name] for name in SPELLED_ONE_WAY if name in self._columns]
        self._watch.tell(findings, self._columns.get(self.kind.value), coded)
        if self.kind.name == "flow" and self.rows:
            self._flows.tell(self._columns["site"], self._columns["flow"], findings)
        rows.check_shares(self.kind, self._people, findings, self._columns)
        if not self.rows and not findings.broken:
            raise Refusal(EMPTY.at(source.file, source.header_row))
        findings.raise_problems()


def _is_blank(text: str) -> bool:
    return not text.strip()
