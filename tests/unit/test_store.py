"""The store: the same file once, all of a file or nothing, every past state by date, corrections that lose nothing."""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import labkit.store.ingest
from labkit.errors import EnvironmentUnfit, Refusal, Rule
from labkit.store import Store, monthly_load, open_store
from labkit.store.layout import writing
from labkit.store.rules import STORE_NONE
from labkit.units import daily_load

MONDAY, TUESDAY, WEDNESDAY = (datetime(2024, 4, day, 8, tzinfo=UTC) for day in (1, 2, 3))
NEW = {"concentration_ng_L": 90.0, "low": 90.0, "high": 90.0}


def texts(*words: str | None) -> pa.DictionaryArray:
    return pa.array(words).dictionary_encode()


def results(*rows: tuple[str, str, str, float, float, str], first: int = 2, **more: Any) -> pa.RecordBatch:
    """Simulated rows: site, date, analyte, low, high, censored."""
    site, day, analyte, low, high, censored = zip(*rows, strict=True)
    columns = {
        "row": pa.array(range(first, first + len(rows)), pa.int64()),
        "site": texts(*site),
        "date": texts(*day),
        "analyte": texts(*analyte),
        "concentration_ng_L": pa.array(high, pa.float64()),
        "low": pa.array(low, pa.float64()),
        "high": pa.array(high, pa.float64()),
        "censored": texts(*censored),
    }
    return pa.record_batch(columns | more)


MARCH = results(
    ("A", "2024-03-05", "ketamine", 100.0, 100.0, "exact"),
    ("A", "2024-03-06", "ketamine", 0.0, 20.0, "below"),
    ("B", "2024-03-05", "MDMA", 50.0, 50.0, "exact"),
)


def hashed(number: int) -> str:
    return f"{number:064x}"


def add(store: Store, batches: Iterable[pa.RecordBatch], number: int, kind: str = "wastewater", **more: Any) -> Any:
    facts = {"file": f"{number}.csv", "author": "张三", "content_hash": hashed(number)} | more
    return store.add(kind, batches, **facts)


def rows_of(store: Store, as_of: datetime | date | None = None, kind: str = "wastewater") -> list[dict[str, Any]]:
    """What is in force, read both ways: by Arrow and by DuckDB."""
    table = store.read(kind, as_of=as_of).to_pylist()
    with store.connect([kind], as_of) as sql:
        here = sql.execute("SELECT view_name FROM duckdb_views()").fetchall()
        asked = sql.sql(f"FROM {kind}").to_arrow_table().to_pylist() if (kind,) in here else []

    def order(row: Mapping[str, Any]) -> tuple[int, int]:
        return row["entry"], row["row"]

    assert sorted(table, key=order) == sorted(asked, key=order)
    return sorted(table, key=order)


def refused(rule: str) -> Any:
    return pytest.raises(Refusal, match=rule)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "data" / "store", create=True)


# --- in and out


def test_rows_come_back_as_they_were_given(store: Store) -> None:
    entry = add(store, [MARCH, results(("A", "2024-03-07", "ketamine", 500.0, math.inf, "above"), first=5)], 1, now=MONDAY)
    assert (entry.sequence, entry.action, entry.rows, entry.again, entry.when) == (1, "add", 4, False, MONDAY)
    assert rows_of(store)[1] == {
        "row": 3, "site": "A", "date": date(2024, 3, 6), "analyte": "ketamine", "concentration_ng_L": 20.0,
        "low": 0.0, "high": 20.0, "censored": "below", "entry": 1, "corrected_by": None,
    }  # fmt: skip
    assert [row["high"] for row in rows_of(store)] == [100.0, 20.0, 50.0, math.inf]
    assert store.read("wastewater", columns=["site", "entry"]).column_names == ["site", "entry"]
    assert store.list() == (entry,)
    with pytest.raises(ValueError, match="no such column"):
        store.read("wastewater", columns=["sight"])


def test_not_known_is_null_never_nan(store: Store) -> None:
    batch = results(("A", "2024-03-05", "ketamine", math.nan, 5.0, "exact"), lod=pa.array([None], pa.float64()))
    add(store, [batch], 1)
    assert [(row["low"], row["high"], row["lod"]) for row in rows_of(store)] == [(None, 5.0, None)]


def test_files_of_different_columns_are_read_together(store: Store) -> None:
    add(store, [results(("A", "2024-03-05", "ketamine", 1.0, 1.0, "exact"))], 1)
    add(store, [results(("B", "2024-03-05", "ketamine", 2.0, 2.0, "exact"), sample=pa.array(["0012"]))], 2)
    assert [(row["site"], row["sample"]) for row in rows_of(store)] == [("A", None), ("B", "0012")]
    with pytest.raises(ValueError, match="the column sample is text in entry 2, not int64"):
        add(store, [results(("C", "2024-03-05", "ketamine", 2.0, 2.0, "exact"), sample=pa.array([12]))], 3)
    assert len(store.list()) == 2


def test_kinds_are_kept_apart(store: Store) -> None:
    add(store, [MARCH], 1)
    flow = pa.record_batch({"row": [2], "site": ["A"], "date": ["2024-03-05"], "flow_m3_day": [5e4]})
    add(store, [flow], 1, "flow")
    assert [row["flow_m3_day"] for row in rows_of(store, kind="flow")] == [5e4]
    assert rows_of(store, kind="hair") == []
    with pytest.raises(ValueError, match="water"):
        store.read("water")


@pytest.mark.parametrize("in_row_groups_of", [1, 2, 7, 1000])
def test_row_groups_and_files_of_any_size(store: Store, monkeypatch: pytest.MonkeyPatch, in_row_groups_of: int) -> None:
    monkeypatch.setattr(labkit.store.ingest, "ROW_GROUP", in_row_groups_of)
    monkeypatch.setattr(labkit.store.ingest, "FILE_ROWS", 2 * in_row_groups_of)

    def some(start: int, size: int) -> pa.RecordBatch:
        rows = range(start, start + size)
        return results(*((f"S{row}", "2024-03-05", "ketamine", float(row), float(row), "exact") for row in rows), first=start)

    batches = [some(2, 5), some(7, 1), some(8, 11), some(19, 3)]
    entry = add(store, batches, 1)
    for row in (2, 9, 21):  # corrected rows are left out of the right file, at the right place
        store.correct(1, row, NEW, reason="diluted", author="张三")
    expected = [(f"S{row}", 90.0 if row in (2, 9, 21) else float(row)) for row in range(2, 22)]
    assert [(row["site"], row["low"]) for row in rows_of(store)] == expected
    assert len(entry.files) == -(-20 // (2 * in_row_groups_of)) or in_row_groups_of == 7


def test_pages_carry_checksums_and_texts_stay_dictionaries(store: Store) -> None:
    add(store, [MARCH], 1)
    (path,) = (store.folder / "rows").iterdir()
    content = bytearray(path.read_bytes())
    place = content.find(b"ketamine")
    content[place] ^= 1
    assert pq.ParquetFile(pa.BufferReader(bytes(content))).read().num_rows == 3  # who does not verify reads something else
    with pytest.raises(OSError, match=r"(?i)crc|checksum"):
        pq.ParquetFile(pa.BufferReader(bytes(content)), page_checksum_verification=True).read()
    assert pa.types.is_dictionary(store.read("wastewater").schema.field("site").type)


def test_odd_folder_names(tmp_path: Path) -> None:
    store = open_store(tmp_path / "it's a [1]* store? 数据", create=True)
    add(store, [MARCH], 1)
    store.correct(1, 2, NEW, reason="diluted", author="张三")
    assert [row["low"] for row in rows_of(store)] == [90.0, 0.0, 50.0]


def test_questions_in_sql_reach_nothing_else(store: Store, tmp_path: Path) -> None:
    add(store, [MARCH], 1)
    (tmp_path / "other.csv").write_text("a\n1\n")
    with store.connect(["wastewater"]) as sql:
        for question in (
            f"FROM '{tmp_path}/other.csv'",
            f"COPY wastewater TO '{tmp_path}/out.csv'",
            "SET enable_external_access = true",
        ):
            with pytest.raises(Exception, match=r"(?i)disabled|locked|cannot"):
                sql.execute(question)
    assert not (tmp_path / "out.csv").exists()


# --- once, and all or nothing


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    first = add(store, [MARCH], 1, now=MONDAY)
    before = everything(store.folder)

    def never() -> Iterator[pa.RecordBatch]:
        raise AssertionError("walked")
        yield

    again = add(store, never(), 1, now=TUESDAY)
    assert again.again
    assert (again.sequence, again.when) == (first.sequence, MONDAY)
    assert everything(store.folder) == before
    found = store.find("wastewater", hashed(1))
    assert found is not None
    assert found.again
    assert store.find("wastewater", hashed(2)) is None
    assert store.find("flow", hashed(1)) is None


def test_a_file_that_breaks_off_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labkit.store.ingest, "ROW_GROUP", 2)
    add(store, [MARCH], 1)
    before = everything(store.folder)

    def breaks_off() -> Iterator[pa.RecordBatch]:
        yield from [MARCH] * 5
        raise Refusal(STORE_NONE.at("deep.csv", row=17))

    with refused("deep.csv:17"):
        add(store, breaks_off(), 2)
    assert everything(store.folder) == before


@pytest.mark.parametrize(
    ("batches", "says"),
    [
        ([pa.record_batch({"site": ["A"]})], "row"),
        ([pa.record_batch({"row": ["2"]})], "row"),
        ([pa.record_batch({"row": [2], "when": pa.array([1], pa.timestamp("us"))})], "keeps no timestamp"),
        ([MARCH, MARCH.drop_columns(["low"])], "different"),
        ([results(("A", "5 March", "ketamine", 1.0, 1.0, "exact"))], "5 March"),
    ],
)
def test_what_no_door_hands_over(store: Store, batches: list[pa.RecordBatch], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        add(store, batches, 1)
    assert store.list() == ()
    assert list((store.folder / "rows").iterdir()) == []


def test_leftovers_of_a_dead_writer_are_cleared_by_the_next(store: Store) -> None:
    add(store, [MARCH], 1)
    (store.folder / "rows" / "00000002.00000002.0000.parquet").write_bytes(b"PAR1")
    with open(store.folder / "log.jsonl", "ab") as log:
        log.write(b"0123 {half a li")
    assert len(rows_of(store)) == 3, "readers see what is committed"
    assert add(store, [MARCH], 2).sequence == 2
    assert len(rows_of(store)) == 6
    assert len(list((store.folder / "rows").iterdir())) == 2


def test_a_damaged_file_is_restored_by_its_source(store: Store) -> None:
    entry = add(store, [MARCH], 1, now=MONDAY)
    store.correct(1, 3, NEW, reason="diluted", author="张三", now=TUESDAY)
    now, then = rows_of(store), rows_of(store, MONDAY)
    path = store.folder / "rows" / entry.files[0].name
    path.write_bytes(path.read_bytes()[:-1])
    with refused(r"STORE-DAMAGED.*labkit store add 1\.csv"):
        store.read("wastewater")
    with refused("STORE-DAMAGED"):
        add(store, [MARCH.slice(1)], 1)
    restored = add(store, [MARCH], 1, now=WEDNESDAY)
    assert (restored.action, restored.restores, restored.again) == ("restore", 1, False)
    assert (rows_of(store), rows_of(store, MONDAY)) == (now, then)
    assert add(store, [MARCH], 1).again
    store.check()


# --- corrections


def test_a_correction_loses_nothing(store: Store) -> None:
    add(store, [MARCH], 1, now=MONDAY)
    entry = store.correct(1, 3, NEW | {"censored": "exact"}, reason="diluted 1:10", author="张三", now=TUESDAY)
    store.correct(
        1, 3, {"concentration_ng_L": "91.5", "low": "91.5", "high": "91.5"}, reason="misread", author="李四", now=WEDNESDAY
    )
    assert (entry.action, entry.reason, entry.author, entry.rows) == ("correct", "diluted 1:10", "张三", 1)
    for as_of, low, censored, by in (
        (date(2024, 4, 1), 0.0, "below", None),
        (MONDAY, 0.0, "below", None),
        (date(2024, 4, 2), 90.0, "exact", 2),
        (TUESDAY, 90.0, "exact", 2),
        (WEDNESDAY.replace(hour=7), 90.0, "exact", 2),
        (None, 91.5, "exact", 3),
    ):
        rows = rows_of(store, as_of)
        assert [row["low"] for row in rows] == [100.0, low, 50.0]
        assert (rows[1]["censored"], rows[1]["corrected_by"], rows[1]["row"], rows[1]["entry"]) == (censored, by, 3, 1)
    assert rows_of(store, date(2024, 3, 31)) == []
    assert [one.sequence for one in store.list(date(2024, 4, 2))] == [1, 2]
    ((first, second, third),) = store.history(1, 3)
    assert [one.values["low"] for one in (first, second, third)] == [0.0, 90.0, 91.5]
    assert [one.entry.author for one in (first, second, third)] == ["张三", "张三", "李四"]


def test_a_wide_file_gives_several_rows_for_one(store: Store) -> None:
    wide = results(*(("A", "2024-03-05", analyte, 1.0, 1.0, "exact") for analyte in ("ketamine", "MDMA")))
    add(store, [wide.set_column(0, "row", pa.array([2, 2]))], 1)
    with refused("STORE-ROW 2 rows of the store answer to entry 1, row 2 → exactly one; .*--where"):
        store.correct(1, 2, NEW, reason="diluted", author="张三")
    store.correct(1, 2, NEW, reason="diluted", author="张三", where={"analyte": "MDMA"})
    assert {row["analyte"]: row["low"] for row in rows_of(store)} == {"ketamine": 1.0, "MDMA": 90.0}
    assert [len(one) for one in store.history(1, 2)] == [1, 2]
    assert [len(one) for one in store.history(1, 2, {"analyte": "MDMA"})] == [2]


@pytest.mark.parametrize(
    ("entry", "row", "changes", "rule"),
    [
        (1, 99, NEW, "STORE-ROW"),
        (2, 2, NEW, "STORE-ROW"),
        (1, 2, {"consentration": 1.0}, "STORE-COLUMN"),
        (1, 2, {"row": 1}, "STORE-COLUMN"),
        (1, 2, {"entry": 1}, "STORE-COLUMN"),
        (1, 2, {"low": "1,5"}, "STORE-VALUE"),
        (1, 2, {"low": "nan"}, "STORE-VALUE"),
        (1, 2, {"low": "１"}, "STORE-VALUE"),
        (1, 2, {"low": True}, "STORE-VALUE"),
        (1, 2, {"low": -1.0}, "STORE-VALUE"),
        (1, 2, {"low": 200.0}, "STORE-VALUE"),
        (1, 2, {"high": 99}, "STORE-VALUE"),
        (1, 2, {"date": "5.3.2024"}, "STORE-VALUE"),
        (1, 2, {"date": datetime(2024, 3, 5)}, "STORE-VALUE"),
        (1, 2, {"site": 12}, "STORE-VALUE"),
        (1, 2, {"site": "A\nB"}, "STORE-VALUE"),
        (1, 2, {"site": ""}, "STORE-VALUE"),
        (1, 2, {"analyte": "sugar"}, "STORE-VALUE"),
        (1, 2, {"censored": "ND"}, "STORE-VALUE"),
    ],
)
def test_corrections_that_are_refused(store: Store, entry: int, row: int, changes: dict[str, object], rule: str) -> None:
    add(store, [MARCH], 1)
    before = everything(store.folder)
    with refused(rule):
        store.correct(entry, row, changes, reason="diluted", author="张三")
    assert everything(store.folder) == before


def test_corrections_take_values_and_texts_that_say_them(store: Store) -> None:
    add(store, [MARCH], 1)
    store.correct(
        1, 2, {"site": "0012", "date": "2024-03-09", "high": "inf", "censored": "above"}, reason="range", author="张三"
    )
    store.correct(1, 3, {"date": date(2024, 3, 10), "low": None, "high": " 2e3 "}, reason="range", author="张三")
    two, three = rows_of(store)[:2]
    assert (two["site"], two["date"], two["high"], two["censored"]) == ("0012", date(2024, 3, 9), math.inf, "above")
    assert (three["date"], three["low"], three["high"]) == (date(2024, 3, 10), None, 2000.0)


@pytest.mark.parametrize(("reason", "author"), [("", "张三"), (" \t", "张三"), ("diluted", ""), ("diluted", "　")])
def test_a_correction_needs_a_reason_and_an_author(store: Store, reason: str, author: str) -> None:
    add(store, [MARCH], 1)
    with refused("STORE-WHY"):
        store.correct(1, 2, NEW, reason=reason, author=author)


def test_a_persons_values_are_not_echoed(store: Store) -> None:
    hair = pa.record_batch({"row": [2], "subject": ["P1"], "low": [1.0], "high": [1.0]})
    add(store, [hair], 1, "hair", person_level=True)
    with pytest.raises(Refusal) as raised:
        store.correct(1, 2, {"low": "13812345678x", "high": "9"}, reason="misread", author="张三")
    assert "13812345678x" not in raised.value.report("en") + raised.value.report("zh")
    assert "12 characters" in raised.value.report("en")


def test_the_log_never_goes_back(store: Store) -> None:
    add(store, [MARCH], 1, now=WEDNESDAY)
    assert add(store, [MARCH], 2, now=MONDAY).when == WEDNESDAY
    with pytest.raises(ValueError, match="time zone"):
        store.list(datetime(2024, 4, 1))


# --- the folder


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_all_is_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        store = open_store(tmp_path / "deep" / "store", create=True)
        add(store, [MARCH], 1)
        store.correct(1, 2, NEW, reason="diluted", author="张三")
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in (tmp_path / "deep").rglob("*")}
    assert len(modes) >= 7
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_no_store_and_other_peoples_folders(tmp_path: Path) -> None:
    with refused("STORE-NONE"):
        open_store(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "thesis.docx").write_text("…")
    with refused(r"STORE-FOREIGN.*thesis\.docx"):
        open_store(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_newer_store_is_left_alone(store: Store) -> None:
    add(store, [MARCH], 1)
    head = store.folder / "STORE"
    head.write_bytes(b"labkit store 2\n[things of the future]\n")
    before = everything(store.folder)
    for act in (lambda: open_store(store.folder, create=True), store.list, lambda: add(store, [MARCH], 2)):
        with refused("STORE-NEWER"):
            act()
    assert everything(store.folder) == before


@pytest.mark.parametrize("name", ["STORE", "log.jsonl", "rows", "rows/00000001.00000001.0000.parquet"])
def test_links_inside_a_store_are_refused(store: Store, tmp_path: Path, name: str) -> None:
    add(store, [MARCH], 1)
    path = store.folder / name
    os.rename(path, tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with refused("STORE-LINK"):
        open_store(store.folder).read("wastewater")
    with refused("STORE-LINK"):
        store.connect(["wastewater"])


@pytest.mark.parametrize("name", ["STORE", "log.jsonl", "rows", "rows/00000001.00000001.0000.parquet"])
def test_a_missing_part_is_never_made_anew(store: Store, tmp_path: Path, name: str) -> None:
    add(store, [MARCH], 1)
    os.rename(store.folder / name, tmp_path / "elsewhere")
    with refused("STORE-DAMAGED"):
        open_store(store.folder, create=True).read("wastewater")


def test_a_shortened_log_is_noticed(store: Store) -> None:
    add(store, [MARCH], 1)
    add(store, [MARCH], 2)
    log = store.folder / "log.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:1]))
    with refused("STORE-DAMAGED"):
        store.list()


def test_a_second_writer_waits_and_says_so(store: Store) -> None:
    with writing(store.folder, 1.0), pytest.raises(EnvironmentUnfit, match=r"STORE-BUSY.*0\.1 s"):
        add(open_store(store.folder, wait=0.1), [MARCH], 1)
    assert add(store, [MARCH], 1).sequence == 1


# --- monthly load


def flows(*rows: tuple[str, str, float]) -> pa.RecordBatch:
    site, day, flow = zip(*rows, strict=True)
    return pa.record_batch(
        {"row": list(range(2, len(rows) + 2)), "site": texts(*site), "date": texts(*day), "flow_m3_day": list(flow)}
    )


def test_monthly_load_keeps_bounds(store: Store) -> None:
    add(
        store,
        [
            MARCH,
            results(("B", "2024-03-20", "MDMA", 9.0, math.inf, "above"), ("A", "2024-04-01", "ketamine", 7.0, 7.0, "exact")),
        ],
        1,
    )
    assert [one["n_without_flow"] for one in monthly_load(store).to_pylist()] == [2, 2, 1]
    days = ("2024-03-05", "2024-03-06")
    add(
        store,
        [
            flows(
                *(("A", day, 1e4 * number) for number, day in enumerate(days, 1)),
                ("B", "2024-03-05", 3e4),
                ("B", "2024-03-20", 3e4),
            )
        ],
        1,
        "flow",
    )
    add(store, [flows(("A", "2024-03-05", 1e4))], 2, "flow")  # the same flow twice counts once
    ketamine, mdma, april = monthly_load(store).to_pylist()
    low = (daily_load(100.0, 1e4) + daily_load(0.0, 2e4)) / 2
    high = (daily_load(100.0, 1e4) + daily_load(20.0, 2e4)) / 2
    assert ketamine == {
        "month": date(2024, 3, 1), "site": "A", "analyte": "ketamine", "n": 2, "n_censored": 1, "n_without_flow": 0,
        "load_mg_day_low": pytest.approx(low), "load_mg_day_high": pytest.approx(high),
    }  # fmt: skip
    assert mdma["load_mg_day_low"] == pytest.approx((daily_load(50.0, 3e4) + daily_load(9.0, 3e4)) / 2)
    assert mdma["load_mg_day_high"] is None, "above the range there is no upper bound"
    assert (april["n"], april["n_without_flow"], april["load_mg_day_low"]) == (1, 1, None)


def test_monthly_load_as_of_a_day_and_of_an_empty_store(store: Store) -> None:
    assert monthly_load(store).num_rows == 0
    add(store, [MARCH], 1, now=MONDAY)
    add(store, [flows(("A", "2024-03-05", 1e4), ("A", "2024-03-06", 1e4))], 1, "flow", now=MONDAY)
    store.correct(1, 2, NEW, reason="diluted", author="张三", now=TUESDAY)
    for day, low in ((1, 500.0), (2, 450.0)):
        loads = monthly_load(store, date(2024, 4, day)).to_pylist()
        assert loads[0]["load_mg_day_low"] == pytest.approx(low)


def test_two_flows_for_a_day_are_asked_about(store: Store) -> None:
    add(store, [MARCH], 1)
    add(store, [flows(("A", "2024-03-05", 1e4))], 1, "flow")
    add(store, [flows(("A", "2024-03-05", 2e4))], 2, "flow")
    with refused(r"STORE-FLOWS site A has 2 different flows for 2024-03-05 \(entries 2, 3\)"):
        monthly_load(store)
    store.correct(3, 2, {"flow_m3_day": 1e4}, reason="typed wrong", author="张三")
    assert monthly_load(store).to_pylist()[0]["load_mg_day_low"] == pytest.approx(daily_load(100.0, 1e4))


def test_every_rule_of_the_store_has_an_example() -> None:
    rules = [rule for name, rule in Rule.registry.items() if name.startswith("STORE-")]
    assert len(rules) == 12
    assert [rule.id for rule in rules if not all(rule.example)] == []
