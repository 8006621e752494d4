"""What may come in through the forms of direct sales."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from freeco.i18n import _
from freeco.payments.models import Method
from freeco.web.forms import LARGEST_ROW_ID, BasisPoints, Cents, Day, Ticked, Whole, Words, one_of
from freeco_direct_sales import wording
from freeco_direct_sales.models import (
    ContractKind,
    ContractProduct,
    Delivery,
    SeasonContract,
)
from freeco_direct_sales.subscriptions import MOST_OF_A_PRODUCT

LONGEST_SEASON_DAYS = 400
NearDay = partial(Day, within_days=1100, too_far=_("Cette date est à plus de trois ans d’ici."))


def row_id(typed: str) -> int | None:
    """Return the number of a thing as an address names it after its ``?``; None for no number."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(LARGEST_ROW_ID))):
        return None
    return int(typed) if int(typed) <= LARGEST_ROW_ID else None


class ProducerSchema(Schema):
    """A producer as a coordinator enters it."""

    name = Words(required=True, most=120)
    place = Words(load_default="", most=120)
    presentation = Words(load_default="", most=5000)
    address = Words(load_default="", most=300)
    siret = Words(load_default="", most=25)
    member = Whole(load_default=None)


class ProductSchema(Schema):
    """A product typed by hand."""

    name = Words(required=True, most=120)
    price = Cents(required=True)
    unit = Words(load_default="piece", validate=one_of(wording.UNITS))
    vat = BasisPoints(load_default=550)
    grams = Whole(load_default=None, least=1, most=1_000_000)
    category = Words(load_default="", most=80)
    service = Ticked()

    @validates_schema
    def _check_weight(self, values: Mapping[str, Any], **_options: Any) -> None:
        if values["service"] and values["grams"]:
            raise ValidationError(str(_("Un service ne pèse rien : laissez vide.")), "grams")


class ContractSchema(Schema):
    """A season contract in draft."""

    producer = Whole(required=True)
    name = Words(required=True, most=120)
    kind = Words(required=True, validate=one_of(tuple(ContractKind)))
    season_start = NearDay(required=True)
    season_end = NearDay(required=True)
    capacity = Whole(load_default=None, least=1, most=10_000)
    most_cheques = Whole(load_default=6, least=1, most=12)
    terms = Words(load_default="", most=5000)

    @validates_schema
    def _check_season(self, values: Mapping[str, Any], **_options: Any) -> None:
        days = (values["season_end"] - values["season_start"]).days
        if days < 0:
            raise ValidationError(
                str(_("La fin de la saison vient avant son début.")), "season_end"
            )
        if days > LONGEST_SEASON_DAYS:
            raise ValidationError(str(_("Une saison ne dépasse pas treize mois.")), "season_end")


class CapacitySchema(Schema):
    """How many households a contract can feed."""

    capacity = Whole(load_default=None, least=1, most=10_000)


class ContentsSchema(Schema):
    """The products and dates of a draft."""

    products = fields.List(Whole(required=True), load_default=list)
    distributions = fields.List(Whole(required=True), load_default=list)


class DistributionsSchema(Schema):
    """One distribution, or a season of them."""

    first = NearDay(required=True)
    last = NearDay(load_default=None)
    every_weeks = Whole(load_default=1, least=1, most=8)
    without = Words(load_default="", most=1000)
    starts = Words(required=True, most=5)
    ends = Words(required=True, most=5)
    place = Words(required=True, most=120)
    note = Words(load_default="", most=500)


class ReasonSchema(Schema):
    """Why a delivery is cancelled."""

    reason = Words(required=True, most=200)


class CollectionSchema(Schema):
    """A household took its basket, or did not."""

    distribution = Whole(required=True)
    household = Whole(required=True)
    taken = fields.Boolean(required=True, truthy={"1"}, falsy={"0"})
    taken_by = Words(load_default="", most=80)
    note = Words(load_default="", most=200)
    seen = Whole(load_default=0)


def quantity_field(product_id: int, delivery_id: int | None = None) -> str:
    """Name the field of a quantity in a form."""
    return f"q-{product_id}" if delivery_id is None else f"q-{delivery_id}-{product_id}"


def quantity_schema(
    contract: SeasonContract, deliveries: list[Delivery], *, by_date: bool = False
) -> Schema:
    """Return the schema of the order form of a contract: one field for each quantity.

    ``by_date`` asks for each date's quantities even where every basket is the same.
    """
    cells = _cells(contract, deliveries, by_date=by_date)
    names = [quantity_field(product.id, each) for product, each in cells]
    return Schema.from_dict(
        {
            name: Whole(load_default=0, least=0, most=MOST_OF_A_PRODUCT, allow_none=True)
            for name in names
        }
        | {
            "cheques": Whole(load_default=1, least=1, most=12),
            "method": fields.String(
                load_default=Method.CHEQUE.value, validate=one_of(tuple(Method))
            ),
            "agreed": Ticked(),
            "trial": Ticked(),
        }
    )()


def _cells(
    contract: SeasonContract, deliveries: list[Delivery], *, by_date: bool = False
) -> list[tuple[ContractProduct, int | None]]:
    same = contract.kind == ContractKind.FIXED and not by_date
    dates = [None] if same else [delivery.id for delivery in deliveries]
    return [(product, each) for each in dates for product in contract.products]


def quantities(
    contract: SeasonContract, deliveries: list[Delivery], taken: Mapping[str, Any]
) -> dict[tuple[int, int], int]:
    """Return the quantities by delivery and product from a form that read well."""
    found: dict[tuple[int, int], int] = {}
    for product, each in _cells(contract, deliveries):
        many = taken.get(quantity_field(product.id, each)) or 0
        for delivery_id in [each] if each is not None else [other.id for other in deliveries]:
            found[delivery_id, product.id] = many
    return found
