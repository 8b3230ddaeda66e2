"""What the door of the European release refuses, and what it only notes, each as one sentence in both languages.

Two things people confuse: a rule that refuses (`EUDA-…`) and one that is only noted (`EUDA-NOTED-…`): a note keeps the row, and
says what was odd and how it was read.
"""

from __future__ import annotations

from labkit.errors import Rule

PAGE = "https://www.euda.europa.eu/publications/html/pods/waste-water-analysis_en"

MISSING = Rule(
    "EUDA-MISSING",
    en=("the file cannot be read ({reason})", "the file with sha256 {sha256}", "take it from {page} and put it in {where}"),
    zh=("无法读取该文件（{reason}）", "sha256 为 {sha256} 的文件", "请从 {page} 取得，放入 {where}"),
)
DIFFERS = Rule(
    "EUDA-DIFFERS",
    en=("sha256 {found}, {bytes} bytes", "the file with sha256 {sha256}", "take it again from {page} and put it in {where}"),
    zh=("sha256 为 {found}，{bytes} 字节", "sha256 为 {sha256} 的文件", "请从 {page} 重新取得，放入 {where}"),
)
NO_PREVIOUS = Rule(
    "EUDA-PREVIOUS",
    en=(
        "a change is labelled, but the previous year or its load is empty",
        "both given",
        "correct the row after the publisher's",
    ),
    zh=("标有变化，但上一年或其负荷为空", "两者都须给出", "请按发布者的文件更正该行"),
)
METABOLITE = Rule(
    "EUDA-METABOLITE",
    en=("'{value}' is not a known metabolite", "one of {known}", "correct the word (nearest: {nearest})"),
    zh=("“{value}”不是已知的代谢物", "应为 {known} 之一", "请更正（最接近：{nearest}）"),
)
SITE = Rule(
    "EUDA-SITE",
    en=("'{value}' is in no row of the site table", "a site of the site table", "correct the code, or add the site"),
    zh=("站点表中没有“{value}”", "站点表中的站点", "请更正代码，或在站点表中补充该站点"),
)
WEEK = Rule(
    "EUDA-WEEK",
    en=("site '{value}' has no week for this drug and year", "a week that is in the release", "correct site, drug or year"),
    zh=("站点“{value}”没有该药物该年的采样周", "该版本中已有的采样周", "请更正站点、药物或年份"),
)
LABEL = Rule(
    "EUDA-LABEL",
    en=("'{value}' is not a label of change", "one of {labels}", "correct it after the publisher's file"),
    zh=("“{value}”不是变化标签", "应为 {labels} 之一", "请按发布者的文件更正"),
)
MEASURE = Rule(
    "EUDA-MEASURE",
    en=("'{value}' is not a known measure", "one of {measures}", "correct the word"),
    zh=("“{value}”不是已知的指标", "应为 {measures} 之一", "请更正"),
)
UNIT = Rule(
    "EUDA-UNIT",
    en=("the unit '{value}'", "{unit}", "convert the figure before it is carried over"),
    zh=("单位为“{value}”", "应为 {unit}", "请换算后再录入"),
)
UNREADABLE = Rule(
    "EUDA-UNREADABLE",
    en=("the file cannot be read ({reason})", "a CSV file", "check the path in the params file"),
    zh=("无法读取该文件（{reason}）", "CSV 文件", "请核对参数文件中的路径"),
)
WANTED = Rule(
    "EUDA-WANTED",
    en=("the files listed are {listed}", "each of {names} once", "correct the list of files wanted"),
    zh=("所列文件为 {listed}", "{names} 各一次", "请更正所需文件清单"),
)
NOTE_COUNTRY = Rule(
    "EUDA-NOTED-COUNTRY",
    en=("{count} rows ({places}) write the country H", "two letters", "read as HU"),
    zh=("{count} 行（{places}）国家写作 H", "应为两个字母", "按 HU 读取"),
)
NOTE_ZEROS = Rule(
    "EUDA-NOTED-ZEROS",
    en=("{count} of {rows} weeks hold a zero", "a measurement, or a limit", "a zero is below a limit that is not given"),
    zh=("{rows} 个采样周中有 {count} 个含零值", "测得值或限值", "零值表示低于某个未给出的限值"),
)
NOTE_MEANS = Rule(
    "EUDA-NOTED-MEANS",
    en=(
        "in {count} of {rows} weeks the daily mean is not the mean of the days given",
        "their mean, to the second decimal",
        "kept as published: days were filled in, or samples are not shown",
    ),
    zh=(
        "{rows} 个采样周中有 {count} 个的日均值不等于所列各日的均值",
        "两者相等（两位小数）",
        "按发布值保留：缺日由发布者补齐，或有样品未列出",
    ),
)
NOTE_POPULATION = Rule(
    "EUDA-NOTED-POPULATION",
    en=("{count} populations are written as powers of ten (9e+05)", "whole numbers", "read as that number"),
    zh=("{count} 个人口数写作科学计数（9e+05）", "应为整数", "按该数读取"),
)
