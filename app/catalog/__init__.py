"""Descriptions from every origin as one frozen, versioned snapshot."""

from app.catalog.catalog import Catalog, Snapshot

__all__ = ["Catalog", "Snapshot"]
