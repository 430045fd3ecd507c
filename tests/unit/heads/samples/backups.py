"""Samples of the page of backups."""

from app.heads import pages as p
from tests.unit.heads.samples.around import Say, frame


def backup_pages(locale: str, say: Say) -> dict[str, p.Page]:
    bars = tuple(
        p.DayBar(height=height, text=f"11-{day}: {height} MB") for day, height in ((20, 40), (21, 100), (22, 0))
    )
    columns = (say("时间", "When"), say("结果", "Result"), say("操作", "What"), say("说明", "More"))
    head = {"frame": frame(locale), "title": say("备份", "Backups"), "here": "/backups/"}
    sizes = p.ActivityRow(link=p.Link(text=say("大小", "Size"), href=""), bars=bars, total="100 MB")
    head |= {"activity_title": say("最近三十天", "The last thirty days"), "activity": (sizes,)}
    failed = p.BackupRow(
        when="11-22 09:07",
        exact="2026-11-22T01:07:00+00:00",
        tag=p.Tag(text=say("失败", "failed"), state="bad"),
        cells=(say("备份", "backup"),),
        more=say("备份位置空间不足。", "The backup folder is full."),
    )
    return {
        "backups": p.BackupsPage(
            **head,
            note=say("每小时一次。", "One an hour."),
            buttons=(p.Button(text=say("立即备份", "Back up now"), href="/backups/now", post=True, main=True),),
            alarms=(say("上一次备份失败", "The last backup failed"),),
            counts=(p.Count(text=say("最近的备份", "Newest backup"), value=say("3 分钟前", "3 min ago"), state="ok"),),
            tables=(p.BackupTable(title=say("最近的操作", "Attempts"), columns=columns, rows=(failed,)),),
        ),
        "backups_running": p.BackupsPage(
            **head,
            running=say("正在备份：数据库", "Backing up: the database"),
            percent=25,
            tables=(
                p.BackupTable(
                    title=say("备份列表", "Backups"),
                    columns=columns,
                    empty=p.Empty(text=say("还没有备份。", "None yet."), advice=say("等一会儿。", "Wait a while.")),
                ),
            ),
        ),
    }
