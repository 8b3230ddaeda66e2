"""What a file is, by its first bytes: a workbook, Parquet or text; anything else is refused with the way out.

Two things people confuse: an *.xls* file can be four things (an old workbook, a new one, tab-separated text, a web page), and
two of them can be read. A file with a password looks like an old workbook and is a new one inside.
"""

from __future__ import annotations

import os
from enum import Enum, auto
from pathlib import Path

from labkit.errors import Refusal, Rule

MISSING = Rule(
    "FILE-MISSING",
    en=("no file of this name can be read", "a file that exists and may be read", "correct the name, or put the file there"),
    zh=("没有可读取的同名文件", "须为存在且可读的文件", "请更正名称，或将文件放到该处"),
    example=("results .csv", "results.csv"),
)
DOCUMENT = Rule(
    "TYPE-DOCUMENT",
    en=("the content is {kind}, whatever the name says", "CSV, xlsx or Parquet", "ask for the table itself and export that"),
    zh=("无论文件名如何，内容实为 {kind}", "须为 CSV、xlsx 或 Parquet", "请索取原始表格并导出"),
    example=("PDF", "CSV"),
)
HTML = Rule(
    "TYPE-HTML",
    en=(
        "the content is a web page (perhaps an error page, perhaps a page that calls itself a workbook)",
        "CSV, xlsx or Parquet",
        "download it again; if a spreadsheet can open it, save it as .xlsx",
    ),
    zh=(
        "内容是网页（可能是出错页面，也可能是伪装成工作簿的网页）",
        "须为 CSV、xlsx 或 Parquet",
        "请重新下载；若电子表格能打开，请另存为 .xlsx",
    ),
    example=("<html>…", "site,date,…"),
)
OLD_WORKBOOK = Rule(
    "TYPE-XLS",
    en=("an Excel workbook of the old kind (before 2007)", "xlsx", "open it in a spreadsheet and save it as .xlsx"),
    zh=("旧版（2007 年以前）Excel 工作簿", "须为 xlsx", "请用电子表格打开并另存为 .xlsx"),
    example=("results.xls", "results.xlsx"),
)
PASSWORD = Rule(
    "TYPE-PASSWORD",
    en=("a workbook that is protected by a password", "a workbook that opens without one", "save a copy without the password"),
    zh=("工作簿设有打开密码", "须为无需密码即可打开的工作簿", "请另存一份不带密码的副本"),
    example=("results.xlsx + password", "results.xlsx"),
)
LOCK = Rule(
    "TYPE-LOCK",
    en=(
        "the mark that a spreadsheet leaves beside a file while somebody has it open; it holds no data",
        "the file itself",
        "give the file whose name has no “~$”",
    ),
    zh=("这是表格被打开时留下的占位文件，不含数据", "须为文件本身", "请提交名称中不带“~$”的那个文件"),
    example=("~$results.xlsx", "results.xlsx"),
)
PACKED = Rule(
    "TYPE-PACKED",
    en=("the content is packed ({kind})", "the file itself: CSV, xlsx or Parquet", "unpack it and give what is inside"),
    zh=("内容是压缩包（{kind}）", "须为文件本身：CSV、xlsx 或 Parquet", "请解压后提交其中的文件"),
    example=("results.csv.gz", "results.csv"),
)
OBJECT = Rule(
    "TYPE-OBJECT",
    en=(
        "the content is {kind}, a store of a program’s own objects; reading such a file can run code, so it is never opened",
        "CSV, xlsx or Parquet",
        "export the table from the program that wrote it",
    ),
    zh=(
        "内容是 {kind}，即某一程序自身的数据存储；读取此类文件可能执行代码，因此不予打开",
        "须为 CSV、xlsx 或 Parquet",
        "请用写出它的程序导出表格",
    ),
    example=("results.pkl", "results.csv"),
)
TEXT_INSIDE = Rule(
    "TYPE-TEXT",
    en=("the name ends in {suffix}, but the content is text", "what the name promises", "name it .csv, or export it again"),
    zh=("文件名以 {suffix} 结尾，但内容是文本", "内容须与文件名相符", "请改名为 .csv，或重新导出"),
    example=("results.parquet", "results.csv"),
)


class Content(Enum):
    """What a file is, as far as it decides who reads it."""

    TEXT = auto()
    WORKBOOK = auto()
    PARQUET = auto()


_STARTS: tuple[tuple[bytes, Rule, str], ...] = (
    (b"%PDF", DOCUMENT, "PDF"),
    (b"{\\rtf", DOCUMENT, "RTF"),
    (b"\x89PNG", DOCUMENT, "PNG"),
    (b"\xff\xd8\xff", DOCUMENT, "JPEG"),
    (b"\x1f\x8b", PACKED, "gzip"),
    (b"BZh", PACKED, "bzip2"),
    (b"\xfd7zXZ\x00", PACKED, "xz"),
    (b"\x28\xb5\x2f\xfd", PACKED, "zstd"),
    (b"7z\xbc\xaf\x27\x1c", PACKED, "7z"),
    (b"Rar!", PACKED, "rar"),
    *((bytes((0x80, protocol)), OBJECT, "pickle") for protocol in range(2, 6)),
    (b"\x93NUMPY", OBJECT, "NumPy"),
    (b"MATLAB ", OBJECT, "MATLAB"),
    (b"\x89HDF", OBJECT, "HDF5"),
    (b"SQLite format 3\x00", OBJECT, "SQLite"),
    (b"ARROW1", OBJECT, "Arrow"),
    (b"ORC", OBJECT, "ORC"),
    (b"$FL2", OBJECT, "SPSS"),
    (b"<stata_dta>", OBJECT, "Stata"),
)
_TAGS = (b"<!doctype", b"<html", b"<head", b"<body", b"<meta", b"<table", b"<script", b"<!--")
_NAMED = (".xlsx", ".xlsm", ".xlsb", ".parquet", ".pq", ".feather", ".ods")
_ENDS = 65_536  # bytes looked at on either end of a zip archive, where the names of its members stand


def content_of(path: Path, file: str) -> Content:
    """Return what the file holds, whatever its name.

    Raises
    ------
    Refusal
        If it is not there, or of a kind that is not read here.
    """
    if path.name.startswith("~$"):
        raise Refusal(LOCK.at(file, 1))
    if not path.is_file() or not os.access(path, os.R_OK):
        raise Refusal(MISSING.at(file))
    with path.open("rb") as stream:
        begin = stream.read(_ENDS)
        stream.seek(max(0, path.stat().st_size - _ENDS))
        end = stream.read(_ENDS)
        if begin.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            stream.seek((int.from_bytes(begin[48:52], "little") + 1) << min(int.from_bytes(begin[30:32], "little"), 12))
            directory = stream.read(4096)
            raise Refusal((PASSWORD if "EncryptedPackage".encode("utf-16-le") in directory else OLD_WORKBOOK).at(file, 1))
    if begin.startswith((b"PAR1", b"PARE")):
        return Content.PARQUET
    if begin.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(begin + end, file)
    for start, rule, kind in _STARTS:
        if begin.startswith(start) and not (start.isalpha() and begin[len(start) : len(start) + 1] in (b",", b";", b"\t")):
            raise Refusal(rule.at(file, 1, kind=kind))
    _refuse_markup(begin, file)
    suffix = path.suffix.lower()
    if begin and suffix in _NAMED and b"\0" not in begin:
        raise Refusal(TEXT_INSIDE.at(file, 1, suffix=suffix))
    return Content.TEXT


def _archive(ends: bytes, file: str) -> Content:
    """Tell a workbook from other zip archives by the names of their members, without unpacking anything."""
    if b"xl/" in ends:
        return Content.WORKBOOK
    if b"word/" in ends:
        raise Refusal(DOCUMENT.at(file, 1, kind="Word"))
    if b"opendocument.spreadsheet" in ends[:200]:
        raise Refusal(DOCUMENT.at(file, 1, kind="OpenDocument"))
    raise Refusal(PACKED.at(file, 1, kind="zip"))


def _refuse_markup(begin: bytes, file: str) -> None:
    text = begin[:4096]
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if text.startswith(mark):
            text = text[2:].decode(encoding, "ignore").encode("utf-8", "ignore")
    text = text.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_TAGS) or (text.startswith(b"<?xml") and b"<html" in text):
        raise Refusal(HTML.at(file, 1))
    if text.startswith(b"<?xml"):
        raise Refusal(DOCUMENT.at(file, 1, kind="XML"))
    if text.startswith((b'{"', b"[{", b"{\n", b"{\r")):
        raise Refusal(DOCUMENT.at(file, 1, kind="JSON"))
