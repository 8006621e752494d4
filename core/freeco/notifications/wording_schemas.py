"""What a community types for one of its letters."""

from marshmallow import Schema

from freeco.i18n import LANGUAGES
from freeco.web.forms import Whole, Words, one_of

LONGEST_SUBJECT = 150
LONGEST_BODY = 5000


class WordingSchema(Schema):
    """A subject and a text, in one language, over the version that was shown."""

    langue = Words(required=True, validate=one_of(LANGUAGES))
    subject = Words(required=True, most=LONGEST_SUBJECT)
    body = Words(required=True, most=LONGEST_BODY)
    seen = Whole(required=True)
    do = Words(load_default="keep", validate=one_of(("see", "keep")))


class LanguageSchema(Schema):
    """Which language goes back to our words."""

    langue = Words(required=True, validate=one_of(LANGUAGES))
