"""Groups and pairs of censored values compared."""

from labkit.models.groups.means import MeanComparison, PermutedMeans, compare_means, compare_means_permuted
from labkit.models.groups.pairs import PairedMean, PairedTest, paired_mean, paired_sign_test, paired_signed_ranks
from labkit.models.groups.rank_test import GroupComparison, compare_groups
from labkit.models.groups.scores import u_scores

__all__ = [
    "GroupComparison",
    "MeanComparison",
    "PairedMean",
    "PairedTest",
    "PermutedMeans",
    "compare_groups",
    "compare_means",
    "compare_means_permuted",
    "paired_mean",
    "paired_sign_test",
    "paired_signed_ranks",
    "u_scores",
]
