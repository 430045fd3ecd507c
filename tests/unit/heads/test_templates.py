"""Every page in both languages: whole, escaped, operable by keyboard and allowed by the content policy."""

import json
import re
import sys
import time
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest

from app.core.label import EN, LOCALES, ZH
from app.heads import pages as p
from app.heads.pages.refusals import ERRORS
from app.heads.words import WORDS, texts
from tests.unit.heads import samples
from tests.unit.heads.preview import environment

APP = Path(__file__).resolve().parents[3] / "app"
TEMPLATES = {str(f.relative_to(APP / "templates")): f.read_text() for f in (APP / "templates").rglob("*.html")}
ICONS = (APP / "static" / "icons.txt").read_text().split()
ENV = environment()
NAMES = sorted(samples.pages(ZH) | samples.parts(ZH))
WHOLE = sorted(samples.pages(ZH))
EVERY = pytest.mark.parametrize(("name", "locale"), [(name, locale) for locale in LOCALES for name in NAMES])
EVERY_PAGE = pytest.mark.parametrize(("name", "locale"), [(name, locale) for locale in LOCALES for name in WHOLE])


class Tags(HTMLParser):
    """The elements of a page in order, each (name, attributes); forms hold what is inside them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.forms: list[tuple[dict[str, str | None], list[dict[str, str | None]]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.all.append((tag, found))
        if tag == "form":
            self.forms.append((found, []))
        elif tag in ("input", "button", "select", "textarea") and self.forms:
            self.forms[-1][1].append(found)

    def named(self, *names):
        return [attrs for tag, attrs in self.all if tag in names]

    @property
    def ids(self):
        return [attrs["id"] for _, attrs in self.all if attrs.get("id")]


@cache
def html(name: str, locale: str = ZH) -> str:
    page = (samples.pages(locale) | samples.parts(locale))[name]
    return ENV.get_template(page.template).render(p.context(page))


@cache
def tags(name: str, locale: str = ZH) -> Tags:
    return Tags(html(name, locale))


def test_every_page_and_part_has_a_sample():
    kinds = {getattr(p, name) for name in p.__all__}
    drawn = {kind for kind in kinds if isinstance(kind, type) and "template" in vars(kind)}
    assert drawn == {type(one) for one in (samples.pages(ZH) | samples.parts(ZH)).values()}


@EVERY
def test_a_page_renders_with_nothing_missing(name, locale):
    assert html(name, locale).strip()


@EVERY_PAGE
def test_a_page_says_its_language_and_its_title(name, locale):
    page = samples.pages(locale)[name]
    assert tags(name, locale).named("html")[0]["lang"] == samples.LANGS[locale]
    assert len(tags(name, locale).named("h1")) == 1
    assert len(tags(name, locale).named("main")) == 1
    assert page.title in html(name, locale).replace("&lt;", "<").replace("&gt;", ">")


@EVERY
def test_nothing_runs_but_scripts_with_the_nonce(name, locale):
    for tag, attrs in tags(name, locale).all:
        assert not [key for key in attrs if key.startswith(("on", "hx-on"))], tag
        assert not (attrs.get("href") or "").startswith("javascript:")
        assert "style" not in attrs
    for script in tags(name, locale).named("script"):
        assert script["nonce"] == "r4nd0m"
        assert script["src"]


@EVERY
def test_nothing_comes_from_another_host(name, locale):
    for tag, attrs in tags(name, locale).all:
        for key in ("href", "src", "action", "formaction", "hx-get", "hx-post"):
            assert not re.match(r"(https?:)?//", attrs.get(key) or ""), tag


@EVERY
def test_every_form_that_changes_something_carries_the_token(name, locale):
    for form, controls in tags(name, locale).forms:
        token = [control for control in controls if control.get("name") == "csrf_token"]
        assert len(token) == (1 if form.get("method") == "post" else 0)


@EVERY
def test_ids_are_unique_and_references_lead_somewhere(name, locale):
    found = tags(name, locale)
    assert len(found.ids) == len(set(found.ids))
    for _, attrs in found.all:
        for key in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            assert set((attrs.get(key) or "").split()) <= set(found.ids), attrs


@EVERY
def test_every_control_has_a_name_people_hear(name, locale):
    found = tags(name, locale)
    labelled = {attrs.get("for") for attrs in found.named("label")}
    for attrs in found.named("input", "select", "textarea"):
        inside = attrs.get("type") in ("hidden", "checkbox", "radio")  # boxes stand inside their labels
        assert inside or attrs.get("aria-label") or attrs.get("aria-labelledby") or attrs.get("id") in labelled, attrs


def test_values_are_data_never_markup():
    assert "&lt;b&gt;孙丽&lt;/b&gt;" in html("list")
    assert "&lt;/textarea&gt;&lt;script&gt;alert" in html("form")
    assert 'data-text="&#34;&lt;b&gt;&#34;"' in html("part_lookup")
    assert "&lt;x&gt;" in html("search_none")


def test_no_template_marks_text_as_safe():
    for name, source in TEMPLATES.items():
        assert not re.search(r"\|\s*safe|autoescape|Markup", source), name


def test_a_mask_is_never_a_value_that_could_be_sent():
    for attrs in tags("form").named("input", "textarea"):
        assert "*" not in (attrs.get("value") or "")


def test_errors_stand_at_their_field_and_in_the_summary():
    found = tags("form")
    name = next(attrs for attrs in found.named("input") if attrs.get("id") == "f-name")
    assert name["aria-invalid"] == "true"
    assert "f-name-error" in name["aria-describedby"]
    assert {"#f-name", "#f-phone2"} <= {attrs.get("href") for attrs in found.named("a")}


def test_what_was_typed_and_the_version_come_back():
    sent = {attrs["name"]: attrs.get("value") for attrs in tags("form").named("input") if attrs.get("name")}
    assert (sent["name"], sent["version"], sent["sales"]) == ("欧阳喆", "4", "3")
    assert (sent["sales__text"], sent["sales__was"]) == ("李顾问", "李顾问")


def test_a_choice_offers_nothing_only_where_nothing_may_be_chosen():
    a = p.Option(value="a", text="A", selected=True)
    assert p.Control(name="x", label="X", options=(a,)).blank
    assert not p.Control(name="x", label="X", options=(a,), required=True).blank
    assert not p.Control(name="x", label="X", options=(p.Option(value="", text="–"), a)).blank


def test_a_conflict_offers_both_values_of_each_field():
    chosen = [attrs for attrs in tags("conflict").named("input") if (attrs.get("name") or "").startswith("choose__")]
    assert len(chosen) == 6
    assert [one["value"] for one in chosen if "checked" in one] == ["yours"]


def test_progress_asks_again_with_and_without_scripts():
    assert 'hx-trigger="every 1s"' in html("import_progress")
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in html("import_progress")


def test_htmx_evaluates_nothing_and_keeps_no_copies_of_pages():
    meta = next(attrs for attrs in tags("list").named("meta") if attrs.get("name") == "htmx-config")
    settings = json.loads(meta["content"])
    assert settings["allowEval"] is settings["includeIndicatorStyles"] is settings["allowScriptTags"] is False
    assert settings["historyCacheSize"] == 0


def test_an_error_page_needs_neither_person_nor_database():
    bare = html("error_bare")
    assert "503" in bare
    assert 'class="side"' not in bare
    assert texts(ZH).retry_after.format(n=30) in bare


@pytest.mark.parametrize("status", sorted(ERRORS))
def test_an_error_says_what_to_do_in_both_languages(status):
    for locale in LOCALES:
        page = p.error_page(samples.frame(locale, signed_in=False), status, "r-1")
        assert page.advice in ENV.get_template(page.template).render(p.context(page))


def test_every_word_a_template_uses_exists():
    used = {word for source in TEMPLATES.values() for word in re.findall(r"(?<![\w.])t\.([a-z_0-9]+)", source)}
    assert used - set(WORDS) == set()


def test_both_languages_take_the_same_placeholders():
    def holes(text):
        return sorted(name for _, name, _, _ in Formatter().parse(text) if name)

    assert [name for name, label in WORDS.items() if holes(label.zh) != holes(label.en)] == []


def test_english_words_hold_no_chinese():
    assert [name for name, label in WORDS.items() if re.search(r"[\u4e00-\u9fff]", label.en)] == []


def test_every_icon_the_product_names_is_in_the_sprite_list():
    quoted = {icon for source in TEMPLATES.values() for icon in re.findall(r'icon\("([a-z0-9-]+)"', source)}
    named = {icon for f in APP.rglob("*.py") for icon in re.findall(r'icon="([a-z0-9-]+)"', f.read_text())}
    drawn = {icon for name in NAMES for icon in re.findall(r"#tabler-([a-z0-9-]+)", html(name))}
    assert (quoted | named | drawn) - set(ICONS) == set()
    assert sorted(set(ICONS)) == ICONS


def test_every_asset_is_there_or_installed():
    for path in p.ASSETS:
        assert path.startswith("vendor/") or (APP / "static" / path).is_file(), path


def test_a_list_of_25_rows_renders_quickly(capsys):
    page = samples.list_page(EN, 25)
    template = ENV.get_template(page.template)
    template.render(p.context(page))
    start = time.process_time()
    for _ in range(20):
        template.render(p.context(page))
    spent = (time.process_time() - start) / 20 * 1000
    with capsys.disabled():
        sys.stdout.write(f"\nlist of 25 rows × 7 columns, whole page: {spent:.2f} ms\n")
