"""The Python example of the README runs, and says what it promises to say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


def test_the_statistics_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    code = re.search(r"## Statistics without the rest.*?```python\n(.*?)```", readme, re.DOTALL)
    assert code is not None
    exec(compile(code[1], "README.md", "exec"), {})
    first, second = capsys.readouterr().out.strip().splitlines()
    assert "3 censored" in first and "3 censored" in second
