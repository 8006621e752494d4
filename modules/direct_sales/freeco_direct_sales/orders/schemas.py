"""What may come in through the forms of order sessions."""

import re
from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from freeco.i18n import _, said
from freeco.money import Money
from freeco.payments.models import Method
from freeco.web.forms import Cell, Cents, Whole, Words, one_of
from freeco_direct_sales.orders import tiers
from freeco_direct_sales.orders.errors import WrongQuantities
from freeco_direct_sales.orders.models import CaseRule, Counted, Offer, Pricing, Wish
from freeco_direct_sales.orders.placing import MOST, Want
from freeco_direct_sales.schemas import NearDay
from freeco_direct_sales.solidarity.errors import CostAbovePrice

COUNTED = (Counted.STOCK.value, Counted.NONE.value)
CLOCK = re.compile(r"([01]?[0-9]|2[0-3])\s*[:hH]\s*([0-5][0-9])?")


def _hour(text: str) -> time:
    found = CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValidationError(str(_("Écrivez l’heure ainsi : 18:30.")))
    return time(int(found[1]), int(found[2] or 0))


def Hour(**options: Any) -> Cell:  # noqa: N802 - stands among marshmallow's fields
    """Return a field for an hour of the day: 18:30, 18h30 or 18h."""
    return Cell(_hour, **options)


def quantity_field(offer_id: int) -> str:
    """Name the field of an article's quantity."""
    return f"q-{offer_id}"


def tolerance_field(offer_id: int) -> str:
    """Name the field of how many more are taken to fill a case."""
    return f"t-{offer_id}"


def order_schema(offers: Iterable[Offer]) -> Schema:
    """Return the schema of the shop's form: a quantity for each offer, and how it is taken."""
    return Schema.from_dict(
        {
            name(offer.id): Whole(load_default=0, least=0, most=MOST, allow_none=True)
            for offer in offers
            for name in (quantity_field, tolerance_field)
            if name is quantity_field or offer.case_size
        }
        | {
            "pickup": Whole(required=True),
            "wish": fields.String(
                load_default=Wish.LESS.value,
                validate=one_of((Wish.LESS.value, Wish.NOTHING.value)),
            ),
            "method": fields.String(load_default="", validate=one_of(("", *Method))),
            "note": Words(load_default="", most=500),
            "key": Words(load_default="", most=60),
        }
    )()


def wants(offers: Iterable[Offer], taken: Mapping[str, Any]) -> dict[int, Want]:
    """Return what was typed in the shop, by offer id; articles left at nought are left out."""
    typed = {offer.id: taken.get(quantity_field(offer.id)) or 0 for offer in offers}
    return {
        each: Want(many, Wish(taken["wish"]), tolerance=taken.get(tolerance_field(each)) or 0)
        for each, many in typed.items()
        if many
    }


class SessionSchema(Schema):
    """An order session: when it opens and closes, in the community's own time."""

    name = Words(required=True, most=120)
    opens = NearDay(required=True)
    opens_at = Hour(required=True)
    closes = NearDay(required=True)
    closes_at = Hour(required=True)
    note = Words(load_default="", most=1000)


class OfferSchema(Schema):
    """How a product is offered."""

    price = Cents(required=True)
    pricing = Words(load_default=Pricing.UNIT.value, validate=one_of(tuple(Pricing)))
    grams = Whole(load_default=None, least=1, most=1_000_000)
    step = Whole(load_default=1, least=1, most=MOST)
    least = Whole(load_default=0, least=0, most=MOST)
    most = Whole(load_default=None, least=1, most=MOST)
    counted = Words(load_default=Counted.STOCK.value, validate=one_of(COUNTED))
    on_hand = Whole(load_default=None, least=0, most=1_000_000)
    shown = Whole(load_default=None)
    """How many the page showed of this session's own."""
    case_size = Whole(load_default=None, least=2, most=MOST)
    case_rule = Words(load_default=CaseRule.CUT.value, validate=one_of(tuple(CaseRule)))
    cost_price = Cents(load_default=None)
    """What households at cost price pay; none when it is offered at the price alone."""
    cost_most = Whole(load_default=None, least=1, most=MOST)

    @validates_schema
    def _check_cost(self, values: Mapping[str, Any], **_options: Any) -> None:
        cost = values["cost_price"]
        if cost is not None and not 1 <= cost <= values["price"]:
            raise ValidationError(str(CostAbovePrice.reason), "cost_price")

    @validates_schema
    def _check_case(self, values: Mapping[str, Any], **_options: Any) -> None:
        case = values["case_size"]
        if case is not None and case % values["step"]:
            raise ValidationError(
                str(_("Un carton doit tenir un nombre entier de multiples.")), "case_size"
            )

    @validates_schema
    def _check_weight(self, values: Mapping[str, Any], **_options: Any) -> None:
        if values["pricing"] == Pricing.WEIGHT and not values["grams"]:
            raise ValidationError(
                str(_("Dites à peu près ce que pèse une pièce : le total s’estime avec.")), "grams"
            )
        if values["most"] is not None and values["most"] < values["least"]:
            raise ValidationError(str(_("Le plus est en dessous du moins.")), "most")


def offer_schema() -> Schema:
    """Return the schema of an offer's page, its price tiers too."""
    numbers: dict[str, fields.Field[Any]] = {}
    for place in range(1, tiers.MOST + 1):
        numbers[tiers.from_field(place)] = Whole(load_default=None, least=2, most=1_000_000)
        numbers[tiers.price_field(place)] = Cents(load_default=None)
    whole = type("WholeOfferSchema", (OfferSchema,), numbers)
    found: Schema = whole()
    return found


def taken_tiers(taken: dict[str, Any]) -> dict[int, Money]:
    """Take the tiers out of what was typed. Raises WrongQuantities for a half of one."""
    found: dict[int, Money] = {}
    for place in range(1, tiers.MOST + 1):
        many = taken.pop(tiers.from_field(place))
        price = taken.pop(tiers.price_field(place))
        if (many is None) != (price is None) or many in found:
            raise WrongQuantities(
                {tiers.from_field(place): [said("Un nombre et un prix vont ensemble, une fois.")]}
            )
        if many is not None:
            found[many] = Money(price)
    return found


class ChosenSchema(Schema):
    """Products or distributions that were ticked."""

    chosen = fields.List(Whole(required=True), load_default=list)


class TakingPartSchema(Schema):
    """A producer who closes earlier, or comes from a sum on only."""

    closes = NearDay(load_default=None)
    closes_at = Hour(load_default=None)
    least_total = Cents(load_default=0)

    @validates_schema
    def _check_both(self, values: Mapping[str, Any], **_options: Any) -> None:
        if (values["closes"] is None) != (values["closes_at"] is None):
            raise ValidationError(str(_("Le jour et l’heure vont ensemble.")), "closes_at")
