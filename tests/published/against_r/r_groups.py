"""Groups and pairs of censored values against NADA, NADA2 and survival."""

from __future__ import annotations

import re

import numpy as np
import pytest
from r_entries import Entry, NotCompared, better, same
from scipy import stats

from labkit.models.groups import (
    compare_groups,
    compare_means,
    compare_means_permuted,
    paired_mean,
    paired_sign_test,
    paired_signed_ranks,
    u_scores,
)


@same("NADA", "cendiff", how="groups.compare_groups")
def compare_cendiff(entry: Entry) -> None:
    table = entry.table()
    for name, theirs in entry.result.items():
        found = compare_groups(table["value"], table["group"], censored=table["censored"], rho=float(name.removeprefix("rho")))
        assert list(found.groups) == list(theirs["groups"])
        assert found.observed == pytest.approx(theirs["obs"], rel=1e-8)
        assert found.expected == pytest.approx(theirs["exp"], rel=1e-8)
        assert found.chi_square == pytest.approx(theirs["chisq"], rel=1e-8)
        assert found.p == pytest.approx(theirs["p"], rel=1e-7)


@same("survival", "survdiff", how="groups.compare_groups")
def compare_survdiff(entry: Entry) -> None:
    theirs = entry.result
    if "group" not in entry.table():
        raise NotCompared("times to an event are not among the questions asked here")
    table = entry.table()
    found = compare_groups(table["value"], table["group"], censored=table["censored"])
    assert found.chi_square == pytest.approx(theirs["chisq"], rel=1e-8)
    assert found.observed == pytest.approx(theirs["obs"], rel=1e-8)
    if theirs.get("pairwise"):
        assert [list(pair) for pair in zip(*found.pairs, strict=True)] == [theirs["pairwise"]["a"], theirs["pairwise"]["b"]]
        assert found.pair_p_raw == pytest.approx(theirs["pairwise"]["p"], rel=1e-7)
        assert found.pair_p == pytest.approx(theirs["pairwise"]["p_BH"], rel=1e-7)


@same("NADA2", "cen1way", how="groups.compare_groups; summaries by censored.fit_kaplan_meier")
def compare_cen1way(entry: Entry) -> None:
    table, theirs = entry.table(), entry.result["PetoPeto"]
    found = compare_groups(table["value"], table["group"], censored=table["censored"])
    assert found.chi_square == pytest.approx(theirs["ChiSq"], rel=1e-3)  # printed with four digits
    assert found.p == pytest.approx(theirs["p.value"], rel=2e-3)
    assert list(found.sizes) == entry.result["SummaryStats"]["N"]
    pairs = entry.result.get("mcomp")
    if pairs:
        printed = {(column, row): value for row, values in zip(pairs["rows"], pairs["values"], strict=True)
                   for column, value in zip(pairs["cols"], values, strict=True) if value is not None}  # fmt: skip
        assert dict(zip(found.pairs, found.pair_p, strict=True)) == pytest.approx(printed, rel=1e-7)


def pairs(entry: Entry, test, **options):
    table = entry.table()
    alternative = re.search(r'alternative="([\w.]+)"', entry.call)[1].replace(".", "-")
    return test(table["x"], table["y"], x_censored=table["xcen"], y_censored=table["ycen"], alternative=alternative, **options)


@same("NADA2", "cen_signtest", how="groups.paired_sign_test, ties dropped and counted")
def compare_sign_test(entry: Entry) -> None:
    found, counted = (pairs(entry, paired_sign_test, ties=ties) for ties in ("dropped", "counted"))
    theirs = entry.result
    assert (found.above, found.below, found.ties) == (theirs["nplus"], theirs["nminu"], theirs["ties"])
    assert found.p == pytest.approx(theirs["p.value"], rel=1e-3)  # printed with four digits
    assert counted.p == pytest.approx(theirs["p.value.corr"], rel=1e-3)


@better(
    "NADA2", "cen_signedranktest", how="groups.paired_signed_ranks ranks intervals; R's sizes are numbers put in (`smallest`)"
)
def compare_signed_ranks(entry: Entry) -> None:
    found = pairs(entry, paired_signed_ranks, ranks="smallest")
    theirs = entry.result
    assert found.statistic == pytest.approx(theirs["statistic"]["Z"], abs=6e-4)  # printed with four digits
    assert found.p == pytest.approx(theirs["p.value"], rel=1e-3)
    table = entry.table()
    if not (table["xcen"] | table["ycen"]).any():
        assert pairs(entry, paired_signed_ranks).statistic == pytest.approx(found.statistic)


@same("NADA2", "cen_paired", how="groups.paired_mean")
def compare_paired_mean(entry: Entry) -> None:
    found, theirs = pairs(entry, paired_mean), entry.result
    assert found.mean == pytest.approx(next(iter(theirs["MeanDifference"].values())), rel=1e-3)  # printed with four digits
    assert found.z == pytest.approx(theirs["statistic"]["Z"], rel=1e-3)
    assert found.p == pytest.approx(theirs["p.value"], rel=2e-3)


@same("NADA2", "cenanova", "cen2means", how="groups.compare_means")
def compare_group_means(entry: Entry) -> None:
    table, theirs = entry.table(), entry.result
    scale = "log" if theirs["dist"].startswith("Lognormal") else "identity"
    found = compare_means(table["value"], table["group"], censored=table["censored"], scale=scale)
    assert found.chi_square == pytest.approx(theirs["statistic"], rel=1e-6)
    assert found.freedom == theirs["df"]
    assert found.p == pytest.approx(theirs["pval"], rel=1e-5)
    for name, mean in zip(found.groups, found.means, strict=True):
        assert theirs.get(f"mean({name})", mean) == pytest.approx(mean, rel=1e-5)


@same("NADA2", "cenperm2", "cenpermanova", how="groups.compare_means_permuted: p at both ends")
def compare_permuted(entry: Entry) -> None:
    table, theirs = entry.table(), entry.result
    found = compare_means_permuted(table["value"], table["group"], censored=table["censored"])
    first = lambda value: float(np.ravel(value)[0])  # noqa: E731
    for mine, his in zip(
        sorted((found.p_low, found.p_high)), sorted((first(theirs["p.lo"]), first(theirs["p.hi"]))), strict=True
    ):
        assert abs(mine - his) < 4 * np.sqrt(2 * max(his * (1 - his), 1e-3) / 9999)  # Monte-Carlo error of both
    if "diff.lo" in theirs:
        ends = sorted((found.statistic_low, found.statistic_high))
        assert ends == pytest.approx(sorted((theirs["diff.lo"], theirs["diff.hi"])), rel=1e-8)


@same("NADA2", "Usc", how="groups.u_scores")
def compare_u_scores(entry: Entry) -> None:
    table = entry.table()
    found = u_scores(table["value"], censored=table["censored"])
    assert np.array_equal(found, entry.result["scores"])
    assert np.array_equal(stats.rankdata(found), entry.result["ranks"])
