"""Censored regression against NADA, NADA2 and survival, to the accuracy of an optimiser."""

from __future__ import annotations

import re

import numpy as np
import pytest
from r_entries import Entry, NotCompared, better, same

from labkit.models.groups import paired_mean
from labkit.models.regression import TobitFit, fit_tobit


def held(found: TobitFit, theirs: dict, log_likelihoods: tuple[float, float]) -> None:
    mine = [one.estimate for one in found.coefficients.values()]
    coefficients = theirs["coef"]
    listed = list(coefficients.values()) if isinstance(coefficients, dict) else list(np.ravel(coefficients))
    assert mine == pytest.approx(listed, rel=2e-5, abs=1e-7)
    assert found.sd == pytest.approx(theirs["scale"], rel=1e-5)
    assert log_likelihoods == pytest.approx(theirs["loglik"], abs=1e-5)
    if "var" in theirs:
        assert np.abs(found.covariance) == pytest.approx(np.abs(np.array(theirs["var"]["values"])), rel=2e-4, abs=1e-7)


def table_of(entry: Entry) -> tuple:
    table = entry.table()
    if "x" in table:
        return table["y"], table["ycen"], {"x": table["x"]}
    named = re.search(r"\((\w+), (\w+), data\.frame\(([\w,]+)\)", entry.call)
    if named is None:
        raise NotCompared("the columns are not named")
    return table[named[1]], table[named[2]], {name: table[name] for name in named[3].split(",")}


@better("NADA2", "cencorreg", how="regression.fit_tobit: its AIC is one too many; on raw values R closes the intervals at zero")
def compare_cencorreg(entry: Entry) -> None:
    y, flags, covariates = table_of(entry)
    if "LOG=TRUE" in entry.call:
        found = fit_tobit(y, covariates, censored=flags)
    else:
        found = fit_tobit(None, covariates, low=np.where(flags, 0.0, y), high=y, scale="identity")
    theirs = entry.result
    held(found, theirs, (found.log_likelihood_of_none, found.log_likelihood))
    if "chisq" in theirs:
        assert found.chi_square == pytest.approx(theirs["chisq"], rel=1e-5, abs=1e-6)
        assert found.p == pytest.approx(theirs["p"], rel=1e-4)
    if "likelihood_R" in theirs:
        assert found.likelihood_r == pytest.approx(abs(theirs["likelihood_R"]), rel=1e-5, abs=1e-6)
    if "AIC_correct" in theirs:
        assert found.aic == pytest.approx(theirs["AIC_correct"], abs=1e-5)
        assert theirs["AIC_as_printed"] == pytest.approx(found.aic + 1, abs=1e-5)


@same("NADA", "cenreg", how="regression.fit_tobit")
def compare_cenreg(entry: Entry) -> None:
    if 'dist="lognormal"' not in entry.call:
        raise NotCompared("a normal response: compared by cencorreg")
    y, flags, covariates = table_of(entry)
    found = fit_tobit(y, covariates, censored=flags)
    shift = found.jacobian  # theirs is the likelihood of the values in their own unit
    held(found, entry.result, (found.log_likelihood_of_none + shift, found.log_likelihood + shift))


@same("survival", "survreg", how="regression.fit_tobit (normal and lognormal)")
def compare_survreg(entry: Entry) -> None:
    dist = re.search(r'dist="(\w+)"', entry.call)[1]
    if dist not in ("gaussian", "lognormal"):
        raise NotCompared(f"the distribution {dist} is not offered: concentrations are lognormal, and their mixtures by rank")
    table, theirs = entry.table(), entry.result
    if "mean_diff" in theirs:
        found = paired_mean(table["x"], table["y"], x_censored=table["xcen"], y_censored=table["ycen"])
        row = theirs["table"]["values"][0]
        assert [found.mean, found.standard_error, found.z, found.p] == pytest.approx(row, rel=1e-6)
        assert found.sd == pytest.approx(theirs["scale"], rel=1e-6)
        return
    scale = "log" if dist == "lognormal" else "identity"
    if "interval2" in entry.call:
        low = table["lo"].fillna(0.0 if scale == "log" else -np.inf)
        found = fit_tobit(low=low, high=table["hi"].fillna(np.inf), scale=scale)
    elif "durable" in table:
        covariates = {name: table[name] for name in ("age", "quant")}
        found = fit_tobit(table["durable"], covariates, censored=table["durable"] <= 0, scale=scale)
    else:
        covariates = {"log(flow/50)": np.log(table["flow"] / 50), "temp": table["temp"]}
        sites = sorted(table["site"].unique())
        covariates |= {f"site{name}": (table["site"] == name).astype(float) for name in sites[1:]}
        found = fit_tobit(table["y"], covariates, censored=table["cen"], scale=scale)
    shift = found.jacobian
    held(found, theirs, (found.log_likelihood_of_none + shift, found.log_likelihood + shift))
