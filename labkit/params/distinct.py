"""Lists in which nothing may stand twice."""

from __future__ import annotations

from typing import TypeVar

from labkit.errors import Rule
from labkit.params.scalars import broken, shown

Item = TypeVar("Item")

PAR_TWICE = Rule(
    "PAR-TWICE",
    en=("{found} is listed twice", "each word once", "delete one"),
    zh=("{found} 列了两次", "每个词只列一次", "请删去一个"),
)


def check_distinct(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return `items` if none stands there twice."""
    for item in items:
        if items.count(item) > 1:
            raise broken(PAR_TWICE, found=shown(item))
    return items
