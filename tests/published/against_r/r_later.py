"""R functions of the reference that labkit does not have: named, so that the manual's table is whole."""

from __future__ import annotations

from r_entries import not_offered

MIXED = "mixed and smooth models are statsmodels' own: use it directly"

not_offered("survival", "survfit", "coxph", why="times to an event are not among the questions asked here")
not_offered("lme4", "lmer", "glmer", "confint", why=MIXED)
not_offered("lmerTest", "lmer", why=MIXED)
not_offered("nlme", "lme", why=MIXED)
not_offered("mgcv", "gam", why=MIXED)
not_offered("MASS", "glm", why="negative binomial regression is statsmodels' own: use it directly")
not_offered("stats", "kruskal.test", "quantile", why="scipy's and numpy's own: use them directly")
