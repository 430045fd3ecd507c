"""One sample of every page and part, in either language: what the templates are tested and looked at with."""

from app.heads import pages as p
from tests.unit.heads.samples.around import LANGS, frame, sayer
from tests.unit.heads.samples.backups import backup_pages
from tests.unit.heads.samples.console import console_pages
from tests.unit.heads.samples.editing import form_pages
from tests.unit.heads.samples.imports import feed_pages, run_pages, step_pages
from tests.unit.heads.samples.jobs import job_pages
from tests.unit.heads.samples.others import other_pages, parts
from tests.unit.heads.samples.quality import quality_pages
from tests.unit.heads.samples.receiving import receiving_pages
from tests.unit.heads.samples.records import record_pages
from tests.unit.heads.samples.reports import report_pages
from tests.unit.heads.samples.rights import rights_pages
from tests.unit.heads.samples.security import security_pages
from tests.unit.heads.samples.tables import list_page, variants
from tests.unit.heads.samples.tokens import token_pages
from tests.unit.heads.samples.trail import trail_pages

__all__ = ["LANGS", "frame", "list_page", "pages", "parts"]


def pages(locale: str) -> dict[str, p.Page]:
    """Every sample page by name."""
    say = sayer(locale)
    found: dict[str, p.Page] = {"list": list_page(locale)}
    for family in (
        variants,
        record_pages,
        form_pages,
        step_pages,
        run_pages,
        feed_pages,
        receiving_pages,
        quality_pages,
        report_pages,
        rights_pages,
        trail_pages,
        console_pages,
        backup_pages,
        token_pages,
        job_pages,
        security_pages,
        other_pages,
    ):
        found |= family(locale, say)
    return found
