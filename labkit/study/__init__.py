"""A study from its params file to its published report: the one orchestration.

Two things people confuse: a *run* is one attempt, with a who and a when, and leaves its record under `reports/.runs/`; a
*report* is what a run proved, the same bytes whoever repeats it.
"""

from labkit.study.loads import study_loads
from labkit.study.restate import restate_study
from labkit.study.run import Step, run_study

__all__ = ["Step", "restate_study", "run_study", "study_loads"]
