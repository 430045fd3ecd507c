"""Tables in code, a file a noun; a new table is a new file, found by itself."""

import importlib
import pkgutil

from app.models.base import ENTITIES, METADATA, Record

for _found in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_found.name}")

__all__ = ["ENTITIES", "METADATA", "Record"]
