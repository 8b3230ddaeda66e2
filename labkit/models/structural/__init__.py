"""Structural state-space models for sparse series whose values may be exact, limits, intervals or missing."""

from labkit.models.structural.box import BoxProbability, box_probability
from labkit.models.structural.components import Component
from labkit.models.structural.fit import fit_structural, fit_structural_values
from labkit.models.structural.result import Effect, StructuralFit

__all__ = [
    "BoxProbability",
    "Component",
    "Effect",
    "StructuralFit",
    "box_probability",
    "fit_structural",
    "fit_structural_values",
]
