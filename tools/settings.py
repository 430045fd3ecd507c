"""Writes docs/reference/settings.md from config.py; a house test fails when it is stale."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config import settings  # noqa: E402  # config.py lies in the folder above
from setting import Setting  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "settings.md"
HEAD = """# Settings

Every setting is an environment variable, read once at the start. All that is wrong is told at once, and nothing
starts. `python run.py check` only checks. A variable that begins with `FORECOURT_` and is no setting is an error too.
`DATABASE_URL_FILE` and `REDIS_URL_FILE` name files that hold the value, for addresses with passwords.

| variable | type | default | meaning |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(
        f"| `{one.env}` | {one.type.replace('|', 'or')} | {_default(one)} | {one.meaning} |\n" for one in settings()
    )


def _default(setting: Setting) -> str:
    if isinstance(setting.default, tuple):
        return ", ".join(str(part) for part in setting.default)
    if isinstance(setting.default, bool):
        return "yes" if setting.default else "no"
    return "" if setting.default is None else str(setting.default)


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
