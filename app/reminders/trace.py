"""Why a reminder went out or did not: each check with its outcome, stored as JSON and read by people."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from app.core.clock import SHANGHAI
from app.core.label import Label

CHECKS = {
    "settled": Label("事项仍有效", "Still to be done"),
    "useful": Label("仍在有效期内", "Still of use"),
    "owner": Label("现任车主", "Current owner"),
    "class": Label("消息类别", "Class of the message"),
    "contact": Label("允许联系", "May be contacted"),
    "suppression": Label("拒联名单", "Suppressions"),
    "consent": Label("客户同意", "Consent"),
    "complaint": Label("重大投诉", "Critical complaints"),
    "template": Label("已通过的模板", "Approved words"),
    "address": Label("联系方式", "Number or address"),
    "server": Label("邮件服务器", "Mail server"),
    "cap": Label("频次上限", "Frequency caps"),
    "window": Label("允许时段", "Permitted hours"),
    "bundle": Label("合并告知", "Told together"),
    "assignee": Label("负责人", "Assignee"),
    "delivery": Label("发送结果", "Delivery"),
}
OUTCOMES = {
    "send": Label("可以告知", "To be told"),
    "told": Label("已告知", "Told"),
    "waits": Label("等待", "Waits"),
    "suppressed": Label("不发送", "Not sent"),
    "cancelled": Label("已取消", "Cancelled"),
    "converted": Label("已转化", "Converted"),
    "expired": Label("已过期", "Expired"),
    "failed": Label("发送失败", "Failed"),
    "unknown": Label("结果不明，待人工核实", "Outcome unknown; somebody has to look"),
}
WORDS = {
    "renewed": Label("已续保", "renewed"),
    "visited": Label("已进店保养", "came for maintenance"),
    "dropped": Label("续保已战败", "the renewal was lost"),
    "anchor_moved": Label("到期日已变或事项已不存在", "its day moved, or it is no more"),
    "superseded": Label("已到下一阶段", "the next stage has come"),
    "grace_over": Label("已过最迟日期", "its last day is over"),
    "owner_changed": Label("车主已变更或车辆已转出", "the car has another owner or is gone"),
    "archived": Label("客户已归档或已合并", "the customer was archived or merged"),
    "elsewhere": Label("保单在外店购买，按营销处理", "bought elsewhere, hence marketing"),
    "unseen": Label("24 个月未进店，按营销处理", "not here for 24 months, hence marketing"),
    "safety": Label("S 安全与法定", "S safety and law"),
    "transactional": Label("T 交易过程", "T transactional"),
    "notice": Label("N 服务通知", "N service notice"),
    "care": Label("C 关怀", "C care"),
    "marketing": Label("M 营销", "M marketing"),
    "internal": Label("I 内部", "I internal"),
    "do_not_contact": Label("客户要求请勿联系", "asked not to be contacted"),
    "listed": Label("在拒联名单中", "is on the list"),
    "no_consent": Label("没有有效的同意", "no consent in force"),
    "opted_out": Label("已撤回服务提醒", "took service notices back"),
    "not_needed": Label("服务通知无需另行同意", "not needed for a service notice"),
    "granted": Label("已同意", "granted"),
    "critical_open": Label("有未办结的重大投诉", "one is open"),
    "no_template": Label("没有已通过的模板", "no approved template"),
    "no_address": Label("没有可用的地址", "no address"),
    "bounced": Label("地址无法送达", "mail came back"),
    "no_mail_server": Label("未设置邮件服务器", "no mail server set up"),
    "no_channel": Label("规则没有可用的渠道", "the rule has no channel that works here"),
    "too_often": Label("近期已联系过", "told often enough lately"),
    "closed_hours": Label("不在允许时段", "outside permitted hours"),
    "unsealed": Label("地址无法解密", "the address cannot be opened"),
    "refused": Label("服务器拒收", "the server refused it"),
    "gave_up": Label("多次尝试未成功", "tried as often as planned"),
    "lost_track": Label("发送中断，不会自动重发", "broke off while sending; never sent again by itself"),
    "called_off": Label("已人工取消", "called off"),
    "email": Label("邮件", "E-mail"),
    "wechat": Label("任务：微信告知", "task: tell by WeChat"),
    "sms": Label("短信", "SMS"),
    "call": Label("任务：电话", "task: call"),
    "in_app": Label("任务", "task"),
    "nobody": Label("暂无，由门店分配", "none yet, the store decides"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One question that was asked: its code, whether the reminder goes on, and what was found; never an address."""

    code: str
    passed: bool
    found: str = ""  # a word of WORDS, or numbers and hours as they are

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {"check": self.code, "ok": self.passed, "found": self.found}


@dataclass(slots=True)
class Trace:
    """What was decided, when and why."""

    at: datetime
    outcome: str = "send"
    reason: str = ""
    until: datetime | None = None  # when it is looked at again
    channel: str = ""
    checks: list[Check] = field(default_factory=list)

    def check(self, code: str, passed: bool, found: str = "") -> bool:
        """Notes a check; whether it passed."""
        self.checks.append(Check(code, passed, found))
        return passed

    def end(self, outcome: str, reason: str, until: datetime | None = None) -> "Trace":
        """Ends with an outcome."""
        self.outcome, self.reason, self.until = outcome, reason, until
        return self

    def stored(self) -> str:
        """As the record keeps it."""
        until = self.until.isoformat() if self.until else None
        told: dict[str, Any] = {"outcome": self.outcome, "reason": self.reason, "at": self.at.isoformat()}
        told |= {"until": until, "channel": self.channel, "checks": [one.stored() for one in self.checks]}
        return orjson.dumps(told).decode()


@dataclass(frozen=True, slots=True)
class Line:
    """A line people read: what was asked, whether the reminder goes on (None: the outcome itself), what was found."""

    title: str
    passed: bool | None
    found: str


def read(stored: str | None, locale: str) -> list[Line]:
    """A stored decision as lines, the outcome first; one that is no trace as it stands."""
    try:
        told = orjson.loads(stored or "null")
    except orjson.JSONDecodeError:
        return [Line(stored or "", None, "")]
    return list(_lines(told, locale)) if isinstance(told, dict) else []


def _lines(told: dict[str, Any], locale: str) -> Iterator[Line]:
    moments = [_moment(told.get(name)) for name in ("at", "until")]
    said = [_word(str(told.get("reason") or ""), WORDS, locale), _word(str(told.get("channel") or ""), WORDS, locale)]
    if moments[1]:
        said.append(f"→ {moments[1]}")
    found = " · ".join(part for part in (*said, moments[0]) if part)
    yield Line(_word(str(told.get("outcome") or ""), OUTCOMES, locale), None, found)
    for one in told.get("checks") or ():
        yield Line(_word(one["check"], CHECKS, locale), bool(one["ok"]), _found(one.get("found") or "", locale))


def _found(found: str, locale: str) -> str:
    return " · ".join(_word(part, WORDS, locale) for part in found.split("|") if part)


def _word(code: str, words: dict[str, Label], locale: str) -> str:
    return words[code].text(locale) if code in words else code


def _moment(stored: str | None) -> str:
    return f"{datetime.fromisoformat(stored).astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if stored else ""


# SQL: the decision of a reminder `r` closed for :reason, keeping the checks that were made before.
CLOSED = (
    "(CASE WHEN r.decision IS JSON OBJECT THEN CAST(r.decision AS jsonb) ELSE jsonb_build_object() END"
    " || jsonb_build_object('outcome', CAST(:outcome AS text), 'reason', CAST(:reason AS text),"
    " 'at', CAST(:now AS timestamptz), 'until', NULL))::text"
)
