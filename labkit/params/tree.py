"""The study printed as a tree of its choices: the first output of every report.

Two things people confuse: the five words as they are *written* in a params file (`observe`) and as they are *said* of an input
(observed / 观测).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from labkit.params.choices import Choices
from labkit.params.inputs import (
    AssumedDose,
    AssumedErrors,
    AssumedFactor,
    AssumedFlow,
    AssumedPopulation,
    Known,
    NotUsed,
    Observed,
    ObservedFiles,
    ObservedPopulation,
    ObservedResults,
)
from labkit.units import CONCENTRATION, FLOW, LOAD, LOAD_PER_1000
from labkit.vocabulary import Stage

WIDEST = 84  # columns: what a page of the report holds

SAID: dict[str, tuple[str, str]] = {
    "observe": ("observed", "观测"),
    "assume": ("assumed", "假定"),
    "estimate": ("estimated", "估计"),
    "calibrate": ("calibrated", "校准"),
    "none": ("not used", "不用"),
    "title": ("Study", "研究"),
    "languages": ("report in", "报告语言"),
    "notebooks": ("told by", "笔记本"),
    "enters_at": ("enters at", "起点"),
    "level": ("intervals", "区间"),
    "period": ("period", "时段"),
    "simulation": ("simulation", "模拟"),
    "results": ("results", "检测结果"),
    "flow": ("flow", "流量"),
    "population": ("population", "人口"),
    "correction_factor": ("correction factor", "校正因子"),
    "dose": ("dose", "单次剂量"),
    "errors": ("errors", "误差"),
    "below_limit": ("below a limit", "低于限值"),
    "compare_with": ("compared with", "对照"),
    "policy_change": ("change that matters", "有意义的变化"),
    "alerts": ("alarms", "预警"),
    "operation": ("operation", "行动"),
    "hair": ("hair", "毛发"),
    "blood": ("blood", "血液"),
    "areas": ("areas", "区域"),
    "quality": ("quality control", "质控"),
    "prevalence": ("how many people", "人数"),
    "users": (
        "{drug}, ages {age_range}, {window}; a user takes {intake_mg_user_day:g} mg a day "
        "(log SD {intake_log_sd:g}), water as {water_as}; source: {source}",
        "{drug}，{age_range} 岁，{window}；每名使用者每天 {intake_mg_user_day:g} mg"
        "（对数标准差 {intake_log_sd:g}），污水用作 {water_as}；来源：{source}",
    ),
    "waves": ("waves of the areas (log SD): {:g}", "区域波动（对数标准差）：{:g}"),
    "subjects": ("persons a laboratory and matrix: {:,}", "每实验室每基质受检者：{:,} 人"),
    "a_month": ("false alerts a month over all series: {:g}", "全部序列每月误报：{:g} 次"),
    "operated": ("{sites}, from {start}, {weeks} weeks; source: {source}", "{sites}，自 {start} 起 {weeks} 周；来源：{source}"),
    "simulated_operation": (
        "simulated: {analyte} at {sites}, {change:+.0%} for {weeks} weeks from {start}",
        "模拟：{sites} 的 {analyte} 自 {start} 起 {weeks} 周变化 {change:+.0%}",
    ),
    "en": ("English", "英文"),
    "zh": ("Chinese", "中文"),
    "concentration": ("concentration", "浓度"),
    "load": ("load", "负荷"),
    "load_per_1000": ("load per 1,000", "每千人负荷"),
    "census": ("persons, census", "人（普查）"),
    "served": ("persons, served", "人（服务人口）"),
    "de_facto": ("persons, de facto", "人（实际在场）"),
    "long": ("long CSV", "长表 CSV"),
    "euda": ("EUDA release", "EUDA 发布数据"),
    "analysis": ("analysis", "分析"),
    "sampling": ("sampling", "采样"),
    "constants": ("parameter library", "参数库"),
    "files": ("files expected: ", "应有文件："),
    "seed": ("seed {}", "种子 {}"),
    "sites": ("sites: {}", "采样点 {} 个"),
    "weeks": ("weeks: {}", "{} 周"),
    "days_per_week": ("days sampled a week: {}", "每周采样 {} 天"),
    "start": ("from {}", "自 {} 起"),
    "source": ("source: ", "来源："),
    "jurisdiction": ("rows of: ", "仅采用："),
    "by_site": ("sites, each its own", "个采样点各自取值"),
    "read_by": ("files, each with its laboratory’s profile", "个文件，各按其实验室配置读入"),
    "none.correction_factor": ("the study ends at the load", "研究止于负荷"),
    "none.dose": ("no doses are counted", "不计算剂次"),
    "none.errors": ("no intervals from the inputs' errors", "不给出由输入误差得到的区间"),
    "none.below_limit": ("stays an interval from 0 to the limit", "保留为 0 至限值的区间"),
}
UNITS: dict[str, str] = {
    Stage.CONCENTRATION: CONCENTRATION,
    Stage.LOAD: LOAD,
    Stage.LOAD_PER_1000: LOAD_PER_1000,
    "correction_factor": "mg/mg",
    "dose": "mg",
}
INPUTS = (
    *("results", "flow", "population", "correction_factor", "dose", "errors", "below_limit", "compare_with"),
    *("hair", "blood", "areas", "quality"),
)


@dataclass(frozen=True)
class Branch:
    """One choice: its name, how it is known, its value, the unit, and notes below it (source, numbers of each site)."""

    name: str
    word: str
    value: str
    unit: str = ""
    notes: tuple[str, ...] = ()


def say_tree(choices: Choices, language: str) -> str:
    """Return the choices of a study as a tree: how each input is known, its value and unit, and its source.

    Parameters
    ----------
    choices
        The study.
    language
        `en` or `zh`.

    Returns
    -------
    str
        Lines of aligned columns, a Chinese character counted as two wide; no line break at the end.
    """
    say = Speaker(language)
    title = getattr(choices.title, language) or choices.title.en or choices.title.zh or ""
    study = list(_study(choices, say))
    known = [_input(name, choices, say) for name in INPUTS if getattr(choices, name) is not None]
    name_wide = max(wide(branch.name) for branch in study + known)
    word_wide = max(wide(branch.word) for branch in known)
    value_wide = max((wide(branch.value) for branch in known if branch.unit), default=0)
    lines = [f"{say('title')} · {title}", "│"]
    for branch in study:
        first, *more = folded(branch.value, WIDEST - name_wide - 5)
        lines.append(f"├─ {filled(branch.name, name_wide)}  {first}")
        lines += ["│" + " " * (name_wide + 4) + line for line in more]
    lines.append("│")
    for branch in known:
        last = branch is known[-1]
        margin = (" " if last else "│") + " " * (name_wide + word_wide + 6)
        room = WIDEST - len(margin)
        value, *more = [f"{filled(branch.value, value_wide)}  {branch.unit}"] if branch.unit else folded(branch.value, room)
        lines.append(f"{'└─' if last else '├─'} {filled(branch.name, name_wide)}  {filled(branch.word, word_wide)}  {value}")
        lines += [margin + line for line in more]
        lines += [margin + line for note in branch.notes for line in folded(note, room)]
    return "\n".join(line.rstrip() for line in lines)


class Speaker:
    """Says the words of a study in one language."""

    def __init__(self, language: str) -> None:
        """Speak `en` or `zh`."""
        self.place = ("en", "zh").index(language)

    def __call__(self, word: str) -> str:
        """Return the word as it is said."""
        return SAID[word][self.place]


def _study(choices: Choices, say: Speaker) -> Iterator[Branch]:
    yield Branch(say("languages"), "", " · ".join(say(one) for one in choices.languages))
    yield Branch(say("notebooks"), "", " → ".join(choices.notebooks))
    yield Branch(say("enters_at"), "", f"{say(choices.enters_at)} · {UNITS[choices.enters_at]}")
    yield Branch(say("level"), "", f"{100 * choices.level:g} %")
    if choices.period:
        yield Branch(say("period"), "", f"{choices.period.first} – {choices.period.last}")
    if city := choices.simulation:
        numbers = [say(name).format(getattr(city, name)) for name in ("seed", "sites", "weeks", "days_per_week", "start")]
        if city.waves:
            numbers.append(say("waves").format(city.waves))
        if choices.hair or choices.blood:
            numbers.append(say("subjects").format(city.subjects))
        if done := city.operation:
            fields = done.model_dump() | {"sites": ", ".join(done.sites)}
            numbers.append(say("simulated_operation").format(**fields))
        yield Branch(say("simulation"), "", " · ".join(numbers))
    if choices.policy_change != 0.25:
        yield Branch(say("policy_change"), "", f"±{100 * choices.policy_change:g} %")
    if choices.alerts:
        yield Branch(say("alerts"), "", say("a_month").format(choices.alerts.false_alerts_a_month))
    if people := choices.prevalence:
        yield Branch(say("prevalence"), "", say("users").format(**people.model_dump()))
    if asked := choices.operation:
        fields = asked.model_dump() | {"sites": ", ".join(asked.sites)}
        yield Branch(say("operation"), "", say("operated").format(**fields))


def _input(name: str, choices: Choices, say: Speaker) -> Branch:
    """Return the branch of one input, whichever of the five words it is known by."""
    known: Known = getattr(choices, name)
    source = getattr(known, "source", "")
    notes = (say("source") + source,) if source else ()
    value, unit = "", ""
    match known:
        case NotUsed():
            value = say(f"none.{name}")
        case ObservedResults():
            value, unit = known.folder, f"{UNITS[choices.enters_at]} · {say(known.format)}"
            notes = (say("files") + known.files,) if known.files else ()
            if len(known.each) > 1 or known.profile:
                value = f"{len(known.each)} {say('read_by')}"
                notes = (*(file + (f"  · {profile}" if profile else "") for file, profile in known.each), *notes)
        case ObservedFiles():
            value = known.each[0][0]
            if len(known.each) > 1 or known.profile:
                value = f"{len(known.each)} {say('read_by')}"
                notes = (*(file + (f"  · {profile}" if profile else "") for file, profile in known.each), *notes)
        case Observed():
            value = known.observe
        case AssumedErrors():
            value = " · ".join(f"{say(part)} {100 * share:g} %" for part, share in known.assume)
        case AssumedFactor() | AssumedDose():
            value, unit = say("constants"), UNITS[name]
            if isinstance(known, AssumedFactor) and known.jurisdiction:
                notes = (say("jurisdiction") + known.jurisdiction,)
        case AssumedFlow() | AssumedPopulation():
            if isinstance(known.assume, float):
                value = f"{known.assume:,.10g}"
            else:
                site_wide = max(wide(site) for site in known.assume)
                value = f"{len(known.assume)} {say('by_site')}"
                notes = (*(f"{filled(site, site_wide)}  {number:,.10g}" for site, number in known.assume.items()), *notes)
    if name == "flow":
        unit = FLOW
    if isinstance(known, ObservedPopulation | AssumedPopulation):
        unit = say(known.kind)
    return Branch(say(name), say(known.word), value, unit, notes)


def wide(text: str) -> int:
    """Return how many columns of a terminal `text` takes: 2 for each Chinese character, 0 for a mark set upon another.

    >>> wide("flow"), wide("流量")
    (4, 4)
    """
    return sum(
        0 if unicodedata.category(one) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


def filled(text: str, columns: int) -> str:
    """Return `text` followed by spaces, `columns` wide."""
    return text + " " * (columns - wide(text))


def folded(text: str, columns: int) -> Iterator[str]:
    """Yield `text` in lines of at most `columns`, broken at spaces or between Chinese characters.

    >>> list(folded("census 2023 of the city", 12))
    ['census 2023', 'of the city']
    """
    line = ""
    for piece in re.findall(r"[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+|\s+", text):
        if line and wide(line + piece.rstrip()) > columns:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    yield line.rstrip()
