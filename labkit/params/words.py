"""The five words by which a params file says how an input is known, and the refusal of anything but exactly one.

Two things people confuse: `assume` takes a number from outside of the study and needs its source; `estimate` computes it from
the study's own data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, BeforeValidator

from labkit.errors import Rule
from labkit.params.scalars import PAR_EMPTY, Scalar, broken

FIVE = ("observe", "assume", "estimate", "calibrate", "none")
AS = "\0"  # starts the tag of an alternative: no key of a params file can hold this character

PAR_WORD = Rule(
    "PAR-WORD",
    en=("none of the five words says how this input is known", "{allowed}", "write for instance {{{first}: …}}"),
    zh=("五个词中没有一个说明该输入如何得知", "{allowed}", "请写成例如 {{{first}: …}}"),
)
PAR_WORDS = Rule(
    "PAR-WORDS",
    en=("{found} stand together", "exactly one of {allowed}", "keep the one that is meant"),
    zh=("{found} 同时出现", "{allowed} 中恰好一个", "请只保留需要的一个"),
)
PAR_WORD_LATER = Rule(
    "PAR-WORD-LATER",
    en=("“{found}” cannot be used for this input yet", "{allowed}", "say how the input is known with one of these"),
    zh=("该输入尚不能用“{found}”", "{allowed}", "请用这些词之一说明该输入如何得知"),
)


def only(*words: str) -> BeforeValidator:
    """Return the check that a value is a map with exactly one of the five words, and one of `words`."""
    allowed = " · ".join(words)

    def check_word(found: Any) -> Any:
        if isinstance(found, BaseModel):
            return found
        if isinstance(found, Scalar) and found.empty:
            raise broken(PAR_EMPTY)
        used = [word for word in FIVE if isinstance(found, Mapping) and word in found]
        if not used:
            raise broken(PAR_WORD, allowed=allowed, first=words[0])
        if len(used) > 1:
            raise broken(PAR_WORDS, allowed=allowed, found=" + ".join(used))
        if used[0] not in words:
            raise broken(PAR_WORD_LATER, allowed=allowed, found=used[0])
        return found

    return BeforeValidator(check_word)


class Worded(BaseModel):
    """A way of knowing an input: its word, and what that word needs."""

    word: ClassVar[str]


def tag_of(*models: type[Worded]) -> Callable[[Any], str | None]:
    """Return what finds the tag of the model that a value's word belongs to."""
    names = {model.word: AS + model.__name__ for model in models}

    def tag(found: Any) -> str | None:
        if isinstance(found, BaseModel):
            return AS + type(found).__name__
        return next((name for word, name in names.items() if word in found), None)

    return tag
