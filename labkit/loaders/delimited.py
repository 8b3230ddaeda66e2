"""A CSV file read strictly: rows as the laboratory counts them, every cell as text, every doubt a problem."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from labkit.errors import Note, Problem, Refusal, Rule, printable
from labkit.params.characters import CONTROL
from labkit.vocabulary import nearest

FILE_MISSING = Rule(
    "CSV-MISSING",
    en=("the file is not there", "a file that exists", "correct the name in the params file, or put the file where it says"),
    zh=("找不到该文件", "须为存在的文件", "请更正参数文件中的名称，或将文件放到所述位置"),
)
NOT_TEXT = Rule(
    "CSV-TYPE",
    en=("the content is {kind}, whatever its name says", "a CSV file", "export the table as CSV (UTF-8) and hand that in"),
    zh=("内容实为 {kind}，与文件名不符", "须为 CSV 文件", "请将表格导出为 CSV（UTF-8）后再提交"),
)
NOT_UTF8 = Rule(
    "CSV-ENCODING",
    en=("byte {offset} on line {line} is not UTF-8 (0x{byte})", "UTF-8 text", "save the file as “CSV UTF-8”"),
    zh=("第 {line} 行、第 {offset} 字节不是 UTF-8（0x{byte}）", "须为 UTF-8 文本", "请另存为“CSV UTF-8”"),
)
NUL_BYTE = Rule(
    "CSV-NUL",
    en=("a NUL byte", "text", "the file is damaged or binary: export it again"),
    zh=("含有 NUL 字节", "须为文本", "文件已损坏或为二进制：请重新导出"),
)
EMPTY = Rule(
    "CSV-EMPTY",
    en=("0 data rows", "a header row and at least one row of data", "check that the export finished"),
    zh=("没有数据行", "须有表头及至少一行数据", "请确认导出已完成"),
)
QUOTE_OPEN = Rule(
    "CSV-QUOTE",
    en=("a quotation mark that opens here is never closed, or text follows a closed one", "paired quotation marks", "close it"),
    zh=("此处的引号没有闭合，或闭合后仍有文字", "引号须成对", "请补全引号"),
)
HEADER_TWICE = Rule(
    "CSV-HEADER-TWICE",
    en=("the column name “{name}” stands in columns {letters}", "each name once", "rename or remove one of the two"),
    zh=("列名“{name}”出现在 {letters} 列", "列名不得重复", "请改名或删除其一"),
)
COLUMN_MISSING = Rule(
    "CSV-COLUMN",
    en=("no column “{name}”{hint}", "the columns {wanted}", "add the column, or correct its name"),
    zh=("缺少列“{name}”{hint}", "须有列 {wanted}", "请添加该列或更正列名"),
)
FIELDS = Rule(
    "CSV-FIELDS",
    en=("{n} fields where the header has {wanted}", "as many fields as the header", "look for a missing or extra comma"),
    zh=("有 {n} 个字段，表头为 {wanted} 个", "字段数须与表头一致", "请检查是否缺少或多出逗号"),
)
TRUNCATED = Rule(
    "CSV-TRUNCATED",
    en=(
        "the last row breaks off after {n} of {wanted} fields",
        "a whole last row",
        "the file was cut: copy or export it again",
    ),
    zh=("最后一行在第 {n}/{wanted} 个字段处中断", "最后一行须完整", "文件被截断：请重新复制或导出"),
)
INVISIBLE = Rule(
    "CSV-CHARACTER",
    en=(
        "the character {code} is invisible, breaks the line or turns the writing direction",
        "visible characters",
        "delete it and type the text again",
    ),
    zh=("字符 {code} 不可见、会换行或改变书写方向", "须为可见字符", "请删除后重新输入"),
)

_OTHER_KINDS = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "a zip archive or workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"\x1f\x8b", "gzip"),
    (b"PAR1", "Parquet"),
    (b"<!DOCTYPE", "HTML"),
    (b"<html", "HTML"),
)


@dataclass(frozen=True)
class Hint:
    """The nearest word, as a message asks for it; sought only when it is read: of 50,000 wrong names few are shown."""

    word: str
    words: Sequence[str]

    def __str__(self) -> str:
        """Return ` (“word”?)`, or nothing if no word is near."""
        near = nearest(self.word, list(self.words))
        return f" (“{near}”?)" if near else ""


@dataclass
class Row:
    """One record: the line it starts on (the header is line 1) and its cells by column name, stripped."""

    line: int
    cells: dict[str, str]


@dataclass
class Sheet:
    """A whole file: its name as the person gave it, its rows, and the letter of each column."""

    file: str
    letters: dict[str, str]
    rows: list[Row]
    notes: list[Note] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rewritten: set[tuple[int, str]] = field(default_factory=set)

    def refuse(self, rule: Rule, row: Row, column: str, **fields: object) -> None:
        """Write down a problem; the door goes on, so that all of a file's problems come at once."""
        self.problems.append(rule.at(self.file, row.line, column, self.letters.get(column), **fields))

    def raise_problems(self) -> None:
        """Refuse the file if anything was written down; else note the cells that were read in another writing."""
        if self.problems:
            raise Refusal(sorted(self.problems, key=lambda problem: problem.row or 0))
        if n := len(self.rewritten):
            self.notes.append(
                Note(
                    f"{self.file}: {n} cells in full-width characters or with spaces in a number were read as plain ones",
                    f"{self.file}：{n} 个含全角字符或数字内空格的单元格按半角读入",
                )
            )


def read_sheet(path: Path, file: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Sheet:
    """Read a CSV file whose columns are known by name.

    Parameters
    ----------
    path, file : Path, str
        Where the file lies, and its name for messages.
    required, optional : tuple of str
        Column names; capitals, full-width letters and spaces around a name do not matter, nor does the order. A column
        that is neither is noted and left out.

    Raises
    ------
    Refusal
        If nothing can be read: not text, not UTF-8, empty, a quotation mark left open, columns missing or doubled. Rows of
        the wrong length are left out and written down in `problems`, for the door to refuse with those of the cells.
    """
    text = _read_text(path, file)
    records = list(_records(text, file))
    if not records:
        raise Refusal(EMPTY.at(file))
    header_line, header = records[0]
    names = [unicodedata.normalize("NFKC", name).strip().casefold() for name in header]
    letters = {name: letter(index) for index, name in enumerate(names)}
    problems = _header_problems(file, header_line, names, required)
    sheet, header_is_wrong = Sheet(file, letters, [], problems=problems), bool(problems)
    blank = 0
    for index, (line, cells) in enumerate(records[1:], start=2):
        if not any(cell.strip() for cell in cells):
            blank += 1
        elif len(cells) != len(names):
            cut = index == len(records) and len(cells) < len(names) and not text.endswith(("\n", "\r"))
            sheet.problems.append((TRUNCATED if cut else FIELDS).at(file, line, n=len(cells), wanted=len(names)))
        else:
            sheet.rows.append(Row(line, dict(zip(names, (cell.strip() for cell in cells), strict=True))))
    if CONTROL.search(text):
        _refuse_invisible(sheet, [name for name in names if name in (*required, *optional)])
    if header_is_wrong or not sheet.rows:
        sheet.raise_problems()
    if not sheet.rows:
        raise Refusal(EMPTY.at(file))
    extra = [name for name in names if name not in (*required, *optional)]
    if extra:
        unused = printable(", ".join(extra))
        sheet.notes.append(Note(f"{file}: columns not used: {unused}", f"{file}：未使用的列：{unused}"))
    if blank:
        sheet.notes.append(Note(f"{file}: {blank} blank rows passed over", f"{file}：跳过 {blank} 个空行"))
    return sheet


def letter(index: int) -> str:
    """Return the spreadsheet letter of a column counted from 0.

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _read_text(path: Path, file: str) -> str:
    if not path.is_file():
        raise Refusal(FILE_MISSING.at(file))
    content = path.read_bytes()
    begin = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for start, kind in _OTHER_KINDS:
        if begin.startswith(start.lower()):
            raise Refusal(NOT_TEXT.at(file, kind=kind))
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        offset = error.start + len(content) - len(content.removeprefix(b"\xef\xbb\xbf"))
        line = content.count(b"\n", 0, offset) + 1
        raise Refusal(NOT_UTF8.at(file, line, offset=offset, line=line, byte=f"{content[offset]:02x}")) from None
    if "\0" in text:
        raise Refusal(NUL_BYTE.at(file, text.count("\n", 0, text.index("\0")) + 1))
    if not text.strip("\ufeff \r\n\t"):
        raise Refusal(EMPTY.at(file))
    return text


def _records(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Refusal(QUOTE_OPEN.at(file, line)) from None


def _header_problems(file: str, line: int, names: list[str], required: tuple[str, ...]) -> list[Problem]:
    letters: dict[str, list[str]] = {}
    for index, name in enumerate(names):
        letters.setdefault(name, []).append(letter(index))
    problems = [
        HEADER_TWICE.at(file, line, name, name=name, letters=" + ".join(places))
        for name, places in letters.items()
        if len(places) > 1
    ]
    problems += [
        COLUMN_MISSING.at(file, line, name=name, hint=Hint(name, names), wanted=", ".join(required))
        for name in required
        if name not in letters
    ]
    return problems


def _refuse_invisible(sheet: Sheet, columns: list[str]) -> None:
    for row in sheet.rows:
        for name in columns:
            if found := CONTROL.search(row.cells[name]):
                sheet.refuse(INVISIBLE, row, name, code=f"U+{ord(found[0]):04X}")
