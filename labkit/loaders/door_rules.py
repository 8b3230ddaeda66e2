"""What may be wrong with a row of a laboratory file, in both languages; the readers of single cells have their own.

Two things people confuse: an *empty* cell that must be filled, and a value that is there and lies outside of all experience.
"""

from __future__ import annotations

from labkit.errors import Rule

EMPTY_CELL = Rule(
    "KEY-EMPTY",
    en=("an empty cell", "a {column} in each row", "fill the cell: a row without it belongs nowhere"),
    zh=("单元格为空", "每行须有 {column}", "请填写：缺少它的行无法归属"),
    example=(",2024-03-05,…", "A,2024-03-05,…"),
)
NO_UNIT = Rule(
    "UNI-MISSING",
    en=("no unit", "one of {known}", "fill the cell: a number without a unit is no measurement"),
    zh=("没有单位", "须为 {known} 之一", "请填写：没有单位的数字不是测量值"),
    example=("250,", "250,ng/L"),
)
NO_VALUE = Rule(
    "VAL-EMPTY",
    en=(
        "an empty cell",
        "a number or a mark such as ND with its limit",
        "write what was found; if nothing was measured, remove the row",
    ),
    zh=("单元格为空", "须为数字，或 ND 等标记并附限值", "请填写检测结果；若未检测，请删除该行"),
    example=("(empty)", "ND"),
)
NOT_ANALYSED = Rule(
    "VAL-NOT-ANALYSED",
    en=("empty cells under an analyte", "taken as not analysed: no result", "write ND if it was analysed and not found"),
    zh=("检测物列中有空单元格", "视为未检测：没有结果", "若已检测而未检出，请写 ND"),
    example=("(empty)", "ND"),
    noted=True,
)
LEFT_OUT = Rule(
    "VAL-MISSING",
    en=("the word “{value}”, which the profile lists as missing", "rows left out", "nothing to do"),
    zh=("“{value}”（配置列为缺失）", "该行未采用", "无须处理"),
    example=("-", "ND"),
    noted=True,
)
NOT_DETECTED = Rule(
    "VAL-NOT-DETECTED",
    en=("the mark “{value}”", "taken as an interval up to the limit of its row or profile, never as a number", "nothing to do"),
    zh=("标记“{value}”", "按上限为该行或配置中限值的区间读入，绝不作数字", "无须处理"),
    example=("ND, lod 1", "250, lod 1"),
    noted=True,
)
PLAUSIBLE = Rule(
    "VAL-PLAUSIBLE",
    en=(
        "{value}, which is {number} {unit}",
        "{low} to {high} {unit} for {what}",
        "check the unit (ng, µg, mg) and the decimal mark",
    ),
    zh=("{value}，即 {number} {unit}", "{what} 须在 {low} 至 {high} {unit} 之间", "请核对单位（ng、µg、mg）和小数点"),
    example=("250000000 ng/L", "250 ng/L"),
)
UNKNOWN_ANALYTE = Rule(
    "KEY-ANALYTE",
    en=(
        "the analyte “{value}”{hint}",
        "an analyte of the vocabulary: {known}",
        "correct the name, or name it in the laboratory's profile",
    ),
    zh=("检测物“{value}”{hint}", "须为词表中的检测物：{known}", "请更正名称，或在实验室配置中指明"),
    example=("ketamin", "ketamine"),
)
ALIAS = Rule(
    "KEY-ALIAS",
    en=("the name “{value}”", "taken as {key}", "write {key} to be free of this note"),
    zh=("名称“{value}”", "按 {key} 读入", "写作 {key} 即无此说明"),
    example=("METH", "methamphetamine"),
    noted=True,
)
NOT_A_WORD = Rule(
    "KEY-WORD",
    en=("“{value}”{hint}", "one of {known}", "correct the word"),
    zh=("“{value}”{hint}", "须为 {known} 之一", "请更正"),
    example=("cenus", "census"),
)
NOT_WHOLE = Rule(
    "KEY-COUNT",
    en=("“{value}” is not a whole number", "1, 2, 3 …", "correct the cell"),
    zh=("“{value}”不是正整数", "须为 1、2、3……", "请更正该单元格"),
    example=("1.5", "2"),
)
TOTAL = Rule(
    "ROW-TOTAL",
    en=("a row of totals or means (“{value}”)", "one result a row", "delete the row: labkit computes totals itself"),
    zh=("合计或平均行（“{value}”）", "每行一个结果", "请删除该行：合计由 labkit 计算"),
    example=("合计,,,1250,", "(no such row)"),
)
FOOTNOTE = Rule(
    "ROW-FOOTNOTE",
    en=("a row with a text in one cell and nothing else", "one result a row", "move the remark out of the table"),
    zh=("仅一个单元格有文字的行", "每行一个结果", "请将备注移出表格"),
    example=("* preliminary,,,,", "(no such row)"),
)
UNKNOWN_SITE = Rule(
    "KEY-SITE-LIST",
    en=("the site “{value}” is not in the sites table{hint}", "sites of {other}", "add the site there, or correct its code"),
    zh=("站点表中没有“{value}”{hint}", "须为 {other} 中的采样点", "请在站点表中添加，或更正代码"),
    example=("A2", "A"),
)
ANALYSED_BEFORE = Rule(
    "DAT-ANALYSED",
    en=(
        "analysed on {analysed}, before it was sampled on {sampled}",
        "analysis on the day of sampling or later",
        "correct the day that is wrong",
    ),
    zh=("检测日期 {analysed} 早于采样日期 {sampled}", "检测日期不得早于采样日期", "请更正错误的日期"),
    example=("2024-03-05, analysed 2024-03-01", "2024-03-05, analysed 2024-03-06"),
)
COMPOSITE = Rule(
    "DAT-COMPOSITE",
    en=("a composite sample without {what}", "start and end of the composite", "fill the columns “start” and “end”"),
    zh=("混合样缺少 {what}", "须有混合采样的开始与结束", "请填写“start”（开始）与“end”（结束）列"),
    example=("composite", "composite, 2024-03-05 08:00, 2024-03-06 08:00"),
)
SHARES = Rule(
    "SIT-SHARE",
    en=(
        "the shares of area “{value}” add up to {sum}",
        "at most 1: each person lives in one catchment or in none",
        "correct the column area_share",
    ),
    zh=("区域“{value}”的占比之和为 {sum}", "至多为 1：每人只属于一个集水区或不属于任何集水区", "请更正 area_share 列"),
    example=("0.7 and 0.5", "0.7 and 0.3"),
)
SEGMENT = Rule(
    "HAI-SEGMENT",
    en=("a segment from {low} to {high} cm", "from 0 at the root, the end farther than the start", "correct the two columns"),
    zh=("分段为 {low} 至 {high} cm", "自根部 0 起，终点须大于起点", "请更正这两列"),
    example=("3, 0", "0, 3"),
)
CONVERTED = Rule(
    "UNI-CONVERTED",
    en=("values in {unit}", "converted to {ours}, their limits with them", "nothing to do"),
    zh=("以 {unit} 为单位的值", "已换算为 {ours}，限值一并换算", "无须处理"),
    example=("500 pg/mg", "0.5 ng/mg"),
    noted=True,
)
ZERO_READ = Rule(
    "VAL-ZERO-READ",
    en=("0, which the laboratory's profile takes for “not detected”", "taken as below the limit", "write ND"),
    zh=("0（实验室配置视为“未检出”）", "按低于限值读入", "请写 ND"),
    example=("0", "ND"),
    noted=True,
)
SPAN = Rule(
    "DAT-SPAN",
    en=("a composite that ends at {end}, not after its start at {start}", "an end after the start", "correct the two times"),
    zh=("混合采样结束于 {end}，不晚于开始 {start}", "结束须晚于开始", "请更正这两个时间"),
    example=("2024-03-06 08:00 to 2024-03-05 08:00", "2024-03-05 08:00 to 2024-03-06 08:00"),
)
JUMP = Rule(
    "VAL-JUMP",
    en=(
        "{value}, which is {factor} the usual flow of site {site}",
        "a flow within {most} times the site's median",
        "check the unit (m3/day, L/s) and the decimal mark",
    ),
    zh=(
        "{value}，为采样点 {site} 通常流量的 {factor}",
        "须在该点中位流量的 {most} 倍以内",
        "请核对单位（m3/day、L/s、万m3/d）和小数点",
    ),
    example=("2315 among 200000", "200000"),
)
