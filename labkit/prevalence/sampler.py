"""The joint answer by Hamiltonian sampling: PyMC's model language, nutpie's sampler, a seed, and no number without convergence.

Two things people confuse: many draws and much information. Draws that follow one another are alike; what counts is how many
independent ones they are worth (ESS), and whether chains from different places agree (R-hat).
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from labkit.models.inputs import NotEstimable
from labkit.prevalence.cells import WATER_DF
from labkit.prevalence.data import Sources, check_sources
from labkit.prevalence.density import HEAVY, Layout, walk_basis
from labkit.prevalence.joint import Joint, to_joint
from labkit.prevalence.priors import TESTS, Priors

WORST_R_HAT, LEAST_ESS = 1.01, 400
SAMPLER = "nutpie"


def sample_joint(
    sources: Sources, priors: Priors | None = None, *, draws: int = 1500, tune: int = 1000, chains: int = 2, seed: int = 1
) -> Joint:
    """Sample the joint posterior.

    Parameters
    ----------
    sources, priors
        What is known, and what is assumed; the model is that of `log_posterior`.
    draws, tune, chains, seed : int
        Of the sampler; the same seed gives the same numbers.

    Raises
    ------
    BadInput
        As `check_sources`.
    NotEstimable
        R-hat of a published quantity above 1.01, or fewer than 400 effective draws: nothing is published then.
    """
    check_sources(sources)
    priors = priors or Priors()
    layout = Layout.of(sources)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import arviz
        import pymc
        import pytensor

        # Code from a warm compile cache gave other draws than code just compiled: so it is always just compiled.
        with pytensor.config.change_flags(numba__cache=False), build(sources, priors, layout):
            trace = pymc.sample(
                draws=draws, tune=tune, chains=chains, cores=min(chains, 2), random_seed=seed, nuts_sampler=SAMPLER,
                progressbar=False, compute_convergence_checks=False, target_accept=0.9,
            )  # fmt: skip
        r_hat = arviz.rhat(trace, var_names=["prevalence"])["prevalence"].to_numpy().max()
        ess = arviz.ess(trace, var_names=["prevalence"])["prevalence"].to_numpy().min()
    if r_hat > WORST_R_HAT or ess < LEAST_ESS:
        raise NotEstimable(
            "the joint answer", f"R-hat is {r_hat:.3f} and ESS {ess:.0f}", "R-hat up to 1.01 and 400, by more draws"
        )
    told = trace.posterior
    columns = [told[name].to_numpy().reshape(-1, 1) for name in layout.names]
    for name in ("areas", "quarters"):
        columns.append(told[name].to_numpy().reshape(-1, told[name].shape[-1]))
    method = f"PyMC {pymc.__version__}, {SAMPLER}, {chains} chains of {draws} draws, seed {seed}"
    return to_joint(np.hstack(columns), sources, priors, layout, method, r_hat=float(r_hat), ess=float(ess))


def build(sources: Sources, priors: Priors, layout: Layout) -> Any:
    """Return the PyMC model whose log density is `log_posterior`, parameter by parameter."""
    import pymc as pm
    import pytensor.tensor as pt

    areas, quarters = len(sources.areas), len(sources.quarters)
    with pm.Model() as model:
        scales = {}
        for name in ("areas", "quarters", "water"):
            middle = np.log(getattr(priors, f"{name}_sd"))
            scales[name] = pt.exp(pm.Normal(f"log_{name}_sd", middle, priors.scales_log_sd))
        regular = _share(pm, "logit_regular", priors, "regular")
        log_intake = pm.Normal("log_intake", priors.log_intake, priors.intake_log_sd)
        more = priors.times_more - 1
        intake = log_intake + pt.log1p(more * regular) - np.log1p(more * priors.regular[0])
        water_level = pm.Normal("water_level", priors.level + intake, priors.level_sd)
        level = water_level - intake
        raw_areas = pm.Normal("areas", 0, 1, shape=areas)
        raw_steps = pm.Normal("quarters", 0, 1, shape=quarters - 1)
        walk = pt.dot(walk_basis(quarters), scales["quarters"] * raw_steps)
        theta = level + (scales["areas"] * raw_areas)[:, None] + walk[None, :]
        share = pm.Deterministic("prevalence", pm.math.sigmoid(theta))
        if sources.water_low is not None:
            (_water if sources.water_as == "likelihood" else _benchmark)(pm, pt, sources, share, intake, scales["water"])
        for test in TESTS:
            if test in sources.names:
                _tested(pm, test, sources, priors, level, theta)
        if sources.register is not None:
            known = _share(pm, "logit_coverage", priors, "coverage")
            if not sources.register_confirmed:
                known = known / _share(pm, "logit_retention", priors, "retention")
            expected = sources.people * share.mean(axis=1) * known
            pm.Potential("register", (sources.register * pt.log(expected) - expected).sum())
    return model


def _water(pm: Any, pt: Any, sources: Sources, share: Any, intake: Any, own_sd: Any) -> None:
    known = ~np.isnan(sources.water[0])
    low, high = (one[known] for one in sources.water[:2])
    error = pm.Data("water_error", sources.water[2][known])  # data: equal constants trip the compiler's rewrites
    mean = (np.log(1000) + pt.log(share) + intake)[known]
    scale = pt.sqrt(error**2 + own_sd**2)
    exact = low == high
    if exact.any():
        one = pm.StudentT.dist(WATER_DF, mean[exact], sigma=scale[exact])
        pm.Potential("water", pm.logp(one, low[exact]).sum())
    if (~exact).any():
        other = pm.StudentT.dist(WATER_DF, mean[~exact], sigma=scale[~exact])
        above = pm.logcdf(other, high[~exact])
        below = np.isfinite(low[~exact])
        inside = pt.switch(
            below, above + pt.log1mexp(pm.logcdf(other, np.where(below, low[~exact], high[~exact] - 1)) - above), above
        )
        pm.Potential("water_below", inside.sum())


def _benchmark(pm: Any, pt: Any, sources: Sources, share: Any, intake: Any, own_sd: Any) -> None:
    low, high, error, weights = sources.benchmark
    mean = np.log(1000) + pt.log((weights * share).sum()) + intake
    one = pm.Normal.dist(mean, sigma=pt.sqrt(error**2 + own_sd**2 * (weights**2).sum()))
    if low == high:
        pm.Potential("water_total", pm.logp(one, low))
    else:
        above = pm.logcdf(one, high)
        pm.Potential("water_total", above + pt.log1mexp(pm.logcdf(one, low) - above) if np.isfinite(low) else above)


def _tested(pm: Any, test: str, sources: Sources, priors: Priors, level: Any, theta: Any) -> None:
    one = getattr(sources, test)
    if test == "survey":
        tested_level = pm.Normal("survey_level", level, priors.survey_sd)
    else:
        tested_level = pm.StudentT(f"{test}_level", nu=HEAVY, mu=level + priors.selection, sigma=priors.selection_sd)
    shift = priors.regular_tested * (test != "survey")
    regular = pm.math.sigmoid(pm.modelcontext(None)["logit_regular"] + shift)
    often, seldom = (_share(pm, f"logit_{test}_{kind}", priors, f"{test}_{kind}") for kind in ("regular", "occasional"))
    specificity = _share(pm, f"logit_{test}_specificity", priors, "specificity")
    gain = pm.math.maximum(regular * often + (1 - regular) * seldom + specificity - 1, 1e-9)
    p = 1 - specificity + gain * pm.math.sigmoid(theta + tested_level - level)
    pm.Binomial(
        f"{test}_positive", n=one.tested.astype(int), p=pm.math.clip(p, 1e-12, 1 - 1e-12), observed=one.positive.astype(int)
    )


def _share(pm: Any, name: str, priors: Priors, share: str) -> Any:
    """Return a share whose log odds are normal and are what is sampled."""
    return pm.math.sigmoid(pm.Normal(name, priors.logit(share), getattr(priors, share)[1]))
