"""Whatever stands in a params file: a value arrives unchanged in type and value, or the file is refused; nothing is run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.errors import Refusal
from labkit.params import Choices, read_params

STUDY = """\
title: {{en: {title}}}
languages: [en]
notebooks: [load]
enters_at: load
results: {{observe: results.csv}}
population: {{assume: {{{site}: {number}}}, kind: census, source: {source}}}
correction_factor: {{none: true}}
errors: {{none: true}}
"""
PAYLOADS = [
    "__import__('os').system('touch PWNED')",
    "!!python/object/apply:os.system ['touch PWNED']",
    "!!set {x}",
    "!!binary eA==",
    "*a",
    "&a b",
    "{site.__class__}",
    "NO",
    "0012",
    "12:30:00",
    "1_000",
    "1e5",
    "0x1F",
    "0o17",
    ".nan",
    "2024-01-01",
    "null",
    "~",
    "=1+1",
    "<<",
    "a: b",
    "x #y",
    "'",
    '"',
]
texts = st.one_of(st.sampled_from(PAYLOADS), st.text(max_size=40), st.from_regex(r"[0-9_.:eE+xo-]{1,12}", fullmatch=True))


def read(folder: Path, content: str) -> Choices | None:
    path = folder / "study.yml"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    try:
        return read_params(path).choices
    except Refusal as refusal:
        assert refusal.problems
        assert refusal.report("zh")
        return None


def harmless(text: str) -> bool:
    return bool(text) and text.isprintable() and not {"\ufffc", "\ufffd"} & set(text)


def check_quoted(folder: Path, title: str, site: str, number: float) -> None:
    """Write the texts in quotes: harmless ones are taken, and whatever is taken is letter for letter the same."""
    written = [json.dumps(one, ensure_ascii=False) for one in (title, site)]
    choices = read(folder, STUDY.format(title=written[0], site=written[1], source=written[0], number=json.dumps(number)))
    assert choices is not None or not (harmless(title) and harmless(site)) or site == "<<"
    if choices is not None:
        assert choices.title.en == title
        assert choices.population is not None
        assert choices.population.assume == {site: number}
        assert type(choices.population.assume[site]) is float
        assert Choices.from_plain(json.loads(json.dumps(choices.to_plain()))) == choices


def check_plain(folder: Path, text: str) -> None:
    """Write one text without quotes wherever a value may stand: no type is guessed from it."""
    choices = read(folder, STUDY.format(title="t", site="A", number=text, source="s"))
    if choices is not None and choices.population is not None and list(choices.population.assume) == ["A"]:
        assert choices.population.assume["A"] == json.loads(text.split(" #")[0])
    choices = read(folder, STUDY.format(title="t", site="A", number="1", source=text))
    if text.isascii() and text.isalnum():
        assert choices is not None
        assert choices.population is not None
        assert choices.population.source == text
    read(folder, text)
    read(folder, STUDY.format(title="t", site="A", number="1", source="s") + text)
    assert not (folder / "PWNED").exists()


quick = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
long = settings(max_examples=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
numbers = st.floats(min_value=0, exclude_min=True, allow_infinity=False)


@quick
@given(title=texts, site=texts, number=numbers)
def test_quoted_texts_and_numbers_arrive_unchanged(tmp_path: Path, title: str, site: str, number: float) -> None:
    check_quoted(tmp_path, title, site, number)


@quick
@given(text=texts)
def test_no_type_is_guessed_and_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    check_plain(tmp_path, text)


@pytest.mark.slow
@long
@given(title=texts, site=texts, number=numbers)
def test_ten_thousand_texts_and_numbers_arrive_unchanged(tmp_path: Path, title: str, site: str, number: float) -> None:
    check_quoted(tmp_path, title, site, number)


@pytest.mark.slow
@long
@given(text=texts)
def test_ten_thousand_times_no_type_is_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    check_plain(tmp_path, text)
