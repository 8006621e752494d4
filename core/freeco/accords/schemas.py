"""What may come in when an accord is proposed."""

from marshmallow import Schema

from freeco.web.forms import Whole, Words

LONGEST_TITLE = 120
LONGEST_TEXT = 10_000


class ProposalSchema(Schema):
    """The words of an accord, with whom, and in whose name."""

    other = Whole(least=1, required=True)
    side = Whole(least=1, load_default=None)
    """The member in whose name it is proposed; the reader, unless told."""
    title = Words(most=LONGEST_TITLE, required=True)
    text = Words(most=LONGEST_TEXT, required=True)
