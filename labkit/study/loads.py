"""The loads of a study, read from its params file without running it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from labkit import desk as desks
from labkit.desk import Desk
from labkit.errors import Refusal, Rule
from labkit.params import read_params, resolve_inputs
from labkit.wastewater import with_daily_load, with_load_per_1000

NO_SAMPLES = Rule(
    "RUN-NO-SAMPLES",
    en=("the study holds a release of weekly means", "a study of a laboratory's own results", "choose another study"),
    zh=("该研究使用已发布的周均值", "须为实验室自有结果的研究", "请选择另一项研究"),
)


def study_loads(params_file: Path) -> tuple[Desk, pd.DataFrame]:
    """Return the desk of a study and its loads per 1,000; nothing is written but a scratch folder that is gone afterwards.

    Raises
    ------
    Refusal
        What `read_params` and the doors refuse; a study of published weekly means.
    """
    params = read_params(params_file)
    with tempfile.TemporaryDirectory() as scratch:
        resolve_inputs(params, None)
        if params.choices.results.format == "euda":
            raise Refusal(NO_SAMPLES.at(str(params.path)))
        simulated = desks.simulate_into(params.choices, Path(scratch))
        desk = desks.lay_desk(params.choices, "en", params.path.parent.resolve(), simulated, Path(scratch))
        return desk, with_load_per_1000(with_daily_load(desk.read_samples().frame))
