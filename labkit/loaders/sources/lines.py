"""Where lines and records end: blocks of bytes cut where nothing is torn, and the ways a file ends its lines.

Two things people confuse: a *line* ends at a line end; a *record* ends at a line end outside quotation marks, so that one
record can be several lines. Rows are counted in lines, since that is what a spreadsheet or an editor shows in its margin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from labkit.errors import Note, Refusal, Rule

_PIECE = 1 << 18
LONGEST = 1 << 20  # bytes of one record; what is longer is a quotation mark left open, or no table

LONG = Rule(
    "ROW-LONG",
    en=("a row, or a cell, of more than {limit} characters", "rows of a table", "look for missing line ends: export it again"),
    zh=("一行或一个单元格超过 {limit} 个字符", "须为表格的行", "可能缺少换行：请重新导出"),
    example=("A,2024-01-01,12A,2024-01-02,13…", "A,2024-01-01,12"),
)
CARRIAGE = Rule(
    "LINES-CR",
    en=("the lines end in carriage returns alone, as on old computers", "each read as a line end", "save with usual line ends"),
    zh=("行尾仅为回车符（旧式系统的写法）", "均按换行读入", "请以常用换行格式保存"),
    example=("\\r", "\\n"),
    noted=True,
)
SEVERAL = Rule(
    "LINES-MIXED",
    en=("line ends of several kinds ({kinds})", "each counted as one line", "export the file again in one piece"),
    zh=("换行符不止一种（{kinds}）", "每个均计为一行", "请一次性重新导出"),
    example=("\\r\\n + \\n", "\\n"),
    noted=True,
)


@dataclass
class LineEnds:
    """How many line ends there are in the blocks seen so far, and of which kinds."""

    kinds: set[str] = field(default_factory=set)

    def count(self, block: bytes) -> int:
        """Return how many lines end in the block, and remember in which ways."""
        signs = np.frombuffer(block, np.uint8)
        feeds = _count(signs, b"\n")
        if b"\r" not in block:
            self.kinds |= {"LF"} if feeds else set()
            return feeds
        both, returns = _count(signs, b"\r\n"), _count(signs, b"\r")
        self.kinds |= {kind for kind, n in (("CRLF", both), ("LF", feeds - both), ("CR", returns - both)) if n}
        return feeds + returns - both

    def notes(self, file: str) -> list[Note]:
        """Remark what is unusual about them."""
        if self.kinds == {"CR"}:
            return [CARRIAGE.note(file)]
        return [SEVERAL.note(file, kinds=" + ".join(sorted(self.kinds)))] if len(self.kinds) > 1 else []


def _count(signs: NDArray[np.uint8], sought: bytes) -> int:
    """Count one or two bytes; numpy compares many at once, and in pieces that stay in the processor."""
    total = 0
    for start in range(0, signs.size, _PIECE):
        found = signs[start : start + _PIECE] == sought[0]
        if len(sought) > 1:
            found = found[: signs.size - start - 1] & (signs[start + 1 : start + 1 + _PIECE] == sought[1])
        total += int(np.count_nonzero(found))
    return total


def count_lines(block: bytes) -> int:
    r"""Return how many lines end in the block.

    >>> count_lines(b"a\nb\r\nc\rd")
    3
    """
    return LineEnds().count(block)


def whole_lines(chunks: Iterable[bytes], file: str = "", line: Callable[[], int] | None = None) -> Iterator[bytes]:
    """Cut chunks anew where lines end; only the last block may lack its line end.

    If `line` is given, a line that never seems to end is refused; it returns the number of the line after those yielded.
    """
    rest = b""
    for chunk in chunks:
        end = chunk.rfind(b"\n") + 1 or chunk.rfind(b"\r", 0, -1) + 1
        if end:
            yield b"".join((rest, memoryview(chunk)[:end]))  # one copy, not two
            rest = chunk[end:]
        else:
            rest += chunk
        if line and len(rest) > LONGEST:
            raise Refusal(LONG.at(file, line(), limit=f"{LONGEST:,}"))
    if rest:
        yield rest


def whole_records(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut blocks of whole lines anew where records end, by the number of quotation marks.

    Marks that are not in pairs make a block that is odd: it is passed on as it is, for its reader to say where.
    """
    rest = b""
    for block in blocks:
        block = rest + block if rest else block
        rest = b""
        if b'"' in block and (quotes := block.count(b'"')) % 2:
            cut = _last_end(block, quotes)
            if len(block) - cut <= LONGEST:
                block, rest = block[:cut], block[cut:]
        if block:
            yield block
    if rest:
        yield rest


def pieces(block: bytes, size: int) -> Iterator[bytes]:
    """Cut a block of whole records into smaller ones of about `size` bytes."""
    return whole_records(whole_lines(block[at : at + size] for at in range(0, len(block), size)))


def _last_end(block: bytes, quotes: int) -> int:
    """Return the last line end that stands outside quotation marks, or 0."""
    end, least = len(block), max(0, len(block) - LONGEST - 1)
    feed, carriage = block.rfind(b"\n", least, end - 1), block.rfind(b"\r", least, end - 1)
    while quotes % 2 and end > least:
        before = max(feed, carriage) + 1
        quotes -= block.count(b'"', before, end)
        end = before
        feed = block.rfind(b"\n", least, end - 1) if feed >= end - 1 > 0 else feed
        carriage = block.rfind(b"\r", least, end - 1) if carriage >= end - 1 > 0 else carriage
    return end if quotes % 2 == 0 else 0
