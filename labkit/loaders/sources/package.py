"""The zip package around a workbook: its limits are checked from its directory, before anything in it is unpacked.

Two things people confuse: the size of a file on the disk and the size of what it unpacks to; a workbook of 300 kB may hold
gigabytes, so both are limited, and so is their ratio.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from labkit.errors import Problem, Refusal, Rule

MIB = 1 << 20
PACKED, UNPACKED, PART, RATIO = 20 * MIB, 200 * MIB, 64 * MIB, 100
_DIRECTORY = MIB // 2  # bytes that list the members: room for some 5,000, where a workbook has some 20
_CHUNK = 1 << 16

SIZE = Rule(
    "ZIP-SIZE",
    en=(
        "{part} takes {size} MiB",
        "at most {limit} MiB: 20 for a workbook as it lies on the disk, 200 unpacked, 64 for one part",
        "split the workbook by year, or export the table as CSV, which has no such limit",
    ),
    zh=(
        "{part} 占 {size} MiB",
        "上限 {limit} MiB：工作簿文件 20，解压后 200，单个部件 64",
        "请按年份拆分工作簿，或将表格导出为 CSV（不受此限）",
    ),
    example=("104 MiB", "64 MiB"),
)
TOO_DENSE = Rule(
    "ZIP-RATIO",
    en=(
        "the workbook unpacks to {ratio} times its size",
        "at most {limit} times",
        "open it, delete rows and columns that are empty but formatted, and save it again",
    ),
    zh=("工作簿解压后为原大小的 {ratio} 倍", "至多 {limit} 倍", "请打开后删除仅有格式的空行、空列，再重新保存"),
    example=("× 400", "× 100"),
)
OUTSIDE = Rule(
    "ZIP-PATH",
    en=(
        "the package holds “{part}”, a path that leads out of it",
        "paths inside the package",
        "do not use this file: make a new export",
    ),
    zh=("压缩包内含指向包外的路径“{part}”", "路径须在包内", "请勿使用该文件：请重新导出"),
    example=("../../x", "xl/workbook.xml"),
)
TWICE = Rule(
    "ZIP-TWICE",
    en=("the package holds “{part}” twice", "each part once", "open the workbook and save it again"),
    zh=("压缩包内有两个“{part}”", "每个部件只能有一个", "请打开工作簿后重新保存"),
    example=("sheet1.xml + sheet1.xml", "sheet1.xml"),
)
LOCKED = Rule(
    "ZIP-LOCKED",
    en=("the part “{part}” is encrypted", "a workbook without a password", "save it without a password and hand that in"),
    zh=("部件“{part}”已加密", "工作簿不得设密码", "请取消密码后另存再提交"),
    example=("●●●", "a, b"),
)
DAMAGED = Rule(
    "WB-DAMAGED",
    en=(
        "the workbook cannot be read ({where})",
        "a whole .xlsx workbook",
        "open it in a spreadsheet program and save it again, or copy it once more",
    ),
    zh=("工作簿无法读取（{where}）", "须为完整的 .xlsx 工作簿", "请用电子表格软件打开后重新保存，或重新复制"),
    example=("PK…", "PK… xl/workbook.xml …"),
)


@dataclass(frozen=True)
class Package:
    """A package within its limits: `parts` are the names of its members by their names in lower case."""

    file: str
    parts: dict[str, str]
    archive: zipfile.ZipFile

    def damaged(self, where: str) -> Refusal:
        """Return the refusal that says at which part reading failed."""
        return Refusal(DAMAGED.at(self.file, 1, where=where))

    def chunks(self, part: str) -> Iterator[bytes]:
        """Unpack one part piece by piece; its checksum is held at the end."""
        try:
            with self.archive.open(self.parts[part.lower()]) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            raise self.damaged(part) from None


def open_package(path: Path, file: str) -> Package:
    """Open the package of a workbook, if what its directory says is within the limits.

    Parameters
    ----------
    path, file
        Where it lies, and its name for messages.

    Raises
    ------
    Refusal
        No zip package, or one that is too large, too dense, encrypted, with members twice or outside of it.
    """
    size = path.stat().st_size
    if size > PACKED:
        raise Refusal(_too_large(file, file, size, PACKED))
    content = path.read_bytes()
    if directory := _directory_size(content):
        raise Refusal(_too_large(file, "zip directory", directory, _DIRECTORY))
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise Refusal(DAMAGED.at(file, 1, where="zip")) from None
    if problems := _problems(file, members):
        raise Refusal(problems)
    total = sum(member.file_size for member in members)
    if total > UNPACKED:
        raise Refusal(_too_large(file, f"{file} → XML", total, UNPACKED))
    if total > RATIO * len(content):
        raise Refusal(TOO_DENSE.at(file, 1, ratio=round(total / len(content)), limit=RATIO))
    return Package(file, {member.filename.lower(): member.filename for member in members}, archive)


def _problems(file: str, members: Sequence[zipfile.ZipInfo]) -> list[Problem]:
    problems, seen = [], set()
    for member in members:
        name = member.orig_filename  # before anything was taken off it
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name or "\0" in name:
            problems.append(OUTSIDE.at(file, 1, part=name))
        if name.lower() in seen:
            problems.append(TWICE.at(file, 1, part=name))
        seen.add(name.lower())
        if member.flag_bits & 0x1:
            problems.append(LOCKED.at(file, 1, part=name))
        if member.file_size > PART:
            problems.append(_too_large(file, name, member.file_size, PART))
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            problems.append(DAMAGED.at(file, 1, where=name))
    return problems


def _too_large(file: str, part: str, size: int, limit: int) -> Problem:
    return SIZE.at(file, 1, part=part, size=round(size / MIB, 1), limit=limit / MIB if limit < MIB else limit // MIB)


def _directory_size(content: bytes) -> int:
    """Return the size of the list of members if it is too large to be read, as its end record says; else 0."""
    end = content.rfind(b"PK\5\6")
    if end < 0:
        return 0
    if content[max(0, end - 20) : end].startswith(b"PK\6\7"):  # the long form, for packages beyond 4 GiB
        return len(content)
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    return size if size > _DIRECTORY else 0
