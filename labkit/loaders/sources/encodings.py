"""Bytes to UTF-8, strictly and in blocks of whole lines: every file in one encoding, named, or refused where it breaks.

Two things people confuse: an encoding *declared* in the profile is held to, and a file that does not fit it is refused;
*undeclared*, UTF-8 is tried before GB18030, since text of the one is hardly ever valid in the other.
"""

from __future__ import annotations

import codecs
import os
import re
import weakref
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from labkit.errors import Note, Problem, Refusal, Rule
from labkit.loaders.sources.encoding_rules import BOM, BOM_TWICE, DECLARED, GB18030, MIXED, NUL, UNKNOWN, UTF16
from labkit.loaders.sources.lines import count_lines, whole_lines

MARK = codecs.BOM_UTF8
NAMES = {"utf-8": "UTF-8", "gb18030": "GB18030", "utf-16": "UTF-16", None: "UTF-8 / GB18030"}
_PAIR = re.compile(rb"[\x81-\xfe][\x80-\xfe]|[\x81-\xfe][0-9][\x81-\xfe][0-9]")
_HIGH_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")


def utf8_blocks(path: Path, file: str, declared: str | None, size: int, notes: list[Note]) -> Iterator[bytes]:
    """Yield the file as UTF-8 without BOM, in blocks of whole lines; what was not plain UTF-8 is remarked in `notes`.

    Parameters
    ----------
    path, file
        Where it lies, and what messages call it.
    declared
        The encoding that the laboratory profile declares, or None: UTF-16 if a mark says so, else UTF-8, else GB18030.
    size
        Bytes read at a time.

    Raises
    ------
    Refusal
        During the walk, at the first byte that does not fit.
    """
    stream = _File(path)
    begin = stream.read(2)
    stream.rewind()
    marked = begin in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if begin and declared and marked != (declared == "utf-16"):
        encoding = NAMES[declared] + " (BOM)" * (declared == "utf-16")
        raise Refusal(DECLARED.at(file, 1, offset=0, line=1, byte=f"{begin[0]:02x}", encoding=encoding))
    if marked:
        decoding = _Utf16(file, notes)
        yield from whole_lines(decoding.blocks(stream, size), file, lambda: decoding.line)
    else:
        reading = _Bytes(path, file, declared, notes)
        chunks = iter(lambda: stream.read(size), b"")
        yield from reading.blocks(whole_lines(chunks, file, lambda: reading.line(0)))
    stream.close()


class _File:
    """An open file that is closed at its end, or whenever nobody reads it any more: a walk may be left before its end."""

    def __init__(self, path: Path) -> None:
        self._number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self.close = weakref.finalize(self, os.close, self._number)

    def read(self, size: int) -> bytes:
        return os.read(self._number, size)

    def rewind(self) -> None:
        os.lseek(self._number, 0, os.SEEK_SET)


class _Bytes:
    """A file in UTF-8 or GB18030: which of the two is known from the first line that is not ASCII."""

    def __init__(self, path: Path, file: str, declared: str | None, notes: list[Note]) -> None:
        self.path, self.file, self.declared, self.notes = path, file, declared, notes
        self.known = declared  # None as long as all is ASCII
        self.start = 0  # of the block, in the file

    def blocks(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            if (at := block.find(b"\0")) >= 0:
                line = self.line(at)
                raise Refusal(NUL.at(self.file, line, line=line))
            text = self._unmarked(block) if self.start == 0 else block
            if not text.isascii():
                if self.known != "gb18030" and is_utf8(text):
                    self.known = "utf-8"
                else:
                    text = self._from_gb18030(block, text)
            self.start += len(block)
            yield text

    def line(self, at: int) -> int:
        """Return the line of byte `at` of the block; counted only when a message needs it."""
        before, line = self.start + at, 1
        with self.path.open("rb") as stream:
            while before > 0 and (piece := stream.read(min(before, 1 << 20))):
                if piece.endswith(b"\r") and len(piece) < before:
                    piece += stream.read(1)  # never between the two bytes of one line end
                before -= len(piece)
                line += count_lines(piece)
        return line

    def _unmarked(self, block: bytes) -> bytes:
        if not block.startswith(MARK):
            return block
        if block.startswith(MARK + MARK):
            raise Refusal(BOM_TWICE.at(self.file, 1))
        if self.declared == "gb18030":
            raise Refusal(self._at(DECLARED, block, 0))
        self.known = "utf-8"
        self.notes.append(BOM.note(self.file))
        return block[len(MARK) :]

    def _at(self, rule: Rule, block: bytes, at: int) -> Problem:
        line = self.line(at)
        byte, encoding = f"{block[at]:02x}", NAMES[self.declared]
        return rule.at(self.file, line, offset=self.start + at, line=line, byte=byte, encoding=encoding)

    def _from_gb18030(self, block: bytes, text: bytes) -> bytes:
        invalid = _first_invalid(text)
        skipped = len(block) - len(text)  # a BOM
        if self.declared == "utf-8":
            raise Refusal(self._at(DECLARED, block, skipped + (invalid or 0)))
        if self.known == "utf-8":
            assert invalid is not None
            self._refuse_change(block, skipped + invalid, skipped + invalid)
        first = "other" if self.known == "gb18030" else None
        if (change := _change(text, first)) is not None:
            if self.declared:
                raise Refusal(self._at(DECLARED, block, _first_high(block, change)))
            self._refuse_change(block, None if self.known or invalid is None else invalid, change)
        if self.known is None and not _PAIR.search(text):  # single high letters between ASCII ones: Latin-1, not Chinese
            raise Refusal(self._at(UNKNOWN, block, invalid or 0))
        try:
            decoded = text.decode("gb18030").encode("utf-8")
        except UnicodeDecodeError as error:
            raise Refusal(self._at(DECLARED if self.declared else UNKNOWN, block, error.start)) from None
        if not any(note.rule == GB18030.id for note in self.notes):
            self.notes.append(GB18030.note(self.file))
        self.known = "gb18030"
        return decoded

    def _refuse_change(self, block: bytes, invalid: int | None, change: int) -> None:
        """Refuse a file of two encodings; where a line is in neither, or the file ends within a character, name the byte."""
        if invalid is not None:
            try:
                _line_around(block, invalid).decode("gb18030")
                cut = _is_begun(block[invalid:])
            except UnicodeDecodeError:
                cut = True
            if cut:
                raise Refusal(self._at(UNKNOWN, block, invalid))
        number = self.line(change)
        raise Refusal(MIXED.at(self.file, number, line=number))


def is_utf8(block: bytes) -> bool:
    """Tell whether the bytes are UTF-8, strictly and without building the text.

    >>> is_utf8("站点".encode()), is_utf8("站点".encode("gbk"))
    (True, False)
    """
    offsets = pa.array([0, len(block)], pa.int32()).buffers()[1]
    try:
        pa.Array.from_buffers(pa.binary(), 1, [None, offsets, pa.py_buffer(block)]).cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True


class _Utf16:
    """A file in UTF-16: its mark says in which order the bytes come."""

    def __init__(self, file: str, notes: list[Note]) -> None:
        self.file, self.line = file, 1
        notes.append(UTF16.note(file))

    def blocks(self, stream: _File, size: int) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder("utf-16")()
        offset, first, chunk = 0, True, b"start"
        while chunk:
            chunk = stream.read(size)
            held = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(error.encoding, "ignore").encode("utf-8", "ignore")
                at, line, byte = offset - held + error.start, self.line + count_lines(before), error.object[error.start]
                raise Refusal(
                    UNKNOWN.at(self.file, line, offset=at, line=line, byte=f"{byte:02x}", encoding="UTF-16")
                ) from None
            offset += len(chunk)
            if first and text.startswith("\ufeff"):
                raise Refusal(BOM_TWICE.at(self.file, 1))
            first = first and not text
            block = text.encode("utf-8")
            if (at := block.find(b"\0")) >= 0:
                line = self.line + count_lines(block[:at])
                raise Refusal(NUL.at(self.file, line, line=line))
            if block:
                yield block
            self.line += count_lines(block)


def _first_invalid(text: bytes) -> int | None:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _is_begun(tail: bytes) -> bool:
    """Tell whether bytes are the beginning of a character of UTF-8 and nothing else."""
    try:
        return not codecs.getincrementaldecoder("utf-8")().decode(tail)
    except UnicodeDecodeError:
        return False


def _first_high(block: bytes, start: int) -> int:
    return next(at for at in range(start, len(block)) if block[at] >= 0x80)


def _line_around(block: bytes, at: int) -> bytes:
    start = max(block.rfind(b"\n", 0, at), block.rfind(b"\r", 0, at)) + 1
    end = re.compile(rb"[\r\n]|\Z").search(block, at)
    return block[start : end.start() if end else len(block)]


def _change(text: bytes, first: str | None) -> int | None:
    """Return where the first line starts that is UTF-8 after lines that are not, or the other way round.

    Only sequences of three bytes and more prove UTF-8: one Chinese character of GBK can look like a sequence of two.
    """
    if not any(max(run) >= 0xE0 and _first_invalid(run) is None for run in set(re.findall(rb"[\x80-\xff]{3,}", text))):
        return None
    for found in _HIGH_LINE.finditer(text):
        kind = "other" if _first_invalid(found[0]) is not None else "utf-8" if max(found[0]) >= 0xE0 else None
        first = first or kind
        if kind and kind != first:
            return found.start()
    return None
