"""The style sheet and the macros keep the promises of the design system."""

import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string

import freeco.web
from freeco.web import tokens
from freeco.web.forms import Form

WEB = Path(freeco.web.__file__).parent
STATIC = WEB / "static"
LARGEST_SHEETS = 26_000
"""Bytes of the two sheets that every page loads, before any compression."""
ENHANCED = 7
"""WCAG 2.2 AAA."""
TABLE = """
{%- import "_macros.html" as ui -%}
{%- call(row, key) ui.table([("who", "Foyer", "row"), ("state", "État", "plain"),
  ("sum", "Montant de la saison", "number", "Montant"), ("act", "À faire", "deeds")],
  rows, foot={"who": "En tout", "sum": "9 €"}, sort={"sum": "?tri=sum"}, sorted="sum",
  descending=true) -%}
{{ row[key] }}
{%- endcall %}"""


@pytest.mark.parametrize("name", tokens.SETS)
def test_every_ink_is_read_on_every_ground_it_stands_on(name: str) -> None:
    weak = [each for each in tokens.measures(name) if each.contrast < each.needed]
    assert weak == []


@pytest.mark.parametrize("name", ["light, more contrast", "dark, more contrast"])
def test_who_asks_for_more_contrast_reads_every_ink_at_seven_to_one(name: str) -> None:
    weak = [each for each in tokens.measures(name) if each.contrast < ENHANCED]
    assert weak == []


def test_contrast_is_what_the_guidelines_define() -> None:
    assert tokens.contrast("#fff", "#000000") == pytest.approx(21)
    assert tokens.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_colours_are_written_as_tokens_only() -> None:
    stray = {
        sheet.name: re.findall(r"#[0-9a-f]{3,8}\b", sheet.read_text("utf-8"))
        for sheet in (STATIC / "components.css", STATIC / "design.css")
    }
    assert stray == {"components.css": ["#10171dcc"], "design.css": []}  # the veil of a dialog


def test_paper_is_black_on_white() -> None:
    text = (STATIC / "print.css").read_text("utf-8")
    declared = dict(tokens.DECLARATION.findall(text))
    assert set(declared) >= set(tokens.colours())
    assert set(declared.values()) == {"#000", "#fff"}


def test_the_sheets_of_every_page_stay_small() -> None:
    sizes = [(STATIC / name).stat().st_size for name in ("freeco.css", "components.css")]
    assert sum(sizes) < LARGEST_SHEETS


def rendered(app: Flask, source: str, **values: object) -> str:
    with app.test_request_context("/"):
        return render_template_string(source, **values)


def test_a_table_says_on_a_phone_what_its_heads_say_at_a_desk(app: Flask) -> None:
    row = {"who": "Allard", "state": "remis", "sum": "9 €", "act": "x"}
    shown = rendered(app, TABLE, rows=[row])
    assert '<th scope="row" dir="auto">Allard</th>' in shown
    assert '<td class="number" data-label="Montant">9 €</td>' in shown
    assert "<td>remis</td>" in shown
    assert 'aria-sort="descending"' in shown
    assert '<th scope="col" class="screen-only"><span class="unseen">À faire</span></th>' in shown
    assert shown.count("<tfoot>") == 1


def test_what_a_cell_holds_is_escaped(app: Flask) -> None:
    row = {"who": "<script>", "state": "", "sum": "", "act": ""}
    shown = rendered(app, TABLE, rows=[row])
    assert "&lt;script&gt;" in shown
    assert 'data-label="Montant"></td>' not in shown


def test_boxes_of_one_name_stay_ticked_after_a_refusal(app: Flask) -> None:
    source = """{% import "_macros.html" as ui %}
{{ ui.checkboxes(form, "days", "Dates", [(1, "a"), (2, "b"), (12, "c")], chosen=[12]) }}"""
    assert re.findall(r'value="(\d+)" checked', rendered(app, source, form=Form.blank())) == ["12"]
    for sent, ticked in ((["1", "2"], ["1", "2"]), ("2", ["2"]), ([], [])):
        form = Form({"days": sent})
        assert re.findall(r'value="(\d+)" checked', rendered(app, source, form=form)) == ticked


def test_the_ties_of_a_field_follow_its_own_id(app: Flask) -> None:
    source = """{% import "_macros.html" as ui %}
{{ ui.field(form, "reason", "Pourquoi", hint="Une phrase.", id="f-reason-7") }}"""
    shown = rendered(app, source, form=Form({}, {"reason": ["Trop long."]}))
    assert 'aria-describedby="f-reason-7-hint f-reason-7-error"' in shown
    assert 'for="f-reason-7"' in shown
    assert 'id="f-reason-7-error"' in shown
