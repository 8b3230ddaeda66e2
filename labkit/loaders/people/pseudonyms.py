"""Pseudonyms of subjects, made with a secret key (HMAC) that lies outside the project and outside the data.

Two things people confuse: a *pseudonym* is not anonymous – whoever has the key and a list of people can find them again – and
it is not a *hash*: without the key nobody can try all identity numbers. The key is shown nowhere, nor where it lies; what a
table keeps is the key's *fingerprint*, which says only whether two tables were made with the same one.
"""

from __future__ import annotations

import base64
import hmac
import os
import re
import secrets
import stat
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from labkit.errors import Refusal
from labkit.loaders.people.key_rules import KEY_ABSENT, KEY_EXISTS, KEY_FORM, KEY_MODE, KEY_OTHER, KEY_PLACE, KEY_WRITE
from labkit.params import find_project

FIRST_LINE = "labkit pseudonym key 1"
KEY_VARIABLE = "LABKIT_KEY"
SHOWN = "pseudonym.key"  # what messages call the key, wherever it lies
LENGTH = 20  # base32 characters, 5 bits each
_BYTES = 32
_CONTENT = re.compile(rf"{FIRST_LINE}\r?\n([0-9a-f]{{{2 * _BYTES}}})\s*")
_FINGERPRINT_LABEL = b"\0fingerprint"  # no scope begins with NUL, so no pseudonym is ever made of it


class Key:
    """A secret that makes pseudonyms. It cannot be printed, compared byte by byte, copied or pickled."""

    __slots__ = ("_secret", "fingerprint")

    def __init__(self, secret: bytes) -> None:
        """Take the 32 bytes of a key file; see `read_key`."""
        if len(secret) != _BYTES:
            raise ValueError("a key has 32 bytes")
        self._secret = secret
        self.fingerprint = hmac.digest(secret, _FINGERPRINT_LABEL, "sha256").hex()[:12]

    def pseudonym(self, scope: str, subject: str) -> str:
        """Return the pseudonym of `subject` within `scope` (a study, or the store): P- and 20 characters A-Z, 2-7.

        They are the first 100 bits of HMAC-SHA256(key, scope NUL subject), the subject in NFC without spaces around. Among n
        subjects two share a pseudonym with probability n**2 / 2**101: 4e-17 for ten million.

        Raises
        ------
        ValueError
            For an empty scope or subject, or a scope with a NUL.

        >>> Key(bytes(32)).pseudonym("store", " S01 ") == Key(bytes(32)).pseudonym("store", "S01")
        True
        """
        subject = unicodedata.normalize("NFC", subject).strip()
        if not scope or "\0" in scope or not subject:
            raise ValueError("a pseudonym needs a scope and a subject")
        message = f"{scope}\0{subject}".encode("utf-8", "surrogatepass")
        return "P-" + base64.b32encode(hmac.digest(self._secret, message, "sha256")).decode("ascii")[:LENGTH]

    def __repr__(self) -> str:
        """Show the fingerprint and nothing else."""
        return f"Key(fingerprint={self.fingerprint!r})"

    def __reduce_ex__(self, _: object) -> NoReturn:
        """Refuse to be pickled or copied: a pickle would be a second key file, with any mode, anywhere."""
        raise TypeError("a key is not written anywhere but in its own file")


def pseudonymise(texts: Sequence[str], key: Key, scope: str) -> list[str]:
    """Return the pseudonym of each text; an empty text stays empty, since it is nobody.

    >>> [len(one) for one in pseudonymise(["S01", "", "S01"], Key(bytes(32)), "store")]
    [22, 0, 22]
    """
    known = {text: key.pseudonym(scope, text) if text.strip() else "" for text in set(texts)}
    return [known[text] for text in texts]


def key_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where the key lies: `$LABKIT_KEY`, or labkit/pseudonym.key in the configuration folder of the user."""
    if environment.get(KEY_VARIABLE):
        return Path(os.path.expanduser(environment[KEY_VARIABLE]))  # Path.expanduser fails where there is no home
    folder = environment.get("XDG_CONFIG_HOME", "")
    return Path(folder if folder.startswith("/") else os.path.expanduser("~/.config"), "labkit", "pseudonym.key")


def make_key(path: Path | None = None, data: Iterable[Path] = ()) -> Key:
    """Write a new key, readable by its owner alone whatever the umask; an existing file is never overwritten.

    Parameters
    ----------
    path : Path, optional
        Where it shall lie; by default `key_path()`.
    data : iterable of Path
        Folders of data, in which it must not lie.

    Raises
    ------
    Refusal
        If there is one already, the place is not allowed, or it cannot be written.
    """
    path = key_path() if path is None else path
    _check_place(path, data)
    secret = secrets.token_bytes(_BYTES)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise Refusal(KEY_EXISTS.at(SHOWN)) from None
    except OSError as error:
        raise Refusal(KEY_WRITE.at(SHOWN, reason=os.strerror(error.errno or 0))) from None
    try:
        with os.fdopen(file, "w", encoding="ascii") as out:
            os.fchmod(out.fileno(), 0o600)
            out.write(f"{FIRST_LINE}\n{secret.hex()}\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        with suppress(OSError):
            path.unlink()  # half a key would stand in the way of a whole one
        raise Refusal(KEY_WRITE.at(SHOWN, reason=os.strerror(error.errno or 0))) from None
    return Key(secret)


def read_key(path: Path | None = None, data: Iterable[Path] = ()) -> Key:
    """Read a key; neither it nor its place stands in any message.

    Parameters
    ----------
    path : Path, optional
        Where it lies; by default `key_path()`.
    data : iterable of Path
        The folders of the input and of the store: a key inside them is refused, as is one inside the project.

    Raises
    ------
    Refusal
        If there is none, it is a link, others may read it, it lies in the wrong place, or it is no key.
    """
    path = key_path() if path is None else path
    _check_place(path, data)
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        raise Refusal((KEY_MODE if path.is_symlink() else KEY_ABSENT).at(SHOWN)) from None
    try:
        known = os.fstat(file)
        if not stat.S_ISREG(known.st_mode) or known.st_mode & 0o077 or known.st_uid != os.geteuid():
            raise Refusal(KEY_MODE.at(SHOWN))
        found = _CONTENT.fullmatch(os.read(file, 1024).decode("ascii", "replace"))
    finally:
        os.close(file)
    if not found:
        raise Refusal(KEY_FORM.at(SHOWN))
    return Key(bytes.fromhex(found[1]))


def check_same_key(file: str, stored: Iterable[str], key: Key) -> None:
    """Raise `Refusal` if any of the `stored` fingerprints is not that of `key`: the same person would be two."""
    other = sorted({one for one in stored if one != key.fingerprint})
    if other:
        raise Refusal(KEY_OTHER.at(file, 1, stored=", ".join(other), given=key.fingerprint))


def _check_place(path: Path, data: Iterable[Path]) -> None:
    """Refuse a place inside the project, a git repository or a folder of data, by whatever links it is reached."""
    folders = [os.path.realpath(folder) for folder in data]
    for place in {Path(os.path.abspath(path)), Path(os.path.realpath(path.parent)) / path.name, Path(os.path.realpath(path))}:
        if any(place.is_relative_to(folder) for folder in folders) or _in_repository(place):
            raise Refusal(KEY_PLACE.at(SHOWN))


def _in_repository(place: Path) -> bool:
    if any((folder / ".git").exists() for folder in place.parents):
        return True
    try:
        find_project(place)
    except Refusal:
        return False
    return True
