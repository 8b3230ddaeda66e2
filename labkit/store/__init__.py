"""The store: laboratory files kept for good, corrected in the open, readable as of any day.

Two things people confuse: a *source file* (the laboratory's, it stays where it is) and its *entry* (what was read from it,
kept as Parquet with checksums).
"""

from labkit.store.correct import Version
from labkit.store.log import Entry, StoredFile, Supersedes
from labkit.store.monthly import monthly_load
from labkit.store.store import Store, open_store

__all__ = ["Entry", "Store", "StoredFile", "Supersedes", "Version", "monthly_load", "open_store"]
