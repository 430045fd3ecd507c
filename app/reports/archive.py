"""The archive of printed reports: a row each, its bytes under their hash on the shelf of files."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import Connection, text

from app.records.shelf import Shelf
from app.reports.paper import Paper

_STANDING = text("""
    SELECT edition, status, advice FROM monthly_report
     WHERE store_id = :store AND month = :month AND account = :account ORDER BY edition DESC LIMIT 1""")
_ONE = text("SELECT id, store_id, month, account, edition, status, advice, snapshot FROM monthly_report WHERE id = :id")
_CODE = text("SELECT code FROM store WHERE id = :store")
_READER = text("""
    SELECT coalesce((SELECT e.name FROM employee e WHERE e.user_id = u.id ORDER BY e.id LIMIT 1),
                    nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)
      FROM ab_user u WHERE u.id = :user""")
_PUT = text("""
    INSERT INTO monthly_report (store_id, number, month, reader, account, edition, status, advice, snapshot, sha256,
                                size, pages, made_at, published_at)
    VALUES (:store, :number, :month, :reader, :account, :edition, :status, :advice, :snapshot, :sha,
            :size, :pages, :now, :published)
    ON CONFLICT (store_id, month, account, edition) DO UPDATE
       SET status = excluded.status, snapshot = excluded.snapshot, sha256 = excluded.sha256, size = excluded.size,
           pages = excluded.pages, made_at = excluded.made_at, published_at = excluded.published_at,
           reader = excluded.reader
     WHERE monthly_report.status = 'draft' AND monthly_report.advice IS NOT DISTINCT FROM excluded.advice
    RETURNING id""")


class Moved(Exception):
    """The draft was published or its words were changed while it was being printed."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One edition of one reader's report, as it is to be printed."""

    store: int
    month: date
    account: int
    reader: str
    edition: int
    number: str
    advice: str | None
    publish: bool = False
    snapshot: str | None = None  # a published draft keeps to the figures its reader saw


def draft(connection: Connection, store: int, month: date, account: int) -> Issue:
    """The reader's draft of a month; after a published edition the next one."""
    given = {"store": store, "month": month, "account": account}
    standing = connection.execute(_STANDING, given).one_or_none()
    again = standing is not None and standing.status == "draft"
    edition = standing.edition + (not again) if standing is not None else 1
    advice = standing.advice if standing is not None and again else None
    return _issue(connection, store, month, account, edition=edition, advice=advice)


def final(connection: Connection, number: int) -> Issue | None:
    """A draft on its way to be published; None when it is none."""
    row = connection.execute(_ONE, {"id": number}).one_or_none()
    if row is None or row.status != "draft":
        return None
    made = _issue(connection, row.store_id, row.month, row.account, edition=row.edition, advice=row.advice)
    return Issue(
        **{name: getattr(made, name) for name in Issue.__slots__} | {"publish": True, "snapshot": row.snapshot}
    )


def _issue(connection: Connection, store: int, month: date, account: int, *, edition: int, advice: str | None) -> Issue:
    code = connection.execute(_CODE, {"store": store}).scalar_one()
    reader = connection.execute(_READER, {"user": account}).scalar_one()
    return Issue(store, month, account, reader, edition, f"{code}-{month:%Y%m}-{account}-{edition}"[:40], advice)


def keep(shelf: Shelf, paper: Paper) -> str:
    """The hash under which the bytes now lie, whole."""
    digest = sha256(paper.data).hexdigest()
    shelf.keep(paper.data, shelf.path(digest))
    return digest


def enter(connection: Connection, issue: Issue, paper: Paper, *, digest: str, snapshot: str, now: datetime) -> int:
    """The archived report's id; Moved when the draft is no longer what was printed."""
    given = {
        "store": issue.store, "number": issue.number, "month": issue.month, "reader": issue.reader,
        "account": issue.account, "edition": issue.edition, "advice": issue.advice, "snapshot": snapshot, "sha": digest,
        "size": len(paper.data), "pages": paper.pages, "now": now,
        "status": "published" if issue.publish else "draft", "published": now if issue.publish else None,
    }  # fmt: skip
    found = connection.execute(_PUT, given).scalar()
    if found is None:
        raise Moved(issue.number)
    return int(found)
