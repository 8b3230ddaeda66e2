"""Tables with a known truth: the simulator borrows none of the science that it is there to test."""

from labkit.simulate.city import Truth, city_analytes, simulate_city
from labkit.simulate.houses import simulate_laboratories
from labkit.simulate.use import Operation

__all__ = ["Operation", "Truth", "city_analytes", "simulate_city", "simulate_laboratories"]
