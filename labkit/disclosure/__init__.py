"""What may leave the secure zone: tables of areas and periods in which enough persons were tested, as a type."""

from labkit.disclosure.areas import SMALLEST, AreaTable, suppress_small

__all__ = ["SMALLEST", "AreaTable", "suppress_small"]
