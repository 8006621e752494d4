"""What may come in through the forms of solidarity."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, validates_schema

from freeco.i18n import _
from freeco.web.forms import Cents, Ticked, Whole, Words, one_of
from freeco_direct_sales.solidarity.models import Kind
from freeco_direct_sales.solidarity.pool import NOTED

SAME = "same"
"""Everybody pays the same."""
MEANS_NOTED = ("cheque", "cash", "transfer")
MOST_CENTS = 10_000_000


def _within(least: int, most: int, name: str, value: int) -> None:
    if not least <= value <= most:
        raise ValidationError(str(_("Ce montant est hors des limites.")), name)


class ChoiceSchema(Schema):
    """What a household chooses to pay, in basis points around the base price."""

    points = Whole(required=True, least=-10_000, most=30_000)


class DeclarationSchema(Schema):
    """What a household says of its income: no paper is asked for."""

    income = Cents(required=True)
    adults = Whole(required=True, least=1, most=20)
    children = Whole(load_default=0, most=20)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        _within(0, MOST_CENTS * 10, "income", values["income"])


class RuleSchema(Schema):
    """How a draft shares its price: whole per cent of the base price, yearly incomes."""

    kind = Words(required=True, validate=one_of((SAME, *Kind)))
    least = Whole(load_default=80, most=100)
    most = Whole(load_default=130, least=100, most=400)
    floor = Cents(load_default=0)
    ceiling = Cents(load_default=0)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        if values["kind"] != Kind.MEANS:
            return
        _within(0, MOST_CENTS, "floor", values["floor"])
        _within(0, MOST_CENTS, "ceiling", values["ceiling"])
        if values["floor"] >= values["ceiling"]:
            raise ValidationError(
                str(_("Le revenu le plus haut doit dépasser le plus bas.")), "ceiling"
            )


class PoolSchema(Schema):
    """Whose account holds the pool, and below what to warn."""

    holder = Whole(required=True)
    alarm = Cents(load_default=5000)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        _within(0, MOST_CENTS, "alarm", values["alarm"])


class NotedSchema(Schema):
    """Money that came for the pool."""

    source = Words(required=True, validate=one_of(NOTED))
    amount = Cents(required=True)
    means = Words(required=True, validate=one_of(MEANS_NOTED))
    key = Words(required=True, most=60)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        _within(1, MOST_CENTS, "amount", values["amount"])


class OfferSchema(Schema):
    """A basket somebody offers."""

    amount = Cents(required=True)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        _within(100, 50_000, "amount", values["amount"])


class ReceivedSchema(Schema):
    """How the money of an offered basket came."""

    means = Words(required=True, validate=one_of(MEANS_NOTED))


class OathSchema(Schema):
    """A reader's promise."""

    promised = Ticked()


class CodeSchema(Schema):
    """A code that somebody was given."""

    code = Words(required=True, most=40)


class LotSchema(Schema):
    """Codes to give: who gives them, how many."""

    giver = Words(required=True, most=120)
    many = Whole(required=True, least=1, most=40)
    key = Words(required=True, most=60)
