"""What a coordinator types when handing over."""

from marshmallow import Schema, fields

from freeco.web.forms import Whole, Words
from freeco_direct_sales.schemas import NearDay

LONGEST_NOTES = 8000


class NotesSchema(Schema):
    """The notes, over the version that was shown."""

    words = Words(required=True, most=LONGEST_NOTES)
    seen = Whole(required=True)


class HandOverSchema(Schema):
    """To whom, which charges, and when one's own are given back."""

    member = Whole(required=True, least=1)
    charges = fields.List(Words(), required=True)
    gives_back_on = NearDay(required=True)
