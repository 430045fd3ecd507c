"""The way to the mail server: what is certain after each of its answers, and what never leaves by it."""

import socket
import threading
from pathlib import Path

import pytest

from app.reminders.mail import Letter, MailServer, Result, compose
from config import Config, ConfigError
from tests.reminders.mailbox import certificate, mailbox, secured, signed_in

LETTER = Letter(
    "R04a:renewal_case:7:2026-12-23:-30:email", "guest@example.cn", "【浦东店】到期提醒",
    "您好\n\n第一行\n.\n..点", "浦东店",
)  # fmt: skip


def server(port: int, **changes: object) -> MailServer:
    given = {
        "host": "127.0.0.1", "port": port, "security": "none", "address": "service@dealer.cn", "user": None,
        "password": None, "ca": None, "timeout": 2.0,
    }  # fmt: skip
    return MailServer(**(given | changes))


def test_a_letter_arrives_whole() -> None:
    with mailbox() as box:
        assert server(box.port).send(LETTER).result is Result.SENT
    (letter,) = box.letters
    assert box.recipients == ["guest@example.cn"]
    assert letter["Subject"] == "【浦东店】到期提醒"
    assert letter["From"].addresses[0].display_name == "浦东店"
    assert box.texts()[0].splitlines() == ["您好", "", "第一行", ".", "..点"]
    assert "<p>您好</p>" in letter.get_body(("html",)).get_content()


def test_the_message_id_comes_from_the_key_alone() -> None:
    again = Letter(LETTER.key, "other@example.cn", "x", "y", "z")
    assert compose(LETTER, "a@dealer.cn")["Message-ID"] == compose(again, "a@dealer.cn")["Message-ID"]
    other = Letter("R04a:renewal_case:8:2026-12-23:-30:email", "guest@example.cn", "x", "y", "z")
    assert compose(LETTER, "a@dealer.cn")["Message-ID"] != compose(other, "a@dealer.cn")["Message-ID"]


@pytest.mark.parametrize("evil", ["浦东\r\nBcc: evil@x.cn", "浦东\nX-Evil: 1", "浦东\x0b\x85\u2028Bcc: e@x.cn"])
def test_no_name_smuggles_a_header_in(evil: str) -> None:
    with mailbox() as box:
        sent = server(box.port).send(Letter("k", "guest@example.cn", evil, "text", evil))
    assert sent.result is Result.SENT
    assert box.recipients == ["guest@example.cn"]
    assert {"Bcc", "X-Evil"}.isdisjoint(box.letters[0].keys())


@pytest.mark.parametrize("evil", ["a@x.cn\r\nRCPT TO:<b@x.cn>", "a@x.cn> SIZE=1\r\nDATA", "", "a@x.cn, b@x.cn"])
def test_no_address_smuggles_a_command_in(evil: str) -> None:
    with mailbox() as box:
        sent = server(box.port).send(Letter("k", evil, "s", "text", "浦东店"))
    assert sent.result is Result.REFUSED
    assert box.recipients == []


@pytest.mark.parametrize("body", ["<script>alert(1)</script>", "a & b", '"><img src=x>'])
def test_the_page_holds_text_alone(body: str) -> None:
    page = compose(Letter("k", "guest@example.cn", "s", body, "n"), "a@dealer.cn").get_body(("html",)).get_content()
    assert "<script" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    ("verb", "answer", "result"),
    [
        ("RCPT", "451 try again", Result.LATER),
        ("RCPT", "550 no such user {}", Result.REFUSED),
        ("DATA", "452 full", Result.LATER),
        ("DATA", "554 spam", Result.REFUSED),
    ],
)
def test_what_the_server_answers_is_certain(verb: str, answer: str, result: Result) -> None:
    with mailbox() as box:
        box.answers[verb] = answer
        sent = server(box.port).send(LETTER)
    assert sent.result is result
    assert "guest@example.cn" not in sent.said
    assert sent.said[:3] == answer[:3]
    assert box.letters == []


def test_a_server_that_dies_after_the_text_leaves_it_unknown() -> None:
    with mailbox() as box:
        box.dies = "DATA"
        assert server(box.port).send(LETTER).result is Result.UNKNOWN


def test_a_server_that_hangs_after_the_text_leaves_it_unknown() -> None:
    with mailbox() as box:
        box.hangs = "DATA"
        assert server(box.port, timeout=0.5).send(LETTER).result is Result.UNKNOWN


def test_a_server_that_hangs_before_took_nothing() -> None:
    with mailbox() as box:
        box.hangs = "EHLO"
        assert server(box.port, timeout=0.5).send(LETTER).result is Result.AWAY


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert server(port).send(LETTER).result is Result.AWAY


def test_a_server_that_says_a_drop_at_a_time_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = threading.Event()

        def drip() -> None:
            peer, _ = listener.accept()
            with peer:
                while not stop.wait(0.2):
                    try:
                        peer.send(b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        sent = server(listener.getsockname()[1], timeout=0.5).send(LETTER)
        stop.set()
        thread.join(2)
    assert sent.result is Result.AWAY


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_over_tls_with_a_password(security: str, tmp_path: Path) -> None:
    pem = certificate(tmp_path)
    users: list[str] = []
    tls = {"tls_context": secured(pem), "require_starttls": True} if security == "starttls" else {}
    with mailbox(
        authenticator=signed_in(users, "geheim"), auth_required=True, auth_require_tls=security == "starttls",
        **(tls or {"ssl_context": secured(pem)}),
    ) as box:  # fmt: skip
        asked = {"host": "localhost", "security": security, "ca": str(pem), "user": "dealer"}
        assert server(box.port, **asked, password="geheim").send(LETTER).result is Result.SENT
        wrong = server(box.port, **asked, password="falsch").send(LETTER)
    assert users == ["dealer"]
    assert wrong.result is Result.AWAY
    assert len(box.letters) == 1


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with mailbox(tls_context=secured(certificate(tmp_path)), require_starttls=True) as box:
        assert server(box.port, host="localhost", security="starttls").send(LETTER).result is Result.AWAY


def test_starttls_that_is_not_offered_is_not_done_without() -> None:
    with mailbox() as box:
        assert server(box.port, security="starttls").send(LETTER).result is Result.AWAY
    assert box.letters == []


def test_settings(tmp_path: Path) -> None:
    base = {"FORECOURT_SMTP_HOST": "mail.dealer.cn"}
    with pytest.raises(ConfigError, match="SMTP_FROM"):
        Config.from_env(base)
    base["FORECOURT_SMTP_FROM"] = "service@dealer.cn"
    found = Config.from_env(base | {"FORECOURT_SECRETS": str(tmp_path), "FORECOURT_SMTP_USER": "dealer"})
    (tmp_path / "smtp_password").write_text("geheim\n")
    made = MailServer.of(found.as_process("reminder"))
    assert made is not None
    assert (made.port, made.security, made.password) == (587, "starttls", "geheim")
    assert "geheim" not in repr(made)
    with pytest.raises(PermissionError):
        found.as_process("web").secret("smtp_password")
    with pytest.raises(ConfigError, match="in the clear"):
        Config.from_env(base | {"FORECOURT_SMTP_USER": "dealer", "FORECOURT_SMTP_SECURITY": "none"})
    assert MailServer.of(Config.from_env({})) is None
