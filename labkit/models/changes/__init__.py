"""Where a series changes."""

from labkit.models.changes.search import ChangePoints, find_changes, noise_spread

__all__ = ["ChangePoints", "find_changes", "noise_spread"]
