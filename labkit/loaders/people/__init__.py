"""What must not come in with a file about persons, and the pseudonyms that stand for its subjects.

Two things people confuse: refusing an identifier protects a person only if the message does not repeat it, so every sentence of
this room gives a form (“a text of 18 digits”) and never a text.
"""
