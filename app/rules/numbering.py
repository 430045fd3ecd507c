"""The numbers of papers: letters of the kind, the day, and the record's own number, so that no two are ever alike."""

from app.core.rules import Derive

DAY = "to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYMMDD')"


def numbered(letters: str) -> str:
    """SQL of a number that stands as it was given, or is made: `WO` gives WO261122-4711."""
    return f"coalesce(NEW.number, '{letters}' || {DAY} || '-' || NEW.id)"


def customer_number() -> str:
    """SQL of a customer's number where a person enters him: C, his store's code, the year, six digits or more."""
    digits = "lpad(NEW.id::text, greatest(6, length(NEW.id::text)), '0')"
    store = "(SELECT s.code FROM public.store s WHERE s.id = NEW.store_id)"
    year = "to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YY')"
    return f"CASE WHEN person THEN coalesce(NEW.number, 'C' || {store} || {year} || {digits}) ELSE NEW.number END"


def numbers(letters: str) -> Derive:
    """The rule that fills in the number of a paper."""
    return Derive("numbered", {"number": numbered(letters)})
