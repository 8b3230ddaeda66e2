"""A study read again with another parameter: nothing is published, old and new stand side by side.

Two things people confuse: a *restatement*, which says what would be printed, and a *run*, which prints it. To print it, the row
of the library is changed, with its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from labkit.errors import Refusal, Rule
from labkit.models.inputs import BadInput
from labkit.study.loads import study_loads
from labkit.wastewater.restate import Restated, restate

CHANGE = Rule(
    "RUN-CHANGE",
    en=("the change “{value}” cannot be made: {reason}", "name=value, as excretion.methamphetamine=0.39", "correct the change"),
    zh=("无法作出更改“{value}”：{reason}", "须为 名称=数值，例如 excretion.methamphetamine=0.39", "请更正该更改"),
)
NO_FACTOR = Rule(
    "RUN-NO-FACTOR",
    en=("the study ends at the load", "a study with correction_factor: {{assume: constants}}", "choose another study"),
    zh=("该研究止于负荷", "须为含有 correction_factor: {{assume: constants}} 的研究", "请选择另一项研究"),
)


def restate_study(params_file: Path, changes: Sequence[str]) -> Restated:
    """Return what a study says with the library as it is, and what it would say with `changes`.

    Parameters
    ----------
    params_file : Path
        The study.
    changes : sequence of str
        `excretion.methamphetamine=0.39` and the like.

    Raises
    ------
    Refusal
        What `read_params` and the doors refuse; a change that is none.
    """
    asked = dict(_change(one) for one in changes)
    desk, loads = study_loads(params_file)
    if desk.jurisdiction is None:
        raise Refusal(NO_FACTOR.at(str(params_file)))
    try:
        return restate(loads, asked, desk.errors, level=desk.choices.level, jurisdiction=desk.jurisdiction, doses=desk.doses)
    except BadInput as reason:
        raise Refusal(CHANGE.at("--change", value=", ".join(changes), reason=str(reason))) from None


def _change(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise Refusal(CHANGE.at("--change", value=text, reason=repr(value))) from None
