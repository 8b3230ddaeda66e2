"""Pseudonyms need the key; the key is read only from where it may lie, and shows itself nowhere."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import os
import pickle
import stat
import string
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labkit.errors import Refusal
from labkit.loaders.people import key_rules
from labkit.loaders.people.pseudonyms import (
    FIRST_LINE,
    Key,
    check_same_key,
    key_path,
    make_key,
    pseudonymise,
    read_key,
)

SECRET = bytes(range(32))


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        call()
    rule = caught.value.problems[0].rule.id
    said = (
        "".join(traceback.format_exception(caught.value, chain=True)) + caught.value.report("zh") + repr(caught.value.problems)
    )
    assert SECRET.hex() not in said and "hidden-place" not in said
    return rule


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "hidden-place").mkdir()
    return tmp_path / "hidden-place" / "own.key"


def write(path: Path, content: str, mode: int = 0o600) -> Path:
    path.write_text(content, encoding="ascii")
    path.chmod(mode)
    return path


def a_key(path: Path, mode: int = 0o600) -> Path:
    return write(path, f"{FIRST_LINE}\n{SECRET.hex()}\n", mode)


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def test_a_pseudonym_is_the_keyed_hash_of_scope_and_subject() -> None:
    digest = hmac.new(SECRET, b"store\0S01", hashlib.sha256).digest()
    assert Key(SECRET).pseudonym("store", "S01") == "P-" + base64.b32encode(digest)[:20].decode()


def test_the_same_subject_has_one_pseudonym_a_scope_and_key() -> None:
    key, other = Key(SECRET), Key(bytes(32))
    subjects = [f"S{i}" for i in range(1000)]
    made = [pseudonymise(subjects, one, scope) for one, scope in ((key, "a"), (key, "b"), (other, "a"))]
    assert len({one for some in made for one in some}) == 3000, "another scope or key changes every pseudonym"
    assert all(len(one) == 22 and set(one[2:]) <= set(string.ascii_uppercase + "234567") for some in made for one in some)
    assert key.pseudonym("a", " e\u0301 ") == key.pseudonym("a", "\u00e9")
    assert key.pseudonym("a", "s1") != key.pseudonym("a", "S1")
    assert pseudonymise(["S1", "", "  ", "S1"], key, "a")[1:3] == ["", ""]


@pytest.mark.parametrize(("scope", "subject"), [("", "S1"), ("a\0b", "S1"), ("a", " ")])
def test_nobody_and_nowhere_have_no_pseudonym(scope: str, subject: str) -> None:
    with pytest.raises(ValueError, match="a scope and a subject"):
        Key(SECRET).pseudonym(scope, subject)


def test_without_the_key_trying_all_numbers_finds_nobody() -> None:
    numbers = [f"9900001990{1 + i % 12:02}{1 + i % 28:02}{i:04}" for i in range(10_000)]
    made = set(pseudonymise(numbers, Key(SECRET), "study"))
    assert len(made) == 10_000
    guesses = (Key(bytes(32)), Key(b"\xff" * 32), Key(Key(SECRET).fingerprint.encode().ljust(32, b"\0")))
    found = sum(one in made for key in guesses for one in pseudonymise(numbers, key, "study"))
    bodies = {one[2:] for one in made}
    for hashed in (hashlib.sha256, hashlib.md5, hashlib.sha1):
        for number in numbers:
            for text in (number, f"study\0{number}"):
                digest = hashed(text.encode()).digest()
                found += base64.b32encode(digest).decode()[:20] in bodies
    assert found == 0


@pytest.mark.usefixtures("umask")
def test_a_new_key_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "pseudonym.key"
    key = make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert read_key(path).fingerprint == key.fingerprint
    first, second = path.read_text(encoding="ascii").splitlines()
    assert first == FIRST_LINE and len(second) == 64
    assert make_key(tmp_path / "other.key").fingerprint != key.fingerprint


def test_a_key_is_never_overwritten(place: Path) -> None:
    a_key(place)
    assert refused(lambda: make_key(place)) == "PER-KEY-EXISTS"
    assert read_key(place).fingerprint == Key(SECRET).fingerprint
    place.unlink()
    place.symlink_to(place.with_name("elsewhere"))
    assert refused(lambda: make_key(place)) == "PER-KEY-EXISTS"
    assert not place.with_name("elsewhere").exists()


def test_half_a_key_is_taken_away_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "fsync", full)
    assert refused(lambda: make_key(place)) == "PER-KEY-WRITE"
    assert not place.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o700 | 0o001, 0o602])
def test_a_key_that_others_may_read_is_refused(place: Path, mode: int) -> None:
    assert refused(lambda: read_key(a_key(place, mode))) == "PER-KEY-MODE"


def test_a_link_a_folder_a_pipe_or_nothing_is_no_key(place: Path) -> None:
    assert refused(lambda: read_key(place)) == "PER-KEY-ABSENT"
    a_key(place.with_name("real"))
    place.symlink_to(place.with_name("real"))
    assert refused(lambda: read_key(place)) == "PER-KEY-MODE"
    place.unlink()
    os.mkfifo(place, 0o600)
    assert refused(lambda: read_key(place)) == "PER-KEY-MODE"
    assert refused(lambda: read_key(place.parent)) == "PER-KEY-MODE"


@pytest.mark.parametrize(
    "content",
    [
        "",
        f"{FIRST_LINE}\n",
        SECRET.hex(),
        f"{FIRST_LINE}\n{SECRET.hex()[:-1]}\n",
        f"{FIRST_LINE}\n{SECRET.hex()}0\n",
        f"{FIRST_LINE}\n{SECRET.hex()[:-1]}g\n",
        f"labkit pseudonym key 2\n{SECRET.hex()}\n",
        f"{FIRST_LINE}\n{SECRET.hex()}\n{SECRET.hex()}\n",
        f"{FIRST_LINE}\n{SECRET.hex()}\nx",
    ],
)
def test_what_is_malformed_is_no_key(place: Path, content: str) -> None:
    assert refused(lambda: read_key(write(place, content))) == "PER-KEY-FORM"


def test_a_key_lies_in_no_project_no_repository_and_no_data(place: Path, tmp_path: Path) -> None:
    a_key(place)
    assert read_key(place, [tmp_path / "data"]).fingerprint == Key(SECRET).fingerprint
    data = place.parent
    assert refused(lambda: read_key(place, [data])) == "PER-KEY-PLACE"
    assert refused(lambda: make_key(data / "new.key", [tmp_path])) == "PER-KEY-PLACE"
    (tmp_path / "way-in").symlink_to(data, target_is_directory=True)
    assert refused(lambda: read_key(tmp_path / "way-in" / "own.key", [data])) == "PER-KEY-PLACE"
    assert refused(lambda: read_key(place, [tmp_path / "way-in"])) == "PER-KEY-PLACE"
    (tmp_path / ".git").touch()
    assert refused(lambda: read_key(place)) == "PER-KEY-PLACE"
    (tmp_path / ".git").unlink()
    for part in ("labkit", "notebooks", "params"):
        (tmp_path / part).mkdir()
    assert refused(lambda: read_key(place)) == "PER-KEY-PLACE"


def test_the_place_of_the_key_is_the_users_to_choose() -> None:
    assert key_path({"LABKIT_KEY": "/keys/a.key", "XDG_CONFIG_HOME": "/c"}) == Path("/keys/a.key")
    assert key_path({"XDG_CONFIG_HOME": "/c"}) == Path("/c/labkit/pseudonym.key")
    assert key_path({"XDG_CONFIG_HOME": "relative"}) == key_path({}) == Path.home() / ".config" / "labkit" / "pseudonym.key"


def test_the_environment_names_the_key(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABKIT_KEY", str(a_key(place)))
    assert read_key().fingerprint == Key(SECRET).fingerprint


def test_a_key_shows_itself_nowhere(place: Path) -> None:
    key = read_key(a_key(place))
    for said in (repr(key), str(key), f"{key}", repr([key]), repr(vars(Refusal([])))):
        assert SECRET.hex() not in said and repr(SECRET) not in said and "hidden-place" not in said
    assert repr(key) == f"Key(fingerprint='{key.fingerprint}')" and len(key.fingerprint) == 12
    assert not hasattr(key, "__dict__")
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not written anywhere"):
            copied(key)
    assert key.fingerprint.upper() not in key.pseudonym("store", "S01")


def test_tables_of_two_keys_do_not_join() -> None:
    key, other = Key(SECRET), Key(bytes(32))
    check_same_key("hair.csv", [], key)
    check_same_key("hair.csv", [key.fingerprint, key.fingerprint], key)
    with pytest.raises(Refusal) as caught:
        check_same_key("hair.csv", [key.fingerprint], other)
    assert (
        "PER-KEY-OTHER" in str(caught.value) and key.fingerprint in str(caught.value) and other.fingerprint in str(caught.value)
    )


def test_an_error_in_another_process_shows_no_key(place: Path) -> None:
    code = "from labkit.loaders.people.pseudonyms import read_key; key = read_key(); key.pseudonym('', '13800138000')"
    environment = os.environ | {"LABKIT_KEY": str(a_key(place))}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "ValueError" in done.stderr
    assert SECRET.hex() not in done.stderr and str(place) not in done.stderr


def test_every_rule_of_the_key_speaks_both_languages_and_names_no_place() -> None:
    for rule in (rule for name, rule in vars(key_rules).items() if name.startswith("KEY_")):
        assert rule.id.startswith("PER-KEY-") and len(rule.en) == len(rule.zh) == 3
        assert "{path}" not in "".join((*rule.en, *rule.zh))
