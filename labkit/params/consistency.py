"""Choices that are each allowed and contradict one another.

Two things people confuse: a *wrong* choice (refused where its field is declared) and two right ones that do not go together
(refused here). Works on plain texts, so that a params file with other mistakes is told all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labkit.errors import Rule
from labkit.params.scalars import DAY, Scalar, shown
from labkit.vocabulary import Stage

Contradiction = tuple[tuple[str | int, ...], Rule, dict[str, object]]

PAR_TITLE = Rule(
    "PAR-TITLE",
    en=(
        "there is no title in “{language}”",
        "a title in every language of the report",
        "write title: {{{language}: …}}, or take {language} out of languages",
    ),
    zh=("没有“{language}”的标题", "报告的每种语言都有标题", "请写 title: {{{language}: …}}，或从 languages 中删去 {language}"),
)
PAR_NEEDS = Rule(
    "PAR-NEEDS",
    en=(
        "a study that enters at {stage} says nothing about “{name}”",
        "{stage} needs {needed}",
        "write {name}: {{observe: …}} or {name}: {{assume: …, source: …}}",
    ),
    zh=(
        "从 {stage} 进入的研究没有说明“{name}”",
        "{stage} 需要 {needed}",
        "请写 {name}: {{observe: …}} 或 {name}: {{assume: …, source: …}}",
    ),
)
PAR_SURPLUS = Rule(
    "PAR-SURPLUS",
    en=(
        "“{name}” is given, and a study that enters at {stage} has no use for it",
        "{stage} needs {needed}",
        "take {name} out, or change enters_at",
    ),
    zh=("给出了“{name}”，而从 {stage} 进入的研究用不到它", "{stage} 需要 {needed}", "请删去 {name}，或修改 enters_at"),
)
PAR_PERIOD = Rule(
    "PAR-PERIOD",
    en=("“from” ({first}) is later than “to” ({last})", "from on or before to", "exchange the two days"),
    zh=("“from”（{first}）晚于“to”（{last}）", "from 不晚于 to", "请对调两个日期"),
)
PAR_SIMULATED = Rule(
    "PAR-SIMULATED",
    en=(
        "{found} is made by a simulation, and this study has none",
        "a block “simulation”, or a file of your own",
        "add simulation: {{seed: …, start: …}}",
    ),
    zh=("{found} 由模拟生成，而本研究没有模拟", "“simulation”一节，或自己的文件", "请加上 simulation: {{seed: …, start: …}}"),
)
PAR_DOSE = Rule(
    "PAR-DOSE",
    en=(
        "doses are asked for, and the study ends at the load",
        "doses only with a correction factor",
        "write correction_factor: {{assume: constants}}, or dose: {{none: true}}",
    ),
    zh=(
        "要求计算剂次，而研究止于负荷",
        "有校正因子才有剂次",
        "请写 correction_factor: {{assume: constants}}，或 dose: {{none: true}}",
    ),
)

PAR_COMPARE = Rule(
    "PAR-COMPARE",
    en=(
        "compare_with is given, and only a release (format: euda) is held against a file of its own",
        "for CSV results a column published_consumption in the results",
        "take compare_with out, and put the published figures beside their loads",
    ),
    zh=(
        "给出了 compare_with，而只有发布数据（format: euda）才与单独的文件对照",
        "CSV 结果请在结果文件中用 published_consumption 列",
        "请删去 compare_with，并把已发表数字写在相应负荷旁",
    ),
)

PAR_PROFILES = Rule(
    "PAR-PROFILES",
    en=("{profiles} profiles stand beside {files} files", "one profile for all files, or one for each, in their order",
        "write as many as there are files"),
    zh=("{files} 个文件配了 {profiles} 个配置", "全部文件共用一个配置，或按次序各配一个", "请写成与文件数相同"),
)  # fmt: skip

NEEDED: dict[str, tuple[str, ...]] = {
    Stage.CONCENTRATION: ("flow", "population"),
    Stage.LOAD: ("population",),
    Stage.LOAD_PER_1000: (),
}


def to_texts(node: object) -> Any:
    """Return a tree of scalars as maps, lists and texts."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return {name: to_texts(value) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [to_texts(value) for value in node]
    return node


def contradictions(plain: Mapping[str, Any]) -> list[Contradiction]:
    """Return each contradiction as the path it stands at, its rule, and the fields of the message."""
    return [
        *_titles(plain),
        *_needs(plain),
        *_period(plain),
        *_simulated(plain),
        *_dose(plain),
        *_compared(plain),
        *_profiles(plain),
    ]


def _part(plain: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = plain.get(name)
    return part if isinstance(part, Mapping) else {}


def _titles(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    languages = plain.get("languages")
    if isinstance(languages, list) and isinstance(plain.get("title"), Mapping):
        for language in ("en", "zh"):
            if language in languages and language not in plain["title"]:
                yield ("title",), PAR_TITLE, {"language": language}


def _needs(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    stage = plain.get("enters_at")
    if stage not in list(Stage):
        return
    needed = NEEDED[stage]
    for name in ("flow", "population"):
        fields = {"name": name, "stage": stage, "needed": " + ".join((*needed, "results"))}
        if name in needed and name not in plain:
            yield ("enters_at",), PAR_NEEDS, fields
        if name in plain and name not in needed:
            yield (name,), PAR_SURPLUS, fields


def _compared(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    if "compare_with" in plain and _part(plain, "results").get("format", "long") != "euda":
        yield ("compare_with",), PAR_COMPARE, {}


def _period(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    first, last = (str(_part(plain, "period").get(end, "")) for end in ("from", "to"))
    if DAY.fullmatch(first) and DAY.fullmatch(last) and first > last:
        yield ("period", "from"), PAR_PERIOD, {"first": first, "last": last}


def _simulated(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    for name in ("results", "flow", "population", "compare_with", "hair", "blood", "areas", "quality"):
        files = _part(plain, name).get("observe")
        for file in files if isinstance(files, list) else [files]:
            if isinstance(file, str) and file.startswith("simulated/") and "simulation" not in plain:
                yield (name, "observe"), PAR_SIMULATED, {"found": shown(file)}


def _profiles(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    for name in ("results", "hair", "blood", "quality"):
        part = _part(plain, name)
        profiles, files = part.get("profile"), part.get("observe")
        n = len(files) if isinstance(files, list) else 1
        if isinstance(profiles, list) and len(profiles) != n:
            yield (name, "profile"), PAR_PROFILES, {"profiles": len(profiles), "files": n}


def _dose(plain: Mapping[str, Any]) -> Iterator[Contradiction]:
    if "assume" in _part(plain, "dose") and "none" in _part(plain, "correction_factor"):
        yield ("dose",), PAR_DOSE, {}
