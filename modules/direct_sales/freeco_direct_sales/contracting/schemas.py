"""What may come in through the forms of a contract's rules and of baskets that change hands."""

from marshmallow import Schema, fields

from freeco.web.forms import Cents, Ticked, Whole, Words, one_of
from freeco_direct_sales.contracting.models import AbsenceKind, SkipRule

MOST_DAYS = 60


class RulesSchema(Schema):
    """What a contract foresees, as a coordinator sets it on a draft."""

    most_skips = Whole(load_default=0, most=MOST_DAYS)
    notice_days = Whole(load_default=2, least=1, most=MOST_DAYS)
    skip_rule = Words(load_default=SkipRule.LOST, validate=one_of(tuple(SkipRule)))
    may_move = Ticked()
    most_per_delivery = Whole(load_default=None, least=1, most=10_000)
    may_share = Ticked()
    edit_days = Whole(load_default=None, least=1, most=MOST_DAYS)
    least_per_date = Cents(load_default=0)
    least_per_season = Cents(load_default=0)
    trial_deliveries = Whole(load_default=0, most=12)
    reserve_days = Whole(load_default=3, least=1, most=30)


class MoveSchema(Schema):
    """Where a basket is taken instead."""

    to_delivery = Whole(required=True)


class HandSchema(Schema):
    """To whom a basket goes, and how."""

    household = Whole(required=True)
    kind = fields.String(
        load_default=AbsenceKind.GIVEN.value,
        validate=one_of((AbsenceKind.GIVEN, AbsenceKind.LENT)),
    )
