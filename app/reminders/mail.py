"""One e-mail over SMTP, and what is certain about it afterwards."""

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from hashlib import sha256
from html import escape
from socket import SHUT_RDWR
from threading import Timer

from config import Config

PORTS = {"starttls": 587, "tls": 465, "none": 25}
LATER = range(400, 500)
GREETED, TAKEN, READY = 220, 250, 354
PATIENCE = 6  # waits' limits after which a conversation is cut, however little each wait was
_ADDRESS = re.compile(r"[^\s<>,;]+@[^\s<>,;]+")


class Result(StrEnum):
    """What is certain after an attempt."""

    SENT = "sent"  # the server took it
    LATER = "later"  # it was not taken, and may be tried again
    AWAY = "away"  # nobody answered: nothing can be sent now
    REFUSED = "refused"  # it was not taken and never will be
    UNKNOWN = "unknown"  # it was handed over and no answer came: it may have been taken


@dataclass(frozen=True, slots=True)
class Sent:
    """The result with what the server said, without addresses."""

    result: Result
    said: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told to one address; the key makes the Message-ID, the same however often it is built."""

    key: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    sender: str = field(repr=False)  # the name people see

    @property
    def digest(self) -> str:
        """SHA-256 of subject and text, by which the record proves what was told."""
        return sha256(f"{self.subject}\n{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server of the settings."""

    host: str
    port: int
    security: str
    address: str  # letters come from it
    user: str | None
    password: str | None = field(repr=False)
    ca: str | None
    timeout: float

    @classmethod
    def of(cls, config: Config) -> "MailServer | None":
        """The server the settings name, or None; OSError when its password cannot be read."""
        if not config.smtp_host or not config.smtp_from:
            return None
        password = config.secret("smtp_password").decode().strip() if config.smtp_user else None
        ca = str(config.smtp_ca) if config.smtp_ca else None
        port = config.smtp_port or PORTS[config.smtp_security]
        account = (config.smtp_from, config.smtp_user, password)
        return cls(config.smtp_host, port, config.smtp_security, *account, ca, config.smtp_timeout_seconds)

    def send(self, letter: Letter) -> Sent:
        """Hands one letter over; never raises for what a server does or fails to do."""
        if not _ADDRESS.fullmatch(letter.to):
            return Sent(Result.REFUSED, "no address")
        try:
            message = compose(letter, self.address).as_bytes(policy=SMTP)
        except (ValueError, UnicodeError) as error:
            return Sent(Result.REFUSED, type(error).__name__)
        server = self._client()
        # Each wait has its limit; a server that keeps saying a little has one for all of it.
        limit = Timer(PATIENCE * self.timeout, _cut, (server,))
        limit.start()
        try:
            self._sign_in(server)
            return _hand_over(server, self.address, letter.to, message)
        except smtplib.SMTPAuthenticationError as error:
            return Sent(Result.AWAY, f"{error.smtp_code} authentication")
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return Sent(Result.AWAY, _said(error))
        finally:
            limit.cancel()
            server.close()

    def _client(self) -> smtplib.SMTP:
        """A client that is not connected yet."""
        if self.security == "tls":
            return smtplib.SMTP_SSL(timeout=self.timeout, context=self._context())
        return smtplib.SMTP(timeout=self.timeout)

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca)

    def _sign_in(self, server: smtplib.SMTP) -> None:
        """Connects, secures the line and signs in; SMTPException or OSError when it cannot."""
        server._host = self.host  # type: ignore[attr-defined]  # noqa: SLF001  # whom the certificate must name
        code, _ = server.connect(self.host, self.port)
        if code != GREETED:
            raise smtplib.SMTPConnectError(code, b"")
        server.ehlo_or_helo_if_needed()
        if self.security == "starttls":
            server.starttls(context=self._context())
            server.ehlo()
        if self.user:
            server.login(self.user, self.password or "")


def _cut(server: smtplib.SMTP) -> None:
    """Ends a conversation from aside."""
    if server.sock is not None:
        with suppress(OSError):
            server.sock.shutdown(SHUT_RDWR)


def _hand_over(server: smtplib.SMTP, sender: str, to: str, message: bytes) -> Sent:
    """The dialogue of one letter. Once its text has left, only the server's answer says what became of it."""
    given = False
    try:
        for verb, argument in (("MAIL", sender), ("RCPT", to), ("DATA", "")):
            code, said = _say(server, verb, argument)
            if code not in (TAKEN, 251, READY):
                return _refused(code, said)
        given = True
        server.send(_dotted(message))
        code, said = server.getreply()
    except (OSError, smtplib.SMTPException, UnicodeError, ValueError) as error:
        return Sent(Result.UNKNOWN if given else Result.LATER, _said(error))
    return Sent(Result.SENT, str(code)) if code == TAKEN else _refused(code, said)


def _say(server: smtplib.SMTP, verb: str, argument: str) -> tuple[int, bytes]:
    """The answer to one command."""
    match verb:
        case "MAIL":
            return server.mail(argument)
        case "RCPT":
            return server.rcpt(argument)
    return server.docmd(verb)


def _dotted(message: bytes) -> bytes:
    """The text as the dialogue carries it: lines that begin with a dot doubled, a lone dot at the end (RFC 5321)."""
    quoted = re.sub(rb"(?m)^\.", b"..", message)
    return quoted + (b".\r\n" if quoted.endswith(b"\r\n") else b"\r\n.\r\n")


def _refused(code: int, said: bytes) -> Sent:
    text = _ADDRESS.sub("…", said.decode("ascii", "replace"))[:120]
    return Sent(Result.LATER if code in LATER else Result.REFUSED, f"{code} {text}".strip())


def _said(error: Exception) -> str:
    """What went wrong, by name and code: texts of errors may quote addresses."""
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def compose(letter: Letter, address: str) -> EmailMessage:
    """The letter as text and simple HTML; names lose their line breaks, so that no header can be smuggled in."""
    message = EmailMessage(policy=SMTP)
    user, _, domain = address.rpartition("@")
    message["From"] = Address(display_name=_line(letter.sender), username=user, domain=domain)
    message["To"] = _line(letter.to)
    message["Subject"] = _line(letter.subject)
    message["Message-ID"] = f"<{sha256(letter.key.encode()).hexdigest()[:40]}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "zh-CN"
    message.set_content(letter.text)
    message.add_alternative(html(letter.text), subtype="html")
    return message


def html(text: str) -> str:
    """The text as a page: paragraphs and lines, nothing else."""
    parts = (part.strip() for part in text.split("\n\n"))
    body = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts if part)
    return f'<!doctype html><html lang="zh-CN"><body style="font-family:sans-serif">{body}</body></html>'


def _line(text: str) -> str:
    """One line without control characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
