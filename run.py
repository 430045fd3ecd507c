"""Forecourt in one command: `python run.py` serves; `python run.py help` lists what else it can do."""

import sys

try:
    from app.process.main import main
except ModuleNotFoundError as missing:
    if (missing.name or "app").partition(".")[0] in {"app", "config"}:
        raise
    sys.exit(f"  缺少 {missing.name}，请运行 make run  ·  {missing.name} is missing; run: make run")

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
