"""Find what leads back to a person in the texts of a column: numbers of documents, contacts, birth dates, addresses, hashes.

Two things people confuse: a number that *fits* an identity number (its birth date and its check character agree) is refused,
whatever it was meant to be; a number that *looks* like one (18 digits) and does not fit is a sample code and passes.

Not found, since nothing marks them: a passport number without the word beside it, a land line, digits spelt in words, a name.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc

from labkit.errors import Rule
from labkit.loaders.people.addresses import find_addresses
from labkit.loaders.people.rules import ADDRESS, BIRTH_DATE, EMAIL, HASH, MOBILE, PASSPORT, RESIDENT_ID

CHUNK = 20_000  # texts searched as one long text: a search each would cost ten times as much
_BORN = range(1900, 2100)
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))  # GB 11643
_PROVINCES = frozenset("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split())
_PHONE_WORDS = frozenset("tel telephone phone mobile mob cell cellphone handphone ph hp sj dh shouji dianhua".split())

# In folded texts: half-width, one kind of hyphen, capitals. `(?<![0-9])(?<![0-9][.,])`: not the inside of a number.
_START = r"(?<![0-9])(?<![0-9][.,])"
_RESIDENT = re.compile(_START + r"(?=((?:[0-9][ _-]?){17}[0-9X])(?![0-9]))")
_OLD_RESIDENT = re.compile(_START + r"([0-9]{6}[ -]?[0-9]{6}[ -]?[0-9]{3})(?![0-9]|\.[0-9]*[1-9])")
_MOBILE = re.compile(
    r"(?<![0-9])(?<![0-9][.,])(?:\+ ?86|0086|\(\+?86\)|86)?[ -]?(?<![0-9][.,])"
    r"(1[3-9][0-9](?:[ -]?[0-9]{4}[ -]?[0-9]{4}|[ -][0-9]{3}[ -][0-9]{5})|1[3-9][0-9]{2}[ -][0-9]{3}[ -][0-9]{4}"
    r"|1[3-9][0-9]([._/])[0-9]{4}\2[0-9]{4}|1 ?[3-9](?: ?[0-9]){9})(?![0-9]|[.,][0-9]*[1-9])"
)
_CODE_WITH_DAY = re.compile(r"[0-9]{3}-(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")  # 138-2024-0305
_EMAIL = re.compile(r"(?<=[\w+])@(?:[\w-]+\.)+[^\W\d_]{2,}")
_PASSPORT = re.compile(r"(?:护照|通行证|回乡证|台胞证|PASSPORT|TRAVEL PERMIT)[^0-9\n]{0,12}[0-9]{7,10}")
_DAY = r"(?:19|20)[0-9]{2}(?:[ ./年-]{1,2}[0-9]{1,2}[ ./月-]{1,2}[0-9]{1,2}|[0-9]{4}(?![0-9]))日?"
_BIRTH = re.compile(rf"(?:出生|生于|生日|BORN|BIRTH|\bDOB\b)[^0-9\n]{{0,12}}{_DAY}|{_DAY} ?(?:出?生(?!产|化|物|成|效)|BORN)")
_HASH = re.compile(
    r"(?<![0-9A-Z])(?=[0-9]*[A-F])(?=[A-F]*[0-9])"
    r"(?:[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{56}|[0-9A-F]{64}|[0-9A-F]{96}|[0-9A-F]{128})(?![0-9A-Z])"
)
_UUID = re.compile(r"(?<![0-9A-Z])[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}(?![0-9A-Z])")  # random: leads to nobody
_HIDING: dict[int, str | None] = {
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-"),
    **dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF], None),  # characters of no width
}


class Identifier(Enum):
    """A kind of identifier; its value is the rule that refuses it, whose one field is `value`, to be given as a `Shape`."""

    RESIDENT_ID = RESIDENT_ID
    MOBILE = MOBILE
    EMAIL = EMAIL
    PASSPORT = PASSPORT
    BIRTH_DATE = BIRTH_DATE
    ADDRESS = ADDRESS
    HASH = HASH

    @property
    def rule(self) -> Rule:
        """The rule that is broken."""
        return self.value


def is_resident_id(number: str) -> bool:
    """Return whether 18 characters are a resident identity number: its birth date exists and its check character fits.

    The check character makes sum(2**(17 - i) mod 11 * digit i) = 1 (mod 11) with X for 10 [1]_. The six digits of the place are
    not looked up: places come and go, and a made-up one would hide a number.

    References
    ----------
    .. [1] GB 11643-1999, Citizen identification number (ISO 7064, MOD 11-2).

    >>> is_resident_id("11010519491231002X"), is_resident_id("110105194912310021")  # the example of the standard
    (True, False)
    """
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return _exists(number[6:10], number[10:12], number[12:14]) and number[17] == "10X98765432"[total % 11]


def find_identifiers(texts: Sequence[str], person_level: bool = True) -> dict[int, Identifier]:
    """Find the texts that hold an identifier, and of which kind.

    Give each distinct text once: a column of a million rows has few. In a file about water only identity numbers, mobile
    numbers and e-mail addresses are looked for, and a digit run glued to other Latin letters than “tel” is a code: a pumping
    station has an address, and a laboratory's system may write 32 hexadecimal digits.

    Parameters
    ----------
    texts : sequence of str
    person_level : bool
        Whether the rows are about persons (hair, blood).

    Returns
    -------
    dict of int to Identifier
        By position in `texts`, in ascending order.

    >>> {place: kind.name for place, kind in find_identifiers(["S01", "call 138-0013-8000", "110105194912310021"]).items()}
    {1: 'MOBILE'}
    """
    found: dict[int, Identifier] = {}
    for start in range(0, len(texts), CHUNK):
        chunk = _UUID.sub("", _fold(texts[start : start + CHUNK]))
        chunk = chunk if person_level else _HASH.sub("", chunk)
        ends = list(accumulate(len(text) + 1 for text in chunk.split("\n")))
        for kind, search in _SEARCHES.items():
            if person_level or kind in _IN_ANY_FILE:
                for place in search(chunk, person_level):
                    found.setdefault(start + bisect_right(ends, place), kind)
    return dict(sorted(found.items()))


def worth_a_search(texts: pa.Array) -> pa.Array:
    """Return a mask of the texts that may hold what no file may hold: a quick first look at millions of codes of samples.

    It leaves out only texts in which `find_identifiers(texts, person_level=False)` finds nothing.

    >>> worth_a_search(pa.array(["WW-20240305-001", "13800138000", "a@b.cn"])).to_pylist()
    [False, True, True]
    """
    return pc.match_substring_regex(texts, r"@|[^\x00-\x7f]|1 ?[3-9](?:[ ._/\t\r\n-]*[0-9]){9}|(?:[0-9][ _\t\r\n-]*){15}")


def finer_than_year(texts: Sequence[str]) -> dict[int, Identifier]:
    """Find the texts of a column of birth years that give more than the year: 1990-03-07, 199003, 1990年3月, Mar 1990.

    >>> list(finer_than_year(["1990", "1990-03-07", "199003", "", "1990.0", "1990年"]))
    [1, 2]
    """
    found: dict[int, Identifier] = {}
    for index, text in enumerate(texts):
        plain = re.sub(r"\.0+$|年$", "", unicodedata.normalize("NFKC", text).strip())
        if sum(one.isdigit() for one in plain) > 4 or (re.search(r"\d", plain) and re.search(r"月|[^\W\d_]{3}", plain)):
            found[index] = Identifier.BIRTH_DATE
    return found


def _fold(texts: Sequence[str]) -> str:
    """Join texts, one a line, in half-width capitals with one kind of hyphen, so that no way of writing hides a digit."""
    joined = "\n".join(texts)
    if joined.count("\n") != len(texts) - 1:
        joined = "\n".join(re.sub(r"[\r\n]+", " ", text) for text in texts)
    if not joined.isascii():
        joined = unicodedata.normalize("NFKC", joined).translate(_HIDING)
        joined = re.sub(r"(?![0-9])\d", lambda digit: str(unicodedata.decimal(digit[0])), joined)
    return joined.upper().replace("\t", " ")


def _exists(year: str, month: str, day: str) -> bool:
    y, m, d = int(year), int(month), int(day)
    return y in _BORN and 1 <= m <= 12 and 1 <= d <= monthrange(y, m)[1]


def _resident_ids(chunk: str, _: bool) -> Iterator[int]:
    for match in _RESIDENT.finditer(chunk):
        if is_resident_id(re.sub("[ _-]", "", match[1])):
            yield match.start()
    for match in _OLD_RESIDENT.finditer(chunk):
        number = re.sub("[ -]", "", match[1])
        if number[:2] in _PROVINCES and _exists("19" + number[6:8], number[8:10], number[10:12]):
            yield match.start()


def _mobiles(chunk: str, person_level: bool) -> Iterator[int]:
    for match in _MOBILE.finditer(chunk):
        before = re.search(r"[A-Z]*\Z", chunk[max(match.start() - 12, 0) : match.start()])
        glued = before[0].casefold() if before and match[0][0].isdigit() else ""
        code = not person_level and glued and glued not in _PHONE_WORDS
        if not code and not _CODE_WITH_DAY.fullmatch(match[1]):
            yield match.start()


def _plainly(pattern: re.Pattern[str]) -> Callable[[str, bool], Iterator[int]]:
    return lambda chunk, _: (match.start() for match in pattern.finditer(chunk))


_IN_ANY_FILE = (Identifier.RESIDENT_ID, Identifier.MOBILE, Identifier.EMAIL)
_SEARCHES: dict[Identifier, Callable[[str, bool], Iterator[int]]] = {
    Identifier.HASH: _plainly(_HASH),  # first, as digits inside of one may look like something else
    Identifier.RESIDENT_ID: _resident_ids,
    Identifier.MOBILE: _mobiles,
    Identifier.EMAIL: _plainly(_EMAIL),
    Identifier.PASSPORT: _plainly(_PASSPORT),
    Identifier.BIRTH_DATE: _plainly(_BIRTH),
    Identifier.ADDRESS: lambda chunk, _: find_addresses(chunk),
}
