"""An edition: in which language a result is shown, and whether it must carry the word SIMULATED."""

from __future__ import annotations

from dataclasses import dataclass

SIMULATED = "SIMULATED / 模拟数据"


def say_percent(share: float) -> str:
    """Return a share as whole percent, with a space before the sign.

    >>> say_percent(0.95)
    '95 %'
    """
    return f"{100 * share:.0f} %"


@dataclass(frozen=True)
class Edition:
    """The language (`en` or `zh`) of labels, captions and sentences; `simulated` stamps every one of them."""

    language: str = "en"
    simulated: bool = False

    def pick(self, en: str, zh: str) -> str:
        """Return the text in this edition's language."""
        return zh if self.language == "zh" else en

    def caption(self, text: str) -> str:
        """Return a caption, stamped if the data are simulated."""
        return f"{SIMULATED} – {text}" if self.simulated else text
