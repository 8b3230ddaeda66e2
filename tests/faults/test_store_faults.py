"""Kills, full disks, flipped bits and several writers: the store holds whole entries, once each, or says that it is damaged."""

from __future__ import annotations

import errno
import os
import random
import signal
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import labkit.store.ingest
from labkit.errors import EnvironmentUnfit, Refusal
from labkit.store import Store, monthly_load, open_store
from labkit.store.layout import ROWS

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the faults are made in forked processes")
CHANGE = {"low": 1.0, "high": 1.0}
# everything that changes the disk and that a writer of ours calls
CALLS = ("mkdir", "chmod", "fchmod", "open", "write", "ftruncate", "fsync", "replace", "unlink")


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labkit.store.ingest, "ROW_GROUP", 50)
    monkeypatch.setattr(labkit.store.ingest, "FILE_ROWS", 100)


def batches(number: int, rows: int = 150) -> Iterator[pa.RecordBatch]:
    """Simulated rows that say which file they are of."""
    for start in range(0, rows, 30):
        size = min(30, rows - start)
        yield pa.record_batch(
            {
                "row": pa.array(range(start + 2, start + 2 + size), pa.int64()),
                "site": pa.array([f"S{number}"] * size).dictionary_encode(),
                "date": pa.array([f"2024-03-{1 + row % 28:02d}" for row in range(size)]).dictionary_encode(),
                "analyte": pa.array(["ketamine"] * size).dictionary_encode(),
                "low": pa.array([float(number)] * size),
                "high": pa.array([float(number)] * size),
                "censored": pa.array(["exact"] * size).dictionary_encode(),
            }
        )


def add(store: Store, number: int) -> Any:
    return store.add("wastewater", batches(number), content_hash=f"{number:064x}", file=f"{number}.csv", author="张三")


def found(folder: Path, ask: bool = True) -> dict[str, int]:
    """Read all there is, also by SQL, and return the rows of each site; every file must be whole."""
    store = open_store(folder)
    store.check()
    until = max((entry.when for entry in store.list()), default=None)  # another writer may be at work
    table = store.read("wastewater", as_of=until)
    counted: dict[str, int] = {}
    for site in table["site"].to_pylist() if "site" in table.column_names else []:
        counted[site] = counted.get(site, 0) + 1
    assert not ask or sum(monthly_load(store, until)["n"].to_pylist()) == table.num_rows
    named = {file.name for entry in store.list() for file in entry.files}
    assert named <= set(os.listdir(folder / ROWS))
    return counted


def in_child(work: Callable[[], None]) -> int:
    """Fork a process that does the work and ends without cleaning up after this one; return its number."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return pid


def wait_for(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# --- the disk says no


def spoil(monkeypatch: pytest.MonkeyPatch, act: Callable[[int, Callable[[], Any]], Any]) -> list[str]:
    """Let `act(number of the call, the call)` stand in for every call that changes the disk; list the calls made."""
    made: list[str] = []

    def wrap(name: str) -> None:
        real = getattr(os, name)

        def call(*arguments: Any, **options: Any) -> Any:
            if name == "open" and not arguments[1] & (os.O_WRONLY | os.O_RDWR):
                return real(*arguments, **options)
            made.append(name)
            return act(len(made), lambda: real(*arguments, **options))

        monkeypatch.setattr(os, name, call)

    for name in CALLS:
        wrap(name)
    return made


def write_some(folder: Path) -> None:
    store = open_store(folder, create=True)
    add(store, 1)
    store.correct(1, 7, CHANGE, reason="diluted", author="张三")


def count_calls(folder: Path) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        made = spoil(patch, lambda _, call: call())
        write_some(folder)
    return made


@pytest.mark.parametrize(("number", "lasting"), [(errno.ENOSPC, True), (errno.EIO, False)], ids=["full", "failing once"])
def test_a_disk_that_says_no_at_any_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, lasting: bool) -> None:
    """At the k-th call, for every k: each entry is whole or not there, and the same work afterwards gets through."""
    monkeypatch.setattr(labkit.store.ingest, "ROW_GROUP", 1000)
    calls = count_calls(tmp_path / "whole")
    assert set(calls) == set(CALLS)
    silent = []
    for at in range(1, len(calls) + 1):
        folder = tmp_path / str(at)

        def fail(made: int, call: Callable[[], Any], at: int = at) -> Any:
            if made == at or (lasting and made > at):
                raise OSError(number, os.strerror(number))
            return call()

        with pytest.MonkeyPatch.context() as patch:
            spoil(patch, fail)
            try:
                write_some(folder)
                silent.append(calls[at - 1])
            except EnvironmentUnfit as error:
                assert "STORE-DISK" in str(error)
        if (folder / "STORE").exists():
            store = open_store(folder)
            entries = store.list()
            assert [entry.action for entry in entries] == ["add", "correct"][: len(entries)]
            assert found(folder, ask=False) == ({"S1": 150} if entries else {})
        write_some(folder)
        assert found(folder, ask=False) == {"S1": 150}
        assert [row["low"] for row in open_store(folder).read("wastewater").to_pylist() if row["row"] == 7] == [1.0]
    assert set(silent) <= {"mkdir"}, "every no was told, but that a folder is there which is there"


def test_a_write_that_takes_less_than_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, memoryview(data)[: 1 + len(data) // 2]))
    write_some(tmp_path / "store")
    monkeypatch.undo()
    assert found(tmp_path / "store") == {"S1": 150}


# --- the process dies


@pytest.mark.parametrize("kills", [30, pytest.param(300, marks=pytest.mark.slow)])
def test_a_writer_killed_at_any_moment(tmp_path: Path, kills: int) -> None:
    """Files 1, 2, 3 … are added and a row of each corrected, by writers that are killed: a reader sees whole entries."""
    draw = random.Random(20_250_101)
    folder = tmp_path / "store"
    open_store(folder, create=True)

    def work(first: int) -> None:
        store = open_store(folder, wait=60)
        for number in range(first, first + 1000):
            entry = add(store, number)
            store.correct(entry.sequence, 3, CHANGE, reason="diluted", author="张三")

    killed_at = set()
    for _ in range(kills):
        done = len(open_store(folder).list())
        pid = in_child(lambda: work(1 + len(open_store(folder).list()) // 2))
        time.sleep(draw.uniform(0.0, 0.06))
        os.kill(pid, signal.SIGKILL)
        assert wait_for(pid) == -signal.SIGKILL
        entries = open_store(folder).list()
        assert len(entries) >= done, "nothing that was committed is lost"
        killed_at.add(len(entries) - done)
    counted = found(folder)
    assert set(counted.values()) == {150}
    assert list(counted) == [f"S{number}" for number in range(1, len(counted) + 1)]
    assert len(killed_at) > 1
    last = len(counted) + 1
    add(open_store(folder), last)
    entries = open_store(folder).list()
    assert sorted(os.listdir(folder / ROWS)) == sorted(file.name for entry in entries for file in entry.files)


# --- several at once


def test_several_writers_and_a_reader(tmp_path: Path) -> None:
    """Four processes add the same and other files and correct one row; all is there exactly once, and readers never wait."""
    folder = tmp_path / "store"
    add(open_store(folder, create=True), 1000)

    def work(own: int) -> None:
        store = open_store(folder, create=True, wait=60)
        for turn in range(6):
            add(store, 2000 + turn)  # all four bring these
            add(store, own * 100 + turn)
            store.correct(1, 2 + own, CHANGE, reason=f"{own} {turn}", author="张三")

    writers = [in_child(lambda own=own: work(own)) for own in range(1, 5)]  # type: ignore[misc]
    seen = 0
    while writers:
        now = len(open_store(folder).list())
        assert now >= seen
        seen = now
        assert set(found(folder).values()) == {150}
        ended, code = os.waitpid(-1, os.WNOHANG)
        if ended:
            assert os.waitstatus_to_exitcode(code) == 0
            writers.remove(ended)
    sites = {
        f"S{number}" for number in (1000, *range(2000, 2006), *(100 * own + turn for own in range(1, 5) for turn in range(6)))
    }
    assert found(folder) == dict.fromkeys(sites, 150)
    store = open_store(folder)
    assert [entry.sequence for entry in store.list()] == list(range(1, 1 + 1 + 6 + 24 + 24 + 1))[:-1]
    for own in range(1, 5):
        ((first, *corrections),) = store.history(1, 2 + own)
        assert first.values["low"] == 1000.0
        assert [one.entry.reason for one in corrections] == [f"{own} {turn}" for turn in range(6)]


def test_many_make_the_same_store_at_once(tmp_path: Path) -> None:
    for turn in range(5):
        folder = tmp_path / str(turn) / "store"
        children = [
            in_child(lambda number=number, folder=folder: add(open_store(folder, create=True), number)) for number in (1, 2, 3)
        ]  # type: ignore[misc]
        assert [wait_for(pid) for pid in children] == [0, 0, 0]
        assert found(folder) == {"S1": 150, "S2": 150, "S3": 150}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


# --- the disk lies


def all_of(folder: Path) -> Any:
    """Everything anybody can get out of a store."""
    store = open_store(folder)
    entries = store.list()
    past = [store.read("wastewater", as_of=entry.when).to_pylist() for entry in entries]
    return entries, past, store.read("flow").to_pylist(), store.history(1, 7), monthly_load(store).to_pylist()


@pytest.mark.parametrize("flips", [200, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_flipped_bit_is_never_read_as_other_data(tmp_path: Path, flips: int) -> None:
    """One bit of one file, drawn over files and then bytes: refused by rule, or (where nobody reads it) all as it was."""
    draw = random.Random(20_250_101 + flips)
    folder = tmp_path / "store"
    write_some(folder)
    add(open_store(folder), 2)
    flow = pa.record_batch(
        {"row": [2, 3], "site": ["S1", "S2"], "date": ["2024-03-01", "2024-03-02"], "flow_m3_day": [1e4, 2e4]}
    )
    open_store(folder).add("flow", [flow], content_hash="f" * 64, file="flow.csv", author="张三")
    open_store(folder).correct(1, 7, {"low": 0.5}, reason="diluted", author="张三")
    expected = all_of(folder)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size]
    assert {path.name for path in files} >= {"STORE", "log.jsonl"}
    assert len(files) >= 9
    refused = 0
    for number in range(flips):
        path = files[number % len(files)]
        content, times = path.read_bytes(), path.stat()
        spoiled = bytearray(content)
        spoiled[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        path.write_bytes(spoiled)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # as a disk does it
        try:
            assert all_of(folder) == expected
        except Refusal as refusal:
            refused += 1
            assert {problem.rule.id for problem in refusal.problems} <= {"STORE-DAMAGED", "STORE-NEWER"}
            assert path.name in str(refusal)
        path.write_bytes(content)
    assert refused == flips, "every byte of every file is under a checksum"
    assert all_of(folder) == expected


def test_a_flipped_bit_is_found_in_a_store_that_stays_open(tmp_path: Path) -> None:
    write_some(tmp_path / "store")
    store = open_store(tmp_path / "store")
    store.read("wastewater")
    path = tmp_path / "store" / ROWS / store.list()[0].files[1].name
    times, content = path.stat(), bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    for act in (lambda: store.read("wastewater"), lambda: monthly_load(store), lambda: store.history(1, 120), store.check):
        with pytest.raises(Refusal, match=rf"{path.name} STORE-DAMAGED"):
            act()
