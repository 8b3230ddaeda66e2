"""How many people: from water, tests and registers, each alone and all together, with what each number stands on.

Two things people confuse: mass, days of use and persons. Each step from one to the next needs an assumption, and the last is
the largest.
"""

from labkit.prevalence.approximation import approximate_joint
from labkit.prevalence.cautions import CAUTIONS, cautions_of
from labkit.prevalence.conflict import source_conflicts
from labkit.prevalence.data import Positives, Sources, check_sources
from labkit.prevalence.joint import Joint, biases, contraction
from labkit.prevalence.multiverse import Multiverse, multiverse
from labkit.prevalence.priors import Priors
from labkit.prevalence.registers import RegisterEvidence, register_evidence
from labkit.prevalence.sampler import sample_joint
from labkit.prevalence.study import PrevalenceStudy, refused_study, study_prevalence, tables_of
from labkit.prevalence.tested import PostStratified, poststratify
from labkit.prevalence.transport import Transported, share_of_splits_that_cover, transport_test
from labkit.prevalence.water import UsersFromWater, days_of_use, users_from_water

__all__ = [
    "CAUTIONS",
    "Joint",
    "Multiverse",
    "Positives",
    "PostStratified",
    "PrevalenceStudy",
    "Priors",
    "RegisterEvidence",
    "Sources",
    "Transported",
    "UsersFromWater",
    "approximate_joint",
    "biases",
    "cautions_of",
    "check_sources",
    "contraction",
    "days_of_use",
    "multiverse",
    "poststratify",
    "refused_study",
    "register_evidence",
    "sample_joint",
    "share_of_splits_that_cover",
    "source_conflicts",
    "study_prevalence",
    "tables_of",
    "transport_test",
    "users_from_water",
]
