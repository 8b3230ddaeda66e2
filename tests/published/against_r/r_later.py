"""R functions of the reference that labkit does not have yet, or will not have: named, so that the manual's table is whole."""

from __future__ import annotations

from r_entries import not_offered

GROUPS = "not yet: comparisons of groups and pairs with censored values"
REGRESSION = "not yet: regression with a censored response"
CHANGES = "not yet: breakpoints of a regression, outliers, single changes"
MIXED = "mixed and smooth models are statsmodels' own: use it directly"

not_offered("NADA", "cendiff", why=GROUPS)
not_offered("NADA", "cenreg", why=REGRESSION)
not_offered("NADA2", "cen_paired", "cen_signtest", "cen_signedranktest", "cen1way", "cenanova", "cen2means", why=GROUPS)
not_offered("NADA2", "cenperm2", "cenpermanova", "Usc", why=GROUPS)
not_offered("NADA2", "cencorreg", why=REGRESSION)
not_offered("survival", "survdiff", why=GROUPS)
not_offered("survival", "survreg", why=REGRESSION)
not_offered("survival", "survfit", "coxph", why="times to an event are not among the questions asked here")
not_offered("strucchange", "breakpoints", "Fstats", "efp", why=CHANGES)
not_offered("tsoutliers", "tso", why=CHANGES)
not_offered("bfast", "bfast", "bfast01", why=CHANGES)
not_offered("trend", "pettitt.test", "snh.test", "br.test", "bu.test", "lanzante.test", why=CHANGES)
not_offered("lme4", "lmer", "glmer", "confint", why=MIXED)
not_offered("lmerTest", "lmer", why=MIXED)
not_offered("nlme", "lme", why=MIXED)
not_offered("mgcv", "gam", why=MIXED)
not_offered("MASS", "glm", why="negative binomial regression is statsmodels' own: use it directly")
not_offered("stats", "kruskal.test", "quantile", why="scipy's and numpy's own: use them directly")
