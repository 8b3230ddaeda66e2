"""What stands between two cells: what the name of the file promises or the profile declares, held against the header line.

Two things people confuse: a comma *between* cells and a comma *inside* a number (`1,5`). Where commas are decimal marks,
cells are separated by semicolons; nothing is guessed from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from labkit.errors import Note, Refusal, Rule

OTHER = Rule(
    "DELIM-OTHER",
    en=(
        "the cells of the header are separated by {found}",
        "{wanted} in a file of this name, or as the laboratory profile declares",
        "write `delimiter: {declare}` in the laboratory profile, or export the file with {wanted}",
    ),
    zh=(
        "表头单元格以 {found} 分隔",
        "此类文件须以 {wanted} 分隔，或按实验室配置的声明",
        "请在实验室配置中写 `delimiter: {declare}`，或改用 {wanted} 重新导出",
    ),
    example=("site;date;…", "site,date,…"),
)
TAKEN = Rule(
    "DELIM-DECLARED",
    en=("the cells are separated by {found}", "read so, as the laboratory profile declares", "export the file with {wanted}"),
    zh=("单元格以 {found} 分隔", "已按实验室配置的声明读入", "可改用 {wanted} 重新导出"),
    example=("site;date;…", "site,date,…"),
    noted=True,
)
TABS = Rule(
    "DELIM-XLS-TEXT",
    en=(
        "the name ends in .xls, but the content is text",
        "read as text separated by tabs",
        "name it .tsv, or save it as .xlsx",
    ),
    zh=("文件名以 .xls 结尾，但内容是文本", "已按制表符分隔的文本读入", "请改名为 .tsv，或另存为 .xlsx"),
    example=("results.xls", "results.tsv"),
    noted=True,
)

# How messages and profiles write each, in signs that need no translation.
SIGNS = {",": ("“,”", '","'), ";": ("“;”", '";"'), "\t": ("“\\t” (tab)", "tab"), "|": ("“|”", '"|"')}
_TABBED = (".tsv", ".tab", ".txt", ".xls")
_QUOTED = re.compile(rb'"[^"]*"')


def settle_delimiter(
    begin: bytes, path: Path, file: str, declared: str | None, header_row: int | None
) -> tuple[str, list[Note]]:
    """Return what separates the cells, with what is to be remarked about it.

    Parameters
    ----------
    begin
        The first lines of the file, as UTF-8.
    path, file
        Its name (`.tsv`, `.tab`, `.txt` and `.xls` promise tabs, all others commas), and what messages call it.
    declared
        `delimiter` of the laboratory profile.
    header_row
        Line of the header; None means the first line that is not blank.

    Raises
    ------
    Refusal
        If the header line is plainly separated by something else.
    """
    suffix = path.suffix.lower()
    promised = "\t" if suffix in _TABBED else ","
    wanted = {"tab": "\t", None: promised}.get(declared, declared) or promised
    lines = [(number, line) for number, line in _lines(begin) if line.strip()]
    header = next((pair for pair in lines if header_row in (None, pair[0])), None)
    if header is not None:
        _refuse_other(header, [line for _, line in lines], file, wanted)
    notes = [TABS.note(file)] if suffix == ".xls" and wanted == "\t" else []
    if wanted != promised:
        notes.append(TAKEN.note(file, found=SIGNS[wanted][0], wanted=SIGNS[promised][0]))
    return wanted, notes


def _refuse_other(header: tuple[int, bytes], lines: list[bytes], file: str, wanted: str) -> None:
    """Another sign must stand more often in the header, and in no fewer lines: a title with a semicolon proves nothing."""

    def weight(sign: str) -> tuple[int, int]:
        return header[1].count(sign.encode()), sum(sign.encode() in line for line in lines)

    often, usual = weight(wanted)
    for sign, (shown, declare) in SIGNS.items():
        more, everywhere = weight(sign)
        if sign != wanted and more > often and everywhere >= usual:
            raise Refusal(OTHER.at(file, header[0], found=shown, wanted=SIGNS[wanted][0], declare=declare))


def _lines(begin: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield lines with their numbers and without what is quoted; what stands in a quoted line end keeps its count."""
    text = _QUOTED.sub(lambda quoted: re.sub(rb"[^\r\n]", b"x", quoted[0]), begin)
    yield from enumerate(re.split(rb"\r\n|\r|\n", text), start=1)
