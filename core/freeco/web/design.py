"""The living page of the design system: every component, as it is used.

It is public everywhere, in production too: it holds no data of anybody's, only examples, and
whoever writes, translates or judges a page needs to see it as it runs. It is in French, as the
screens are written, and search engines leave it out.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from freeco.clock import now
from freeco.doors import public
from freeco.i18n import _, moment
from freeco.module import AgendaItem, Card
from freeco.money import Money
from freeco.web import tokens, undo
from freeco.web.forms import Form
from freeco.web.words import isolated

pages = Blueprint("design", __name__)
pages.add_app_template_filter(isolated)
pages.add_app_template_global(Form.blank, "blank_form")
EXAMPLES = Path(__file__).parent / "templates" / "design" / "examples"
IMPORT = '{% import "_macros.html" as ui %}\n'
LONG = "Groupement foncier et maraîcher des Hautes-Terres de Saint-Barthélémie"
FROM_RIGHT = "ליאורה כהן־אברהם"
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "ecrire",
        "Écrire",
        (
            "field",
            "textarea",
            "select",
            "choices",
            "checkboxes",
            "checkbox",
            "date_field",
            "file_field",
            "search_field",
            "quantity",
            "order_bar",
            "error_summary",
        ),
    ),
    (
        "agir",
        "Agir",
        ("submit", "button_form", "asks", "careful", "undo", "print_button", "csrf", "carried"),
    ),
    (
        "dire",
        "Dire",
        ("notice", "stamp", "tag", "name", "money", "slate", "empty", "gauge", "steps"),
    ),
    (
        "montrer",
        "Montrer",
        (
            "table",
            "facts",
            "prices",
            "price_line",
            "why",
            "agenda",
            "agenda_line",
            "card",
            "door",
            "pages_of",
            "pagination",
        ),
    ),
    ("se-reperer", "Se repérer", ("breadcrumb", "folders", "toc")),
)
"""Anchor and title of each group, and its components in the order of reading."""
HEAD = re.compile(re.escape(IMPORT) + r"\{# (.+)\n((?:.|\n)+?) #\}\n")
"""How an example begins: its title, then when to use it."""
SAMPLE = {
    "long": LONG,
    "from_right": FROM_RIGHT,
    "someone": "Maëlle d’Œuvre",
    "price": Money(350),
    "large": Money(1_234_567),
    "card": Card(
        "Choisir les projets 2027",
        "61 membres ont déjà donné leur avis.",
        "#card",
        "Donner mon avis",
        "beetroot",
    ),
    "evenings": [
        AgendaItem("Distribution", at, at, "Salle des fêtes", "#agenda")
        for at in (
            datetime(2026, 12, 3, 17, 30, tzinfo=UTC),
            datetime(2026, 12, 10, 17, 30, tzinfo=UTC),
        )
    ],
    "households": [
        ("Famille Allard", "remis", Money(3450)),
        (FROM_RIGHT, "attendu", Money(6900)),
        (LONG, "remis", Money(1_234_567)),
    ],
    "filled": Form.blank(
        place=LONG,
        presentation="Première ligne\nSeconde ligne",
        right=FROM_RIGHT,
        many="2",
        closed="8E3HY7NP",
    ),
    "wrong": Form(
        {
            "bad_name": "",
            "bad_price": "3,999",
            "bad_kind": "",
            "bad_agreed": "",
            "bad_note": "x",
            "bad_days": [],
        },
        {
            "bad_name": ["Ce champ est à remplir."],
            "bad_price": ["Écrivez le prix avec deux décimales au plus, par exemple 12,50."],
            "bad_kind": ["Ce champ est à remplir."],
            "bad_agreed": ["Cochez la case pour vous engager."],
            "bad_note": ["Ce texte est trop long."],
            "bad_days": ["Choisissez au moins une date."],
        },
    ),
}


@pages.app_template_global()
def printed_at() -> str:
    """Return now, as the head of a printed page says it."""
    return moment(now())


@dataclass(frozen=True)
class Example:
    """One component: when to use it, what to write, what it gives."""

    name: str
    title: str
    when: str
    code: str
    shown: Markup


def example(name: str) -> Example:
    """Return a component with its example, read from its file and rendered as it is."""
    text = (EXAMPLES / f"{name}.html").read_text("utf-8")
    head = HEAD.match(text)
    title, when = head.groups() if head else (name, "")
    shown = render_template(f"design/examples/{name}.html", **SAMPLE)
    if name != "submit":
        shown = shown.replace('class="primary"', 'class=""').replace("button primary", "button")
    # The page of examples is not in error itself: it must not be read from there.
    shown = shown.replace(" data-error-summary", "")
    code = text[head.end() if head else 0 :].strip()
    return Example(name, title, when, code, Markup(shown))  # noqa: S704 - Jinja wrote it just above


@pages.get("/design")
@public
def index() -> ResponseReturnValue:
    """Show the tokens and every component."""
    answer: Response = make_response(
        render_template(
            "design/index.html",
            tokens=tokens.tokens(),
            colours=tokens.colours(),
            dark=tokens.colours("dark"),
            measures={name: tokens.measures(name) for name in tokens.SETS},
            groups=[
                (anchor, title, [example(each) for each in components])
                for anchor, title, components in GROUPS
            ],
        )
    )
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@pages.post("/design")
@public
def act() -> ResponseReturnValue:
    """Do nothing, and say so as a page says what it has done."""
    undo.done(_("C’est un exemple\u00a0: rien n’est enregistré."), url_for("design.index"))
    return redirect(url_for("design.index"))
