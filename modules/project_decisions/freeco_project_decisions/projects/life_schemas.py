"""What may come in through the forms of projects besides tasks: money, news, ends, rules."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from freeco import cells
from freeco.i18n import _
from freeco.money import Money
from freeco.web.forms import Cents, Ticked, Whole, Words, one_of
from freeco_project_decisions.polls.models import Method
from freeco_project_decisions.projects import spending
from freeco_project_decisions.projects.closing import Report
from freeco_project_decisions.projects.models import Level
from freeco_project_decisions.projects.schemas import MOST_SKILL
from freeco_project_decisions.projects.spending import Line

CHOOSING = (Method.SHARES, Method.GREEDY, Method.APPROVAL, Method.JUDGMENT)
"""How projects are chosen among; the first two split a budget."""
SPLITTING = (Method.SHARES, Method.GREEDY)


class LineSchema(Schema):
    """A line of a budget."""

    label = Words(required=True, most=120)
    planned = Cents(load_default=0)
    spent = Cents(load_default=0)
    chosen = Words(load_default="", most=80)
    """What it is linked to, chosen in the list; ``about`` is the same, typed."""
    about = Words(load_default="", most=80)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        typed, chosen = values.get("about"), values.get("chosen")
        if typed and spending.ref_of(typed) is None:
            raise ValidationError(
                str(_("Ce code se lit ainsi : direct_sales:contract:3.")), "about"
            )
        if typed and chosen and typed != chosen:
            raise ValidationError(
                str(_("Choisissez dans la liste, ou écrivez un code : pas les deux.")), "about"
            )
        if chosen and spending.ref_of(chosen) is None:
            raise ValidationError(str(_("Choisissez dans la liste.")), "chosen")


def line(taken: Mapping[str, Any]) -> Line:
    """Return a line of a budget as it was typed."""
    return Line(
        label=taken["label"],
        planned=Money(taken["planned"]),
        spent=Money(taken["spent"]),
        about=taken["chosen"] or taken["about"],
    )


class NewsSchema(Schema):
    """What is written to those who take part."""

    subject = Words(required=True, most=120)
    text = Words(required=True, most=6000)
    token = Words(required=True, most=64)


class ReportSchema(Schema):
    """What became of a project."""

    done = Words(required=True, most=8000)
    learnt = Words(load_default="", most=8000)
    cost = Cents(load_default=None)
    hours = Whole(load_default=0, most=100_000)
    given_up = Ticked()
    leave = Ticked()


def report(taken: Mapping[str, Any]) -> Report:
    """Return a report as it was typed."""
    cost = taken["cost"]
    return Report(**dict(taken) | {"cost": Money(cost) if cost is not None else None})


class KnownSchema(Schema):
    """A skill that one declares."""

    name = Words(required=True, most=MOST_SKILL)
    level = Words(load_default=Level.ABLE, validate=one_of(tuple(Level)))
    shown = Ticked()

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        if "name" in values and not cells.plain(values["name"]):
            raise ValidationError(str(_("Dites-le en mots.")), "name")


class NothingSchema(Schema):
    """A form that holds nothing but a file, which comes apart."""

    file = Words(load_default="")

    @post_load
    def _leave(self, _values: Mapping[str, Any], **_options: Any) -> dict[str, Any]:
        return {}


class RulesSchema(Schema):
    """How projects begin here."""

    vote_first = Ticked()
    vote_days = Whole(load_default=7, least=1, most=60)
    lends = Ticked()


class ChoiceSchema(Schema):
    """A vote among projects."""

    title = Words(required=True, most=120)
    method = Words(required=True, validate=one_of(CHOOSING))
    budget = Cents(load_default=None)
    projects = fields.List(Whole(), load_default=list)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        if values.get("method") in SPLITTING and not values.get("budget"):
            raise ValidationError(str(_("Dites le budget à répartir.")), "budget")
