"""What an operation changed, and when the design cannot say."""

from labkit.wastewater.effect.donors import synthetic_weights
from labkit.wastewater.effect.estimate import Effect, operation_effect
from labkit.wastewater.effect.study import EffectStudy, Operation, declared_operation, study_effect

__all__ = ["Effect", "EffectStudy", "Operation", "declared_operation", "operation_effect", "study_effect", "synthetic_weights"]
