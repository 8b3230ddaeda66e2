"""Files that are not text: what lands among laboratory results by mistake, each beside the table it should have been.

All data here are simulated.
"""

from __future__ import annotations

import gzip
from pathlib import Path

from openpyxl import Workbook

HEADER = "site,date,analyte,concentration,unit,lod,loq"
ROWS = ("A,2024-01-01,methamphetamine,120,ng/L,1,3", "A,2024-01-02,methamphetamine,135,ng/L,1,3")
TABLE = "\n".join((HEADER, *ROWS, "")).encode()


def pdf_named_csv(folder: Path) -> tuple[bytes, bytes]:
    """Print the table into a page; the twin is the table."""
    page = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    return page, TABLE


def old_workbook(folder: Path) -> tuple[bytes, bytes]:
    """Write the container of an Excel workbook from before 2007; the twin is the same table as xlsx."""
    return _compound_file("Root Entry", "Workbook"), _workbook(folder)


def workbook_with_password(folder: Path) -> tuple[bytes, bytes]:
    """Write the container in which a workbook with a password lies; the twin has none."""
    return _compound_file("Root Entry", "EncryptionInfo", "EncryptedPackage"), _workbook(folder)


def lock_file(folder: Path) -> tuple[bytes, bytes]:
    """Write what a spreadsheet leaves beside an open workbook: the name of who has it open; the twin is the workbook."""
    owner = "张三"
    return (bytes([len(owner)]) + owner.encode("gbk")).ljust(55) + owner.encode("utf-16-le").ljust(110), _workbook(folder)


def packed_named_csv(folder: Path) -> tuple[bytes, bytes]:
    """Pack the table with gzip; the twin is not packed."""
    return gzip.compress(TABLE, mtime=0), TABLE


def objects_named_csv(folder: Path) -> tuple[bytes, bytes]:
    """Store an object that would leave a file behind if it were loaded; the twin is the table."""
    return b"\x80\x04cos\nsystem\n(S'touch PWNED'\ntR.", TABLE


def no_line_ends(folder: Path) -> tuple[bytes, bytes]:
    """Write two megabytes of rows without line ends below the header; the twin has them."""
    rows = [f"A,2024-01-01,methamphetamine,{120 + n},ng/L,1,3," for n in range(45_000)]
    return f"{HEADER}\n{''.join(rows)}".encode(), TABLE


def _compound_file(*names: str) -> bytes:
    """Return an OLE compound file of a header and one sector of directory entries with these names."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0"
    header = (header.ljust(48, b"\0") + bytes(4)).ljust(512, b"\0")
    entries = [name.encode("utf-16-le").ljust(64, b"\0") + bytes([2 * len(name) + 2, 0]) for name in names]
    return header + b"".join(entry.ljust(128, b"\0") for entry in entries).ljust(512, b"\0") + bytes(4096)


def _workbook(folder: Path) -> bytes:
    book = Workbook()
    for line in (HEADER, *ROWS):
        book.active.append([float(cell) if cell.isdigit() else cell for cell in line.split(",")])
    path = folder / "made.xlsx"
    book.save(path)
    content = path.read_bytes()
    path.unlink()
    return content
