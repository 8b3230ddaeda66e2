"""One fixed scale from a probability to words, the same in every notebook and both languages; the number always stands beside.

Two things people confuse: "not shown" is no "not so". A probability of one half or less for what is claimed is no evidence for
it, and none against it either until that is asked.
"""

from __future__ import annotations

from labkit.edition import Edition

SCALE = (
    (0.95, "very likely", "很可能"),
    (0.80, "likely", "可能"),
    (0.50, "leaning to", "倾向于"),
)
INSUFFICIENT = ("evidence insufficient", "证据不足以判断")


def say_probability(p: float, edition: Edition) -> str:
    """Return the word of a probability and the number, rounded so that it never reads as certainty.

    >>> say_probability(0.972, Edition("en")), say_probability(0.9999, Edition("en")), say_probability(0.45, Edition("zh"))
    ('very likely (P = 0.97)', 'very likely (P > 0.99)', '证据不足以判断（P = 0.45）')
    """
    en, zh = next(((en, zh) for least, en, zh in SCALE if p > least), INSUFFICIENT)
    number = "P > 0.99" if p > 0.99 else "P < 0.01" if p < 0.01 else f"P = {p:.2f}"
    return edition.pick(f"{en} ({number})", f"{zh}（{number}）")
