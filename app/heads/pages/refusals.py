"""What error pages say when the error brings no words of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.core.label import Label


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """The words of an error page when the error brings none of its own."""

    title: Label
    message: Label
    advice: Label


def _error(title: tuple[str, str], message: tuple[str, str], advice: tuple[str, str]) -> ErrorWords:
    return ErrorWords(Label(*title), Label(*message), Label(*advice))


ERRORS: Mapping[int, ErrorWords] = MappingProxyType(
    {
        400: _error(
            ("请求无法识别", "The request cannot be read"),
            ("地址或内容不完整，系统读不懂。", "The address or its content is not complete."),
            (
                "请返回上一页重试；如果是收藏的旧链接，请从菜单重新进入。",
                "Go back and try again; if this is an old bookmark, start from the menu.",
            ),
        ),
        401: _error(
            ("请先登录", "Please sign in"),
            ("您还没有登录，或登录已过期。", "You are not signed in, or your session has ended."),
            ("登录后会回到刚才的页面。", "After signing in you return to where you were."),
        ),
        403: _error(
            ("没有权限", "Not allowed"),
            ("您的账户没有这项权限。", "Your account may not do this."),
            (
                "工作需要时，请向管理员或店长说明用途。",
                "If your work needs it, tell your manager or an administrator what for.",
            ),
        ),
        404: _error(
            ("没有找到", "Not found"),
            ("它可能不存在，或不在您的范围内。", "It does not exist or lies outside your scope."),
            ("请用上方的搜索框查找，或从菜单进入列表。", "Use the search box, or open a list from the menu."),
        ),
        409: _error(
            ("与现有内容冲突", "It clashes with what is stored"),
            ("记录已被修改，或仍被其他记录使用。", "The record was changed, or others depend on it."),
            ("请返回查看最新内容，再决定如何处理。", "Go back, look at what is stored now, then decide."),
        ),
        413: _error(
            ("文件太大", "Too large"),
            ("上传的内容超过了您的上限。", "What you sent is larger than you may upload."),
            ("请拆成几个文件，或请管理员导入。", "Split it into several files, or ask an administrator to import it."),
        ),
        422: _error(
            ("内容需要更正", "Some content needs correcting"),
            ("有内容不符合要求，没有保存。", "Some of it cannot be accepted; nothing was saved."),
            ("请返回上一页，更正后再提交。", "Go back, correct it and send it again."),
        ),
        429: _error(
            ("操作太频繁", "Too many requests"),
            ("短时间内的请求过多。", "There were too many requests in a short time."),
            ("请稍候再试，已保存的内容不受影响。", "Wait a moment, then try again; what was saved is safe."),
        ),
        500: _error(
            ("系统出错了", "Something went wrong"),
            ("问题出在系统，不在您。已自动记录。", "The fault is ours, not yours, and has been recorded."),
            (
                "请稍后重试；仍不行，请把下面的编号告诉管理员。",
                "Try again in a while; if it stays, give an administrator the number below.",
            ),
        ),
        503: _error(
            ("服务暂时不可用", "Not available at the moment"),
            ("数据库或某个部件暂时连不上。", "The database or another part cannot be reached."),
            (
                "请一两分钟后刷新；没有保存的内容请先不要关闭页面。",
                "Reload in a minute or two; keep the page open if you have not saved.",
            ),
        ),
    }
)
