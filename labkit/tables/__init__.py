"""The tables of a report: each column with its type, unit, meaning and constraint, checked at run time.

Two things people confuse: a table's *columns* (`columns.csv`) are a promise to whoever reads the published file later;
the *frame* is what one run computed. `check` holds the second to the first, and the data dictionary published beside the
tables is printed from the first.
"""

from labkit.tables.promise import TABLES, Column, Table, check, to_dictionary
from labkit.tables.write import read_csv, write_csv

__all__ = ["TABLES", "Column", "Table", "check", "read_csv", "to_dictionary", "write_csv"]
