"""What may be wrong with the pseudonym key; no sentence says where it lies or what stands in it.

Two things people confuse: a key that is *missing* can be made; a key that is *lost* cannot, and nothing new ever joins its
pseudonyms.
"""

from __future__ import annotations

from labkit.errors import Rule

KEY_ABSENT = Rule(
    "PER-KEY-ABSENT",
    en=(
        "no pseudonym key, or one that cannot be opened",
        "a key file where $LABKIT_KEY points, or in your configuration folder under labkit/",
        "make one, once, and keep a copy in a safe place; without the same key new data do not join the old",
    ),
    zh=(
        "没有化名密钥，或无法打开",
        "密钥文件须在 $LABKIT_KEY 所指之处，或在用户配置文件夹的 labkit/ 下",
        "请生成一次并妥善备份；换了密钥，新旧数据便无法关联",
    ),
    example=("no key", "labkit key"),
)
KEY_MODE = Rule(
    "PER-KEY-MODE",
    en=(
        "the pseudonym key is a link, belongs to somebody else, or may be read by others",
        "a plain file of your own that nobody else can read (mode 0600)",
        "find out who could read it; if anyone, make a new key; else chmod 600",
    ),
    zh=(
        "化名密钥是链接、属于他人，或他人可读",
        "须为本人所有、他人不可读的普通文件（权限 0600）",
        "请查明谁可能读过；如有，请更换密钥，否则 chmod 600",
    ),
    example=("mode 0644", "mode 0600"),
)
KEY_FORM = Rule(
    "PER-KEY-FORM",
    en=(
        "a file that is no pseudonym key of labkit",
        "the line “labkit pseudonym key 1” and a line of 64 hexadecimal digits",
        "bring back the copy of the key; do not mend it by hand",
    ),
    zh=(
        "该文件不是 labkit 的化名密钥",
        "须有一行“labkit pseudonym key 1”和一行 64 位十六进制数",
        "请用备份恢复密钥，勿手工修改",
    ),
    example=("an empty file", "the file that labkit key writes"),
)
KEY_PLACE = Rule(
    "PER-KEY-PLACE",
    en=(
        "the pseudonym key lies, or would lie, inside the project, a git repository or a folder of data",
        "a place that is copied with none of them, such as your configuration folder",
        "move the key, or keep the data in a folder of their own, and find out whether anyone has a copy of both",
    ),
    zh=(
        "化名密钥位于（或将位于）项目、git 仓库或数据文件夹内",
        "须放在不会随之一同复制的位置，如用户配置文件夹",
        "请移走密钥，或将数据放入单独的文件夹，并查明是否有人同时持有两者",
    ),
    example=("data/pseudonym.key", "~/.config/labkit/pseudonym.key"),
)
KEY_EXISTS = Rule(
    "PER-KEY-EXISTS",
    en=(
        "there is a pseudonym key already",
        "one key, made once",
        "use it; if it has to be replaced, move it away by hand first and keep it as long as data were made with it",
    ),
    zh=(
        "化名密钥已存在",
        "密钥只生成一次",
        "请使用现有密钥；如须更换，先手动移走，并在相关数据存续期间保留旧密钥",
    ),
    example=("labkit key, twice", "labkit key, once"),
)
KEY_WRITE = Rule(
    "PER-KEY-WRITE",
    en=("the pseudonym key cannot be written: {reason}", "a folder of your own", "choose another place with $LABKIT_KEY"),
    zh=("无法写入化名密钥：{reason}", "须为本人可写的文件夹", "请用 $LABKIT_KEY 另选位置"),
    example=("$LABKIT_KEY on a full disk", "$LABKIT_KEY on a disk with room"),
)
KEY_OTHER = Rule(
    "PER-KEY-OTHER",
    en=(
        "pseudonyms made with another key (fingerprint {stored}) than the one in use ({given})",
        "one key for all that is joined: with two, one person would count as two",
        "use the earlier key, or add all files again with the new one",
    ),
    zh=(
        "化名由另一密钥生成（指纹 {stored}，现用 {given}）",
        "相互关联的数据须用同一密钥，否则一人会算作两人",
        "请使用原密钥，或用新密钥重新加入全部文件",
    ),
    example=("hair under one key, blood under another", "both under one"),
)
