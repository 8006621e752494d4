"""The five screens: what each asks, and when it is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema
from sqlalchemy import select

from freeco.charter import services as charter
from freeco.columns import Problem
from freeco.db import db
from freeco.errors import Invalid
from freeco.first_run.models import FoundingDraft
from freeco.first_run.pasting import read_lines
from freeco.first_run.presets import BY_NAME
from freeco.first_run.zones import OF_POSTAL_CODE, ZONES
from freeco.i18n import LANGUAGES, _, said
from freeco.members.accounts import normal_names
from freeco.members.founding import propose_slug, slug_problem
from freeco.members.models import Person
from freeco.module import Text
from freeco.places.gazetteer import find_commune, gazetteer
from freeco.web.forms import Email, Form, Secret, Ticked, Words, one_of

Values = dict[str, Any]


class NameSchema(Schema):
    """What the community is called, and where it is found on the site."""

    name = Words(required=True, most=100)
    slug = Words(load_default="", most=60)


class PlaceSchema(Schema):
    """Where it is."""

    commune = Words(load_default="", most=100)
    postal_code = Words(load_default="", most=10)
    territory = Words(load_default="", most=100)
    timezone = Words(load_default=OF_POSTAL_CODE, validate=one_of((OF_POSTAL_CODE, *ZONES)))


KindSchema = Schema.from_dict(
    {
        "kind": Words(required=True, validate=one_of(BY_NAME)),
        **{f"presentation_{name}": Words(load_default="", most=5000) for name in BY_NAME},
    },
    name="KindSchema",
)
"""What it is; each kind has its own draft of a presentation."""


class FounderSchema(Schema):
    """The first member, whose only condition is the charter."""

    first_name = Words(required=True, most=80)
    last_name = Words(required=True, most=80)
    email = Email(required=True)
    password = Secret(load_default="")
    accepted = Ticked()
    sha256 = Words(required=True, most=64)


class KnownFounderSchema(Schema):
    """A first member who has an account here, and came in with it."""

    person = Words(required=True, most=10)
    accepted = Ticked()
    sha256 = Words(required=True, most=64)


class PeopleSchema(Schema):
    """Those who are invited at once."""

    people = Words(load_default="", most=60_000)


@dataclass(frozen=True)
class Screen:
    """One screen of the first run."""

    name: str
    title: Text
    """In the row of steps."""
    schema: Callable[[Person | None], Schema]
    check: Callable[[Values, FoundingDraft, Person | None], Values]
    """Return the values completed, or raise Invalid."""


def _check_name(values: Values, _draft: FoundingDraft, _person: Person | None) -> Values:
    slug = values["slug"] or propose_slug(values["name"])
    problem = slug_problem(slug)
    if problem is not None:
        raise Invalid({"slug": [str(problem)]})
    return {**values, "slug": slug}


def _check_place(values: Values, _draft: FoundingDraft, _person: Person | None) -> Values:
    """Write the commune as the gazetteer does; keep as typed what it does not know."""
    commune = find_commune(values["commune"], values["postal_code"])
    if commune is None:
        same = gazetteer().named(values["commune"]) if values["commune"] else ()
        if len(same) > 1 and not values["postal_code"]:
            places = [f"{each.department_name} : {', '.join(each.postal_codes)}" for each in same]
            raise Invalid(
                {
                    "postal_code": [
                        said(
                            "Plusieurs communes portent ce nom. Indiquez le code postal "
                            "(%(places)s).",
                            places=" ; ".join(places[:8]),
                        )
                    ]
                }
            )
        return values
    code = values["postal_code"]
    if not code and len(commune.postal_codes) == 1:
        code = commune.postal_codes[0]
    return {**values, "commune": commune.name, "postal_code": code}


def _as_it_is(values: Values, _draft: FoundingDraft, _person: Person | None) -> Values:
    return values


def _check_founder(values: Values, draft: FoundingDraft, person: Person | None) -> Values:
    wrong: dict[str, list[str]] = {}
    if not values["accepted"]:
        wrong["accepted"] = [said("Accepter la charte est la seule condition d’entrée.")]
    elif language_read(values["sha256"]) is None:
        wrong["accepted"] = [str(charter.CharterChanged.reason)]
    if "person" not in values:
        wrong |= _newcomer_problems(values, draft)
    elif person is None or values["person"] != str(person.id):
        wrong["accepted"] = [said("Vous n’êtes plus dans le même compte : recommencez ici.")]
    if wrong:
        raise Invalid(wrong)
    return values


def _newcomer_problems(values: Values, draft: FoundingDraft) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    try:
        normal_names(values["first_name"], values["last_name"])
    except Invalid as refusal:
        wrong |= refusal.fields
    if db.session.scalar(select(Person.id).where(Person.email == values["email"])) is not None:
        wrong["email"] = [
            said(
                "Cette adresse a déjà un compte ici. Connectez-vous d’abord, puis revenez par "
                "le même lien."
            )
        ]
    if draft.password_hash is None:
        wrong["password"] = [said("Ce champ est à remplir.")]
    return wrong


def _check_people(values: Values, _draft: FoundingDraft, _person: Person | None) -> Values:
    pasted = read_lines(values["people"])
    if pasted.problems:
        raise Invalid({"people": [_told(each) for each in pasted.problems]})
    return {**values, "people": pasted.people}


def _told(problem: Problem) -> str:
    return said(
        "Ligne %(line)s, « %(text)s » : %(reason)s.",
        line=problem.line,
        text=problem.column,
        reason=problem.reason.rstrip("."),
    )


def language_read(sha256: str) -> str | None:
    """Return the language in which the charter in force has this hash; None if it has changed."""
    return next((each for each in LANGUAGES if charter.reading(each).sha256 == sha256), None)


def _founder(person: Person | None) -> Schema:
    return FounderSchema() if person is None else KnownFounderSchema()


SCREENS = (
    Screen("name", _("Nom"), lambda _person: NameSchema(), _check_name),
    Screen("place", _("Commune"), lambda _person: PlaceSchema(), _check_place),
    Screen("kind", _("Genre"), lambda _person: KindSchema(), _as_it_is),
    Screen("charter", _("Charte"), _founder, _check_founder),
    Screen("people", _("Premiers membres"), lambda _person: PeopleSchema(), _check_people),
)


def read(screen: Screen, draft: FoundingDraft, person: Person | None) -> tuple[Form, Values | None]:
    """Return a screen's form as it was last typed, and its values once they are right.

    A screen that was never sent is blank, without a reproach.
    """
    schema = screen.schema(person)
    typed = draft.answers.get(screen.name)
    form = Form({name: each for name, each in (typed or {}).items() if name in schema.fields})
    if typed is None:
        return form, None
    values = form.take(schema)
    if values is None:
        return form, None
    try:
        return form, screen.check(values, draft, person)
    except Invalid as refusal:
        form.refuse(refusal)
        return form, None


def first_unanswered(draft: FoundingDraft, person: Person | None) -> int:
    """Return the number of the first screen that still has something to ask; the last, at most."""
    for number, screen in enumerate(SCREENS, 1):
        if read(screen, draft, person)[1] is None:
            return number
    return len(SCREENS)
