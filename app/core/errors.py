"""What can go wrong, as types every head answers in its own way."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.label import Label


class Unfit(ValueError):
    """A value its field cannot take; `code` is stable, `label` tells the person what to do."""

    def __init__(self, code: str, label: Label) -> None:
        super().__init__(code)
        self.code = code
        self.label = label


class Doubtful(Unfit):
    """A well-formed value that a check doubts: `value` may be saved all the same, for a reason the trail keeps."""

    def __init__(self, code: str, label: Label, value: object) -> None:
        super().__init__(code, label)
        self.value = value


class Refusal(Exception):
    """The base of every expected refusal: an HTTP status, a stable code and words for the person."""

    status = 400
    code = "refused"

    def __init__(self, label: Label, code: str | None = None) -> None:
        super().__init__(label.en)
        self.label = label
        self.code = code or self.code


class Invalid(Refusal):
    """Input that fails at named fields; `fields` maps a field name to its Unfit."""

    status = 422
    code = "invalid"

    def __init__(self, fields: Mapping[str, Unfit]) -> None:
        super().__init__(Label("有内容需要更正，请看标红的栏目。", "Some fields need correcting; see the ones marked."))
        self.fields = dict(fields)


class Malformed(Refusal):
    """A request that cannot be read: an unknown field or operator, a broken cursor, bad JSON."""

    status = 400
    code = "malformed"


class NotFound(Refusal):
    """No such record, or none within the actor's scope: the two are not told apart."""

    status = 404
    code = "not_found"

    def __init__(self, label: Label | None = None) -> None:
        super().__init__(
            label
            or Label(
                "没有找到。它可能不存在，或不在您的范围内。", "Not found. It does not exist or lies outside your scope."
            )
        )


class Unauthenticated(Refusal):
    """Nobody is signed in, or the session or token has ended."""

    status = 401
    code = "unauthenticated"

    def __init__(self, label: Label | None = None) -> None:
        super().__init__(label or Label("请先登录。", "Please sign in."))


class Forbidden(Refusal):
    """The actor is known and may not do this."""

    status = 403
    code = "forbidden"

    def __init__(self, label: Label | None = None, action: str = "") -> None:
        super().__init__(
            label
            or Label(
                "您没有这项权限；如有需要请联系管理员。", "You may not do this; ask an administrator if you need to."
            )
        )
        self.action = action  # the verb that is missing, where one verb alone is


class StepUp(Refusal):
    """The act asks for a sign-in at most `minutes` old; the person shows who he is and does it again."""

    status = 403
    code = "step_up"

    def __init__(self, act: str, minutes: int) -> None:
        super().__init__(
            Label("继续之前，请再确认一次是您本人。", "Before this goes on, please show once more that it is you.")
        )
        self.act = act
        self.minutes = minutes


class FactorDue(Refusal):
    """The actor's role demands a second factor, his days of grace are over, and he may do nothing before he has one."""

    status = 403
    code = "factor_due"

    def __init__(self) -> None:
        super().__init__(
            Label(
                "您的角色要求开启两步验证，请先在“账号安全”里设置。",
                "Your role asks for two-step sign-in; set it up under Account security first.",
            )
        )


class TooMany(Refusal):
    """A limit was reached; `retry_after` is in seconds."""

    status = 429
    code = "too_many"

    def __init__(self, label: Label, retry_after: int) -> None:
        super().__init__(label)
        self.retry_after = retry_after


class Busy(Refusal):
    """A part the request needs is not available now; trying again is safe."""

    status = 503
    code = "busy"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field on which two editors disagree: values as this actor may see them."""

    field: str
    label: Label
    yours: object
    theirs: object


class Conflict(Refusal):
    """Somebody else saved first; `version` is the stored one, `differences` the fields that disagree."""

    status = 409
    code = "conflict"

    def __init__(self, version: int, differences: tuple[Difference, ...], by: str | None, at: str | None) -> None:
        super().__init__(
            Label(
                "这条记录刚被别人修改过，请比较后再保存。", "Somebody else changed this record; compare and save again."
            )
        )
        self.version = version
        self.differences = differences
        self.by = by
        self.at = at


class InUse(Refusal):
    """A record cannot be removed or a value reused because others depend on it."""

    status = 409
    code = "in_use"
