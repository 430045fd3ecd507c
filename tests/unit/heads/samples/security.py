"""Samples of the pages of account security."""

from app.heads import pages as p
from tests.unit.heads.samples.around import Say, frame


def security_pages(locale: str, say: Say) -> dict[str, p.Page]:
    picture = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E"
    code = p.Control(name="code", label=say("验证码", "Code"), required=True, autocomplete="one-time-code")
    wrong = say("验证码不正确或已用过。", "This code is wrong or was used.")
    ask = {
        "frame": frame(locale),
        "title": say("输入验证码", "Enter the code"),
        "action": "/sign-in/code",
        "next": "/",
        "intro": say("请输入验证码。", "Enter the six digits."),
        "code": code,
        "trust": say("30 天内不再询问", "Do not ask for 30 days"),
        "submit": say("继续", "Continue"),
        "again": p.Link(text=say("换个账号登录", "Sign in as somebody else"), href="/sign-in"),
        "lost": say("找管理员重置。", "Ask an administrator."),
    }
    own = {
        "frame": frame(locale),
        "title": say("账号安全", "Account security"),
        "factor_title": say("两步验证", "Two-step sign-in"),
    }
    sessions = p.Places(
        title=say("登录中的设备", "Where you are signed in"),
        action="/security/sessions",
        end=say("退出", "Sign out"),
        end_all=say("退出其他所有设备", "Sign out everywhere else"),
        rows=(
            p.Place(text="Chrome · Windows", note="192.0.2.7", tag=p.Tag(text=say("本机", "this one"), state="ok")),
            p.Place(text="Safari · iPhone", note="192.0.2.8", end="7"),
        ),
    )
    return {
        "code": p.CodePage(**ask),
        "code_wrong": p.CodePage(**ask, error=wrong),
        "step_up": p.StepUpPage(
            frame=frame(locale), title=say("请确认是您本人", "Show that it is you"), form=again(say), back_href="/"
        ),
        "security": p.SecurityPage(
            **own,
            state=p.Tag(text=say("未开启", "off")),
            lines=(say("开启后更安全。", "Safer when on."),),
            buttons=(p.Button(text=say("开启两步验证", "Turn on"), href="/security/factor", post=True, main=True),),
            places=(sessions,),
            links=(p.Link(text=say("修改密码", "Change password"), href="/password"),),
            demand=say("请在 3 天内设置。", "Set it up within 3 days."),
        ),
        "security_alone": p.SecurityPage(
            **own,
            state=p.Tag(text=say("已开启", "on"), state="ok"),
            lines=(),
            buttons=(),
            places=(p.Places(title=say("设备", "Devices"), rows=(), action="/", end="", note=say("没有。", "None.")),),
        ),
        "factor": p.FactorPage(
            frame=frame(locale),
            title=say("开启两步验证", "Turn on"),
            action="/security/factor/confirm",
            steps=(say("扫描", "Scan"), say("输入密钥", "Type"), say("输入验证码", "Confirm")),
            picture=picture,
            picture_text=say("二维码", "QR code"),
            secret="GEZD GNBV GY3T",
            code=code,
            submit=say("确认并开启", "Confirm"),
            cancel_href="/security/",
        ),
        "recovery": p.RecoveryPage(
            frame=frame(locale),
            title=say("请保存恢复码", "Keep your recovery codes"),
            note=say("只显示这一次。", "Shown this once."),
            codes=("0A1B2-C3D4E", "5F6G7-H8J9K"),
            advice=(say("抄在纸上。", "Write them down."),),
            done=p.Link(text=say("我已保存好", "I have kept them"), href="/security/"),
        ),
    }


def again(say: Say, error: str | None = None) -> p.AskAgain:
    """The question, carrying what was to be sent."""
    answer = p.Control(
        name="step_up_answer",
        label=say("密码或验证码", "Password or code"),
        widget="password",
        required=True,
        error=error,
    )
    return p.AskAgain(
        action="/security/fresh",
        question=say("请输入密码，然后继续。", "Enter your password to go on."),
        answer=answer,
        submit=say("继续", "Continue"),
        hidden=(("reason", "call"), ("step_up_target", "/data/customer/1/reveal/id_card")),
        error=error,
    )
