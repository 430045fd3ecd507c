"""A privacy notice carries the digest of its words."""

from app.core.rules import Derive
from app.records.rulebook import RULEBOOK

RULEBOOK.on(
    "privacy_notice",
    Derive("digest", {"text_hash": "encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex')"}),
)
