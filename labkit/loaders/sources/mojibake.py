"""Text that a wrong change of encoding has broken before it came here, and that is valid all the same.

Two things people confuse: a file in another *encoding* can be read once the encoding is known; *mojibake* was read in the
wrong one and saved again, so that its bytes are in order and its words are not.
"""

from __future__ import annotations

import re

from labkit.errors import Rule

MOJIBAKE = Rule(
    "ENC-MOJIBAKE",
    en=(
        "the text was broken by a wrong change of encoding before it was saved",
        "text as it was typed",
        "export it again from the source; what was lost cannot be brought back here",
    ),
    zh=("文本在保存前因编码转换错误而成为乱码", "须为原始文字", "请从原始系统重新导出；在此无法还原"),
    example=("Õ¾µã", "站点"),
)

_LATIN = re.compile(rb"(?:[\xc2\xc3][\x80-\xbf]){4,}")


def mojibake(block: bytes) -> str | None:
    """Return the first text of UTF-8 `block` that a wrong conversion has broken, or None.

    Recognised are Chinese characters read as Latin-1 (two at least) and U+FFFD, which stands where a text was lost.

    >>> mojibake("Õ¾µã,µg/L".encode())
    'Õ¾µã'
    >>> mojibake("站点,café,µg/L".encode()) is None
    True
    """
    if block.isascii():
        return None
    if b"\xef\xbf\xbd" in block:
        return "\ufffd"
    if b"\xc3" not in block:
        return None
    for found in _LATIN.finditer(block):
        text = found[0].decode()
        for encoding in ("gb2312", "utf-8"):
            try:
                original = text.encode("latin-1").decode(encoding)
            except UnicodeDecodeError:
                continue
            if all("\u3000" <= character <= "\uffef" for character in original):
                return text
    return None
