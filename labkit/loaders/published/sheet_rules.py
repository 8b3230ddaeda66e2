"""What the cells of a published table may not be, whoever published it.

Two things people confuse: a slip in the publisher's file, which is refused at its row, and a convention of the publisher, which
is taken and said (`…-NOTED-…`).
"""

from __future__ import annotations

from labkit.errors import Rule

COLUMN = Rule(
    "PUB-COLUMN",
    en=("the header has no column of this name, or has it twice", "it once", "check that the file is of this release"),
    zh=("表头没有此列，或重复出现", "恰好出现一次", "请重新取得文件，并核对是否为该版本"),
    example=("REF_DATE,GEO,…", "REF_DATE,GEO,…,VALUE"),
)
BLANK = Rule(
    "PUB-BLANK",
    en=("an empty cell", "a text", "complete the cell from the publisher's file"),
    zh=("单元格为空", "应有文字", "请按发布者的文件补全"),
    example=("2024,,AA001", "2024,cocaine,AA001"),
)
NUMBER = Rule(
    "PUB-NUMBER",
    en=("'{value}' is not such a number", "a number from {least} up, such as 1.5", "correct it after the publisher's file"),
    zh=("“{value}”不是合乎要求的数", "不小于 {least} 的数，如 1.5", "请按发布者的文件更正"),
    example=("<24", "24"),
)
YEAR = Rule(
    "PUB-YEAR",
    en=("'{value}' is not a year", "four digits", "correct it after the publisher's file"),
    zh=("“{value}”不是年份", "四位数字", "请按发布者的文件更正"),
    example=("23", "2023"),
)
WORD = Rule(
    "PUB-WORD",
    en=("'{value}' is not a word of this column", "one of: {known}", "correct it after the publisher's file"),
    zh=("“{value}”不是该列的用词", "应为以下之一：{known}", "请按发布者的文件更正"),
    example=("Weakly positive", "Weak Positive"),
)
TWICE = Rule(
    "PUB-TWICE",
    en=("the same key as row {first}", "each key once", "keep the row that the publisher has"),
    zh=("与第 {first} 行的键相同", "每个键只出现一次", "请保留发布者文件中的那一行"),
    example=("41493, 41493", "41493, 41494"),
)
DIFFERS = Rule(
    "PUB-DIFFERS",
    en=("'{value}' does not agree with {other}", "the same in both", "correct the one that is not the publisher's"),
    zh=("“{value}”与 {other} 不一致", "两处应一致", "请按发布者的文件更正其中不符的一处"),
    example=("Allanfearn 62058 / 62085", "Allanfearn 62058 / 62058"),
)
