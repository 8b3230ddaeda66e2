"""The joint answer by Hamiltonian sampling: PyMC's model language, nutpie's sampler, a seed, and no number without convergence.

Two things people confuse: many draws and much information. Draws that follow one another are alike; what counts is how many
independent ones they are worth (ESS), and whether chains from different places agree (R-hat).
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from labkit.models.inputs import NotEstimable
from labkit.prevalence.data import Sources, check_sources
from labkit.prevalence.density import HEAVY, Layout
from labkit.prevalence.joint import Joint, to_joint
from labkit.prevalence.priors import Priors

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

        with build(sources, priors, layout):
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
        for name, scale in (("areas", priors.areas_sd), ("quarters", priors.quarters_sd), ("water", priors.water_sd)):
            log_sd = pm.Flat(f"log_{name}_sd")
            pm.Potential(f"prior_{name}_sd", log_sd - 0.5 * (pt.exp(log_sd) / scale) ** 2)
            scales[name] = pt.exp(log_sd)
        log_intake = pm.Normal("log_intake", priors.log_intake, priors.intake_log_sd)
        water_level = pm.Normal("water_level", priors.level + log_intake, priors.level_sd)
        level = water_level - log_intake
        raw_areas = pm.Normal("areas", 0, 1, shape=areas)
        raw_steps = pm.Normal("quarters", 0, 1, shape=quarters - 1)
        walk = pt.concatenate([pt.zeros(1), pt.cumsum(scales["quarters"] * raw_steps)])
        theta = level + (scales["areas"] * raw_areas)[:, None] + (walk - walk.mean())[None, :]
        share = pm.Deterministic("prevalence", pm.math.sigmoid(theta))
        if sources.water_low is not None and sources.water_high is not None and sources.water_error is not None:
            known = ~np.isnan(sources.water_low)
            low, high = sources.water_low[known], sources.water_high[known]
            error = pm.Data("water_error", sources.water_error[known])  # data: equal constants trip the compiler's rewrites
            mean = (np.log(1000) + pt.log(share) + log_intake)[known]
            scale = pt.sqrt(error**2 + scales["water"] ** 2)
            exact = low == high
            if exact.any():
                one = pm.StudentT.dist(HEAVY, mean[exact], sigma=scale[exact])
                pm.Potential("water", pm.logp(one, low[exact]).sum())
            if (~exact).any():
                other = pm.StudentT.dist(HEAVY, mean[~exact], sigma=scale[~exact])
                above = pm.logcdf(other, high[~exact])
                below = np.isfinite(low[~exact])
                inside = pt.switch(
                    below, above + pt.log1mexp(pm.logcdf(other, np.where(below, low[~exact], high[~exact] - 1)) - above), above
                )
                pm.Potential("water_below", inside.sum())
        for matrix in ("hair", "blood"):
            if matrix in sources.names:
                _tested(pm, matrix, sources, priors, level, theta)
        if sources.register is not None:
            coverage = _logit_beta(pm, "logit_coverage", priors.coverage)
            pm.Poisson("register", sources.people * share.mean(axis=1) * coverage, observed=sources.register)
    return model


def _tested(pm: Any, matrix: str, sources: Sources, priors: Priors, level: Any, theta: Any) -> None:
    one = getattr(sources, matrix)
    tested_level = pm.Normal(f"{matrix}_level", level + priors.selection, priors.selection_sd)
    sensitivity = _logit_beta(pm, f"logit_{matrix}_sensitivity", getattr(priors, f"{matrix}_sensitivity"))
    specificity = _logit_beta(pm, f"logit_{matrix}_specificity", priors.specificity)
    p = 1 - specificity + (sensitivity + specificity - 1) * pm.math.sigmoid(theta + tested_level - level)
    pm.Binomial(
        f"{matrix}_positive", n=one.tested.astype(int), p=pm.math.clip(p, 1e-12, 1 - 1e-12), observed=one.positive.astype(int)
    )


def _logit_beta(pm: Any, name: str, parameters: tuple[float, float]) -> Any:
    """Return a share with a beta prior whose log odds are what is sampled."""
    logit = pm.Flat(name)
    a, b = parameters
    pm.Potential(f"prior_{name}", a * pm.math.log(pm.math.sigmoid(logit)) + b * pm.math.log(pm.math.sigmoid(-logit)))
    return pm.math.sigmoid(logit)
