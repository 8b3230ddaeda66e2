"""Names that may become a path: input files, studies, notebooks, report folders.

Two things people confuse: the name of an *input* may hold folders (`published/korea.csv`), the name of a *study* may not:
it becomes a folder of `reports/`, so it must be a plain name on every system.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from labkit.errors import Problem, Refusal, Rule
from labkit.params.distinct import check_distinct
from labkit.params.scalars import broken, shown, to_text

PAR_PATH = Rule(
    "PAR-PATH",
    en=(
        "the file name {found} holds {piece}",
        "a plain name relative to the params file, such as own/results.csv, or one that starts with $LABKIT_DATA/",
        "put the file beside the params file and write its name with forward slashes",
    ),
    zh=(
        "文件名 {found} 含有 {piece}",
        "相对于参数文件的普通名称，如 own/results.csv，或以 $LABKIT_DATA/ 开头的名称",
        "请把文件放在参数文件旁，并用正斜杠书写其名称",
    ),
)
PAR_NOTEBOOK = Rule(
    "PAR-NOTEBOOK",
    en=(
        "{found} is not the id of a notebook",
        "small letters, digits and _, a letter first",
        "write an id that `labkit list` shows, such as load",
    ),
    zh=("{found} 不是笔记本的代号", "小写字母、数字和 _，以字母开头", "请写 `labkit list` 列出的代号，如 load"),
)
PAR_STUDY = Rule(
    "PAR-STUDY",
    en=(
        "a study cannot be called {found}: it holds {piece}",
        "the params file's name is the study's: up to 61 letters, digits, _ and -, a letter or digit first",
        "rename the params file",
    ),
    zh=(
        "研究不能叫作 {found}：含有 {piece}",
        "参数文件名即研究名：至多 61 个字母、数字、_ 和 -，以字母或数字开头",
        "请重命名参数文件",
    ),
)
PAR_CASE = Rule(
    "PAR-CASE",
    en=(
        "the report folder {other} differs from {found} only in capitals",
        "names that differ on every system",
        "rename the params file",
    ),
    zh=("报告文件夹 {other} 与 {found} 只有大小写不同", "在任何系统上都不同的名称", "请重命名参数文件"),
)
PAR_LINK = Rule(
    "PAR-LINK",
    en=(
        "the report folder {found} is a link to another place",
        "a folder of its own inside the reports folder",
        "remove the link",
    ),
    zh=("报告文件夹 {found} 是指向别处的链接", "报告目录内自己的文件夹", "请删除该链接"),
)

DATA = "$LABKIT_DATA/"
SIMULATED = "simulated/"
LONGEST = 255  # bytes of one name, and of the whole
NOTEBOOK = "[a-z][a-z0-9_]{0,40}"
STUDY = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,60}")
RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"
}
JOINER, DRAWN_AS_EMOJI = "\u200d", "\ufe0f"

_FORBIDDEN = re.compile(r'\\|[{}<>:"|?*$~`\'!&;]')


def hostile_piece(name: str) -> str:
    """Return the piece of a relative file name that no system may be handed, or an empty text if there is none.

    >>> hostile_piece("published/korea.csv"), hostile_piece("../x"), hostile_piece("CON.csv")
    ('', '..', 'CON')
    """
    if strange := next((one for one in name if unicodedata.category(one)[0] == "C" and one != JOINER), ""):
        return f"U+{ord(strange):04X}"
    if strange := next((one for one in name if one.isspace() and one != " "), ""):
        return f"U+{ord(strange):04X}"
    if scheme := re.match("[A-Za-z][A-Za-z0-9+.-]*:", name):
        return scheme[0]
    if found := _FORBIDDEN.search(name):
        return found[0]
    if len(name.encode()) > LONGEST:
        return f"{len(name.encode())} > {LONGEST} bytes"
    for part in name.split("/"):
        if part in ("", ".", "..", "-"):
            return part or "/"
        if part[0] in " -" or part[-1] in " .":
            return f"{part[0]}…" if part[0] in " -" else f"…{part[-1]}"
        if part.split(".")[0].rstrip().casefold() in RESERVED:
            return part.split(".")[0]
    return ""


def to_file_name(found: object) -> str:
    """Return the name of an input as a params file may write it; a hostile one is refused."""
    name = to_text(found)
    piece = hostile_piece(name.removeprefix(DATA))
    if piece:
        raise broken(PAR_PATH, found=shown(name), piece=piece)
    return name


def to_file_names(found: object) -> str | tuple[str, ...]:
    """Return the name of an input, or those of several, each once."""
    if not isinstance(found, list | tuple):
        return to_file_name(found)
    if not found:
        raise broken(PAR_PATH, found="[]", piece="[]")
    return check_distinct(tuple(to_file_name(one) for one in found))


def to_profile_names(found: object) -> str | tuple[str, ...]:
    """Return the name of a laboratory's profile, or one for each file; which file it is, the study says."""
    if isinstance(found, list | tuple):
        return tuple(str(to_profile_names(one)) for one in found)
    name = to_text(found)
    if not STUDY.fullmatch(name):
        raise broken(PAR_PATH, found=shown(name), piece=name[:1])
    return name


def to_notebook(found: object) -> str:
    """Return the id of a notebook; whether there is such a notebook is the study's to say."""
    name = to_text(found)
    if not re.fullmatch(NOTEBOOK, name):
        raise broken(PAR_NOTEBOOK, found=shown(name))
    return name


def study_name(path: str | Path) -> str:
    """Return the name of the study that a params file holds: the file's name without `.yml`.

    A name with Chinese characters or emoji becomes its plain letters with eight hexadecimal digits of the name's SHA-256, so
    that two names never share a report folder. Any other name that is not plain raises `Refusal`.

    >>> study_name("params/first.yml"), study_name("params/深圳2025.yml")
    ('first', '2025-f8864c97')
    """
    return to_study_name(Path(path).stem, str(path))


def to_study_name(stem: str, file: str = "--study") -> str:
    """Return the folder name of the study called `stem`; `file` is named if it is refused."""
    if STUDY.fullmatch(stem) and stem.casefold() not in RESERVED:
        return stem
    piece = hostile_piece(stem) or _unwritable(stem)
    if not piece and stem.isascii():
        piece = f"{len(stem)} > 61" if len(stem) > 61 else stem[0]
    if piece:
        raise Refusal(PAR_STUDY.at(file, found=shown(stem), piece=piece))
    whole = unicodedata.normalize("NFC", stem)  # macOS hands out names decomposed
    plain = unicodedata.normalize("NFKD", whole).encode("ascii", "ignore").decode().lower()
    slug = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:40] or "study"
    return f"{slug}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def _unwritable(stem: str) -> str:
    """Return the first character of a study's name that is no letter, digit, emoji, _ or -."""
    for one in stem:
        plain = one in f"_-{JOINER}{DRAWN_AS_EMOJI}" or (one.isascii() and one.isalnum())
        if not plain and (
            one.isascii() or unicodedata.category(one) not in {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "No", "So", "Sk"}
        ):
            return one if one.isprintable() else f"U+{ord(one):04X}"
    return ""


def check_report_name(name: str, reports: Path) -> Path:
    """Return the folder of `reports` that the study `name` publishes to.

    Raises
    ------
    Refusal
        The name is not plain, a folder there differs only in capitals, or a link stands in its place.
    """
    to_study_name(name)
    folder = reports / name
    if folder.is_symlink():
        raise Refusal(PAR_LINK.at(str(reports), found=shown(name)))
    twins: list[Problem] = []
    if reports.is_dir():
        twins = [
            PAR_CASE.at(str(reports), found=shown(name), other=shown(other.name))
            for other in sorted(reports.iterdir())
            if other.name != name and _folded(other.name) == _folded(name)
        ]
    if twins:
        raise Refusal(twins)
    return folder


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
