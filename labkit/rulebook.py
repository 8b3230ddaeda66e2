"""The rule catalogue, made from the rules themselves: what each refuses or notes, an example, and what to do.

Two things people confuse: a rule that *refuses* (the file is not taken) and one that *notes* (it is taken, and this is how).
"""

from __future__ import annotations

import importlib
import pkgutil
import string
from collections.abc import Iterable

import labkit
from labkit.errors import Rule

FAMILIES = {
    "FILE": ("The file", "文件"),
    "TYPE": ("What kind of content", "内容类型"),
    "TEXT": ("Text files", "文本文件"),
    "DELIM": ("Separators", "分隔符"),
    "QUOTE": ("Quotation marks", "引号"),
    "LINES": ("Line ends", "换行"),
    "ENC": ("Encoding", "编码"),
    "ROW": ("Rows", "行"),
    "WB": ("Workbooks", "工作簿"),
    "PQ": ("Parquet", "Parquet"),
    "DB": ("Databases", "数据库"),
    "HDR": ("Header", "表头"),
    "KND": ("Kind of file", "文件类型"),
    "VAL": ("Values and limits", "数值与限值"),
    "UNI": ("Units", "单位"),
    "DAT": ("Days and times", "日期与时间"),
    "KEY": ("Sites, codes and keys", "采样点、代码与主键"),
    "SIT": ("Sites and areas", "采样点与区域"),
    "HAI": ("Hair", "毛发"),
    "PER": ("Persons", "个人信息"),
    "PUB": ("What others published", "他人发布的数据"),
    "EUDA": ("The European release", "欧洲发布数据"),
    "STORE": ("The store", "数据库存"),
    "PAR": ("Params files and profiles", "参数文件与配置"),
    "SIM": ("Simulation", "模拟"),
    "RUN": ("Runs", "运行"),
    "OUT": ("Publishing", "发布"),
    "REP": ("Reports", "报告"),
}
OTHER = ("Others", "其他")
HEAD = """# Rules

What labkit refuses, and what it takes with a remark; made by `labkit rules`, in the words of its messages. A place in braces is
filled when the message is written. 拒收或附说明接受的规则；由 `labkit rules` 生成，用词与提示一致；花括号处在提示时填入。
"""


def load_rules() -> dict[str, Rule]:
    """Import all of labkit and return every rule that one of its modules declares, by id."""
    rules: dict[str, Rule] = {}
    for found in pkgutil.walk_packages(labkit.__path__, "labkit."):
        if not found.name.endswith("__main__"):
            module = importlib.import_module(found.name)
            rules |= {one.id: one for one in vars(module).values() if isinstance(one, Rule)}
    return rules


def say_rules(rules: Iterable[Rule]) -> str:
    """Return the catalogue as Markdown: by family, each rule in both languages with its example.

    >>> say_rules([Rule("XYZ-ONE", en=("a {n}", "b", "c"), zh=("甲 {n}", "乙", "丙"), example=("1", "2"))]).count("XYZ-ONE")
    1
    """
    groups: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda one: one.id):
        groups.setdefault(rule.id.split("-")[0], []).append(rule)
    order = [*(family for family in FAMILIES if family in groups), *(family for family in groups if family not in FAMILIES)]
    lines = [HEAD]
    for family in order:
        en, zh = FAMILIES.get(family, OTHER)
        lines.append(f"## {family} · {en} · {zh}\n")
        lines += [line for rule in groups[family] for line in _say(rule)]
    return "\n".join(lines)


def _say(rule: Rule) -> list[str]:
    lines = [f"### {rule.id} · {'noted · 附说明接受' if rule.noted else 'refused · 拒收'}\n"]
    for sentence in (rule.en, rule.zh):
        found, allowed, advice = map(_plain, sentence)
        lines.append(f"* {found} → {allowed}; {advice}")
    if any(rule.example):
        wrong, right = (" ⏎ ".join(text.split("\n")) for text in rule.example)
        lines.append(f"* {_code(wrong)} → {_code(right)}")
    return [*lines, ""]


def _plain(sentence: str) -> str:
    """Return a format string as a reader sees it: `{name}` for a place to be filled, and characters of Markdown escaped."""
    parts = []
    for text, field, _, _ in string.Formatter().parse(sentence):
        parts.append(text.replace("<", "&lt;").replace("*", "\\*").replace("|", "\\|"))
        if field:
            parts.append(f"{{{field}}}")
    return "".join(parts)


def _code(text: str) -> str:
    ticks = "``" if "`" in text else "`"
    return f"{ticks}{text}{ticks}" if text.strip() else "(empty)"
