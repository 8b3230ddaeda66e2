"""Is a report still what was published? Every file hashed again and held against the manifest.

Two things people confuse: a report that is damaged (its bytes are not what the manifest says) and a manifest that is damaged
(then nothing can be said about the files). A hash shows accidents and careless edits; it is no signature.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from labkit.errors import Damaged, Problem, Refusal, Rule
from labkit.report.manifest import MANIFEST, SCHEMA_VERSION, SELF, canonical, manifest_sha256, sha256_file, walk

AGAIN = ("the report as it was published", "run the study again to make it anew")
AGAIN_ZH = ("应与发布时的报告一致", "请重新运行该研究以重新生成")
REP_FOLDER = Rule(
    "REP-FOLDER",
    en=("there is no such folder", "the folder of a published report, reports/<study>", "give that folder"),
    zh=("没有这个文件夹", "应为已发布报告的文件夹 reports/<study>", "请给出该文件夹"),
)
REP_NEWER = Rule(
    "REP-NEWER",
    en=(
        "its manifest has the schema {version}",
        "schema {known}, which this labkit knows",
        "verify it with the labkit that made it",
    ),
    zh=("其清单的格式版本为 {version}", "此版本的 labkit 认识的格式版本为 {known}", "请用生成它的 labkit 进行核验"),
)
REP_NO_MANIFEST = Rule("REP-NO-MANIFEST", en=("the manifest is missing", *AGAIN), zh=("缺少清单文件", *AGAIN_ZH))
REP_MANIFEST = Rule(
    "REP-MANIFEST",
    en=("the manifest is damaged, so nothing can be said about the files", *AGAIN),
    zh=("清单已损坏，无法判断各文件", *AGAIN_ZH),
)
REP_OUTSIDE = Rule(
    "REP-OUTSIDE",
    en=("the manifest names {path}, which is not a file inside the report", *AGAIN),
    zh=("清单列出了 {path}，它不是报告内的文件", *AGAIN_ZH),
)
REP_MISSING = Rule("REP-MISSING", en=("the file is missing", *AGAIN), zh=("文件缺失", *AGAIN_ZH))
REP_EXTRA = Rule(
    "REP-EXTRA",
    en=("the file does not belong to the report", AGAIN[0], "move it elsewhere"),
    zh=("该文件不属于此报告", AGAIN_ZH[0], "请将其移到别处"),
)
REP_CHANGED = Rule("REP-CHANGED", en=("the file was changed", *AGAIN), zh=("文件已被更改", *AGAIN_ZH))
REP_LINK = Rule(
    "REP-LINK",
    en=("this is a link or a device, not a file", *AGAIN),
    zh=("这是链接或设备，不是普通文件", *AGAIN_ZH),
)
REP_READ = Rule("REP-READ", en=("it cannot be read: {reason}", *AGAIN), zh=("无法读取：{reason}", *AGAIN_ZH))
LOOKS = 10


@dataclass(frozen=True)
class Verified:
    """A report that is what its manifest says: the number of files (the manifest not counted) and their bytes."""

    files: int
    bytes: int


class DamagedReport(Damaged):
    """Everything that is wrong with a report, in the order of its paths."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Carry all problems at once."""
        self.problems = tuple(problems)
        super().__init__(self.report())

    def report(self, language: str = "en") -> str:
        """One line a problem."""
        return "\n".join(problem.sentence(language) for problem in self.problems)


def verify_report(folder: Path) -> Verified:
    """Hash every file of a report again and compare with its manifest.

    Parameters
    ----------
    folder : Path
        A published report, `reports/<study>`. If a newer one takes its place meanwhile, that one is verified.

    Raises
    ------
    Damaged
        As `DamagedReport`: names every missing, extra and changed file, and everything that is not a plain file.
    Refusal
        REP-FOLDER: no such folder. REP-NEWER: a manifest of a later labkit.
    """
    for look in range(LOOKS):
        before = _identity(folder)
        try:
            return _verify(folder)
        except DamagedReport:
            # half of this look may have been at the old report and half at the new
            if look + 1 == LOOKS or _identity(folder) == before:
                raise
    raise AssertionError("unreachable")


def _identity(folder: Path) -> tuple[int, int, int]:
    try:
        state = os.stat(folder)
    except (OSError, ValueError):
        return (0, 0, 0)
    # a new folder may be given the number of a deleted one, but a rename changes its time
    return (state.st_dev, state.st_ino, state.st_ctime_ns)


def _verify(folder: Path) -> Verified:
    if not os.path.isdir(folder):
        raise Refusal(REP_FOLDER.at(file=str(folder)))
    outputs = _outputs(folder)
    problems: dict[str, Problem] = {}
    try:
        found = dict(walk(folder))
    except OSError as error:
        raise DamagedReport([REP_READ.at(file=str(folder), reason=error.strerror)]) from None
    for path, regular in found.items():
        if not regular:
            problems[path] = REP_LINK.at(file=f"{folder}/{path}")
        elif path not in outputs and path != MANIFEST:
            problems[path] = REP_EXTRA.at(file=f"{folder}/{path}")
    needed = {folder / parent for path in outputs for parent in PurePosixPath(path).parents}
    for empty in (one for one in folder.rglob("*") if one.is_dir() and one not in needed and not any(one.iterdir())):
        name = empty.relative_to(folder).as_posix()
        problems.setdefault(name, REP_EXTRA.at(file=f"{folder}/{name}"))
    for path, (sha256, size) in outputs.items():
        if path not in found:
            problems[path] = REP_MISSING.at(file=f"{folder}/{path}")
        elif found[path]:
            try:
                if (folder / path).stat().st_size != size or sha256_file(folder / path) != sha256:
                    problems[path] = REP_CHANGED.at(file=f"{folder}/{path}")
            except FileNotFoundError:
                problems[path] = REP_MISSING.at(file=f"{folder}/{path}")
            except OSError as error:
                problems[path] = REP_READ.at(file=f"{folder}/{path}", reason=error.strerror or type(error).__name__)
    if problems:
        raise DamagedReport([problems[path] for path in sorted(problems)])
    return Verified(len(outputs), sum(size for _, size in outputs.values()))


def _outputs(folder: Path) -> dict[str, tuple[str, int]]:
    """Path, hash and size of each file the manifest names, once the manifest itself has been found whole."""
    place = folder / MANIFEST
    if place.is_symlink():
        raise DamagedReport([REP_LINK.at(file=str(place))])
    try:
        text = place.read_bytes()
        manifest = json.loads(text.decode("utf-8"))
    except FileNotFoundError:
        raise DamagedReport([REP_NO_MANIFEST.at(file=str(place))]) from None
    except OSError as error:
        raise DamagedReport([REP_READ.at(file=str(place), reason=error.strerror)]) from None
    except (ValueError, RecursionError):
        raise DamagedReport([REP_MANIFEST.at(file=str(place))]) from None
    if not _is_whole(manifest, text):
        raise DamagedReport([REP_MANIFEST.at(file=str(place))])
    version = manifest["schema_version"]
    if version != SCHEMA_VERSION:
        raise Refusal(REP_NEWER.at(file=str(place), version=version, known=SCHEMA_VERSION))
    outside = [output["path"] for output in manifest["outputs"] if not _is_inside(output["path"])]
    if outside:
        raise DamagedReport([REP_OUTSIDE.at(file=str(place), path=path) for path in outside])
    return {output["path"]: (output["sha256"], output["bytes"]) for output in manifest["outputs"]}


def _is_whole(manifest: Any, text: bytes) -> bool:
    """Whether a manifest is in the one spelling, matches its own hash, and lists each output once with path, hash and size."""
    if not isinstance(manifest, dict) or not isinstance(manifest.get("outputs"), list):
        return False
    if type(manifest.get("schema_version")) is not int:
        return False
    try:
        if canonical(manifest) != text or manifest_sha256(manifest) != manifest.get(SELF):
            return False
    except ValueError:  # a NaN, half a character
        return False
    outputs = manifest["outputs"]
    well_formed = all(
        isinstance(output, dict)
        and isinstance(output.get("path"), str)
        and re.fullmatch(r"[0-9a-f]{64}", str(output.get("sha256")))
        and type(output.get("bytes")) is int
        for output in outputs
    )
    return well_formed and len({output["path"] for output in outputs}) == len(outputs)


def _is_inside(path: str) -> bool:
    """Whether a path is plain: no way up, no root, no drive, nothing another system would read otherwise."""
    parts = PurePosixPath(path).parts
    plain = "/".join(parts) == path and not path.startswith("/") and ".." not in parts and path != MANIFEST
    return plain and bool(parts) and not any(mark in path for mark in "\\:\0")
