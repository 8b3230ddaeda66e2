"""What the cells of a sample file prove about numbers, days and words, and the questions they leave to the laboratory.

Two things people confuse: a word for *not measured* and one for *not detected* (`-`, `/`, 无): no file says which it is, so it
is always asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from labkit.errors import Shape
from labkit.loaders.draft_evidence import days_of, marks_of
from labkit.loaders.draft_page import Page, quoted, writable
from labkit.loaders.header import to_column
from labkit.loaders.kinds import Holds, Kind
from labkit.loaders.texts.value import Kind as Mark
from labkit.loaders.texts.value import read_value
from labkit.params.profile import Profile
from labkit.vocabulary import ANALYTES, to_analyte

MOST_WORDS = 10
NUMERIC = (Holds.VALUE, Holds.LIMIT, Holds.NUMBER)
DAYS = (Holds.DAY, Holds.MOMENT)


def ask_about_cells(
    page: Page,
    kind: Kind,
    texts: Mapping[int, list[str]],
    wide: Mapping[int, str],
    person_level: bool,
    header: tuple[str, ...],
    sure: bool,
) -> None:
    """Declare what the texts of the columns prove, and ask the rest.

    Parameters
    ----------
    page
        The draft, which grows.
    kind, header, wide
        What the file holds, its header, and the analyte of each column of a wide file.
    texts
        The distinct texts of each column, by its place.
    person_level, sure
        Whether texts may not be repeated, and whether it is known what the file holds.
    """
    said = _Sayer(person_level)
    by_name = {place: to_column(header[place], kind.name) or kind.value for place in texts}
    values = [text for place, name in by_name.items() if name == kind.value for text in texts[place]]
    _numbers(page, list(_held(kind, by_name, texts, NUMERIC)), said)
    _days(page, list(_held(kind, by_name, texts, DAYS)), said)
    if kind.value == "concentration":
        _words(page, values, said)
        named = [to_analyte(text) for place, name in by_name.items() if name == "analyte" for text in texts[place]]
        _analytes(page, [text for place, name in by_name.items() if name == "analyte" for text in texts[place]], said)
        known = [one for one in ANALYTES if one in {*named, *wide.values()}]
        _limits(page, kind if sure else None, known, {"lod", "loq"} - set(by_name.values()))


class _Sayer:
    """Says a text of the file: itself, or its shape alone where it may be about a person."""

    def __init__(self, person_level: bool) -> None:
        self.person_level = person_level

    def __call__(self, text: str, language: str) -> str:
        return Shape(text).text(language) if self.person_level else f"“{text}”"


def _held(kind: Kind, names: Mapping[int, str], texts: Mapping[int, list[str]], holds: tuple[Holds, ...]) -> Iterator[str]:
    for place, name in names.items():
        field = kind.field(name)
        if field and field.holds in holds:
            yield from texts[place]


def _numbers(page: Page, texts: list[str], say: _Sayer) -> None:
    marks = marks_of(texts)
    if marks.decimal:
        page.declare(f"decimal: {quoted(marks.decimal)}")
    if marks.thousands:
        page.declare(f"thousands: {quoted(marks.thousands)}")
    if marks.mixed:
        page.ask(
            "which is the decimal mark? Numbers with a point and with a comma stand in one file; export it with one of them",
            "小数点用哪个符号？文件中既有点也有逗号；请统一后重新导出",
            'decimal: ","',
        )
    elif marks.doubt:
        page.ask(
            f"is the comma in {say(marks.doubt, 'en')} a decimal mark, or does it group thousands?",
            f"{say(marks.doubt, 'zh')}中的逗号是小数点还是千分位？",
            'decimal: ","       # or 或',
            'thousands: ","',
        )


def _days(page: Page, texts: list[str], say: _Sayer) -> None:
    days = days_of(texts)
    if days.order:
        page.declare(f"date_order: {days.order}")
    if days.mixed:
        en = "which comes first, day or month? One row proves the one, another the other: export the days as 2024-03-05"
        page.ask(en, "日和月哪个在前？不同的行互相矛盾：请以 2024-03-05 的形式重新导出")
    elif days.doubt:
        page.ask(
            f"is {say(days.doubt, 'en')} day first (dmy) or month first (mdy)?",
            f"{say(days.doubt, 'zh')}是日在前（dmy）还是月在前（mdy）？",
            "date_order: dmy     # or 或 mdy",
        )
    if days.serial:
        page.ask(
            f"is {say(days.serial, 'en')} a day number of a workbook, counted from 1900 or from 1904?",
            f"{say(days.serial, 'zh')}是工作簿的日期序列号吗？从 1900 年还是 1904 年算起？",
            "serial_dates: 1900  # or 或 1904",
        )
    if days.timed:
        page.ask("in which time zone are the times?", "时间属于哪个时区？", "time_zone: Asia/Shanghai")


def _words(page: Page, values: list[str], say: _Sayer) -> None:
    """Ask what 0 and what each word in place of a value means."""
    read = {text: read_value(text, Profile()) for text in values}
    if any(one.value is not None and one.value.kind is Mark.ZERO for one in read.values()):
        page.ask("does 0 mean not detected?", "0 是否表示未检出？", "zero: nd")
    words = [text.strip() for text, one in read.items() if one.value is None and not any(sign.isdigit() for sign in text)]
    words = list(dict.fromkeys(words))
    if words:
        shown = {one: ", ".join(dict.fromkeys(say(word, one) for word in words[:MOST_WORDS])) for one in ("en", "zh")}
        lines = []
        if not say.person_level:
            listed = ", ".join(quoted(word) for word in words[:MOST_WORDS] if writable(word))
            lines = [f"missing: [{listed}]         # not measured 未测", f"not_detected: [{listed}]    # 未检出"]
        page.ask(
            f"what stands for what: {shown['en']}? Not measured (missing), or not detected?",
            f"{shown['zh']}各表示什么：未测（missing），还是未检出（not_detected）？",
            *(lines or ["missing: [ … ]", "not_detected: [ … ]"]),
        )


def _analytes(page: Page, texts: list[str], say: _Sayer) -> None:
    """Ask what analyte each word means that no list knows."""
    words = [word for word in dict.fromkeys(text.strip() for text in texts) if to_analyte(word) is None]
    if not words:
        return
    shown = {one: ", ".join(dict.fromkeys(say(word, one) for word in words[:MOST_WORDS])) for one in ("en", "zh")}
    lines = ["analytes:"]
    lines += [f"  {quoted(word)}: …" for word in words[:MOST_WORDS] if writable(word)] if not say.person_level else ["  …: …"]
    page.ask(f"which analyte is {shown['en']}?", f"{shown['zh']}是哪种检测物？", *lines)


def _limits(page: Page, kind: Kind | None, analytes: list[str], lacking: set[str]) -> None:
    """Ask for the limits that no column holds."""
    if not lacking:
        return
    names = {"en": ", ".join(analytes) or "each analyte", "zh": "、".join(ANALYTES[one].zh for one in analytes) or "各检测物"}
    numbers = ", ".join(f"{name}: …" for name in ("lod", "loq") if name in lacking)
    matrix = "matrix: …, " if kind is None else "" if kind.name == "quality" else f"matrix: {kind.name}, "
    unit = kind.quantity if kind else "…"
    lines = [f"  - {{analyte: {one}, {matrix}{numbers}, unit: {unit}, from: …}}" for one in analytes or ["…"]]
    page.ask(
        f"what are the LOD and LOQ of {names['en']}, by which method and from which date?",
        f"{names['zh']}的检出限和定量限是多少？用哪种方法，从哪天起？",
        "limits:",
        *lines,
    )
