"""What may come in when a key is asked for."""

from marshmallow import Schema, validate

from freeco.i18n import _
from freeco.programs.models import Scope
from freeco.web.forms import Words, one_of


class KeySchema(Schema):
    """A key for one program."""

    name = Words(required=True, most=60)
    scope = Words(required=True, validate=one_of(tuple(each.value for each in Scope)))
    form_key = Words(
        required=True, most=60, validate=validate.Length(min=16, error=str(_("Rechargez la page.")))
    )
