"""The tree of choices is aligned, says every input, and is whole in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.params import read_params, say_tree
from labkit.params.tree import SAID, folded, wide

ROOT = Path(__file__).parents[2]

KOREA = """\
Study · How much?
│
├─ report in          English · Chinese
├─ told by            load
├─ enters at          load per 1,000 · mg/day/1000inh
├─ intervals          95 %
│
├─ results            observed  published/korea.csv  mg/day/1000inh · long CSV
├─ correction factor  assumed   parameter library    mg/mg
│                               rows of: KR
├─ dose               not used  no doses are counted
├─ errors             not used  no intervals from the inputs' errors
└─ below a limit      not used  stays an interval from 0 to the limit"""


def test_the_tree_of_korea() -> None:
    choices = read_params(ROOT / "params" / "korea.yml", ["errors={none: true}", "title={en: How much?, zh: 多少？}"]).choices
    assert say_tree(choices, "en") == KOREA
    assert str(choices) == KOREA


def test_columns_are_aligned_also_in_chinese() -> None:
    settings = [
        "flow={assume: {A1: 20000, 站点二: 0.5}, source: 设计流量}",
        "population={assume: 195000, kind: census, source: 普查}",
    ]
    lines = say_tree(read_params(ROOT / "params" / "template.yml", settings).choices, "zh").splitlines()
    assert "│                  A1      20,000" in lines
    assert "│                  站点二  0.5" in lines
    assert "│                  来源：设计流量" in lines
    assert "├─ 人口      假定  195,000             人（普查）" in lines
    starts = {wide(line[: line.index(word)]) for line in lines for word in ("观测", "假定", "不用") if f"  {word}  " in line}
    assert starts == {13}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("study", ["first", "city", "korea", "europe", "template"])
def test_every_source_and_file_is_said(study: str, language: str) -> None:
    choices = read_params(ROOT / "params" / f"{study}.yml").choices
    said = say_tree(choices, language).replace("\n", " ")
    plain = choices.to_plain()
    assert plain["title"][language] in said
    for known in plain.values():
        if isinstance(known, dict) and "observe" in known:
            files, profiles = ([one] if isinstance(one, str) else one for one in (known["observe"], known.get("profile", [])))
            for name in (*files, *profiles):
                assert name in said


@pytest.mark.parametrize(("language", "said"), [("en", "2 files"), ("zh", "2 个文件")])
def test_each_file_stands_beside_its_profile(language: str, said: str) -> None:
    settings = ["results={observe: [own/a.csv, own/b.xlsx], profile: [north, west]}"]
    lines = say_tree(read_params(ROOT / "params" / "template.yml", settings).choices, language).splitlines()
    at = next(index for index, line in enumerate(lines) if said in line)
    told = [line.split("│")[1].split() for line in lines[at + 1 : at + 3]]
    assert told == [["own/a.csv", "·", "north"], ["own/b.xlsx", "·", "west"]]


def test_every_word_is_said_in_both_languages() -> None:
    assert all(english and chinese for english, chinese in SAID.values())


def test_a_long_note_goes_on_in_the_next_line() -> None:
    text = "模拟城市的流量来自设计文件，未经测量。 See the plant's yearbook of 2021."
    lines = list(folded(text, 20))
    assert all(wide(line) <= 20 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
