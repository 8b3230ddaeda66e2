"""No file, however damaged, ends in a traceback: mutated files of every kind and form are taken or refused, and nothing else.

`make test` sends a few through each reader; `make check` a million mutated bytes through each, within a minute a reader.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labkit.errors import Refusal
from labkit.loaders.check import check_file
from labkit.params.read_profile import read_profile
from labkit.simulate import simulate_laboratories

TODAY = date(2026, 6, 30)
SECONDS = 60.0
READERS = {
    "wastewater": "water-north.csv", "wastewater wide, GBK": "water-east.csv", "wastewater, xlsx": "water-west.xlsx",
    "wastewater, parquet": "water-north.parquet", "hair": "hair-north.csv", "hair, GBK": "hair-east.csv",
    "hair, xlsx": "hair-west.xlsx", "blood": "blood-north.csv", "flow": "flow.csv", "population": "population.csv",
    "sites": "sites.csv", "quality": "quality.csv", "environment": "environment.csv",
}  # fmt: skip
TOKENS = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\0",
    b"\t",
    b";",
    b"<",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xe4\xb8",
    b"1e999",
    b"-",
    b"=",
    b"'",
    b"  ",
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    simulate_laboratories(folder, seed=7, sites=6, weeks=4, subjects=8)
    text = (folder / "water-north.csv").read_text(encoding="utf-8")
    lines = [line.split(",") for line in text.splitlines()]
    pq.write_table(
        pa.table({name: [row[index] for row in lines[1:]] for index, name in enumerate(lines[0])}),
        folder / "water-north.parquet", write_page_checksum=True,
    )  # fmt: skip
    (folder / "environment.csv").write_text(
        "\n".join(",".join([*row, "medium" if not index else "surface water"]) for index, row in enumerate(lines)),
        encoding="utf-8",
    )
    return folder


def mutated(content: bytes, seed: int) -> Iterator[tuple[int, bytes]]:
    """Return ever new damaged copies, and how many bytes of each were mutated."""
    random = np.random.default_rng(seed)
    while True:
        data = bytearray(content)
        n = int(min(2 ** random.integers(0, 12), len(data) // 2))
        for place in random.integers(0, len(data), n).tolist():
            how = random.integers(0, 4)
            if how == 0:
                data[place % len(data)] ^= 1 << int(random.integers(0, 8))
            elif how == 1:
                data[place % len(data)] = int(random.integers(0, 256))
            elif how == 2:
                token = TOKENS[int(random.integers(0, len(TOKENS)))]
                data[place % len(data) : place % len(data) + 1] = token
            elif len(data) > 8:
                del data[place % len(data)]
        if random.random() < 0.1:
            data = data[: int(random.integers(0, len(data)))]
        yield n, bytes(data)


def fuzz(reader: str, files: Path, folder: Path, least: int, seconds: float) -> tuple[int, int, int]:
    """Send mutated files through a reader; return how many bytes were mutated, and how many files were taken and refused."""
    source = files / READERS[reader]
    kind, laboratory = reader.split(" ")[0].rstrip(","), source.stem.partition("-")[2]
    profile = read_profile(files / f"simulated-{laboratory}.yml") if laboratory else None
    path = folder / f"input{source.suffix}"
    content, bytes_mutated, taken, refused = source.read_bytes(), 0, 0, 0
    started = time.monotonic()
    for n, data in mutated(content, seed=len(reader)):
        path.write_bytes(data)
        try:
            checked = check_file(str(path), kind, profile, today=TODAY)
        except Refusal:
            pytest.fail("a refusal went past the door")
        refused, taken = refused + bool(checked.problems), taken + (not checked.problems)
        for language in ("en", "zh"):
            assert all(problem.sentence(language).isprintable() for problem in checked.problems)
        bytes_mutated += n
        if bytes_mutated >= least or time.monotonic() - started > seconds:
            return bytes_mutated, taken, refused
    raise AssertionError("not reached")


@pytest.mark.parametrize("reader", READERS)
def test_a_few_damaged_files(reader: str, files: Path, tmp_path: Path) -> None:
    _, taken, refused = fuzz(reader, files, tmp_path, 20_000, 3.0)
    assert refused > 0
    assert taken + refused > 10


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_a_million_mutated_bytes(reader: str, files: Path, tmp_path: Path) -> None:
    n, _, refused = fuzz(reader, files, tmp_path, 1_000_000, SECONDS)
    assert refused > 0
    assert n >= 1_000_000 or reader.endswith("xlsx"), "a minute was too short"
