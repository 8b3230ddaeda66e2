"""Parquet as a source: typed columns as text, batches with the rows of a spreadsheet, and no bytes that end in a traceback."""

from __future__ import annotations

import io
import random
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.errors import Refusal
from labkit.loaders.sources.parquet import CHECKSUM, COLUMN_TYPE, DAMAGED, INDEX, UNCHECKED, open_parquet
from labkit.loaders.sources.parquet_texts import to_texts
from labkit.loaders.sources.source import Source
from labkit.loaders.sources.text import BLANK, EMPTY
from labkit.params.profile import Profile

QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


def bytes_of(table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **{"write_page_checksum": True, **options})
    return sink.getvalue()


def opened(folder: Path, content: bytes) -> Source:
    path = folder / "results.parquet"
    path.write_bytes(content)
    return open_parquet(path, "results.parquet", Profile())


def walked(source: Source) -> list[tuple[int, tuple[str, ...]]]:
    return [
        (int(row), cells)
        for batch in source.batches
        for row, cells in zip(batch.rows, zip(*(column.to_pylist() for column in batch.cells), strict=True), strict=True)
    ]


def refused(folder: Path, content: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        walked(opened(folder, content))
    return caught.value


WATER = pa.table(
    {
        "site": ["A", "B", "A"],
        "date": pa.array([date(2024, 3, 5), date(2024, 3, 6), None]),
        "n": [12.0, 0.1, None],
        "analyte": pa.array(["ketamine"] * 3).dictionary_encode(),
    }
)


def test_columns_come_back_as_text(tmp_path: Path) -> None:
    source = opened(tmp_path, bytes_of(WATER))
    assert (source.header, source.header_row, source.letters) == (("site", "date", "n", "analyte"), 1, ("A", "B", "C", "D"))
    assert source.preview[:2] == ((1, source.header), (2, ("A", "2024-03-05", "12", "ketamine")))
    assert walked(source) == [
        (2, ("A", "2024-03-05", "12", "ketamine")),
        (3, ("B", "2024-03-06", "0.1", "ketamine")),
        (4, ("A", "", "", "ketamine")),
    ]
    assert not source.notes and not source.problems


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (datetime(2024, 3, 5, 8, 30), pa.timestamp("ns"), "2024-03-05 08:30:00"),
        (datetime(2024, 3, 5, 8, 30, 0, 250_000), pa.timestamp("us"), "2024-03-05 08:30:00.25"),
        (datetime(2024, 3, 5, 0, 30, tzinfo=UTC), pa.timestamp("us", "Asia/Shanghai"), "2024-03-05 08:30:00+08:00"),
        (datetime(2024, 3, 5, 0, 30, tzinfo=UTC), pa.timestamp("ms", "UTC"), "2024-03-05 00:30:00+00:00"),
        (time(8, 30), pa.time64("us"), "08:30:00"),
        (date(2024, 3, 5), pa.date64(), "2024-03-05"),
        (Decimal("12.50"), pa.decimal128(10, 2), "12.50"),
        (True, pa.bool_(), "true"),
        (2**64 - 1, pa.uint64(), "18446744073709551615"),
        (1234567890123456, pa.int64(), "1234567890123456"),
        (1234567890123456.0, pa.float64(), "1.234567890123456e+15"),
        (999999999999999.0, pa.float64(), "999999999999999"),
        (-123456789012345.0, pa.float64(), "-123456789012345"),
        (0.1, pa.float32(), "0.1"),
        (1.5, pa.float16(), "1.5"),
        (float("nan"), pa.float64(), "nan"),
        (None, pa.null(), ""),
        ("0012", pa.large_string(), "0012"),
        ("a", pa.string_view(), "a"),
    ],
)
def test_a_typed_value_has_one_text(value: object, kind: pa.DataType, text: str) -> None:
    assert to_texts(pa.array([value], kind)).to_pylist() == [text]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([b"x"]),
        pa.array([b"x"], pa.binary(1)),
        pa.array([["x"]]),
        pa.array([{"a": 1}]),
        pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
        pa.array([timedelta(1)]),
        pa.array([b"x"]).dictionary_encode(),
    ],
)
def test_columns_that_are_no_plain_values_are_refused(tmp_path: Path, column: pa.Array) -> None:
    [problem] = refused(tmp_path, bytes_of(pa.table({"site": ["A"], "extra": column}))).problems
    assert (problem.rule, problem.row, problem.column, problem.letter) == (COLUMN_TYPE, 1, "extra", "B")


def test_an_index_without_a_name_is_refused_and_one_with_a_name_is_a_column(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": [1, 2]}, index=["P-7F3K", "P-2M9Q"])
    [problem] = refused(tmp_path, bytes_of(pa.Table.from_pandas(frame))).problems
    assert (problem.rule, problem.column) == (INDEX, "__index_level_0__")
    assert "P-7F3K" not in problem.sentence("en") + problem.sentence("zh")
    named = opened(tmp_path, bytes_of(pa.Table.from_pandas(frame.rename_axis("subject"))))
    assert named.header == ("n", "subject")
    walked(named)
    assert len(walked(opened(tmp_path, bytes_of(pa.Table.from_pandas(pd.DataFrame({"n": [1, 2]})))))) == 2


def test_a_file_without_checksums_is_noted(tmp_path: Path) -> None:
    for options in ({}, {"data_page_version": "2.0"}, {"use_dictionary": False}, {"compression": "zstd"}):
        for checksums, noted in ((True, []), (False, [UNCHECKED.id])):
            source = opened(tmp_path, bytes_of(WATER, write_page_checksum=checksums, **options))
            assert len(walked(source)) == 3
            assert [note.rule for note in source.notes] == noted


def test_blank_rows_are_passed_over_with_a_note(tmp_path: Path) -> None:
    source = opened(tmp_path, bytes_of(pa.table({"a": ["x", None, " ", "y"], "n": [1, None, None, 2]})))
    assert walked(source) == [(2, ("x", "1")), (5, ("y", "2"))]
    assert [(note.rule, note.rows) for note in source.notes] == [(BLANK.id, (3, 4))]


def test_no_rows_and_no_parquet(tmp_path: Path) -> None:
    assert refused(tmp_path, bytes_of(WATER.slice(0, 0))).problems[0].rule is EMPTY
    whole = bytes_of(WATER)
    for content in (b"", b"PAR1", b"site,date\nA,2024-03-05\n", whole[:-4], whole[: len(whole) // 2], whole[10:]):
        assert refused(tmp_path, content).problems[0].rule is DAMAGED


def test_texts_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    content = bytes_of(
        pa.table({"site": ["东湖"]}),
        compression="none",
        use_dictionary=False,
        write_page_checksum=False,
        write_statistics=False,
    )
    good = "东湖".encode()
    assert refused(tmp_path, content.replace(good, good[:-1] + b"\xff")).problems[0].rule is DAMAGED


def test_no_flipped_bit_anywhere_is_read_as_other_data(tmp_path: Path) -> None:
    rng, truth = random.Random(20240306), walked(opened(tmp_path, SAMPLE))
    for _ in range(1000):
        content = bytearray(SAMPLE)
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        try:
            source = opened(tmp_path, bytes(content))
            assert (source.header, walked(source)) == (tuple(WATER.column_names), truth)
        except Refusal:
            pass


def test_rows_go_on_over_batches_and_row_groups(tmp_path: Path) -> None:
    n = 150_000
    source = opened(tmp_path, bytes_of(pa.table({"n": np.arange(n)}), row_group_size=40_000))
    batches = list(source.batches)
    assert np.array_equal(np.concatenate([batch.rows for batch in batches]), np.arange(2, n + 2))
    assert pa.concat_arrays([batch.cells[0] for batch in batches]).cast(pa.int64()).equals(pa.array(np.arange(n)))


def test_no_flipped_bit_in_a_page_is_read_as_other_data(tmp_path: Path) -> None:
    rng, whole = random.Random(20240305), bytes_of(WATER, use_dictionary=False, compression="none")
    truth, start, found = walked(opened(tmp_path, whole)), whole.index(b"\x08\0\0\0ketamine"), set()
    for _ in range(60):
        content = bytearray(whole)
        content[start + rng.randrange(36)] ^= 1 << rng.randrange(8)
        try:
            assert walked(opened(tmp_path, bytes(content))) == truth
        except Refusal as refusal:
            found.add(refusal.problems[0].rule)
    assert CHECKSUM in found


@QUICK
@given(numbers=st.lists(st.floats(width=64, allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_every_number_comes_back_equal(tmp_path: Path, numbers: list[float]) -> None:
    read = [cells[0] for _, cells in walked(opened(tmp_path, bytes_of(pa.table({"n": numbers}))))]
    assert [float(text) for text in read] == numbers
    assert not any(len(text.lstrip("-")) > 15 and text.lstrip("-").isdecimal() for text in read)


@QUICK
@given(
    texts=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=20),
    compression=st.sampled_from(["none", "snappy", "zstd"]),
    dictionary=st.booleans(),
)
def test_every_text_comes_back_equal(tmp_path: Path, texts: list[str], compression: str, dictionary: bool) -> None:
    table = pa.table({"row": range(len(texts)), "text": texts})
    source = opened(tmp_path, bytes_of(table, compression=compression, use_dictionary=dictionary))
    assert [cells[1] for _, cells in walked(source)] == texts


@QUICK
@given(
    moments=st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), min_size=1, max_size=20),
    zone=st.sampled_from([None, "UTC", "Asia/Shanghai"]),
)
def test_every_moment_comes_back_equal(tmp_path: Path, moments: list[datetime], zone: str | None) -> None:
    column = pa.array(moments, pa.timestamp("us")).cast(pa.timestamp("us", zone))
    read = [datetime.fromisoformat(cells[0]) for _, cells in walked(opened(tmp_path, bytes_of(pa.table({"t": column}))))]
    wanted = [one.replace(tzinfo=UTC) if zone else one for one in moments]
    assert all(abs(one - other) < timedelta(minutes=1) for one, other in zip(read, wanted, strict=True))
    assert all(one == other for one, other in zip(read, wanted, strict=True) if other.year > 1970)  # old zones have odd seconds


SAMPLE = bytes_of(pa.concat_tables([WATER] * 20))


@settings(QUICK, max_examples=200)
@given(changes=st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_no_changed_file_ends_in_a_traceback(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    content = bytearray(SAMPLE)
    for at, byte in changes:
        content[at] = byte
    try:
        walked(opened(tmp_path, bytes(content)))
    except Refusal as refusal:
        assert refusal.report("zh")


@QUICK
@given(length=st.integers(0, len(SAMPLE) - 1))
def test_no_cut_file_is_read(tmp_path: Path, length: int) -> None:
    assert refused(tmp_path, SAMPLE[:length]).problems[0].rule is DAMAGED


CHANGED = """
import random, sys
from pathlib import Path
from labkit.errors import Refusal
from labkit.loaders.sources.parquet import open_parquet
from labkit.params.profile import Profile
path, rng = Path(sys.argv[1]), random.Random(161)
whole = path.read_bytes()
for _ in range(1500):
    content = bytearray(whole)
    for _ in range(rng.choice([1, 1, 2, 8])):
        content[rng.randrange(len(content))] = rng.randrange(256)
    path.write_bytes(content)
    try:
        for batch in open_parquet(path, "results.parquet", Profile()).batches:
            pass
    except Refusal:
        pass
print("alive")
"""


def test_no_changed_file_ends_the_program(tmp_path: Path) -> None:
    path = tmp_path / "results.parquet"
    path.write_bytes(SAMPLE)
    done = subprocess.run([sys.executable, "-c", CHANGED, str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr[-500:]
