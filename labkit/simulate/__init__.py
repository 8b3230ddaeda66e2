"""Tables with a known truth: the simulator borrows none of the science that it is there to test."""

from labkit.simulate.city import Truth, city_analytes, simulate_city
from labkit.simulate.houses import simulate_laboratories

__all__ = ["Truth", "city_analytes", "simulate_city", "simulate_laboratories"]
