"""Time and memory of the doors, beside pandas reading the same file in the same run.

`python tests/bench/bench_doors.py` reads 10 million simulated rows; `--large` also takes 100 million into a store and asks it
for the monthly load (a file of about 4.5 GB and a store of 1 GB, both gone afterwards; a few minutes).
Each step runs in a process of its own, so that its peak memory is its own. Seconds are this machine's; ratios travel.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from labkit.errors import Refusal
from labkit.intake import add_files
from labkit.loaders.read import open_file
from labkit.store import monthly_load, open_store
from labkit.vocabulary import ANALYTES

REPEATS = 3
LARGE = 100_000_000
DAYS = 5_000  # from 2010-01-01
BATCH = 1 << 18
BAD_ROWS = 50_000
HEADER = "site,date,analyte,concentration,unit,lod,loq\n"
WORDS = list(ANALYTES)[:20]
BAD = ("-3", "1,5", "abc", "0", "3.1.2", "12 ng/L", "1.2±0.3", "NaN", "55555555")


def results(rows: int) -> Iterator[pa.RecordBatch]:
    """Simulated results, day by day, site by site, ten to twenty analytes a site, none twice.

    Concentrations are lognormal with four significant digits; below its analyte's lod one is ND, below the loq <LOQ.
    """
    analytes = len(WORDS) if rows > LARGE // 4 else len(WORDS) // 2
    sites = -(-rows // (DAYS * analytes))
    draw = np.random.default_rng(20_260_101)
    lod = np.round(np.geomspace(0.2, 4, analytes), 2)
    drawn = np.maximum(draw.lognormal(2.5, 1.2, 1 << 20), 0.1)
    written = np.array([f"{value:.4g}" for value in drawn])
    days = pa.array(np.datetime_as_string(np.datetime64("2010-01-01") + np.arange(DAYS)).tolist())
    for start in range(0, rows, BATCH):
        row = np.arange(start, min(rows, start + BATCH))
        analyte, place = row % analytes, draw.integers(0, drawn.size, row.size)
        value, limit = drawn[place], lod[analyte]
        text = np.where(value < limit, "ND", np.where(value < 3 * limit, "<LOQ", written[place]))
        columns = {
            "site": coded(row // analytes % sites, [f"S{site:03d}" for site in range(sites)]),
            "date": days.take(pa.array(row // (analytes * sites))),
            "analyte": coded(analyte, WORDS[:analytes]),
            "concentration": pa.array(text.tolist()),
            "unit": coded(np.zeros(row.size, np.int64), ["ng/L"]),
            "lod": coded(analyte, [f"{one:g}" for one in lod]),
            "loq": coded(analyte, [f"{3 * one:g}" for one in lod]),
        }
        yield pa.record_batch(columns)


def coded(codes: np.ndarray, words: list[str]) -> pa.Array:
    return pa.array(words).take(pa.array(codes))


def write_results(path: Path, rows: int) -> None:
    plain = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as file:
        file.write(HEADER.encode())
        for batch in results(rows):
            pyarrow.csv.write_csv(batch, file, plain)


def write_flow(path: Path, rows: int) -> None:
    sites = -(-rows // (DAYS * len(WORDS)))
    days = np.datetime_as_string(np.datetime64("2010-01-01") + np.arange(DAYS)).tolist()
    with path.open("w", encoding="utf-8") as file:
        file.write("site,date,flow,unit\n")
        for site in range(sites):
            file.write(
                "".join(f"S{site:03d},{day},{40_000 + 10 * site + index % 700},m3/d\n" for index, day in enumerate(days))
            )


def write_bad(path: Path, rows: int) -> None:
    """Every row is wrong in its own way; a site in ten is a person's number, a day in seven does not exist."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for row in range(rows):
            day = "2024-02-31" if row % 7 == 0 else f"2024-{1 + row % 12:02d}-{1 + row % 28:02d}"
            value = f"{BAD[row % len(BAD)]}" if row % 3 else f"x{row}"
            value = f'"{value}"' if "," in value else value
            file.write(
                f"S{row % 50},{day},{'nonsense' if row % 11 == 0 else 'ketamine'},{value},ng/L,{3 if row % 5 else 9},3\n"
            )


def read_pandas(path: Path) -> int:
    return len(pd.read_csv(path))


def through_door(path: Path) -> int:
    return sum(batch.num_rows for batch in open_file(path, path.name, "wastewater").batches())


def into_store(path: Path) -> int:
    """Do what `labkit store add` does; the store stays where it is."""
    [(entry, _)] = add_files(path.with_suffix(".store"), [str(path)], author="bench")
    return entry.rows


def refused(path: Path) -> int:
    try:
        through_door(path)
    except Refusal as refusal:
        return refusal.total
    raise SystemExit("a bad file was taken")


def monthly(path: Path) -> int:
    return int(sum(monthly_load(open_store(path.with_suffix(".store")))["n"].to_pylist()))


STEPS: dict[str, Callable[[Path], int]] = {
    step.__name__: step for step in (read_pandas, through_door, into_store, refused, monthly)
}


def measured(step: str, path: Path) -> dict[str, float]:
    """Run one step in a process of its own: seconds, seconds of the processor, peak memory, rows."""
    done = subprocess.run(
        [sys.executable, __file__, "--step", step, "--file", str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run_step(step: str, path: Path) -> None:
    start, used = time.perf_counter(), time.process_time()
    n = STEPS[step](path)
    seconds, cpu = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    print(json.dumps({"s": seconds, "cpu": cpu, "GiB": peak, "n": n}))


def empty_store(path: Path) -> None:
    subprocess.run(["rm", "-rf", str(path.with_suffix(".store"))], check=True)


def row(what: str, found: dict[str, float], pandas: dict[str, float] | None, wanted: str = "") -> None:
    ratio = f"{pandas['s'] / found['s']:8.2f}" if pandas else " " * 8
    million = f"{found['n'] / found['s'] / 1e6:10.3f}"
    print(f"{what:<46}{found['s']:8.2f}{found['cpu']:8.2f}{found['GiB']:8.2f}{million}{ratio}  {wanted}", flush=True)


def compare(path: Path) -> None:
    """Read the file by each in turn, and again; the best of each counts."""
    best: dict[str, dict[str, float]] = {}
    for _ in range(REPEATS):
        for step in ("read_pandas", "through_door", "into_store"):
            empty_store(path)
            found = measured(step, path)
            best[step] = min(found, best.get(step, found), key=lambda one: one["s"])
    assert best["through_door"]["n"] == best["into_store"]["n"] == best["read_pandas"]["n"]
    pandas = best["read_pandas"]
    row("pandas.read_csv", pandas, pandas)
    row("the door: all checks, nothing kept", best["through_door"], pandas)
    row("CSV to checked store, as labkit store add", best["into_store"], pandas, "half of pandas' rows a second")
    empty_store(path)


def large(folder: Path) -> None:
    path, flow = folder / "large.csv", folder / "flow.csv"
    write_results(path, LARGE)
    row(f"CSV to checked store, {LARGE:,} rows", measured("into_store", path), None, "under 2 GiB")
    path.unlink()
    write_flow(flow, LARGE)
    add_files(path.with_suffix(".store"), [str(flow)], author="bench")
    row("monthly load per site and analyte over them", measured("monthly", path), None, "under 10 s on two cores")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--large", action="store_true", help=f"also {LARGE:,} rows")
    options.add_argument("--folder", type=Path, help="where the simulated files are put")
    options.add_argument("--step", choices=STEPS)
    options.add_argument("--file", type=Path)
    chosen = options.parse_args()
    if chosen.step:
        run_step(chosen.step, chosen.file)
        return
    with tempfile.TemporaryDirectory(prefix="labkit-bench-", dir=chosen.folder) as temporary:
        folder = Path(temporary)
        what = f"{chosen.rows:,} rows, best of {REPEATS}"
        print(f"{what:<46}{'s':>8}{'cpu s':>8}{'GiB':>8}{'M rows/s':>10}{'ratio':>8}")
        path = folder / "results.csv"
        write_results(path, chosen.rows)
        compare(path)
        path.unlink()
        write_bad(folder / "bad.csv", BAD_ROWS)
        found = measured("refused", folder / "bad.csv")
        row(f"a bad file of {BAD_ROWS:,} rows refused", found, None, f"{found['n']:,.0f} problems told; under 3 s")
        if chosen.large:
            large(folder)


if __name__ == "__main__":
    main()
