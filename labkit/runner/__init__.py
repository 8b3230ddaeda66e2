"""Execute notebooks and prove that each ran whole; nothing here knows what a notebook is about.

Two things people confuse: that papermill returned is not yet proof (a killed kernel looks completed to it); the proof is our
own, in `proof`. And the cell a reader counts is the code cell of the notebook as written, without the cell that is injected.
"""

from __future__ import annotations

from labkit.runner.execute import kill_children, run_chapters
from labkit.runner.normalise import to_bytes
from labkit.runner.notebook import declared_parameters, in_language, read_notebook
from labkit.runner.plan import Chapter, Executed, Progress

__all__ = [
    "Chapter",
    "Executed",
    "Progress",
    "declared_parameters",
    "in_language",
    "kill_children",
    "read_notebook",
    "run_chapters",
    "to_bytes",
]
