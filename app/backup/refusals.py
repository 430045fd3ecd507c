"""What a backup, a restore or a drill refuses, in words that name the part and what to do."""

import errno

from app.core.errors import Busy, Refusal
from app.core.label import Label

NO_BACKUP = Label("没有可用的备份。", "There is no backup to use.")
NO_SUCH = Label("没有名为 {name} 的备份。", "There is no backup named {name}.")
MISSING = Label("备份 {name} 缺少部分 {part}。", "Backup {name}: the part {part} is missing.")
SHORT = Label(
    "备份 {name} 的部分 {part} 长度不符：应为 {size} 字节，实为 {found}。",
    "Backup {name}: the part {part} has {found} bytes where {size} were written.",
)
ALTERED = Label(
    "备份 {name} 的部分 {part} 与清单不符：已损坏、被改动或被调换。",
    "Backup {name}: the part {part} is not what the manifest says: damaged, altered or swapped.",
)
SHUT = Label(
    "备份 {name} 的部分 {part} 不能用这里的密钥打开。请先恢复当时的密钥：backup keys restore。",
    "Backup {name}: the part {part} does not open with the keys here. Bring its keys back first: backup keys restore.",
)
FORGED = Label(
    "备份 {name} 的清单被改动：签名不符。", "Backup {name}: the manifest was altered, its signature is wrong."
)
FOREIGN = Label(
    "备份 {name} 的清单由另一把密钥签名（{found}，这里是 {ours}）。请先恢复它的密钥：backup keys restore。",
    "Backup {name}: the manifest is signed with another key ({found}; here {ours}). "
    "Bring its keys back first: backup keys restore.",
)
REPLAYED = Label(
    "备份 {name} 的清单属于备份 {found}：旧清单被放到了这里。",
    "Backup {name}: the manifest belongs to the backup {found}; an old manifest was put here.",
)
UNREADABLE = Label("备份 {name} 的清单读不懂：{why}", "Backup {name}: the manifest cannot be read: {why}")
NEWER = Label(
    "备份 {name} 由更新的版本制作（{found}），这个版本不能恢复。请用同样新或更新的程序。",
    "Backup {name} was made by a newer version ({found}), which this one cannot restore. Use one at least as new.",
)
OTHER_KEYS = Label(
    "备份 {name} 制作时的密钥是 {found}，这里是 {ours}：恢复后加密字段打不开。请先运行 backup keys restore。",
    "Backup {name} was made under the keys {found}, here are {ours}: sealed fields would not open. "
    "First run backup keys restore.",
)
BUSY = Label("另一个备份或清理正在进行，请稍后再试。", "Another backup or prune is at work; try again later.")
NO_FOLDER = Label(
    "备份位置 {folder} 不存在：磁盘没有挂载？没有写入任何内容。",
    "The backup folder {folder} is not there: is its disk mounted? Nothing was written.",
)
FULL = Label(
    "备份位置 {folder} 空间不足，备份没有完成，也没有留下半个备份。",
    "The backup folder {folder} is full; the backup was not finished and no half of one was left.",
)
AWAY = Label(
    "备份位置 {folder} 无法读写（{why}），没有留下半个备份。",
    "The backup folder {folder} cannot be used ({why}); no half of a backup was left.",
)
NO_ROOM = Label(
    "磁盘空间不足：恢复需要约 {need} MB，{folder} 只剩 {free} MB。没有改动。",
    "Not enough room: a restore needs about {need} MB, {folder} has {free} MB left. Nothing was changed.",
)
SHUT_OUT = Label(
    "备份位置 {folder} 不接受这里的访问密钥（密钥文件 backup_s3）。没有写入任何内容。",
    "The store {folder} does not accept the access key here (the secret file backup_s3). Nothing was written.",
)
NO_BUCKET = Label("备份位置 {folder}：没有这个存储桶。", "The store {folder}: there is no such bucket.")
NO_CREDENTIALS = Label(
    "缺少对象存储的访问密钥：请把 access key id 和 secret access key 各占一行写入 {file}。",
    "The store's credentials are missing: write access key id and secret access key, a line each, into {file}.",
)
LET_GO = Label(
    "备份位置太久没有应答，占用标记已过期，已停止；没有留下半个备份。",
    "The store did not answer for so long that its mark ran out; stopped, and no half of a backup was left.",
)
FAILED = Label("{tool} 失败：{why}", "{tool} failed: {why}")


class Unsound(Refusal):
    """A backup that is not what was made; the label names the part."""

    status = 409
    code = "unsound_backup"


class Unusable(Refusal):
    """A backup, target or moment that does not serve; nothing was changed."""

    status = 409
    code = "backup_refused"


def locked() -> Busy:
    """The refusal while another backup or prune is at work."""
    return Busy(BUSY, "backup_busy")


def of_target(folder: object, error: OSError) -> Unusable:
    """The refusal for a target that failed while it was used."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Unusable(FULL.format(folder=folder), "target_full")
    return Unusable(AWAY.format(folder=folder, why=error.strerror or str(error)), "target_away")
