"""The conventions of the Scottish wastewater data, each said with the number of rows it was taken in.

Two things people confuse: the publisher's *class* of a row (Negative, Weak Positive, Positive (DNQ), Positive), and the class
that its number has by the limits published beside it; in a few rows they differ.
"""

from __future__ import annotations

from labkit.errors import Rule

LIMITS = Rule(
    "PUB-NOTED-PROTOCOL",
    en=(
        "the laboratory “{laboratory}”, {n} rows from {first} to {last}",
        "the limits published for it: lod {lod}, loq {loq} gene copies/L",
        "compare numbers below {loq} with those of another protocol only as intervals",
    ),
    zh=(
        "实验室“{laboratory}”，共 {n} 行（{first} 至 {last}）",
        "采用所公布的该实验室限值：检出限 {lod}、定量限 {loq} 基因拷贝/L",
        "低于 {loq} 的数值与其他方案的数值只宜按区间比较",
    ),
    example=("SEPA - Low Volume, 6640 / 9427", "lod 6640, loq 9427"),
    noted=True,
)
NEGATIVE = Rule(
    "PUB-NOTED-ZERO",
    en=("{n} zeros, which stand for “negative”", "below the lod: 0 to lod", "never use them as zeros"),
    zh=("{n} 个零，表示“阴性”", "按低于检出限处理：0 至检出限", "切勿当作零使用"),
    example=("0", "<1316"),
    noted=True,
)
UNDER_LOD = Rule(
    "PUB-NOTED-WEAK",
    en=("{n} numbers above 0 and below the lod", "below the lod: 0 to lod; the number stays in reported_gc_L", "nothing to do"),
    zh=("{n} 个大于 0 而低于检出限的数值", "按低于检出限处理：0 至检出限；数值保留在 reported_gc_L", "无须处理"),
    example=("852, lod 1316", "<1316"),
    noted=True,
)
UNDER_LOQ = Rule(
    "PUB-NOTED-DNQ",
    en=(
        "{n} numbers from the lod up to the loq (detected, not quantified)",
        "between lod and loq; the number stays in reported_gc_L",
        "nothing to do",
    ),
    zh=("{n} 个介于检出限与定量限之间的数值（检出未定量）", "按介于两限之间处理；数值保留在 reported_gc_L", "无须处理"),
    example=("5073, lod 1316, loq 11368", "1316–11368"),
    noted=True,
)
NO_NUMBER = Rule(
    "PUB-NOTED-NO-NUMBER",
    en=("{n} rows with a class and no reported number", "the interval of their class", "nothing to do"),
    zh=("{n} 行有分级而无数值", "按其分级的区间处理", "无须处理"),
    example=("Positive (DNQ), NA", "1316–11368"),
    noted=True,
)
FAILED = Rule(
    "PUB-NOTED-FAILED",
    en=("{n} analyses that failed", "rows without a value: neither negative nor positive", "leave them out of every rate"),
    zh=("{n} 次分析失败", "保留该行而无数值：既非阴性也非阳性", "计算比率时不予计入"),
    example=("Analysis Failed, 0", "Analysis Failed, NA"),
    noted=True,
)
CLASS = Rule(
    "PUB-NOTED-CLASS",
    en=(
        "{n} of {of} rows whose class is not that of their number by the limits",
        "the number and the limits count; both classes stay in the table",
        "look at published_class and class_by_limits",
    ),
    zh=(
        "{of} 行中有 {n} 行，其分级与按限值所得的分级不同",
        "以数值与限值为准；两种分级均保留",
        "请查看 published_class 与 class_by_limits",
    ),
    example=("Weak Positive, 5000, lod 1316", "Positive (DNQ), 5000"),
    noted=True,
)
MEAN = Rule(
    "PUB-NOTED-MEAN",
    en=(
        "{n} reported numbers more than 1 away from the calculated mean",
        "both as published",
        "the reported number is the one classed",
    ),
    zh=("{n} 个报告值与计算均值相差大于 1", "两者均按发布值保留", "分级依据的是报告值"),
    example=("47053, 30000.5", "47053, 47053.55"),
    noted=True,
)
FLOW = Rule(
    "PUB-NOTED-FLOW",
    en=(
        "{n} rows with a measured flow, {modelled} more with a modelled one only, {none} with neither",
        "the measured flow, else the modelled one; flow_kind says which",
        "nothing to do",
    ),
    zh=(
        "{n} 行有实测流量，另有 {modelled} 行仅有模型流量，{none} 行两者皆无",
        "优先实测流量，否则用模型流量；见 flow_kind",
        "无须处理",
    ),
    example=("NA, 24706022", "24706022, modelled"),
    noted=True,
)
BOARD = Rule(
    "PUB-NOTED-BOARD",
    en=("{n} rows ({places}) name another health board than the table of sites", "kept as each file has it", "nothing to do"),
    zh=("{n} 行（{places}）的卫生局与站点表不同", "按各文件原样保留", "无须处理"),
    example=("Highland / Grampian", "Grampian / Grampian"),
    noted=True,
)
