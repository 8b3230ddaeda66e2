"""A research workbench for drug monitoring in wastewater, environment, hair and blood.

A study is a params file, a notebook tells it, labkit does it, and `reports/` keeps it.
"""

from importlib.metadata import version

__version__ = version("labkit")
