"""What is said about the encoding of a text file: how it was taken, or why it cannot be.

Two things people confuse: *GBK* is what Chinese spreadsheets write as “CSV”, and GB18030 is its superset; in *Latin-1* every
byte is a letter, so that reading GBK as Latin-1 never fails and always gives nonsense (`Õ¾µã` for 站点).
"""

from __future__ import annotations

from labkit.errors import Rule

NOT_UTF8 = ("save the file as “CSV UTF-8”", "请另存为“CSV UTF-8”")
GB18030 = Rule(
    "ENC-GB18030",
    en=("the text is not UTF-8", "read as GB18030 (GBK)", NOT_UTF8[0]),
    zh=("文本不是 UTF-8", "已按 GB18030（GBK）读入", NOT_UTF8[1]),
    example=("GBK", "UTF-8"),
    noted=True,
)
UTF16 = Rule(
    "ENC-UTF16",
    en=("the text is UTF-16", "read as UTF-16, as the mark at its start says", NOT_UTF8[0]),
    zh=("文本为 UTF-16", "已按文件开头的标记以 UTF-16 读入", NOT_UTF8[1]),
    example=("UTF-16", "UTF-8"),
    noted=True,
)
BOM = Rule(
    "ENC-BOM",
    en=("an invisible mark (BOM) stands before the first name", "left out", "save as UTF-8 without BOM if you can choose"),
    zh=("首个列名前有不可见标记（BOM）", "已略去", "如可选择，请保存为不带 BOM 的 UTF-8"),
    example=("EF BB BF site", "site"),
    noted=True,
)
BOM_TWICE = Rule(
    "ENC-BOM-TWICE",
    en=("the invisible mark (BOM) stands twice before the first name", "once, or not at all", "export the file again"),
    zh=("首个列名前的不可见标记（BOM）出现两次", "只能出现一次或不出现", "请重新导出文件"),
    example=("EF BB BF EF BB BF site", "site"),
)
NUL = Rule(
    "ENC-NUL",
    en=(
        "a NUL byte on line {line}",
        "text",
        "the file is damaged, binary, or UTF-16 without its mark: export it again as UTF-8",
    ),
    zh=("第 {line} 行含有 NUL 字节", "须为文本", "文件已损坏、为二进制，或为缺少标记的 UTF-16：请重新导出为 UTF-8"),
    example=("1 00 2", "12"),
)
MIXED = Rule(
    "ENC-MIXED",
    en=(
        "the encoding changes on line {line} (between UTF-8 and GB18030)",
        "one encoding in a file",
        "the file was put together from two: save both parts as UTF-8 and join them again",
    ),
    zh=(
        "编码在第 {line} 行改变（UTF-8 与 GB18030 之间）",
        "一个文件只能有一种编码",
        "文件由两部分拼接而成：请将各部分另存为 UTF-8 后再合并",
    ),
    example=("UTF-8 + GBK", "UTF-8"),
)
DECLARED = Rule(
    "ENC-DECLARED",
    en=(
        "byte {offset} on line {line} is not {encoding} (0x{byte}), which the laboratory profile declares",
        "text in the declared encoding",
        "save the file so, or correct `encoding:` in the profile",
    ),
    zh=(
        "第 {line} 行、第 {offset} 字节（0x{byte}）不符合实验室配置所声明的 {encoding}",
        "文本须符合所声明的编码",
        "请按该编码另存，或更正配置中的 `encoding:`",
    ),
    example=("GBK, encoding: utf-8", "GBK, encoding: gb18030"),
)
UNKNOWN = Rule(
    "ENC-UNKNOWN",
    en=("byte {offset} on line {line} is not {encoding} (0x{byte})", "UTF-8 text", NOT_UTF8[0]),
    zh=("第 {line} 行、第 {offset} 字节（0x{byte}）不是 {encoding}", "须为 UTF-8 文本", NOT_UTF8[1]),
    example=("Latin-1", "UTF-8"),
)
