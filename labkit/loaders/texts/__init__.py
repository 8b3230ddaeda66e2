"""One cell as a laboratory wrote it: a text in, what it says or a sentence why not out; every module reads one sort of cell.

Two things people confuse: *reading* a text (here: one cell, nothing else known) and *checking* a row (several columns,
limits, keys).
"""
