"""The house rules: what every file keeps to, whoever wrote it."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.log import clean
from config import ROOT, settings
from tools.settings import PAGE, page

LONGEST, LONGEST_TEST = 300, 400
LONGER: dict[str, str] = {  # file: why it may be longer
}
SOURCES = ("app", "tests", "migrations", "bench", "tools")
FOUND = (path for folder in SOURCES for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)
CODE = [*sorted(FOUND), ROOT / "config.py", ROOT / "setting.py", ROOT / "run.py"]
PAGES = sorted((ROOT / "app" / "templates").rglob("*.html"))
STATIC = (path for kind in ("*.css", "*.js") for path in (ROOT / "app" / "static").rglob(kind))
STYLES = sorted(path for path in STATIC if "vendor" not in path.parts)
DOCUMENTS = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
NOBODYS_PHONE = "13800138000"  # a service number, everybody's example
OWN_NAMES = re.compile(r"\b(?:https?:)?//(?!www\.w3\.org/|127\.0\.0\.1|localhost)[\w.-]+\.\w+")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_file_is_short_enough_to_read_at_one_sitting(path: Path) -> None:
    limit = LONGEST_TEST if name(path).startswith("tests/") else LONGEST
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit or name(path) in LONGER


def test_an_exception_is_still_needed() -> None:
    assert [
        listed for listed in LONGER if len((ROOT / listed).read_text(encoding="utf-8").splitlines()) <= LONGEST
    ] == []


@pytest.mark.parametrize(
    "path", [path for path in CODE if name(path).startswith(("app/", "config", "setting", "run"))], ids=name
)
def test_a_module_says_in_one_sentence_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or not tree.body


@pytest.mark.parametrize("path", sorted((ROOT / "app" / "core").glob("*.py")), ids=name)
def test_the_description_language_imports_the_standard_library_alone(path: Path) -> None:
    roots = {module.partition(".")[0] for module in imports(path) if not module.startswith("app.core")}
    assert roots <= sys.stdlib_module_names


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found


def test_the_settings_know_nothing_of_the_application() -> None:
    known = [module for path in ("config.py", "setting.py") for module in imports(ROOT / path)]
    assert not [module for module in known if module.startswith("app")]


def test_only_the_catalog_and_the_studio_ask_where_an_entity_comes_from() -> None:
    asking = {name(path) for path in (ROOT / "app").rglob("*.py") if any(is_origin(node) for node in nodes(path))}
    assert {path for path in asking if not path.startswith(("app/catalog/", "app/studio/"))} == set()


def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def is_origin(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "origin" and isinstance(node.ctx, ast.Load)


@pytest.mark.parametrize("path", PAGES + STYLES, ids=name)
def test_a_page_loads_nothing_from_other_hosts(path: Path) -> None:
    assert OWN_NAMES.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_template_has_no_script_or_style_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style\b|\sstyle=\"|\son[a-z]+=\"|<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)


def test_every_setting_is_documented() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "run: python tools/settings.py"
    assert all(setting.meaning.endswith(".") for setting in settings())


@pytest.mark.parametrize("listed", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes(listed: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / listed).read_text(encoding="utf-8").strip())
    wanting = [
        block.split("\n")[0]
        for block in blocks
        if not re.match(r"[\w.\[\]-]+==", block) or "--hash=sha256:" not in block
    ]
    assert wanting == []


def test_the_front_end_lock_pins_by_integrity_and_names_no_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {path: package for path, package in lock["packages"].items() if path}
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not [path for path, package in packages.items() if "resolved" in package]


def test_third_party_assets_are_not_committed() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "app/static/vendor", "node_modules"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert tracked.stdout == ""


def test_imports_point_down_only() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_a_document_holds_nobodys_data(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(NOBODYS_PHONE, "")
    assert clean(text) == text
