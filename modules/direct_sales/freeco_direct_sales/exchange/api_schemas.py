"""What the JSON interface gives and takes; its description is generated from these schemas.

Amounts are whole cents, rates basis points, weights grams, instants ISO 8601 in UTC.
"""

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from freeco.i18n import _
from freeco.payments.models import Method
from freeco.web.forms import LARGEST_ROW_ID, Words, one_of
from freeco_direct_sales.orders.models import Pricing, SessionState, Wish
from freeco_direct_sales.orders.placing import MOST

MOST_LINES = 1000


class Integer(fields.Integer):
    """A whole number of JSON: no text, no truth value, no 2.0."""

    default_error_messages = {
        "invalid": _("Un nombre entier est attendu."),
        "required": _("Ce champ est à remplir."),
        "null": _("Ce champ est à remplir."),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid")
        return value


def _id(said: str, **options: Any) -> Integer:
    limits = validate.Range(
        min=1, max=LARGEST_ROW_ID, error=str(_("Ce nombre est hors des limites."))
    )
    return Integer(required=True, validate=limits, metadata={"description": said}, **options)


def _cents(said: str, **options: Any) -> Integer:
    return Integer(
        required=True, metadata={"description": f"{said}, in cents of a euro"}, **options
    )


def _text(**options: Any) -> fields.String:
    return fields.String(required=True, **options)


def _at(said: str, **options: Any) -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True, metadata={"description": said}, **options)


class Session(Schema):
    """Who reads, and the token that a change must carry in ``X-CSRFToken``."""

    member = _id("The member's id")
    name = _text()
    csrf_token = _text()


class Producer(Schema):
    """Who grows, bakes or brings."""

    id = _id("The producer's id")
    name = _text()
    place = _text()
    presentation = _text()


class Product(Schema):
    """A good at its price of today."""

    id = _id("The product's id")
    producer = _id("Its producer's id")
    name = _text()
    reference = _text()
    description = _text()
    category = _text()
    origin = _text()
    unit = _text(metadata={"description": "piece, kg, bunch …, or the producer's own word"})
    packaging = _text()
    grams = Integer(required=True, allow_none=True)
    millilitres = Integer(required=True, allow_none=True)
    price_cents = _cents("For one unit, VAT included")
    deposit_cents = _cents("Deposit of the packaging")
    vat_basis_points = Integer(required=True)
    stock = Integer(required=True, allow_none=True, metadata={"description": "null: not counted"})
    available = fields.Boolean(required=True)
    is_service = fields.Boolean(
        required=True, metadata={"description": "Rendered on a day agreed; weighs nothing"}
    )


class Distribution(Schema):
    """An evening and a place where baskets are handed out."""

    id = _id("The distribution's id")
    starts_at = _at("Beginning")
    ends_at = _at("End")
    place = _text()
    note = _text()


class ContractProduct(Schema):
    """A product in a contract, at the price of the season."""

    id = _id("The id in the contract")
    product = _id("The product's id")
    name = _text()
    unit = _text()
    price_cents = _cents("For one unit, VAT included")


class Contract(Schema):
    """A season contract that one may subscribe to."""

    id = _id("The contract's id")
    name = _text()
    producer = _id("Its producer's id")
    kind = _text(validate=validate.OneOf(["fixed", "free"]))
    season_start = fields.Date(required=True)
    season_end = fields.Date(required=True)
    places_left = Integer(required=True, allow_none=True)
    products = fields.List(fields.Nested(ContractProduct), required=True)


class Subscription(Schema):
    """My household's commitment to a contract."""

    id = _id("The subscription's id")
    contract = _id("The contract's id")
    name = _text()
    code = _text()
    total_cents = _cents("The season")
    subscribed_at = _at("When it was made")
    household_signed_at = _at("When the household signed", allow_none=True)
    producer_signed_at = _at("When the producer signed", allow_none=True)


class OrderSession(Schema):
    """A time during which households order."""

    id = _id("The session's id")
    name = _text()
    state = _text(validate=validate.OneOf([each.value for each in SessionState]))
    opens_at = _at("When orders begin")
    closes_at = _at("When orders end")
    note = _text()
    takes_orders = fields.Boolean(required=True)


class PriceTier(Schema):
    """From so many on, over all households, an offer costs less for everybody."""

    from_many = Integer(
        required=True, metadata={"description": "Units, or kilograms for what is sold by weight"}
    )
    price_cents = _cents("For one unit, or for a kilogram, VAT included")


class Case(Schema):
    """How full the last case of an offer is, over all households."""

    size = Integer(required=True, metadata={"description": "Units in a case"})
    ordered = Integer(required=True, metadata={"description": "Units ordered by all households"})
    missing = Integer(required=True, metadata={"description": "To fill the last; 0 when full"})
    spare = Integer(
        required=True,
        metadata={"description": "How many more households would take to fill it, at most"},
    )


class Offer(Schema):
    """A product offered in a session."""

    id = _id("The offer's id")
    product = _id("The product's id")
    producer = _id("The producer's id")
    name = _text()
    unit = _text()
    price_cents = _cents("For one unit, or for a kilogram, VAT included")
    pricing = _text(validate=validate.OneOf([each.value for each in Pricing]))
    grams = Integer(required=True, allow_none=True)
    vat_basis_points = Integer(required=True)
    step = Integer(required=True)
    least = Integer(required=True)
    most = Integer(required=True, allow_none=True)
    remaining = Integer(
        required=True,
        allow_none=True,
        metadata={"description": "What my household could have; null without limit"},
    )
    closed = fields.Boolean(required=True)
    is_service = fields.Boolean(
        required=True, metadata={"description": "Owed once both sides say that it was done"}
    )
    case = fields.Nested(
        Case, required=True, allow_none=True, metadata={"description": "null: not by cases"}
    )
    tiers = fields.List(fields.Nested(PriceTier), required=True)
    ordered_in_all = Integer(
        required=True,
        metadata={"description": "By all households, as tiers count it; 0 without tiers"},
    )


class Pickup(Schema):
    """A distribution where the order may be taken."""

    id = _id("The pickup's id")
    distribution = _id("The distribution's id")
    full = fields.Boolean(required=True)


class OrderSessionWhole(OrderSession):
    """A session with what it offers and where it is taken."""

    offers = fields.List(fields.Nested(Offer), required=True)
    pickups = fields.List(fields.Nested(Pickup), required=True)


class OrderLine(Schema):
    """An article of my order."""

    offer = _id("The offer's id")
    ordered = Integer(required=True)
    asked = Integer(required=True, metadata={"description": "More than ordered when it ran short"})
    tolerance = Integer(
        required=True, metadata={"description": "How many more, at most, to fill a case"}
    )
    allotted = Integer(required=True, allow_none=True)
    weighed_grams = Integer(required=True, allow_none=True)
    wish = _text(validate=validate.OneOf([each.value for each in Wish]))
    unit_price_cents = _cents("Frozen when it was ordered")
    amount_cents = _cents("What the line costs as things stand")
    estimated = fields.Boolean(required=True)


class Order(Schema):
    """My household's order in a session."""

    id = _id("The order's id")
    session = _id("The session's id")
    pickup = _id("The pickup's id")
    method = _text()
    note = _text()
    placed_at = _at("When it was first placed")
    changed_at = _at("When it was last changed")
    total_cents = _cents("What the order costs as things stand")
    lines = fields.List(fields.Nested(OrderLine), required=True)


class WantedLine(Schema):
    """An article one orders."""

    class Meta:
        """Nothing unknown gets in."""

        unknown = RAISE

    offer = _id("The offer's id")
    quantity = Integer(
        required=True,
        validate=validate.Range(min=0, max=MOST, error=str(_("Ce nombre est hors des limites."))),
    )
    wish = fields.String(
        load_default=Wish.LESS.value, validate=one_of(tuple(each.value for each in Wish))
    )
    substitute = Integer(load_default=None, allow_none=True)
    tolerance = Integer(
        load_default=0,
        validate=validate.Range(min=0, max=MOST, error=str(_("Ce nombre est hors des limites."))),
        metadata={
            "description": "How many more to take, at most, to fill a case; less than the case, "
            "and only for an offer that comes by cases"
        },
    )


class WantedOrder(Schema):
    """The whole of an order; what it leaves out is given back."""

    class Meta:
        """Nothing unknown gets in."""

        unknown = RAISE

    pickup = _id("The pickup's id")
    method = fields.String(load_default="", validate=one_of(("", *Method)))
    note = Words(load_default="", most=500)
    lines = fields.List(
        fields.Nested(WantedLine), required=True, validate=validate.Length(max=MOST_LINES)
    )


class Problem(Schema):
    """An answer that says no (RFC 9457)."""

    type = _text()
    title = _text()
    status = Integer(required=True)
    detail = _text()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


def page_of(item: type[Schema]) -> type[Schema]:
    """Return the schema of a page of a list."""
    return type(
        f"{item.__name__}Page",
        (Schema,),
        {
            "items": fields.List(fields.Nested(item), required=True),
            "page": Integer(required=True),
            "pages": Integer(required=True),
            "total": Integer(required=True),
            "next": fields.String(
                required=True, allow_none=True, metadata={"description": "The next page's address"}
            ),
        },
    )
