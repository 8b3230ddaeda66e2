"""Kills, full disks and curious readers: the published report is always the old one or the new one, whole."""

import errno
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import labkit.report.publish
from labkit.errors import EnvironmentUnfit
from labkit.report.manifest import FACTS, write_manifest
from labkit.report.owner import Owner
from labkit.report.publish import publish
from labkit.report.staging import recover, staging, study_lock
from labkit.report.verify import verify_report

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the faults are made in forked processes")
NAMES = ("report.en.html", "tables/consumption.csv", "figures/load.png")
# everything that changes the disk and that a run of ours calls, as (where it is looked up, name)
CALLS = [
    *((os, name) for name in ("mkdir", "chmod", "fsync", "rename", "unlink", "rmdir")),
    *((pathlib.Path, name) for name in ("write_bytes", "write_text")),
    (labkit.report.publish, "exchange"),
]


def stage_and_publish(reports: Path, text: str) -> None:
    """Do what a run does: lock, recover, stage, write, publish."""
    with study_lock(reports, "first", wait=60):
        recover(reports)
        with staging(reports) as room:
            for name in NAMES:
                (room.report / name).parent.mkdir(exist_ok=True)
                (room.report / name).write_text(f"{name} {text} " + "." * 3000)
            write_manifest(room.report, dict.fromkeys(FACTS, text))
            publish(room.report, reports, "first")


def published(reports: Path) -> str:
    """Return the text of the published report, found whole; all its files must be of one edition."""
    assert verify_report(reports / "first").files == len(NAMES)
    texts = {(reports / "first" / name).read_text().split()[1] for name in NAMES}
    assert len(texts) == 1
    return texts.pop()


def content(reports: Path) -> dict[str, bytes]:
    return {
        path.relative_to(reports).as_posix(): path.read_bytes() for path in (reports / "first").rglob("*") if path.is_file()
    }


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


@pytest.fixture(params=["exchange", "move aside"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "move aside":
        monkeypatch.setattr(labkit.report.publish, "_exchange_call", lambda: None)
    return str(request.param)


def spoil(monkeypatch: pytest.MonkeyPatch, act: Callable[[int, str, Callable[[], Any], Any], Any]) -> list[str]:
    """Let `act(number, name, the call, its path)` stand in for every call that changes the disk; list the calls made."""
    made: list[str] = []

    def wrap(place: Any, name: str) -> None:
        real = getattr(place, name)

        def call(*arguments: Any, **options: Any) -> Any:
            made.append(name)
            return act(len(made), name, lambda: real(*arguments, **options), arguments[0])

        monkeypatch.setattr(place, name, call)

    for place, name in CALLS:
        wrap(place, name)
    return made


def recover_when_ended(reports: Path) -> None:
    """Recover as if this process had ended: what it could not clear away itself is cleared away by the next."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Owner, "is_gone", lambda owner: True)
        recover(reports)
    assert list((reports / ".staging").iterdir()) == []


# --- the disk says no


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["full", "failing"])
def test_a_disk_that_says_no_at_any_call(tmp_path: Path, way: str, number: int, lasting: bool) -> None:
    """At the k-th call, for every k: the earlier report is byte for byte as it was, or the new one is whole."""
    stage_and_publish(tmp_path, "old")
    refused, done, doubt = 0, 0, 0
    for k in range(1, 1000):
        before, name = content(tmp_path), published(tmp_path)
        new = f"new{k}"
        error = None
        with pytest.MonkeyPatch.context() as patch:

            def act(count: int, name: str, call: Callable[[], Any], path: Any, k: int = k) -> Any:
                if count < k or (count > k and not lasting):
                    return call()
                if name.startswith("write"):  # a disk that fills up has taken half
                    call()
                    os.truncate(path, path.stat().st_size // 2)
                raise OSError(number, os.strerror(number))

            made = spoil(patch, act)
            try:
                stage_and_publish(tmp_path, new)
            except EnvironmentUnfit as caught:
                error = caught
        if len(made) < k:
            break
        if error is None:
            done += 1  # the fault met the clearing up of the old report, or the making of a folder that is there
            assert published(tmp_path) == new
            assert made[k - 1] in ("unlink", "rmdir", "mkdir")
        elif error.args[0].rule.id == "OUT-DOUBT":
            doubt += 1
            assert lasting, "one fault can always be taken back"
            recover_when_ended(tmp_path)
            assert published(tmp_path) in (name, new)
        else:
            refused += 1
            assert error.args[0].rule.id == ("OUT-FULL" if number == errno.ENOSPC else "OUT-DISK")
            assert content(tmp_path) == before
        recover_when_ended(tmp_path)
    assert refused > 25 and done > 5
    # for good, nothing can be taken back: after the exchange its two syncs; else the second rename and the two syncs
    assert doubt == (0 if not lasting else 2 if way == "exchange" else 3)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_failed_sync_is_never_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    stage_and_publish(tmp_path, "old")
    asked: list[tuple[int, int]] = []

    def fsync(descriptor: int) -> None:
        state = os.fstat(descriptor)
        asked.append((state.st_dev, state.st_ino))
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(EnvironmentUnfit):
        stage_and_publish(tmp_path, "new")
    assert len(asked) == 1
    assert published(tmp_path) == "old"


def test_a_file_size_limit_of_the_system(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    stage_and_publish(tmp_path, "old")

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        try:
            stage_and_publish(tmp_path, "new")
        except EnvironmentUnfit as error:
            os._exit(error.exit_code)

    assert wait_for(in_child(work)) == 5
    assert published(tmp_path) == "old"
    assert list((tmp_path / ".staging").iterdir()) == []


@pytest.mark.slow
def test_a_real_disk_that_is_full(tmp_path: Path) -> None:
    """A disk of 256 kB in memory, filled to one page more each time."""
    mount = ["unshare", "--user", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*mount, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs a mount of its own")
    code = (
        "import os, sys, pathlib\n"
        "sys.path.insert(0, sys.argv[2]); import test_publish_faults as faults\n"
        "reports = pathlib.Path(sys.argv[1], 'reports')\n"
        "faults.stage_and_publish(reports, 'old')\n"
        "before, seen = faults.content(reports), set()\n"
        "for pages in range(64):\n"
        "    ballast = reports.with_name('ballast')\n"
        "    try: ballast.write_bytes(bytes(4096 * pages))\n"
        "    except OSError: ballast.unlink(); break\n"
        "    try: faults.stage_and_publish(reports, 'new')\n"
        "    except faults.EnvironmentUnfit as error:\n"
        "        seen.add(error.args[0].rule.id)\n"
        "        assert faults.content(reports) == before, pages\n"
        "    else: before = faults.content(reports)\n"
        "    ballast.unlink(); faults.published(reports)\n"
        "assert seen == {'OUT-FULL'}, seen\n"
    )
    script = f'mount -t tmpfs -o size=256k tmpfs "$1" && "{sys.executable}" -c "$2" "$1" "$3"'
    command = [*mount, "sh", "-c", script, "sh", str(tmp_path), code, str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


# --- the process dies


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_kill_at_any_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, after: bool) -> None:
    """Just before and just after the k-th call that changes the disk, for every k."""
    stage_and_publish(tmp_path, "0")
    missing = 0
    for k in range(1, 1000):
        old = published(tmp_path)

        def work(k: int = k) -> None:
            def act(count: int, name: str, call: Callable[[], Any], path: Any) -> Any:
                if count == k and not after:
                    os.kill(os.getpid(), signal.SIGKILL)
                try:
                    return call()
                finally:
                    if count == k:
                        os.kill(os.getpid(), signal.SIGKILL)

            spoil(monkeypatch, act)
            stage_and_publish(tmp_path, str(k))

        code = wait_for(in_child(work))
        if not (tmp_path / "first").exists():
            missing += 1
            assert recover(tmp_path).put_back == ("first",)
        assert published(tmp_path) in (old, str(k))
        with study_lock(tmp_path, "first", wait=0):
            recover(tmp_path)
        assert list((tmp_path / ".staging").iterdir()) == []
        if code == 0:
            break
        assert code == -signal.SIGKILL
    assert k > 40
    # between the two renames, before the second and after the first, which is the same moment seen from two sides
    assert missing == (0 if way == "exchange" else 1)


def kill_at_random(reports: Path, tries: int, seed: int, way: str) -> None:
    draw = random.Random(seed)
    begin = time.monotonic()
    stage_and_publish(reports, "0")
    span = time.monotonic() - begin  # of one publishing on this machine, busy as it is
    last, moved_on, staged = 0, 0, 0
    for _ in range(tries):
        reader, writer = os.pipe()

        def work(writer: int = writer, last: int = last) -> None:
            os.write(writer, b"!")
            for edition in range(last + 1, last + 1000):
                stage_and_publish(reports, str(edition))
                os.write(writer, b".")

        pid = in_child(work)
        os.close(writer)
        assert os.read(reader, 1) == b"!"
        time.sleep(draw.uniform(0, 5 * span))
        os.kill(pid, signal.SIGKILL)
        assert wait_for(pid) == -signal.SIGKILL
        with os.fdopen(reader, "rb") as pipe:
            done = last + len(pipe.read())
        staged += any((reports / ".staging").iterdir())
        if way == "exchange":
            assert int(published(reports)) in (done, done + 1)
        with study_lock(reports, "first", wait=0):
            recover(reports)
        assert int(published(reports)) in (done, done + 1)
        assert list((reports / ".staging").iterdir()) == []
        moved_on += done > last
        last = int(published(reports))
    # the kills hit runs at work, not runs that had not begun
    assert staged > tries // 4
    assert moved_on > tries // 8


def test_kills_at_random_times(tmp_path: Path, way: str) -> None:
    kill_at_random(tmp_path, tries=20, seed=11, way=way)


@pytest.mark.slow
def test_500_kills_at_random_times(tmp_path: Path, way: str) -> None:
    kill_at_random(tmp_path, tries=500, seed=12, way=way)


def test_staging_of_a_living_run_is_kept_and_of_a_dead_one_swept(tmp_path: Path) -> None:
    reader, writer = os.pipe()

    def work() -> None:
        with staging(tmp_path) as room:
            (room.report / "half").write_text("half")
            os.write(writer, room.run_id.encode())
            time.sleep(60)

    pid = in_child(work)
    run_id = os.read(reader, 100).decode()
    os.close(reader)
    os.close(writer)
    try:
        assert recover(tmp_path).kept == (run_id,)
        assert (tmp_path / ".staging" / run_id / "report" / "half").exists()
    finally:
        os.kill(pid, signal.SIGKILL)
        # not yet collected by its parent: a number without a process behind it
        deadline = time.monotonic() + 10
        while recover(tmp_path).removed != (run_id,):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        wait_for(pid)
    assert list((tmp_path / ".staging").iterdir()) == []


def test_an_interrupt_at_any_call(tmp_path: Path, way: str) -> None:
    """Ctrl-C instead of a kill: the run clears up after itself at once."""
    stage_and_publish(tmp_path, "0")
    for k in range(1, 1000):
        old = published(tmp_path)
        with pytest.MonkeyPatch.context() as patch:

            def act(count: int, name: str, call: Callable[[], Any], path: Any, k: int = k) -> Any:
                if count == k:
                    raise KeyboardInterrupt
                return call()

            made = spoil(patch, act)
            try:
                stage_and_publish(tmp_path, str(k))
                interrupted = False
            except KeyboardInterrupt:
                interrupted = True
        assert interrupted == (len(made) >= k)
        assert published(tmp_path) in (old, str(k))
        recover_when_ended(tmp_path)
        if not interrupted:
            break
    assert k > 40


# --- somebody is reading


class Reader:
    """Looks at the published report as fast as it can, and keeps what it could not understand."""

    def __init__(self, reports: Path) -> None:
        self.reports, self.ended = reports, threading.Event()
        self.editions: list[int] = []
        self.wrong: list[str] = []
        self.thread = threading.Thread(target=self.look)

    def look(self) -> None:
        page = self.reports / "first" / NAMES[0]
        while not self.ended.is_set():
            try:
                verify_report(self.reports / "first")
                text = page.read_text()
                assert text.endswith("." * 3000)
                self.editions.append(int(text.split()[1]))
            except Exception as error:
                self.wrong.append(repr(error))

    def __enter__(self) -> "Reader":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    stage_and_publish(tmp_path, "0")
    with Reader(tmp_path) as reader:
        yield reader


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="no exchange on this system")
def test_a_reader_sees_the_old_report_or_the_new_one(tmp_path: Path, reader: Reader) -> None:
    for edition in range(1, 201):
        stage_and_publish(tmp_path, str(edition))
    reader.__exit__()
    assert reader.wrong == []
    assert reader.editions == sorted(reader.editions)
    assert len(set(reader.editions)) > 50, "the reader saw many of the 200 editions"


def test_two_publishers_and_a_reader(tmp_path: Path, reader: Reader) -> None:
    def work() -> None:
        for edition in range(1, 26):
            stage_and_publish(tmp_path, str(edition))

    pids = [in_child(work), in_child(work)]
    assert [wait_for(pid) for pid in pids] == [0, 0]
    reader.__exit__()
    assert reader.wrong == []
    assert published(tmp_path) == "25"
    assert list((tmp_path / ".staging").iterdir()) == []


def test_publishers_that_forgot_the_lock(tmp_path: Path) -> None:
    """The exchange alone already keeps every look whole; the lock is for the order."""
    stage_and_publish(tmp_path, "0")

    def work() -> None:
        for edition in range(1, 26):
            with staging(tmp_path) as room:
                for name in NAMES:
                    (room.report / name).parent.mkdir(exist_ok=True)
                    (room.report / name).write_text(f"{name} {edition} " + "." * 3000)
                write_manifest(room.report, dict.fromkeys(FACTS, str(edition)))
                publish(room.report, tmp_path, "first")

    assert [wait_for(pid) for pid in [in_child(work), in_child(work)]] == [0, 0]
    assert published(tmp_path) == "25"
    assert list((tmp_path / ".staging").iterdir()) == []
