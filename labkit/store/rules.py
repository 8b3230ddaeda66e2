"""What the store says no to, in both languages.

Two things people confuse: a store that is damaged (its bytes are not those that were written; nothing of it is read) and a
store that is newer (it is whole, but this labkit does not know its form).
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.errors import Rule, Shape


@dataclass(frozen=True, init=False)
class Words(Shape):
    """A part of a sentence that is said differently in the two languages."""

    en: str
    zh: str

    def __init__(self, en: str, zh: str) -> None:
        """Take the part in both languages."""
        super().__init__(en)
        object.__setattr__(self, "en", en)
        object.__setattr__(self, "zh", zh)

    def text(self, language: str) -> str:
        """Return the part in `en` or `zh`."""
        return self.zh if language == "zh" else self.en


STORE_NONE = Rule(
    "STORE-NONE",
    en=(
        "there is no store here",
        "a folder made by `labkit store add`",
        "name another folder with --store, or add a first file",
    ),
    zh=("此处没有数据仓", "应为 `labkit store add` 建立的文件夹", "请用 --store 指明文件夹，或先存入一个文件"),
    example=("--store data", "--store ~/.local/share/labkit/store"),
)
STORE_FOREIGN = Rule(
    "STORE-FOREIGN",
    en=("the folder holds other things ({name})", "an empty folder, or a store", "name a new folder for the store"),
    zh=("该文件夹已有其他内容（{name}）", "应为空文件夹或已有的数据仓", "请为数据仓另选一个新文件夹"),
    example=("--store ~/Documents", "--store ~/Documents/labkit-store"),
)
STORE_NEWER = Rule(
    "STORE-NEWER",
    en=(
        "the store has the form {version}",
        "form {known}, which this labkit knows",
        "open it with a newer labkit; nothing was written",
    ),
    zh=("该数据仓的格式版本为 {version}", "此版本的 labkit 认识的格式版本为 {known}", "请用更新的 labkit 打开；未写入任何内容"),
    example=("labkit store 2", "labkit store 1"),
)
STORE_DAMAGED = Rule(
    "STORE-DAMAGED",
    en=(
        "this file of the store is not as it was written: {reason}",
        "every byte as its checksum says",
        "bring the file back from a copy of the store{again}",
    ),
    zh=("数据仓中的这个文件与写入时不符：{reason}", "每个字节都须与校验和一致", "请用数据仓的备份恢复此文件{again}"),
    example=("sha256 9f86…", "sha256 2c26…"),
)
STORE_LINK = Rule(
    "STORE-LINK",
    en=("this is a link or a device", "plain files and folders inside a store", "put the file itself in its place"),
    zh=("这是链接或设备", "数据仓内只能有普通文件和文件夹", "请把文件本身放回原处"),
    example=("rows -> /mnt/rows", "rows/"),
)
STORE_BUSY = Rule(
    "STORE-BUSY",
    en=("another labkit has been writing to the store for {seconds} s", "one writer at a time", "wait for it and run again"),
    zh=("另一个 labkit 正在写入该数据仓，已等待 {seconds} 秒", "一次只能有一个写入者", "请等它结束后重新运行"),
    example=("store add & store add", "store add && store add"),
)
STORE_DISK = Rule(
    "STORE-DISK",
    en=(
        "the disk or the system said no: {reason}",
        "a folder that can be written and synced, with room",
        "mend it and run again; what was in the store before is as it was",
    ),
    zh=("磁盘或系统拒绝了操作：{reason}", "文件夹须可写入、可同步且空间足够", "请排除故障后重新运行；仓内原有内容未受影响"),
    example=("0 MB", "500 MB"),
)
STORE_ROW = Rule(
    "STORE-ROW",
    en=(
        "{found} rows of the store answer to entry {entry}, row {number}{where}",
        "exactly one",
        "see `labkit store list` and `labkit store show`{which}",
    ),
    zh=(
        "条目 {entry} 第 {number} 行{where}在仓内对应 {found} 行",
        "须恰好一行",
        "请查看 `labkit store list` 和 `labkit store show`{which}",
    ),
    example=("3 17", "3 17 --where analyte=ketamine"),
)
STORE_COLUMN = Rule(
    "STORE-COLUMN",
    en=("a correction of {name}", "one of {known}", "name one of these columns"),
    zh=("要更正的列为 {name}", "须为以下之一：{known}", "请从中选一列"),
    example=("consentration=12", "concentration_ng_L=12"),
)
STORE_VALUE = Rule(
    "STORE-VALUE",
    en=("{value} for {name}", "{allowed}", "give such a value; an empty one means not known"),
    zh=("{name} 的新值为 {value}", "{allowed}", "请给出这样的值；留空表示未知"),
    example=("high=1,5", "high=1.5"),
)
STORE_WHY = Rule(
    "STORE-WHY",
    en=("a correction without {missing}", "a reason and an author, in words", "say why (--reason) and who (--author)"),
    zh=("更正缺少{missing}", "须写明原因和更正人", "请用 --reason 说明原因，用 --author 说明更正人"),
    example=("--reason ''", "--reason 'diluted 1:10, factor forgotten'"),
)
STORE_FLOWS = Rule(
    "STORE-FLOWS",
    en=(
        "site {site} has {n} different flows for {date} (entries {entries})",
        "one flow for a site and a day",
        "correct the wrong one with `labkit store correct`",
    ),
    zh=(
        "采样点 {site} 在 {date} 有 {n} 个不同的流量（条目 {entries}）",
        "每个采样点每天只有一个流量",
        "请用 `labkit store correct` 更正错误的一个",
    ),
    example=("A 2024-03-05 50000, 52000", "A 2024-03-05 50000"),
)
NO_MORE = Words("", "")
MISSING = Words("missing", "文件缺失")
DIFFERENT = Words("and its source now gives other rows", "且其源文件现在读出的内容不同")
CHANGED = Words("its bytes have changed", "其内容已改变")


def add_again(file: str) -> Words:
    """Return the advice for a damaged file of rows whose source can be given once more."""
    return Words(f", or give its source again: `labkit store add {file}`", f"，或重新存入其源文件：`labkit store add {file}`")
