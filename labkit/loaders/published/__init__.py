"""The doors of what others have published: one foreign release each, every row of it in, its conventions named.

Two things people confuse: a *laboratory file* is handed in and must be as the doors ask; a *publication* is as it is, and what
its zeros, flags and fill-in values mean is written here, once, beside its reader.
"""
