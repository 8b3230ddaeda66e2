"""The store under load: rows written a second, memory, and the monthly load over all of them.

`python tests/bench/bench_store.py` writes 100 million simulated rows (about 1 GB, gone afterwards); `--rows 20` for 20 million.
Seconds are this machine's; each step runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import datetime
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from labkit.store import monthly_load, open_store

BATCH, SITES, DAYS = 1 << 16, 200, 3650
ANALYTES = ("methamphetamine", "ketamine", "MDMA", "benzoylecgonine", "morphine", "codeine")
CENSORED = ("exact", "below", "between", "above")
DIFFERENT = 32  # batches drawn; then they come round again with other row numbers


def days() -> list[str]:
    first = datetime.date(2015, 1, 1)
    return [(first + datetime.timedelta(days=day)).isoformat() for day in range(DAYS)]


def wastewater(rows: int) -> Iterator[pa.RecordBatch]:
    """Simulated results, six analytes a site and day: texts by dictionary, as a door hands them over."""
    draw = np.random.default_rng(20_250_101)
    sites, dates = pa.array([f"S{site:03d}" for site in range(SITES)]), pa.array(days())
    analytes, words = pa.array(ANALYTES), pa.array(CENSORED)
    coded = pa.DictionaryArray.from_arrays
    drawn = []
    for number in range(DIFFERENT):
        sample = (np.arange(BATCH, dtype=np.int32) + number * BATCH) // len(ANALYTES)
        analyte = np.arange(BATCH, dtype=np.int32) % len(ANALYTES)
        value = np.round(draw.lognormal(5, 1, BATCH), 1)
        below = value < 20
        drawn.append(
            {
                "site": coded(pa.array(sample // DAYS % SITES), sites),
                "date": coded(pa.array(sample % DAYS), dates),
                "analyte": coded(pa.array(analyte), analytes),
                "drug": coded(pa.array(analyte), analytes),
                "concentration_ng_L": pa.array(np.where(below, 20.0, value)),
                "low": pa.array(np.where(below, 0.0, value)),
                "high": pa.array(np.where(below, 20.0, value)),
                "censored": coded(pa.array(below.astype(np.int8)), words),
                "lod": pa.array(np.full(BATCH, 20.0)),
                "loq": pa.array(np.full(BATCH, 60.0)),
            }
        )
    for number, start in enumerate(range(0, rows, BATCH)):
        batch = pa.record_batch({"row": pa.array(np.arange(start + 2, start + 2 + BATCH))} | drawn[number % DIFFERENT])
        yield batch.slice(0, min(BATCH, rows - start))


def flow() -> pa.RecordBatch:
    site, day = np.divmod(np.arange(SITES * DAYS, dtype=np.int32), DAYS)
    return pa.record_batch(
        {
            "row": pa.array(np.arange(2, site.size + 2)),
            "site": pa.DictionaryArray.from_arrays(pa.array(site), pa.array([f"S{site:03d}" for site in range(SITES)])),
            "date": pa.DictionaryArray.from_arrays(pa.array(day), pa.array(days())),
            "flow_m3_day": pa.array(np.full(site.size, 5e4)),
        }
    )


def write(folder: Path, rows: int) -> None:
    open_store(folder, create=True).add(
        "wastewater", wastewater(rows), content_hash="a" * 64, file="simulated.csv", author="bench"
    )


def write_flow(folder: Path, _: int) -> None:
    open_store(folder).add("flow", [flow()], content_hash="b" * 64, file="simulated_flow.csv", author="bench")


def draw_only(_: Path, rows: int) -> None:
    assert sum(batch.num_rows for batch in wastewater(rows)) == rows


def hash_all(folder: Path, _: int) -> None:
    open_store(folder).check()


def monthly(folder: Path, rows: int) -> None:
    loads = monthly_load(open_store(folder))
    assert sum(loads["n"].to_pylist()) == rows


def correct(folder: Path, rows: int) -> None:
    change = {"low": 1, "high": 1, "concentration_ng_L": 1}
    open_store(folder).correct(1, rows // 2, change, reason="bench", author="bench")


def monthly_corrected(folder: Path, rows: int) -> None:
    monthly(folder, rows)


STEPS = {step.__name__: step for step in (draw_only, write, write_flow, hash_all, monthly, correct, monthly_corrected)}


def measured(step: str, folder: Path, rows: int) -> dict[str, float]:
    """Run one step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder), "--rows", str(rows / 1e6)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=float, default=100.0, help="million rows")
    options.add_argument("--folder", type=Path)
    options.add_argument("--step", choices=STEPS)
    chosen = options.parse_args()
    rows = round(chosen.rows * 1e6)
    if chosen.step:
        start, used = time.perf_counter(), time.process_time()
        STEPS[chosen.step](chosen.folder, rows)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
        print(json.dumps({"s": time.perf_counter() - start, "cpu": time.process_time() - used, "GiB": peak}))
        return
    with tempfile.TemporaryDirectory(prefix="labkit-bench-", dir=chosen.folder) as temporary:
        folder = Path(temporary) / "store"
        print(f"{'step, ' + format(rows, ',') + ' rows':<34}{'s':>8}{'cpu s':>8}{'GiB':>8}{'s/M rows':>10}")
        for step in STEPS:
            found = measured(step, folder, rows)
            print(
                f"{step:<34}{found['s']:8.2f}{found['cpu']:8.2f}{found['GiB']:8.2f}{found['s'] / rows * 1e6:10.3f}", flush=True
            )
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        print(f"{'bytes a row':<34}{size / rows:8.1f}")
        print("wanted: monthly under 10 s and every step under 2 GiB at 100 million rows on two cores")


if __name__ == "__main__":
    main()
