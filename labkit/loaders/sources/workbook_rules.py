"""What a workbook may not hold beside its table, and what of it is taken with a remark.

Two things people confuse: a *formula* is not a result; what it shows was computed elsewhere, at another time, from cells that
may not be in this file. And what is *hidden* is still in the file.
"""

from __future__ import annotations

from labkit.errors import Rule

MACRO = Rule(
    "WB-MACRO",
    en=(
        "the workbook holds a program (“{part}”)",
        "a workbook without macros (.xlsx)",
        "save it as .xlsx, or export the sheet as CSV",
    ),
    zh=("工作簿含有程序（“{part}”）", "须为不含宏的工作簿（.xlsx）", "请另存为 .xlsx，或将工作表导出为 CSV"),
    example=(".xlsm", ".xlsx"),
)
EXTERNAL = Rule(
    "WB-EXTERNAL",
    en=(
        "the workbook takes data from elsewhere (“{part}”)",
        "a workbook that stands alone",
        "break the links (Data, Edit Links) and save it again",
    ),
    zh=("工作簿引用外部数据（“{part}”）", "工作簿须独立完整", "请断开链接（数据 → 编辑链接）后重新保存"),
    example=("='[old.xlsx]Sheet1'!B2", "12.5"),
)
OBJECT = Rule(
    "WB-OBJECT",
    en=(
        "another file or a control is embedded in the workbook (“{part}”)",
        "cells only",
        "delete the embedded object and save it again",
    ),
    zh=("工作簿内嵌有其他文件或控件（“{part}”）", "只能有单元格", "请删除嵌入对象后重新保存"),
    example=("oleObject1.bin", "12.5"),
)
PICTURE = Rule(
    "WB-PICTURE",
    en=(
        "pictures, charts or drawings lie over the cells",
        "the cells under them were read, the pictures were not",
        "delete them to be free of this note",
    ),
    zh=("单元格上有图片、图表或图形", "只读取其下的单元格，图片等未读取", "删除后即无此说明"),
    example=("🖼 12.5", "12.5"),
    noted=True,
)
WHICH_SHEET = Rule(
    "WB-WHICH-SHEET",
    en=(
        "{n} sheets hold something{names}; which sheet?",
        "one sheet, or a profile that names it",
        "write “sheet: …” in the laboratory's profile, or delete the other sheets",
    ),
    zh=(
        "有 {n} 张工作表含有内容{names}；应读哪一张？",
        "只能有一张，或由实验室配置指明",
        "请在配置中写“sheet: …”，或删除其他工作表",
    ),
    example=("cover, results", "results"),
)
NO_SUCH_SHEET = Rule(
    "WB-NO-SHEET",
    en=(
        "no sheet “{sheet}”{names}",
        "the sheet that the laboratory's profile names",
        "correct “sheet” in the profile, or the name of the sheet",
    ),
    zh=("没有工作表“{sheet}”{names}", "须有实验室配置所指的工作表", "请更正配置中的“sheet”或工作表名称"),
    example=("Result", "results"),
)
OTHER_SHEETS = Rule(
    "WB-OTHER-SHEETS",
    en=(
        "other sheets that hold something: {n}",
        "only the sheet of the profile was read",
        "delete them to be free of this note",
    ),
    zh=("另有 {n} 张工作表含有内容", "只读取配置所指的工作表", "删除后即无此说明"),
    example=("cover, results", "results"),
    noted=True,
)
HIDDEN_SHEET = Rule(
    "WB-HIDDEN-SHEET",
    en=(
        "hidden sheets: {n}{names}",
        "visible sheets only: what is hidden is handed on unseen",
        "unhide them, look, and delete what does not belong here",
    ),
    zh=("有 {n} 张隐藏的工作表{names}", "不得有隐藏工作表：隐藏内容会随文件一并传出", "请取消隐藏并查看，删除不应提交的内容"),
    example=("results + (key)", "results"),
)
HIDDEN_ROWS = Rule(
    "WB-HIDDEN-ROWS",
    en=(
        "hidden rows: {n} ({rows})",
        "all rows visible: it cannot be known whether hidden ones count",
        "unhide them (clear the filter), or delete them",
    ),
    zh=("有 {n} 行被隐藏（{rows}）", "所有行须可见：无法判断隐藏行是否计入", "请取消隐藏（清除筛选），或将其删除"),
    example=("1, 2, 5", "1, 2, 3, 4, 5"),
)
FILTER = Rule(
    "WB-FILTER",
    en=("a filter is switched on over {range}", "no filter in use", "clear the filter and save the workbook again"),
    zh=("{range} 区域正在使用筛选", "不得使用筛选", "请清除筛选后重新保存"),
    example=("▼ A", "A"),
)
HIDDEN_COLUMN = Rule(
    "WB-HIDDEN-COLUMN",
    en=(
        "a hidden column",
        "visible columns only: a hidden one may hold names",
        "unhide it, look, and delete it if it does not belong here",
    ),
    zh=("隐藏的列", "不得有隐藏列：其中可能有姓名", "请取消隐藏并查看，不应提交则删除"),
    example=("A, (B), C", "A, C"),
)
HIDDEN_COLUMN_READ = Rule(
    "WB-HIDDEN-READ",
    en=("hidden columns: {letters}", "read like the others", "unhide them to be free of this note"),
    zh=("隐藏的列：{letters}", "与其他列一样读取", "取消隐藏即无此说明"),
    example=("A, (B), C", "A, B, C"),
    noted=True,
)
COMMENT = Rule(
    "WB-COMMENT",
    en=("a comment with text", "no free text about persons", "delete the comment"),
    zh=("带文字的批注", "不得有关于个人的自由文本", "请删除批注"),
    example=("12.5 💬", "12.5"),
)
COMMENT_LEFT = Rule(
    "WB-COMMENT-LEFT",
    en=("comments: {n}", "not read", "what matters in them belongs in a column; delete them to be free of this note"),
    zh=("有 {n} 条批注", "未读取", "重要内容请写入列中；删除后即无此说明"),
    example=("12.5 💬", "12.5"),
    noted=True,
)
MERGED = Rule(
    "WB-MERGED",
    en=("the cells {range} are merged", "one value in each cell", "unmerge them and fill in every cell"),
    zh=("单元格 {range} 已合并", "每个单元格各有一个值", "请取消合并并逐格填写"),
    example=("A1:B1", "A1, B1"),
)
FORMULA = Rule(
    "WB-FORMULA",
    en=("a formula: {formula}", "numbers, days and texts as they are", "copy the cells and paste them as values"),
    zh=("公式：{formula}", "须为数字、日期或文字本身", "请复制后以“数值”方式粘贴"),
    example=("=B2*1000", "1200"),
)
ERROR = Rule(
    "WB-ERROR",
    en=(
        "the error value {error}",
        "a number, a mark such as ND, or an empty cell",
        "correct what the cell was computed from, or empty it",
    ),
    zh=("错误值 {error}", "须为数字、ND 等标记或空单元格", "请更正其计算来源，或清空该单元格"),
    example=("#DIV/0!", "12.5"),
)
BESIDE = Rule(
    "WB-BESIDE",
    en=("a cell that has no column name above it", "cells under the header only", "give the column a name, or delete the cell"),
    zh=("单元格上方没有列名", "内容须在表头之下", "请为该列命名，或删除该单元格"),
    example=("site,date | see Li", "site,date,laboratory"),
)
SERIAL = Rule(
    "WB-DAY",
    en=(
        "the number {number}, shown as a day or a duration",
        "a day from 1 March 1900 on",
        "write the day as YYYY-MM-DD; durations and earlier days have no plain meaning",
    ),
    zh=(
        "数字 {number}，显示为日期或时长",
        "须为 1900 年 3 月 1 日及以后的日期",
        "请按 YYYY-MM-DD 书写日期；时长及更早的日期含义不明确",
    ),
    example=("59", "2024-03-05"),
)
SINCE_1904 = Rule(
    "WB-1904",
    en=(
        "the workbook counts its days from 1904",
        "read by that system, as the workbook shows them",
        "switch “1904 date system” off and check the days to be free of this note",
    ),
    zh=("工作簿采用 1904 日期系统", "按该系统读取，与工作簿所显示的一致", "关闭“1904 日期系统”并核对日期，即无此说明"),
    example=("43894 (1904)", "2024-03-05"),
    noted=True,
)
NUMBER_AS_TEXT = Rule(
    "WB-NUMBER-TEXT",
    en=(
        "numbers stored as text: {n} (column {letters})",
        "read as they are written",
        "convert them to numbers (green triangle) to be free of this note",
    ),
    zh=("有 {n} 个数字以文本形式存储（{letters} 列）", "按所写内容读取", "转换为数字（绿色三角）即无此说明"),
    example=("'12.5", "12.5"),
    noted=True,
)
DAY_AS_TEXT = Rule(
    "WB-DAY-TEXT",
    en=(
        "days stored as text: {n} (column {letters})",
        "read as they are written",
        "convert them to dates to be free of this note",
    ),
    zh=("有 {n} 个日期以文本形式存储（{letters} 列）", "按所写内容读取", "转换为日期即无此说明"),
    example=("'2024-03-05", "2024-03-05"),
    noted=True,
)
AUTHOR = Rule(
    "WB-AUTHOR",
    en=(
        "the properties of the workbook name a person",
        "left out: labkit reads cells only and keeps no copy of the file",
        "remove the properties (File, Inspect) before handing it on",
    ),
    zh=("工作簿属性中有人名", "未采用：labkit 只读单元格，不保存文件副本", "传给他人前请清除属性（文件 → 检查文档）"),
    example=("author: …", "author:"),
    noted=True,
)
