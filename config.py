"""Every setting of Forecourt: name, type, default, meaning; read once from the environment; imports nothing of app."""

import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import URL, make_url

from setting import PREFIX, Setting, Store, name_of
from setting import setting as _setting

ROOT = Path(__file__).resolve().parent
KINDS = re.compile(r"web|workers|worker-[a-z]+|relay|ticker|sealer")  # of processes
ROLES = {
    "web": "forecourt_web",
    "worker": "forecourt_worker",
    "owner": "forecourt_owner",
    "sealer": "forecourt_sealer",
    "backup": "forecourt_backup",
    "administrator": "postgres",
}
SHANGHAI = ZoneInfo("Asia/Shanghai")
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
LOCALES = ("zh_Hans_CN", "zh_Hant_TW", "en")
_VALUES = frozenset({"field_keys.json", "index_key"})  # what reading and writing protected values takes
_WORK = _VALUES | {"password_worker", "queue_key", "valkey", "secret_key"}
# The secrets each kind of process may read. The supervising parent reads none; the administrator's process
# lives only while servers are prepared, migrated and given first data, and in commands that say so.
READABLE: Mapping[str, frozenset[str]] = {
    "parent": frozenset(),
    "web": _VALUES | {"password_web", "secret_key", "password_pepper", "valkey"},
    "worker": _WORK,
    "schema": _WORK | {"password_owner"},
    "reminder": _WORK | {"smtp_password"},
    "relay": frozenset({"password_worker", "queue_key", "valkey"}),
    "ticker": frozenset({"password_worker"}),
    "sealer": frozenset({"password_sealer", "seal_key"}),
    "backup": _WORK | {"password_backup", "backup_key", "backup_identity", "recovery_code", "backup_s3"},
    "owner": _WORK | {"password_owner", "password_pepper"},
}


class ConfigError(Exception):
    """Settings that cannot be used; `errors` holds one sentence for each of them."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


def _default_home() -> Path:
    """Where data lives unless told: beside run.py, or for root in a directory of its own for each checkout."""
    if os.name != "posix" or os.geteuid() != 0:
        return ROOT / "instance"
    name = re.sub(r"[^A-Za-z0-9._-]", "_", ROOT.name) or "forecourt"
    return Path("/var/lib/forecourt") / f"{name}-{sha256(str(ROOT).encode()).hexdigest()[:8]}"


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one installation, as one kind of process may use them."""

    home: Path = _setting(_default_home, "Data and logs; instance/, or as root /var/lib/forecourt/<checkout>.")
    secrets: Path | None = _setting(None, "Secrets, one file each, mode 0600; secrets/ in home.")
    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(0, "Port to listen on; 0 takes 8000 or the next free one.", least=0)
    public_url: str | None = _setting(None, "Address people type, as https://dms.example.cn; links begin with it.")
    trusted_hosts: tuple[str, ...] = _setting((), "Host names that are answered, by commas; empty answers all.")
    trusted_proxies: int = _setting(0, "How many proxies in front are believed about address and scheme.", least=0)
    allow_plain_http: bool = _setting(False, "Serve other machines without TLS; passwords travel in the clear.")
    tls_certificate: Path | None = _setting(None, "Certificate chain (PEM), to serve HTTPS without a proxy.")
    tls_key: Path | None = _setting(None, "Private key (PEM) of the certificate.")
    ops_networks: tuple[IPv4Network | IPv6Network, ...] = _setting(LOOPBACK, "Networks that may read probes.")
    database_url: str | None = _setting(
        None, "PostgreSQL as administrator; none: embedded.", "DATABASE_URL", secret=True
    )
    redis_url: str | None = _setting(None, "A Redis or Valkey server; none: embedded.", "REDIS_URL", secret=True)
    database: str = _setting("forecourt", "Name of the database in the embedded server.")
    database_memory_mb: int = _setting(128, "Shared memory of the embedded PostgreSQL, MB.", least=16)
    pool_size: int = _setting(5, "Database connections a process keeps.", least=1)
    statement_timeout_ms: int = _setting(30_000, "Longest statement of a page or job, ms.", least=100)
    api_statement_timeout_ms: int = _setting(5_000, "Longest statement of an API request, ms.", least=100)
    lock_timeout_ms: int = _setting(5_000, "How long a statement waits for a lock, ms.", least=1)
    idle_transaction_timeout_ms: int = _setting(60_000, "How long a transaction may stand idle, ms.", least=1_000)
    web_processes: int = _setting(2, "Web processes.", least=1)
    run: tuple[str, ...] = _setting(
        (), "What this machine runs, by commas: web, workers, worker-<queue>, relay, ticker, sealer; empty: all of it."
    )
    web_threads: int = _setting(4, "Threads in each web process.", least=1)
    locale: str = _setting("zh_Hans_CN", "Language of those who chose none: zh_Hans_CN, zh_Hant_TW or en.")
    time_zone: ZoneInfo = _setting(lambda: SHANGHAI, "Time zone of business dates; Asia/Shanghai.")
    session_idle_minutes: int = _setting(30, "A session ends after so many minutes without a request.", least=1)
    session_absolute_minutes: int = _setting(720, "A session ends so many minutes after sign-in.", least=1)
    api_requests_per_minute: int = _setting(600, "Requests an API token may make in a minute.", least=1)
    upload_limit_mb: int = _setting(12, "Largest upload, MB.", least=1)
    admin_upload_limit_mb: int = _setting(500, "Largest upload of an administrator, MB.", least=1)
    feed_folder: Path | None = _setting(None, "Watched folders of feeds, one a profile by its code; feeds/ in home.")
    bin_days: int = _setting(30, "Deleted records can be brought back for so many days.", least=1)
    seal_interval_seconds: int = _setting(2, "How often new trail entries are sealed, seconds.", least=1)
    checkpoint_dirs: tuple[Path, ...] = _setting((), "Folders, by commas, that also get the trail's seals.")
    backup_target: Path | Store | None = _setting(
        None,
        "Where backups go: a folder on another disk or machine, or s3://bucket/prefix?endpoint=…&region=…"
        " (credentials: the file backup_s3 among the secrets); backups/ in home.",
    )
    backup_recipients: tuple[str, ...] = _setting((), "Further age public keys, by commas, that open backups.")
    smtp_host: str | None = _setting(None, "Mail server that takes e-mail to customers; none: no e-mail is sent.")
    smtp_port: int = _setting(0, "Its port; 0: 587 with starttls, 465 with tls, 25 with none.", least=0)
    smtp_security: str = _setting("starttls", "How the mail server is reached: starttls, tls or none.")
    smtp_ca: Path | None = _setting(None, "Certificates (PEM) the mail server is checked by; the system's.")
    smtp_user: str | None = _setting(None, "Account at the mail server; its password is the secret file smtp_password.")
    smtp_from: str | None = _setting(None, "Address e-mail comes from and is answered to.")
    smtp_timeout_seconds: int = _setting(20, "How long the mail server may take for an answer, seconds.", least=1)
    disk_reserve_mb: int = _setting(500, "MB of the disk, and at least a twentieth of it, kept free; 0: none.", least=0)
    drain_seconds: int = _setting(5, "How long /readyz says no before SIGTERM stops the web, seconds.", least=0)
    stop_seconds: int = _setting(20, "How long requests and jobs may finish at a stop, seconds.", least=1)
    log_level: str = _setting("info", "debug, info, warning or error.")
    log_format: str = _setting("auto", "json, console, or auto: console on a terminal.")
    process: str = "parent"
    given: Mapping[str, str] = field(default_factory=dict, compare=False)  # by setting: environment or file

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """The settings `environ` names, over the defaults; raises ConfigError with everything wrong in it."""
        errors, values, known, given = [], dict[str, Any](), set[str](), dict[str, str]()
        for item in settings():
            known |= {item.env, f"{item.env}_FILE"} if item.secret else {item.env}
            try:
                text = item.text(environ)
                if text is not None:
                    values[item.name] = item.read(text)
                    given[item.name] = "environment" if environ.get(item.env) else "file"
            except (ValueError, OSError, ZoneInfoNotFoundError) as error:
                errors.append(f"{item.env}: {error}. {item.meaning}")
        errors += [
            f"{name}: no such setting" for name in sorted(environ) if name.startswith(PREFIX) and name not in known
        ]
        errors += _contradictions(cls(**values))
        if errors:
            raise ConfigError(errors)
        return cls(**values, given=given)

    def as_process(self, process: str) -> Self:
        """These settings for a kind of process: only its own secrets can be read through them."""
        keeps = process == "administrator" or self.database_url is None
        address = self.database_url if keeps else _without_password(self.database_url or "")
        return replace(self, process=process, database_url=address)

    @property
    def secrets_dir(self) -> Path:
        """The folder of the secret files."""
        return self.secrets or self.home / "secrets"

    def secret(self, name: str) -> bytes:
        """The content of a secret file; PermissionError when this kind of process has no business with it."""
        if self.process != "administrator" and name not in READABLE.get(self.process, frozenset()):
            raise PermissionError(f"a {self.process} process may not read the secret {name}")
        return (self.secrets_dir / name).read_bytes()

    @property
    def sockets(self) -> Path:
        """The private short folder of the embedded servers' sockets; FileNotFoundError before the first start."""
        return Path((self.home / "run.path").read_text().strip())

    def url(self, role: str) -> str:
        """The SQLAlchemy URL by which `role` (web, worker, owner, sealer, administrator) signs in to the database."""
        if self.database_url and role == "administrator":
            return _driver(self.database_url).render_as_string(hide_password=False)
        password = self.secret(f"password_{role}").decode().strip()
        if self.database_url:
            url = _driver(self.database_url).set(username=ROLES[role], password=password)
        else:
            query = {"host": str(self.sockets)}
            url = URL.create("postgresql+psycopg", ROLES[role], password, database=self.database, query=query)
        return url.render_as_string(hide_password=False)

    def redis(self) -> str:
        """The URL by which this process reaches Redis or Valkey; works with redis.Redis.from_url."""
        if self.redis_url:
            return self.redis_url
        password = quote(self.secret("valkey").decode().strip(), safe="")
        return f"unix://forecourt:{password}@{self.sockets / 'valkey.sock'}?db=0"

    def runs(self, name: str) -> bool:
        """Whether this machine runs that kind of process."""
        family = "workers" if name.startswith("worker-") else name
        return not self.run or name in self.run or family in self.run

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the address it listens on."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def settings() -> list[Setting]:
    """Every setting in the order it is declared; documents and tests read it."""
    return [
        Setting(item.name, name_of(item.type), None if item.default is MISSING else item.default, **item.metadata)
        for item in fields(Config)
        if item.metadata
    ]


def _contradictions(config: Config) -> list[str]:
    """What is wrong with settings that can each be read."""
    found = []
    choices = {"log_level": ("debug", "info", "warning", "error"), "log_format": ("auto", "json", "console")}
    choices["smtp_security"] = ("starttls", "tls", "none")
    for name, allowed in (choices | {"locale": LOCALES}).items():
        if getattr(config, name) not in allowed:
            found.append(f"{PREFIX}{name.upper()}: it must be one of {', '.join(allowed)}")
    if bool(config.tls_certificate) != bool(config.tls_key):
        found.append(f"{PREFIX}TLS_CERTIFICATE and {PREFIX}TLS_KEY: give both or neither")
    if not (config.is_loopback or config.tls_certificate or config.trusted_proxies or config.allow_plain_http):
        found.append(
            f"{PREFIX}HOST: {config.host} would serve other machines over plain HTTP. Give {PREFIX}TLS_CERTIFICATE "
            f"and {PREFIX}TLS_KEY, or stand a TLS proxy in front and set {PREFIX}TRUSTED_PROXIES=1, or accept it "
            f"with {PREFIX}ALLOW_PLAIN_HTTP=1"
        )
    found += [f"{PREFIX}RUN: there is no {one!r}" for one in config.run if not KINDS.fullmatch(one)]
    if config.run and not (config.database_url and config.redis_url):
        found.append(f"{PREFIX}RUN: machines that share the work share DATABASE_URL and REDIS_URL; give both")
    if config.smtp_host and not config.smtp_from:
        found.append(f"{PREFIX}SMTP_FROM: say which address e-mail comes from")
    if (
        config.smtp_user
        and config.smtp_security == "none"
        and config.smtp_host not in ("localhost", "127.0.0.1", "::1")
    ):
        found.append(f"{PREFIX}SMTP_SECURITY: none would send the mail server's password in the clear")
    if config.session_idle_minutes > config.session_absolute_minutes:
        found.append(f"{PREFIX}SESSION_IDLE_MINUTES: longer than {PREFIX}SESSION_ABSOLUTE_MINUTES")
    return found + _bad_urls(config)


def _bad_urls(config: Config) -> list[str]:
    schemes = {
        "database_url": ("postgresql://", "postgres://", "postgresql+psycopg://"),
        "redis_url": ("redis://", "rediss://", "unix://"),
        "public_url": ("https://", "http://"),
    }
    given = ((name, getattr(config, name), begins) for name, begins in schemes.items())
    return [
        f"{name.upper()}: it must begin with {begins[0]}"
        for name, url, begins in given
        if url and not url.startswith(begins)
    ]


def _driver(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


def _without_password(url: str) -> str:
    return make_url(url)._replace(password=None).render_as_string()
