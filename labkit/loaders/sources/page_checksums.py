"""Whether the pages of a Parquet file carry checksums, read from the first page header of each column chunk.

Two things people confuse: asking a library to *verify* checksums and having any: of a file without them it verifies nothing,
and says nothing.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

# A header in Thrift's compact protocol begins with three numbers (type of page, two sizes), then the checksum if there is one.
_NUMBER = 0x15  # the next field, a 32-bit number
_LONGEST = 5  # bytes of such a number


def has_page_checksums(path: Path, metadata: pq.FileMetaData) -> bool:
    """Tell whether the first page of every column chunk has a checksum; a file without rows has.

    Only for a file that has been read to its end: pyarrow ends the whole program where it shows the description of a column
    chunk that contradicts itself, which its reader refuses in time.

    Parameters
    ----------
    path
        The file.
    metadata
        What its end says, for the places of the column chunks.

    Raises
    ------
    OSError, ValueError
        The file cannot be read, or a place lies outside of it.

    Notes
    -----
    parquet-format, `PageHeader`: 1 type, 2 uncompressed_page_size, 3 compressed_page_size, 4 crc (optional).
    """
    with path.open("rb") as stream:
        for group in range(metadata.num_row_groups):
            row_group = metadata.row_group(group)
            for place in range(metadata.num_columns if row_group.num_rows else 0):
                chunk = row_group.column(place)
                offsets = [chunk.data_page_offset, chunk.dictionary_page_offset if chunk.has_dictionary_page else None]
                stream.seek(min(offset for offset in offsets if offset is not None))
                if not _has_checksum(stream.read(4 * (1 + _LONGEST))):
                    return False
    return True


def _has_checksum(header: bytes) -> bool:
    at = 0
    for _ in range(3):
        if header[at : at + 1] != bytes([_NUMBER]):
            return False
        at += 1
        while header[at : at + 1] and header[at] & 0x80:
            at += 1
        at += 1
    return header[at : at + 1] == bytes([_NUMBER])
