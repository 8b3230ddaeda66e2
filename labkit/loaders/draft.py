"""A profile drafted from a sample file: what the file shows is filled in, and what it cannot show is asked.

Two things people confuse: a file that *can* be read in one way only (that way is written down) and one that is *usually* read
in one way (that is asked). A draft never makes the readers take another number than they take without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labkit.errors import Refusal
from labkit.loaders.draft_page import Draft, Page, quoted, writable
from labkit.loaders.draft_questions import ask_about_cells
from labkit.loaders.header import fits, plain, split_unit, to_column
from labkit.loaders.kinds import KINDS, Kind
from labkit.loaders.people.columns import looks_person_level
from labkit.loaders.sources import open_source
from labkit.loaders.sources.content import Content, content_of
from labkit.loaders.sources.source import Source
from labkit.params.profile import Profile
from labkit.units import to_factor
from labkit.vocabulary import FileKind, to_analyte

SEPARATORS = (None, ";", "tab", "|")
ENCODINGS = {"ENC-GB18030": "gb18030", "ENC-UTF16": "utf-16"}  # what the reader remarks, as a profile writes it
MENDED = {"WB-WHICH-SHEET"}  # refusals of a whole file that a line of a profile mends
MOST_ROWS = 1_000_000
MOST_TEXTS = 20_000  # distinct texts of one column that are looked at


@dataclass(frozen=True)
class Sample:
    """An opened sample file: the profile it was opened with, its kind as far as it can be told, and its columns."""

    source: Source
    profile: Profile
    kind: Kind
    sure: bool  # whether the kind was said or can be told
    columns: tuple[str | None, ...]
    wide: dict[int, str]

    @property
    def person_level(self) -> bool:
        """Whether nothing of its cells may be repeated; so too where it is not known what the file holds."""
        return self.kind.person_level or not self.sure or looks_person_level(self.source.header)


def draft_profile(path: Path, file: str, kind: FileKind | None = None) -> Draft:
    """Draft a laboratory's profile from one of its files.

    Parameters
    ----------
    path, file
        The sample file, and what messages call it.
    kind
        What it holds; without it, what its header shows.

    Returns
    -------
    Draft
        Text that `read_profile` accepts, and the questions that the file leaves open. Cells of a person-level file, and
        headers of it that are on no list, appear nowhere.

    Raises
    ------
    Refusal
        The file is of no kind that can be read, whatever a profile says.
    """
    page = Page()
    page.declare("# yaml-language-server: $schema=schema.json")
    page.remark("Drafted from a sample file. Answer each ASK: complete its line and take the # away in front of it.")
    page.remark("根据样例文件起草。请逐条回答 ASK：补全该行，并去掉行首的 #。未声明的内容一律不猜测。")
    page.declare("title: {en: Draft of a laboratory profile, zh: 实验室配置草稿}")
    try:
        sample = _open(str(path), file, kind)
    except Refusal as refusal:
        if not {problem.rule.id for problem in refusal.problems} <= MENDED:
            raise
        said = refusal.problems[0]
        page.ask(f"{said.parts('en')[0]}", f"{said.parts('zh')[0]}", "sheet: …")
        return page.draft()
    _declare_layout(page, sample)
    texts = dict(_texts_of(sample))
    if encoding := _encoding(Path(path), file, sample, texts):
        page.declare(f"encoding: {encoding}")
    ask_about_cells(page, sample.kind, texts, sample.wide, sample.person_level, sample.source.header, sample.sure)
    return page.draft()


def _encoding(path: Path, file: str, sample: Sample, texts: dict[int, list[str]]) -> str | None:
    """Return the encoding that a text file proves; one of ASCII alone proves none."""
    if seen := next((ENCODINGS[note.rule] for note in sample.source.notes if note.rule in ENCODINGS), None):
        return seen
    plain = all(text.isascii() for found in (sample.source.header, *texts.values()) for text in found)
    return None if plain or content_of(path, file) is not Content.TEXT else "utf-8"


def _open(name: str, file: str, kind: FileKind | None) -> Sample:
    """Open the file with the separator and the header row that show most of our columns."""
    best: tuple[int, Profile, str, bool] | None = None
    refused: Refusal | None = None
    for separator in SEPARATORS:
        profile = Profile.model_validate({"delimiter": separator} if separator else {})
        try:
            source = open_source(name, file, profile, kind is None or KINDS[kind].person_level)
        except Refusal as refusal:
            refused = refused or refusal
            continue
        score, row, found, sure = _look(source, kind)
        if best is None or score > best[0]:
            if row != source.header_row:
                profile = profile.model_copy(update={"header_row": row})
            best = (score, profile, found, sure)
        if score > 1:
            break
    if best is None:
        raise refused or AssertionError
    _, profile, found, sure = best
    source = open_source(name, file, profile, KINDS[found].person_level or not sure)
    columns = tuple(to_column(header, found) for header in source.header)
    return Sample(source, profile, KINDS[found], sure, columns, _wide(source.header, columns, KINDS[found]))


def _look(source: Source, kind: FileKind | None) -> tuple[int, int, str, bool]:
    """Return how many of our columns the best header row shows, that row, its kind, and whether the kind is sure."""
    rows = [(source.header_row, source.header), *source.preview]
    kinds = [kind] if kind else list(FileKind)
    score, row, header = max(((_known(cells, kinds), -row, cells) for row, cells in rows), key=lambda one: one[:2])
    row = -row if score > 1 else source.header_row
    header = header if score > 1 else source.header
    ranked = sorted(kinds, key=lambda one: -_known(header, [one]))
    fitting = [one for one in ranked if fits(header, KINDS[one], Profile())]
    top = [one for one in fitting if _known(header, [one]) == _known(header, [fitting[0]])]
    return score, row, str((top or ranked)[0]), kind is not None or len(top) == 1


def _known(cells: tuple[str, ...], kinds: list[FileKind]) -> int:
    """Return how many cells name a column of one of `kinds`, or an analyte."""
    return max(len({found for cell in cells if (found := to_column(cell, kind) or _analyte(cell))}) for kind in kinds)


def _analyte(header: str) -> str | None:
    return to_analyte(header) or to_analyte(split_unit(header)[0])


def _wide(header: tuple[str, ...], columns: tuple[str | None, ...], kind: Kind) -> dict[int, str]:
    if kind.value != "concentration" or "concentration" in columns or "analyte" in columns:
        return {}
    return {place: found for place, name in enumerate(header) if not columns[place] and (found := _analyte(name))}


def _declare_layout(page: Page, sample: Sample) -> None:
    """Write down kind, separator, sheet, header row, columns and units, and ask what of it is open."""
    source, kind = sample.source, sample.kind
    if sample.sure:
        page.declare(f"kind: {kind.name}")
    else:
        page.ask("what does the file hold?", "该文件是哪一类？", f"kind: {kind.name}    # {' · '.join(FileKind)}")
    if sample.profile.delimiter:
        page.declare(f"delimiter: {quoted(sample.profile.delimiter)}")
    if source.sheet is not None and not sample.person_level and writable(source.sheet):
        page.declare(f"sheet: {quoted(source.sheet)}")
    if sample.profile.header_row:
        page.declare(f"header_row: {sample.profile.header_row}")
    if sample.wide:
        page.remark("wide: one column for each analyte 宽表：每种检测物一列")
    _declare_columns(page, sample)
    if unit_row(sample) is not None:
        page.declare("unit_row: true")
    elif kind.quantity and "unit" not in sample.columns and not _units_in_header(sample):
        unit = f"unit: {{{kind.value}: {kind.quantity}}}"
        page.ask(f"in which unit is “{kind.value}”? The file does not say", f"“{kind.value}”的单位是什么？文件中没有写明", unit)
    for name, line in (("laboratory", "laboratory: …"), ("medium", "medium: …    # surface water · sludge · manhole")):
        field = kind.field(name)
        if field and name not in sample.columns:
            page.ask(f"which {name}? There is no such column", f"没有“{name}”列：应是什么？", line)


def _declare_columns(page: Page, sample: Sample) -> None:
    header, columns, letters = sample.source.header, sample.columns, sample.source.letters
    twice = {name for name in columns if name and columns.count(name) > 1}
    seen = [(name, " ".join(header[place].split())) for place, name in enumerate(columns) if name and name not in twice]
    named = [(name, theirs) for name, theirs in seen if _says_itself(theirs, name, sample) and plain(theirs) != plain(name)]
    if named:
        page.declare("columns:", *(f"  {name}: {quoted(theirs)}" for name, theirs in named))
    for name in sorted(twice):
        where = " + ".join(letters[place] for place, found in enumerate(columns) if found == name)
        page.ask(f"which of the columns {where} is “{name}”?", f"{where} 列中哪一列是“{name}”？", f"columns: {{{name}: …}}")
    given = {"analyte", sample.kind.value} if sample.wide else set()
    for field in sample.kind.fields:
        if field.required and field.name not in columns and field.name not in given | {"unit", "medium"}:
            line = f"columns: {{{field.name}: …}}"
            page.ask(f"which header is our “{field.name}”?", f"哪个表头是我们的“{field.name}”？", line)
    unknown = [place for place, name in enumerate(columns) if not name and place not in sample.wide and header[place].strip()]
    if unknown and sample.person_level:
        where = ", ".join(letters[place] for place in unknown)
        page.ask(
            f"what are the columns {where}? What is not needed about persons is refused",
            f"{where} 列是什么？不需要的个人信息一律拒收",
        )
    elif unknown:
        shown = ", ".join(f"{letters[place]} “{header[place].strip()}”" for place in unknown)
        page.ask(f"what are the columns {shown}? They are not read", f"{shown} 列是什么？这些列不会读入")


def _says_itself(header: str, name: str, sample: Sample) -> bool:
    """Return whether a header may be repeated: all of it is on a list, or nothing of the file is about persons."""
    bare, unit = split_unit(header)
    listed = to_column(bare, sample.kind.name) == name and (
        not unit or to_factor(unit, sample.kind.quantity or "ng/L") is not None
    )
    return writable(header) and (listed or not sample.person_level)


def _units_in_header(sample: Sample) -> bool:
    places = list(sample.wide) or [place for place, name in enumerate(sample.columns) if name == sample.kind.value]
    return bool(places) and all(split_unit(sample.source.header[place])[1] for place in places)


def unit_row(sample: Sample) -> int | None:
    """Return the row below the header that holds units, if there is one."""
    below = next(((row, cells) for row, cells in sample.source.preview if row > sample.source.header_row), None)
    places = list(sample.wide) or [place for place, name in enumerate(sample.columns) if name == sample.kind.value]
    if below is None or not sample.kind.quantity:
        return None
    units = [below[1][place].strip().strip("()（）[]") for place in places if place < len(below[1])]
    return below[0] if any(to_factor(unit, sample.kind.quantity) is not None for unit in units) else None


def _texts_of(sample: Sample) -> Iterator[tuple[int, list[str]]]:
    """Yield the place of each column that matters and its distinct texts, of as many rows as can be read."""
    wanted = [place for place, name in enumerate(sample.columns) if name or place in sample.wide]
    texts: dict[int, dict[str, None]] = {place: {} for place in wanted}
    walked, units = 0, unit_row(sample)
    try:
        for batch in sample.source.batches:
            for place, found in texts.items():
                cells = batch.cells[place].filter(batch.rows != units) if units is not None else batch.cells[place]
                if len(found) < MOST_TEXTS:
                    found.update(dict.fromkeys(cells.unique().to_pylist()))
            walked += len(batch.rows)
            if walked >= MOST_ROWS:
                break
    except Refusal:  # what can be read has been seen; `labkit check` says what is wrong with the rest
        pass
    yield from ((place, [text for text in found if text and text.strip()]) for place, found in texts.items())
