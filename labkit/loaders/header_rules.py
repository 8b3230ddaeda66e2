"""What may be wrong with the header of a laboratory file, in both languages.

Two things people confuse: a column that is *missing* and one that stands there under a name nobody knows; the message of the
first names the nearest of the second.
"""

from __future__ import annotations

from labkit.errors import Rule

HEADER_TWICE = Rule(
    "HDR-TWICE",
    en=("the column name “{name}” stands in columns {letters}", "each column once", "rename or remove one of the two"),
    zh=("列名“{name}”出现在 {letters} 列", "列名不得重复", "请改名或删除其一"),
    example=("site,date,date", "site,date,analysed"),
)
COLUMN_MISSING = Rule(
    "HDR-COLUMN",
    en=("no column “{name}”{hint}", "the columns {wanted}", "add the column, correct its name, or name it in a profile"),
    zh=("缺少列“{name}”{hint}", "须有列 {wanted}", "请添加该列、更正列名，或在实验室配置中指明"),
    example=("sit", "site"),
)
ABOVE = Rule(
    "HDR-ROW",
    en=(
        "row {first} is no header; row {row} looks like one",
        "the header in the first row, or a profile that says where it is",
        "delete the rows above it, or write “header_row: {row}” in the laboratory's profile",
    ),
    zh=(
        "第 {first} 行不是表头；第 {row} 行像是表头",
        "表头须在首行，或由实验室配置指明",
        "请删除其上的行，或在配置中写“header_row: {row}”",
    ),
    example=("results of March\nsite,date,…", "site,date,…"),
)
UNIT_ROW = Rule(
    "HDR-UNITS",
    en=(
        "a second header row with the unit “{unit}”",
        "data under the header, or a profile that says there is a row of units",
        "move the unit into a column “unit”, or write “unit_row: true” in the laboratory's profile",
    ),
    zh=(
        "表头下另有一行单位（“{unit}”）",
        "表头下须为数据，或由配置说明有单位行",
        "请将单位移入“单位”列，或在配置中写“unit_row: true”",
    ),
    example=("site,concentration\n,ng/L", "site,concentration,unit"),
)
SIDE_BY_SIDE = Rule(
    "HDR-TABLES",
    en=("a second table begins in column {letter}", "one table in a file", "put each table into its own file or sheet"),
    zh=("{letter} 列起是另一张表", "一个文件只能有一张表", "请将每张表放入各自的文件或工作表"),
    example=("site,date,,site,date", "site,date"),
)
EXTRA = Rule(
    "HDR-EXTRA",
    en=("columns that labkit does not know: {names}", "left out", "nothing to do, unless one of them is misspelt"),
    zh=("labkit 不认识的列：{names}", "未采用", "若非拼写错误，无须处理"),
    example=("site,date,colour", "site,date"),
    noted=True,
)
ALIAS = Rule(
    "HDR-NAME",
    en=("the header “{name}”", "read as {column}", "write {column} to be free of this note"),
    zh=("表头“{name}”", "按 {column} 列读入", "写作 {column} 即无此说明"),
    example=("浓度（ng/L）", "浓度"),
    noted=True,
)
