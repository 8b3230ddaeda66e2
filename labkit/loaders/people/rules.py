"""What is said when something that points at a person is found, in a cell, a header or a name.

Two things people confuse: a *pseudonym* stands for a person in a table; an *identifier* leads back to the person. The sentences
give the form of what was found and never the text, since a message is kept, sent and printed where the file may not go.
"""

from __future__ import annotations

from labkit.errors import Rule

RESIDENT_ID = Rule(
    "PER-ID",
    en=(
        "{value} that is or holds a resident identity number",
        "a code that leads to nobody, such as the laboratory's own number",
        "replace it in the laboratory's file; the list of who is who stays in the laboratory",
    ),
    zh=(
        "{value}，是或含有居民身份证号码",
        "须为不指向个人的编号，如实验室自编号",
        "请在原文件中改用编号；对照表留在实验室",
    ),
    example=("······19900307····", "S01"),
)
MOBILE = Rule(
    "PER-MOBILE",
    en=(
        "{value} that is or holds a mobile telephone number",
        "no telephone number, in any column of any file",
        "write what the column asks for; a code of 11 digits must not begin with 13 to 19",
    ),
    zh=(
        "{value}，是或含有手机号码",
        "任何文件的任何列都不得含电话号码",
        "请填写该列应有的内容；11 位数字的编号不得以 13 至 19 开头",
    ),
    example=("138········", "A01"),
)
EMAIL = Rule(
    "PER-EMAIL",
    en=("{value} that is or holds an e-mail address", "no e-mail address, in any column of any file", "remove it"),
    zh=("{value}，是或含有电子邮箱地址", "任何文件的任何列都不得含邮箱地址", "请删除"),
    example=("·····@·····.cn", "S01"),
)
PASSPORT = Rule(
    "PER-PASSPORT",
    en=(
        "{value} that is or holds the number of a passport or travel permit",
        "a code that leads to nobody",
        "replace it in the laboratory's file; the list of who is who stays in the laboratory",
    ),
    zh=("{value}，是或含有护照或通行证号码", "须为不指向个人的编号", "请在原文件中改用编号；对照表留在实验室"),
    example=("护照 E········", "S01"),
)
BIRTH_DATE = Rule(
    "PER-BIRTH",
    en=(
        "{value} that gives a birth date, or more of it than the year",
        "the year of birth, four digits",
        "keep the year and remove month and day in the laboratory's file",
    ),
    zh=("{value}，含出生日期或比年份更细的出生信息", "须为四位数字的出生年份", "请在实验室原文件中只保留年份，删除月、日"),
    example=("1990-03-07", "1990"),
)
ADDRESS = Rule(
    "PER-ADDRESS",
    en=(
        "{value} that is an address finer than a sub-district",
        "a district or a sub-district (jiedao, town or township)",
        "keep the district or sub-district and remove the rest",
    ),
    zh=("{value}，是比街道（镇、乡）更细的地址", "须为区县或街道（镇、乡）", "请只保留区县或街道，删除其余部分"),
    example=("福田区园岭街道··路··号", "福田区园岭街道"),
)
HASH = Rule(
    "PER-HASH",
    en=(
        "{value} that looks like a hash (MD5, SHA)",
        "a code that nobody can compute from an identity number",
        "an unsalted hash is undone by trying all numbers: use the laboratory's own code, labkit makes the pseudonym",
    ),
    zh=(
        "{value}，形似哈希值（MD5、SHA）",
        "须为无法由证件号码算出的编号",
        "未加盐的哈希可被穷举还原：请使用实验室自编号，由 labkit 生成化名",
    ),
    example=("d41d8cd9····", "S01"),
)
NAME = Rule(
    "PER-NAME",
    en=(
        "{value} that looks like a person's name",
        "a code that leads to nobody, such as the laboratory's own number",
        "replace it in the laboratory's file; the list of who is who stays in the laboratory",
    ),
    zh=("{value}，形似人名", "须为不指向个人的编号，如实验室自编号", "请在原文件中改用编号；对照表留在实验室"),
    example=("张·", "S01"),
)
NAME_OF_FILE = Rule(
    "PER-NAME-FILE",
    en=(
        "something like a person's name in the name of the file",
        "a file name without names of persons, such as hair_2024.xlsx",
        "rename the file; it is not named here, as messages are kept",
    ),
    zh=("文件名中有形似人名的文字", "文件名不得含人名，如 hair_2024.xlsx", "请重命名文件；提示会留存，故此处不显示原名"),
    example=("张·_hair.xlsx", "S01_hair.xlsx"),
)
NAME_OF_SHEET = Rule(
    "PER-NAME-SHEET",
    en=(
        "something like a person's name in the name of sheet {number}",
        "a sheet name without names of persons",
        "rename the sheet; it is not named here, as messages are kept",
    ),
    zh=("第 {number} 个工作表的名称中有形似人名的文字", "工作表名称不得含人名", "请重命名工作表；提示会留存，故此处不显示原名"),
    example=("[张·]", "[hair]"),
)
COLUMN = Rule(
    "PER-COLUMN",
    en=(
        "a column that names, finds or describes a person",
        "no names, numbers of documents, contacts, addresses, birth dates, pictures or free text",
        "remove the column from the file before handing it in",
    ),
    zh=(
        "该列用于指认、联系或描述个人",
        "不得有姓名、证件号、联系方式、住址、出生日期、照片或自由文字列",
        "请先从文件中删除该列再提交",
    ),
    example=("姓名", "subject"),
)
COLUMN_UNKNOWN = Rule(
    "PER-COLUMN-UNKNOWN",
    en=(
        "a column that this kind of file does not have",
        "only the columns of the kind: what is not needed about persons is not taken in",
        "remove the column, or name it in the laboratory's profile if it is one of ours under another header",
    ),
    zh=(
        "该类文件没有的列",
        "仅限该类文件规定的列：不收集不需要的个人信息",
        "请删除该列；若为规定的列而表头不同，请在实验室配置中写明",
    ),
    example=("subject,hobby", "subject"),
)
PERSON_FILE = Rule(
    "PER-DOOR",
    en=(
        "the header of a file about persons",
        "this kind of file holds no persons",
        "hand it in as hair or blood (--as hair, --as blood), where persons are protected",
    ),
    zh=("表头属于个人层面的文件", "此类文件不含个人", "请按毛发或血液提交（--as hair、--as blood），该入口保护个人信息"),
    example=("subject,concentration", "site,concentration"),
)
SUBJECT_DIFFERS = Rule(
    "PER-SUBJECT",
    en=(
        "not what row {other} says of the same subject",
        "one value a subject: nobody has two years of birth or two sexes in a file",
        "check whether two persons share a code, or correct one of the rows",
    ),
    zh=(
        "与第 {other} 行同一受试者的内容不符",
        "每名受试者只有一个取值（出生年份、性别）",
        "请核对是否两人共用编号，或更正其中一行",
    ),
    example=("S01 1990, S01 1991", "S01 1990, S01 1990"),
)
KEY_BESIDE = Rule(
    "PER-KEY-BESIDE",
    en=(
        "the pseudonym key, or a list of who is who, lies in a folder of the data",
        "data and key are kept apart: with both, the pseudonyms hide nobody",
        "move it out of the data folder and find out who could read it; if anyone, make a new key",
    ),
    zh=(
        "数据文件夹中有化名密钥或身份对照表",
        "数据与密钥须分开存放：两者同在，化名便不起作用",
        "请将其移出数据文件夹，并查明谁可能读过；如有，请更换密钥",
    ),
    example=("data/pseudonym.key", "$LABKIT_KEY"),
)
