"""Numbers from the literature: one row each, with value, distribution, unit, source, jurisdiction and status.

Two things people confuse: `verified` means that the value was seen in the source named; `unverified` means that the
field uses it and nobody has yet checked it here. A report that uses an unverified row says so. Verified is said of the value
alone: the form of every distribution is chosen here, and `place` says where the range was chosen here too.
"""

from labkit.constants.cutoffs import Cutoff, find_cutoff, read_cutoffs
from labkit.constants.library import Constant, changed_constants, equally_likely, find_constant, read_constants

__all__ = [
    "Constant",
    "Cutoff",
    "changed_constants",
    "equally_likely",
    "find_constant",
    "find_cutoff",
    "read_constants",
    "read_cutoffs",
]
