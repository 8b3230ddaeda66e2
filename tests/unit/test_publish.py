"""A report is prepared out of sight, made durable, and put in its place in one step; nothing else in the folder is touched."""

import errno
import multiprocessing
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import labkit.report.disk
import labkit.report.preflight
import labkit.report.publish
from labkit.errors import Damaged, EnvironmentUnfit, Refusal
from labkit.report.manifest import FACTS, write_manifest
from labkit.report.owner import Owner
from labkit.report.preflight import check_reports_folder, check_study_name
from labkit.report.publish import exchange, publish
from labkit.report.staging import recover, runs_folder, staging, study_lock
from labkit.report.verify import verify_report

HOSTILE = [
    "../../etc/x", "/srv/x", "a/b", "..\\..\\x", "s3://b/k", "https://h/x", "-", "a\0b", "con", "x.", "a" * 300,
    "{site.__class__}", "a\nb", "a\u202eb", "Con", "城市", "😀", "", ".", "..", ".staging", "nul", "com1", "first\n",
]  # fmt: skip


def write_report(folder: Path, text: str) -> None:
    for name in ("report.en.html", "report.en.pdf", "tables/consumption.csv", "figures/load.png"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{name} {text}", "utf-8")
    write_manifest(folder, dict.fromkeys(FACTS, text))


def publish_text(reports: Path, text: str, study: str = "first") -> Path:
    with study_lock(reports, study), staging(reports) as room:
        write_report(room.report, text)
        return publish(room.report, reports, study)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rule(caught: pytest.ExceptionInfo[Refusal] | pytest.ExceptionInfo[EnvironmentUnfit]) -> str:
    error = caught.value
    problem = error.problems[0] if isinstance(error, Refusal) else error.args[0]
    assert all(problem.sentence(language).count("→") == 1 for language in ("en", "zh"))
    return str(problem.rule.id)


@pytest.fixture
def no_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labkit.report.publish, "_exchange_call", lambda: None)


# --- the reports folder, before anything runs


def test_a_folder_that_can_be_used_is_not_touched_by_asking(tmp_path: Path) -> None:
    check_reports_folder(tmp_path / "reports", "first")
    assert list(tmp_path.iterdir()) == []
    publish_text(tmp_path / "reports", "one")
    check_reports_folder(tmp_path / "reports", "first")


def test_a_file_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("mine")
    with pytest.raises(Refusal) as caught:
        check_reports_folder(tmp_path / "reports")
    assert rule(caught) == "OUT-FOLDER"
    assert caught.value.exit_code == 2
    assert (tmp_path / "reports").read_text() == "mine"


@pytest.mark.parametrize("name", ["first", ".staging", ".runs"])
def test_a_file_or_a_link_where_a_folder_inside_is_needed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(Refusal) as caught:
        check_reports_folder(tmp_path, "first")
    assert rule(caught) == "OUT-FOLDER"
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to(tmp_path.parent)
    with pytest.raises(Refusal) as caught:
        check_reports_folder(tmp_path, "first")
    assert rule(caught) == "OUT-LINK"


@pytest.mark.parametrize("leads", ["somewhere", "nowhere"])
def test_a_link_in_its_place(tmp_path: Path, leads: str) -> None:
    (tmp_path / "somewhere").mkdir()
    (tmp_path / "reports").symlink_to(tmp_path / leads)
    with pytest.raises(Refusal) as caught:
        check_reports_folder(tmp_path / "reports")
    assert rule(caught) == "OUT-LINK"


def test_no_folder_above(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for reports in (tmp_path / "no" / "reports", tmp_path / "file" / "reports"):
        with pytest.raises(Refusal) as caught:
            check_reports_folder(reports)
        assert rule(caught) == "OUT-PARENT"


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    reports = tmp_path / "reports"
    if there:
        reports.mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    with pytest.raises(Refusal) as caught:
        check_reports_folder(reports)
    assert rule(caught) == "OUT-WRITE"


@pytest.mark.parametrize("name", ["a" * 300, "a\0b"])
def test_a_folder_no_system_can_make(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_reports_folder(tmp_path / name)
    assert rule(caught) == "OUT-WRITE"


@pytest.mark.parametrize(("free", "files"), [(49_999_999, 10), (10**12, 0)])
def test_a_disk_with_too_little_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, files: int) -> None:
    usage = labkit.report.disk.shutil._ntuple_diskusage(10**13, 0, free)
    monkeypatch.setattr(labkit.report.disk.shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(os, "statvfs", lambda path: type("State", (), {"f_files": 10, "f_favail": files}), raising=False)
    with pytest.raises(EnvironmentUnfit) as caught:
        check_reports_folder(tmp_path / "reports")
    assert rule(caught) == "OUT-FULL"
    assert caught.value.exit_code == 5
    assert ("49 MB" if files else "0 MB") in str(caught.value)


@pytest.mark.parametrize("study", HOSTILE)
def test_a_study_cannot_be_named(tmp_path: Path, study: str) -> None:
    reports = tmp_path / "reports"
    with staging(reports) as room:
        write_report(room.report, "one")
        before = {path for path in tmp_path.rglob("*") if path.name != ".staging.lock"}
        for call in (
            lambda: check_study_name(study),
            lambda: check_reports_folder(reports, study),
            lambda: publish(room.report, reports, study),
            lambda: study_lock(reports, study).__enter__(),
        ):
            with pytest.raises(Refusal) as caught:
                call()
            assert rule(caught) == "OUT-NAME"
        assert {path for path in tmp_path.rglob("*") if path.name != ".staging.lock"} == before


@pytest.mark.parametrize("study", ["first", "First", "korea", "shenzhen-2025", "a", "0", "a_b", "console", "com10", "a" * 64])
def test_a_study_can_be_named(tmp_path: Path, study: str) -> None:
    assert verify_report(publish_text(tmp_path, "one", study)).files == 4


def test_names_that_differ_only_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "First").mkdir()
    with pytest.raises(Refusal) as caught:
        check_reports_folder(tmp_path, "first")
    assert rule(caught) == "OUT-CASE"


# --- staging


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    reports = tmp_path / "reports"
    before = os.umask(umask)
    try:
        with staging(reports) as room:
            assert mode(room.folder) == mode(reports / ".staging") == mode(reports / ".runs") == mode(room.report) == 0o700
            assert mode(room.folder / "owner.json") & 0o077 == 0
            write_report(room.report, "one")
            publish(room.report, reports, "first")
    finally:
        os.umask(before)
    published = reports / "first"
    assert {mode(path) for path in (published, *published.rglob("*")) if path.is_dir()} == {0o755}
    assert {mode(path) for path in published.rglob("*") if path.is_file()} == {0o644}


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_staging_goes_with_the_run(tmp_path: Path, error: type[BaseException]) -> None:
    seen = set()
    for _ in range(3):
        with pytest.raises(error), staging(tmp_path) as room:
            (room.report / "half").write_text("half")
            seen.add(room.run_id)
            raise error
        assert list((tmp_path / ".staging").iterdir()) == []
    assert len(seen) == 3
    assert {path.name for path in tmp_path.iterdir()} == {".staging", ".runs"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_a_disk_that_fails_during_the_run(tmp_path: Path, number: int) -> None:
    with pytest.raises(EnvironmentUnfit) as caught, staging(tmp_path):
        raise OSError(number, os.strerror(number), "tables/consumption.csv")
    assert rule(caught) == ("OUT-FULL" if number in (errno.ENOSPC, errno.EDQUOT) else "OUT-DISK")
    assert "tables/consumption.csv" in str(caught.value)
    assert list((tmp_path / ".staging").iterdir()) == []


def test_other_errors_pass_through_staging(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), staging(tmp_path):
        (tmp_path / "no such input").read_text()


def test_runs_folder_is_private_and_kept(tmp_path: Path) -> None:
    runs = runs_folder(tmp_path / "reports")
    (runs / "first.log").write_text("")
    assert runs_folder(tmp_path / "reports") == runs
    assert mode(runs) == 0o700
    assert (runs / "first.log").exists()


# --- the dead and the living


def dead_pid() -> int:
    with subprocess.Popen([sys.executable, "-S", "-c", ""]) as process:
        process.wait()
    return process.pid


def leave_staging(reports: Path, name: str, owner: Owner | None) -> Path:
    folder = reports / ".staging" / name
    (folder / "report").mkdir(parents=True)
    if owner:
        owner.write(folder / "owner.json")
    return folder


def test_only_the_provably_dead_are_swept(tmp_path: Path) -> None:
    here = Owner.here()
    leave_staging(tmp_path, "dead", Owner(dead_pid(), here.created, here.host, here.since))
    leave_staging(tmp_path, "number-given-again", Owner(here.pid, here.created - 3600, here.host, here.since))
    leave_staging(tmp_path, "killed-while-signing", None).joinpath("owner.json").write_text('{"pid": 1')
    leave_staging(tmp_path, "killed-before-signing", None)
    leave_staging(tmp_path, "elsewhere", Owner(dead_pid(), here.created, "another-host", here.since))
    leave_staging(tmp_path, "alive", here)
    (tmp_path / ".staging" / "link").symlink_to(tmp_path)
    with staging(tmp_path) as room:
        found = recover(tmp_path)
        assert room.report.is_dir()
        assert found.removed == ("dead", "killed-before-signing", "killed-while-signing", "number-given-again")
        assert found.kept == tuple(sorted(("alive", "elsewhere", "link", room.run_id)))
        assert found.put_back == ()


def test_a_living_run_whose_note_looks_old_is_kept_by_its_lock(tmp_path: Path) -> None:
    """A clock that was set back makes a process look younger than its note; the system's lock does not care."""
    here = Owner.here()
    with staging(tmp_path) as room:
        Owner(here.pid, here.created + 3600, here.host, here.since).write(room.folder / "owner.json")
        assert recover(tmp_path).kept == (room.run_id,)


def test_recover_where_nothing_is(tmp_path: Path) -> None:
    assert recover(tmp_path / "reports").removed == ()
    assert list(tmp_path.iterdir()) == []


def test_owner_is_this_process() -> None:
    here = Owner.here()
    assert (here.pid, here.host) == (os.getpid(), socket.gethostname())
    assert not here.is_gone()


# --- one run of a study at a time


def test_the_second_run_says_who_holds_the_study(tmp_path: Path) -> None:
    with study_lock(tmp_path, "first"):
        with pytest.raises(EnvironmentUnfit) as caught, study_lock(tmp_path, "first", wait=0.1):
            raise AssertionError("two runs of one study")
        assert rule(caught) == "OUT-BUSY"
        assert f"process {os.getpid()} on {socket.gethostname()} since 20" in str(caught.value)
        with study_lock(tmp_path, "korea", wait=0):
            assert (tmp_path / ".runs" / "korea.owner.json").exists()
    with study_lock(tmp_path, "first", wait=0):
        assert mode(tmp_path / ".runs" / "first.owner.json") == 0o600
    assert not (tmp_path / ".runs" / "first.owner.json").exists()


def test_the_second_run_waits_a_little(tmp_path: Path) -> None:
    held, order = threading.Event(), []

    def hold() -> None:
        with study_lock(tmp_path, "first"):
            held.set()
            order.append("one")
            threading.Event().wait(0.2)
            order.append("one ends")

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    with study_lock(tmp_path, "first", wait=10):
        order.append("two")
    thread.join()
    assert order == ["one", "one ends", "two"]


def test_the_lock_of_a_killed_run_is_free(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from labkit.report.staging import study_lock\n"
        "with study_lock(pathlib.Path(sys.argv[1]), 'first'): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        with pytest.raises(EnvironmentUnfit, match=f"process {process.pid} "), study_lock(tmp_path, "first", wait=0):
            raise AssertionError("two runs of one study")
        process.kill()
        process.wait()
        with study_lock(tmp_path, "first", wait=0):
            assert Owner.read(tmp_path / ".runs" / "first.owner.json") is not None


# --- publishing


def test_a_report_is_published_and_replaced(tmp_path: Path) -> None:
    reports = tmp_path / "with spaces 与中文"
    reports.mkdir()
    assert publish_text(reports, "one") == reports / "first"
    assert (reports / "first" / "report.en.html").read_text() == "report.en.html one"
    publish_text(reports, "other", "korea")
    korea = tree(reports / "korea")
    publish_text(reports, "two")
    assert (reports / "first" / "report.en.html").read_text() == "report.en.html two"
    assert verify_report(reports / "first").files == 4
    assert tree(reports / "korea") == korea
    assert list((reports / ".staging").iterdir()) == []
    assert {path.name for path in reports.iterdir()} == {"first", "korea", ".staging", ".runs"}


@pytest.mark.usefixtures("no_exchange")
def test_a_report_is_replaced_without_an_exchange(tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        publish_text(tmp_path, text)
        assert (tmp_path / "first" / "report.en.html").read_text() == f"report.en.html {text}"
        assert verify_report(tmp_path / "first").files == 4
        assert list((tmp_path / ".staging").iterdir()) == []


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="no exchange on this system")
def test_the_exchange_is_really_there(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "name").write_text(name)
    assert exchange(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a" / "name").read_text() == "b"
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "a", tmp_path / "c")


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM])
def test_a_filesystem_without_an_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(labkit.report.publish, "_exchange_call", lambda: lambda one, other: -1)
    monkeypatch.setattr(labkit.report.publish.ctypes, "get_errno", lambda: number)
    publish_text(tmp_path, "one")
    publish_text(tmp_path, "two")
    assert (tmp_path / "first" / "report.en.html").read_text() == "report.en.html two"


def test_a_link_in_the_place_of_the_study_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("mine")
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "first").symlink_to(outside)
    with pytest.raises(Refusal) as caught:
        publish_text(reports, "one")
    assert rule(caught) == "OUT-LINK"
    assert tree(outside) == {"precious": b"mine"}


def break_nothing(stage: Path) -> None:
    (stage / "manifest.json").unlink()


def break_file(stage: Path) -> None:
    (stage / "report.en.html").write_text("half")


def break_link(stage: Path) -> None:
    (stage / "link").symlink_to("/etc/hostname")


@pytest.mark.parametrize("spoil", [break_nothing, break_file, break_link])
def test_what_does_not_match_its_manifest_is_not_published(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    publish_text(tmp_path, "one")
    before = tree(tmp_path / "first")
    with staging(tmp_path) as room:
        write_report(room.report, "two")
        spoil(room.report)
        with pytest.raises(Damaged):
            publish(room.report, tmp_path, "first")
    assert tree(tmp_path / "first") == before


def test_only_a_staged_report_is_published(tmp_path: Path) -> None:
    write_report(tmp_path, "one")
    with pytest.raises(ValueError, match="staging"):
        publish(tmp_path, tmp_path / "reports", "first")
    assert not (tmp_path / "reports").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows syncs its folders by itself")
def test_everything_is_on_the_disk_before_it_can_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_text(tmp_path, "one")
    with staging(tmp_path) as room:
        write_report(room.report, "two")
        stage = room.report
        names = {path.stat().st_ino: path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
        names[tmp_path.stat().st_ino] = "reports"
        calls: list[str] = []
        real = {"fsync": os.fsync, "rename": os.rename}

        def fsync(descriptor: int) -> None:
            calls.append(names[os.fstat(descriptor).st_ino])
            real["fsync"](descriptor)

        def swap(one: Path, other: Path) -> bool:
            calls.append("swap")
            return exchange(one, other)

        monkeypatch.setattr(os, "fsync", fsync)
        monkeypatch.setattr(labkit.report.publish, "exchange", swap)
        publish(stage, tmp_path, "first")
    at = calls.index("swap")
    inside = [path.relative_to(tmp_path).as_posix() for path in (tmp_path / "first").rglob("*")]
    expected = {name.replace("first", f".staging/{room.run_id}/report", 1) for name in ("first", *inside)}
    assert set(calls[:at]) == expected
    for name in expected - {f".staging/{room.run_id}/report"}:
        assert calls.index(name) < calls.index(os.path.dirname(name)), "a folder is synced after what is in it"
    assert calls[at + 1 :] == ["reports", f".staging/{room.run_id}"]


def publish_at_once(reports: str, text: str, barrier: "multiprocessing.synchronize.Barrier") -> None:
    barrier.wait(30)
    publish_text(Path(reports), text)


def test_two_runs_of_one_study_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    texts = ("one", "two")
    runs = [context.Process(target=publish_at_once, args=(str(tmp_path), text, barrier)) for text in texts]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)
    assert [run.exitcode for run in runs] == [0, 0]
    assert verify_report(tmp_path / "first").files == 4
    assert (tmp_path / "first" / "report.en.html").read_text().split()[1] in texts
    assert list((tmp_path / ".staging").iterdir()) == []
