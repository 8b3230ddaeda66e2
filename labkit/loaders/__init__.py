"""The doors: one foreign format each, one checked table out.

A door refuses with file, row, column and rule, all problems of a file in one pass; it never guesses and never repairs
without a note.
"""
