"""Results as sentences and tables for reading, in English and Chinese, each number with its unit, interval and n.

Two things people confuse: the *table published* as CSV holds every row for machines; the *table shown* in a report holds
what a reader needs, with `<` before a limit.
"""

from labkit.wording.checks import disagreements, say_check
from labkit.wording.design import say_designs
from labkit.wording.effect import say_effect_bottom_line, say_effect_fingerprint, say_effects
from labkit.wording.kendall import say_kendall
from labkit.wording.loads import (
    say_data,
    say_fingerprint,
    say_limits,
    say_parameters,
    status_notes,
)
from labkit.wording.matrices import (
    say_aside,
    say_associations,
    say_conflicts,
    say_matrices_bottom_line,
    say_matrices_fingerprint,
    say_naive,
)
from labkit.wording.official import (
    say_changes,
    say_cities,
    say_official_bottom_line,
    say_release_notes,
    say_trend,
    say_zeros,
)
from labkit.wording.prevalence import (
    say_cautions,
    say_contraction,
    say_prevalence,
    say_prevalence_bottom_line,
    say_prevalence_check,
    say_prevalence_fingerprint,
)
from labkit.wording.probability import say_probability
from labkit.wording.quality import say_quality, say_quality_bottom_line, say_quality_fingerprint
from labkit.wording.reasons import say_reason
from labkit.wording.restate import say_restated
from labkit.wording.sentences import Sentences, ShownTable
from labkit.wording.summary import say_bottom_line, say_summary
from labkit.wording.trend import (
    say_change,
    say_change_check,
    say_change_dates,
    say_components,
    say_trend_bottom_line,
    say_trend_fingerprint,
)
from labkit.wording.watch import (
    say_alerts,
    say_presence,
    say_scan,
    say_watch_bottom_line,
    say_watch_fingerprint,
)

__all__ = [
    "Sentences",
    "ShownTable",
    "disagreements",
    "say_alerts",
    "say_aside",
    "say_associations",
    "say_bottom_line",
    "say_cautions",
    "say_change",
    "say_change_check",
    "say_change_dates",
    "say_changes",
    "say_check",
    "say_cities",
    "say_components",
    "say_conflicts",
    "say_contraction",
    "say_data",
    "say_designs",
    "say_effect_bottom_line",
    "say_effect_fingerprint",
    "say_effects",
    "say_fingerprint",
    "say_kendall",
    "say_limits",
    "say_matrices_bottom_line",
    "say_matrices_fingerprint",
    "say_naive",
    "say_official_bottom_line",
    "say_parameters",
    "say_presence",
    "say_prevalence",
    "say_prevalence_bottom_line",
    "say_prevalence_check",
    "say_prevalence_fingerprint",
    "say_probability",
    "say_quality",
    "say_quality_bottom_line",
    "say_quality_fingerprint",
    "say_reason",
    "say_release_notes",
    "say_restated",
    "say_scan",
    "say_summary",
    "say_trend",
    "say_trend_bottom_line",
    "say_trend_fingerprint",
    "say_watch_bottom_line",
    "say_watch_fingerprint",
    "say_zeros",
    "status_notes",
]
