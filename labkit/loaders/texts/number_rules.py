"""The sentences about numbers: what is found in place of a plain one, and what a chemist can do about it.

Two things people confuse: a *mark* with a meaning of its own (ND, <10: read as values are) and a *remark* beside a number (a
unit, a star, ±): remarks have columns of their own.
"""

from __future__ import annotations

from labkit.errors import Rule

NOT_A_NUMBER = Rule(
    "VAL-NUMBER",
    en=(
        "“{value}” is not a number",
        "a plain decimal such as 12.5{marks}",
        "correct the cell; units and remarks have columns of their own",
    ),
    zh=("“{value}”不是数字", "须为普通小数，如 12.5{marks}", "请更正该单元格；单位与备注另列"),
    example=("1.2*", "1.2"),
)
NEGATIVE = Rule(
    "VAL-NEGATIVE",
    en=(
        "the negative number {value}",
        "a positive number",
        "check the sign; a result below its limit is written “<limit” or ND",
    ),
    zh=("负数 {value}", "须为正数", "请核对正负号；低于限值请写“<限值”或 ND"),
    example=("-0.3", "<0.5"),
)
ABOVE_ZERO = Rule(
    "VAL-ABOVE-ZERO",
    en=("0", "a number above zero", "enter the number; if it is not known, leave the row out rather than writing 0"),
    zh=("0", "须为大于零的数", "请填写实际数值；若不清楚，请删去该行，不要以 0 代替"),
    example=("0", "52000"),
)
BEYOND = Rule(
    "VAL-RANGE",
    en=("{value}", "a number from {least} to {most}", "nothing measured lies beyond: check the exponent and the unit"),
    zh=("{value}", "须为 {least} 至 {most} 的数", "没有测量值会超出此范围：请核对指数和单位"),
    example=("1.2e20", "1.2e2"),
)
DECIMAL_COMMA = Rule(
    "VAL-DECIMAL-COMMA",
    en=(
        "“{value}” has a comma where the decimal point stands",
        "the decimal point, as in 1.5",
        "write the point; if the laboratory always writes the comma, declare decimal: ',' in its profile",
    ),
    zh=(
        "“{value}”以逗号作小数点",
        "须用小数点，如 1.5",
        "请改用小数点；若该实验室一律用逗号，请在其配置中声明 decimal: ','",
    ),
    example=("1,5", "1.5"),
)
DECIMAL_POINT = Rule(
    "VAL-DECIMAL-POINT",
    en=(
        "“{value}” has a decimal point, and the profile declares the decimal comma",
        "the decimal comma in every number of the file, as in 1,5",
        "write the comma here too, or correct decimal in the profile; one file has one decimal mark",
    ),
    zh=(
        "“{value}”用了小数点，而配置声明的是小数逗号",
        "全文件须统一用小数逗号，如 1,5",
        "此处也请用逗号，或更正配置中的 decimal；同一文件只用一种小数符号",
    ),
    example=("1.5", "1,5"),
)
THOUSANDS = Rule(
    "VAL-THOUSANDS",
    en=(
        "“{value}” may be digits in groups of three, decimals, or two numbers: a factor of 1000 hangs on it",
        "digits without grouping, as in 1234.5",
        "take the grouping out; if the laboratory always groups digits, declare thousands: {mark} in its profile",
    ),
    zh=(
        "“{value}”可能是千位分组，也可能是小数或两个数，相差可达一千倍",
        "数字须不分组，如 1234.5",
        "请去掉分组符号；若该实验室一律分组书写，请在其配置中声明 thousands: {mark}",
    ),
    example=("1,234", "1234"),
)
FULL_WIDTH = Rule(
    "VAL-FULL-WIDTH",
    en=("“{value}” in full-width characters", "read as the same half-width digits", "switch the input method to half-width"),
    zh=("“{value}”为全角字符", "已按相应的半角数字读入", "请将输入法切换为半角"),
    example=("\uff11\uff12\uff0e\uff15", "12.5"),
    noted=True,
)
FULL_WIDTH_COMMA = Rule(
    "VAL-FULL-WIDTH-COMMA",
    en=(
        "“{value}” has a Chinese comma: one number with decimals, or two numbers",
        "one number in a cell, with a decimal point, as in 1.5",
        "write the point if it is one number; give the second number a row of its own",
    ),
    zh=(
        "“{value}”含中文逗号：可能是一个小数，也可能是两个数",
        "每格一个数，用小数点，如 1.5",
        "若为一个数，请改用小数点；若为两个数，请分行填写",
    ),
    example=("1，5", "1.5"),
)
SPACE = Rule(
    "VAL-SPACE",
    en=(
        "“{value}” with a space that does not break",
        "read without the space",
        "write the digits without spaces, as in 1234.5",
    ),
    zh=("“{value}”含不间断空格", "已去掉空格读入", "数字之间请勿加空格，如 1234.5"),
    example=("1\u202f234.5", "1234.5"),
    noted=True,
)
UNIT_IN_CELL = Rule(
    "VAL-UNIT-IN-CELL",
    en=("“{value}” holds a unit", "the number alone, as in 1.2", "move the unit to the column “unit”"),
    zh=("“{value}”中带有单位", "只写数字，如 1.2", "请将单位移至“单位”列"),
    example=("1.2 ng/L", "1.2"),
)
PLUS_MINUS = Rule(
    "VAL-PLUS-MINUS",
    en=(
        "“{value}” holds a number and its uncertainty",
        "the number alone, as in 1.2",
        "give the uncertainty a column of its own",
    ),
    zh=("“{value}”同时写了数值与不确定度", "只写数值，如 1.2", "请将不确定度另列一栏"),
    example=("1.2±0.3", "1.2"),
)
PERCENT = Rule(
    "VAL-PERCENT",
    en=(
        "“{value}” is a share, not an amount",
        "a number in the unit of its column",
        "give the amount itself, not its percentage",
    ),
    zh=("“{value}”是百分比，不是测量值", "须为以本列单位表示的数", "请填写数值本身，不要填百分比"),
    example=("12%", "0.12"),
)
INFINITE = Rule(
    "VAL-INFINITE",
    en=("“{value}” is infinite", "a finite number, or “>limit”", "a result above the working range is written “>limit”"),
    zh=("“{value}”为无穷大", "须为有限的数，或“>上限”", "超出测定范围的结果请写“>上限”"),
    example=("inf", ">1000"),
)
NAN = Rule(
    "VAL-NAN",
    en=(
        "“{value}” is what software writes for “no number”",
        "a number, or a mark such as ND",
        "look up what was measured: write the number, or ND if nothing was found; leave the row out if it was not measured",
    ),
    zh=(
        "“{value}”是软件表示“无数值”的写法",
        "须为数字，或 ND 等标记",
        "请查明原始结果：有数值则填数值，未检出填 ND，未测定则删去该行",
    ),
    example=("nan", "ND"),
)
HEX = Rule(
    "VAL-HEX",
    en=("“{value}” is a hexadecimal number", "a decimal number, as in 31", "export the column again as decimal numbers"),
    zh=("“{value}”是十六进制数", "须为十进制数，如 31", "请以十进制重新导出该列"),
    example=("0x1F", "31"),
)
TICK = Rule(
    "VAL-TICK",
    en=(
        "“{value}” tells that something was found, not how much",
        "a number, or “detected” where LOD and LOQ are given",
        "write the concentration; “detected” is taken as lying between LOD and LOQ",
    ),
    zh=(
        "“{value}”只说明有，没有说明多少",
        "须为数字；给出检出限与定量限时也可写“检出”",
        "请填写浓度；“检出”按介于检出限与定量限之间处理",
    ),
    example=("✓", "12.5"),
)
MISSING_WORD = Rule(
    "VAL-MISSING-WORD",
    en=(
        "“{value}” may mean not measured or not found",
        "a number, ND, or a word that the profile lists under missing",
        "write ND if nothing was found; if it means “not measured”, list it in the profile under missing",
    ),
    zh=(
        "“{value}”可能指未测定，也可能指未检出",
        "须为数字、ND，或配置中 missing 所列的词",
        "未检出请写 ND；若表示“未测定”，请列入配置的 missing",
    ),
    example=("/", "ND"),
)
