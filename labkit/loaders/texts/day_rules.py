"""The sentences about days and times: what is found in place of 2024-03-05, and what a chemist can do about it.

Two things people confuse: a day that *does not exist* (30 February) and one that exists and cannot be *right* (in the future).
"""

from __future__ import annotations

from labkit.errors import Rule

NOT_A_DAY = Rule(
    "DAT-DAY",
    en=("“{value}” is not a day", "a calendar day written 2024-03-05", "write year, month and day with hyphens"),
    zh=("“{value}”不是日期", "须写作 2024-03-05 形式的日期", "请按“年-月-日”书写"),
    example=("2024-03", "2024-03-05"),
)
NO_SUCH_DAY = Rule(
    "DAT-NO-SUCH-DAY",
    en=(
        "“{value}” is no day of the calendar",
        "a month from 1 to 12 and a day that this month has",
        "look up the day in the sampling record; month and day may be exchanged",
    ),
    zh=("日历上没有“{value}”这一天", "月份须为 1 至 12，日期须在该月之内", "请核对采样记录；月、日可能颠倒"),
    example=("2024-02-30", "2024-02-29"),
)
AMBIGUOUS = Rule(
    "DAT-AMBIGUOUS",
    en=(
        "“{value}” does not say which number is the month",
        "the year first, as in 2024-03-05, or an order that the profile declares",
        "write the year first; if the laboratory always writes so, declare date_order: dmy or mdy in its profile",
    ),
    zh=(
        "“{value}”看不出哪个是月、哪个是日",
        "须年份在前，如 2024-03-05，或由配置声明顺序",
        "请将年份写在前；若该实验室一律如此书写，请在其配置中声明 date_order: dmy 或 mdy",
    ),
    example=("03/04/2024", "2024-04-03"),
)
NOT_DECLARED_ORDER = Rule(
    "DAT-ORDER-DECLARED",
    en=(
        "“{value}” is not in the order that the profile declares ({order})",
        "every day of the file in that order, or with the year first",
        "correct this day, or date_order in the profile; then look at the other days, which may be exchanged unseen",
    ),
    zh=(
        "“{value}”不符合配置声明的日期顺序（{order}）",
        "全文件日期须按该顺序书写，或年份在前",
        "请更正此日期，或更正配置中的 date_order；并核对其他日期，其月、日可能已不知不觉颠倒",
    ),
    example=("04/25/2024 (dmy)", "25/04/2024"),
)
WRITTEN = Rule(
    "DAT-WRITTEN",
    en=("“{value}” has the year first", "read as that day", "write it with hyphens, as in 2024-03-05"),
    zh=("“{value}”年份在前", "已按该日读入", "请用连字符书写，如 2024-03-05"),
    example=("2024年3月5日", "2024-03-05"),
    noted=True,
)
SERIAL = Rule(
    "DAT-SERIAL",
    en=(
        "“{value}” looks like the number a spreadsheet keeps for a day",
        "a calendar day written 2024-03-05",
        "format the column as a date and export it again; or declare serial_dates: 1900 (1904 on old Macs) in the profile",
    ),
    zh=(
        "“{value}”像是电子表格内部的日期序号",
        "须写作 2024-03-05 形式的日期",
        "请将该列设为日期格式后重新导出；或在配置中声明 serial_dates: 1900（旧版 Mac 为 1904）",
    ),
    example=("45356", "2024-03-05"),
)
SERIAL_READ = Rule(
    "DAT-SERIAL-READ",
    en=(
        "“{value}”, a day number of the {system} system",
        "read as a day, as the profile declares",
        "export days as 2024-03-05",
    ),
    zh=("“{value}”为 {system} 日期系统的序号", "已按配置的声明读为日期", "请以 2024-03-05 形式导出日期"),
    example=("45356", "2024-03-05"),
    noted=True,
)
TWO_DIGIT_YEAR = Rule(
    "DAT-YEAR",
    en=("“{value}” has a year of two digits", "a year of four digits, as in 2024-03-05", "write the year in full"),
    zh=("“{value}”的年份只有两位", "年份须为四位，如 2024-03-05", "请写全年份"),
    example=("24-03-05", "2024-03-05"),
)
FUTURE = Rule(
    "DAT-FUTURE",
    en=(
        "“{value}” lies in the future (today is {today})",
        "a day up to today",
        "check year and month, and the clock of this computer",
    ),
    zh=("“{value}”在今天（{today}）之后", "须为今天或更早的日期", "请核对年、月，以及本机时钟"),
    example=("2042-03-05", "2024-03-05"),
)
TOO_EARLY = Rule(
    "DAT-SINCE",
    en=(
        "“{value}” lies before {since}, the earliest day that can be right",
        "a day from {since} on",
        "check the year; if the file really is older, declare since in the profile",
    ),
    zh=(
        "“{value}”早于 {since}（可能的最早日期）",
        "须为 {since} 或以后的日期",
        "请核对年份；若数据确实更早，请在配置中声明 since",
    ),
    example=("1924-03-05", "2024-03-05"),
)
OTHER_CALENDAR = Rule(
    "DAT-CALENDAR",
    en=(
        "“{value}” counts years or months by another calendar",
        "a day of the Gregorian calendar, written 2024-03-05",
        "convert it (year 113 of the Republic is 2024); a lunar day has no fixed Gregorian one",
    ),
    zh=(
        "“{value}”为民国纪年、农历或其他历法",
        "须为公历日期，如 2024-03-05",
        "请换算为公历（民国113年即2024年）；农历日期每年对应的公历日期不同，须查历书",
    ),
    example=("民国113年3月5日", "2024-03-05"),
)
TIME = Rule(
    "DAT-TIME",
    en=(
        "“{value}” has no time of day that can be read",
        "00:00 to 24:00, with the zone or without, as in 2024-03-05 08:30 or 2024-03-05 08:30+08:00",
        "write hours and minutes by the 24-hour clock",
    ),
    zh=(
        "“{value}”中的时刻无法识别",
        "须为 00:00 至 24:00，可带时区，如 2024-03-05 08:30 或 2024-03-05 08:30+08:00",
        "请按 24 小时制写时和分",
    ),
    example=("2024-03-05 8:30 PM", "2024-03-05 20:30"),
)
MIDNIGHT = Rule(
    "DAT-MIDNIGHT",
    en=("“{value}” ends a day", "read as 00:00 of the next day", "write 00:00 of the next day"),
    zh=("“{value}”为一天的终点", "已按次日 00:00 读入", "请写次日 00:00"),
    example=("2024-03-05 24:00", "2024-03-06 00:00"),
    noted=True,
)
ZONE = Rule(
    "DAT-ZONE",
    en=(
        "“{value}” has a time of day, and nothing says in which zone the laboratory's day begins",
        "the day alone, as in 2024-03-05, or a time_zone in the profile",
        "declare time_zone in the profile (Asia/Shanghai), or write the day of sampling without a time",
    ),
    zh=(
        "“{value}”带有时刻，却未说明按哪个时区划分日期",
        "只写日期，如 2024-03-05，或在配置中声明 time_zone",
        "请在配置中声明 time_zone（如 Asia/Shanghai），或只写采样日期，不写时刻",
    ),
    example=("2024-03-05 23:30:00", "2024-03-05"),
)
