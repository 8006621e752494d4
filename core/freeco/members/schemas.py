"""What may come in through the forms about people."""

from marshmallow import Schema, fields

from freeco.i18n import LANGUAGES
from freeco.members.models import Admission
from freeco.organisations.models import OrganisationKind, Role
from freeco.web.forms import Email, Secret, Ticked, Whole, Words, one_of


class SignUpSchema(Schema):
    """A new account."""

    first_name = Words(required=True, most=80)
    last_name = Words(required=True, most=80)
    email = Email(required=True)
    password = Secret(load_default="")
    suite = Words(load_default="", most=500)


class SignInSchema(Schema):
    """A sign-in by password."""

    email = Email(required=True)
    password = Secret(required=True)
    suite = Words(load_default="", most=500)


class LinkSchema(Schema):
    """A request for a one-time link."""

    email = Email(required=True)
    suite = Words(load_default="", most=500)


class ContactSchema(Schema):
    """How to reach a person."""

    first_name = Words(required=True, most=80)
    last_name = Words(required=True, most=80)
    phone = Words(load_default="", most=30)
    address = Words(load_default="", most=200)
    postal_code = Words(load_default="", most=10)
    commune = Words(load_default="", most=100)
    language = Words(load_default="fr", validate=one_of(LANGUAGES))


class KeptKeysSchema(Schema):
    """The keys of programs that stay, by their ids, when sessions end."""

    keep = fields.List(Whole(required=True), load_default=list)


class PasswordSchema(KeptKeysSchema):
    """A new password."""

    password = Secret(required=True)


class AcceptSchema(Schema):
    """The one box to tick."""

    accepted = Ticked()
    sha256 = Words(required=True, most=64)


class HouseholdNameSchema(Schema):
    """The name on the sign-off sheet."""

    name = Words(required=True, most=80)


class InvitationSchema(Schema):
    """An address to invite."""

    email = Email(required=True)


class ServedPersonSchema(Schema):
    """A person without e-mail, entered by the one who will act for them."""

    first_name = Words(required=True, most=80)
    last_name = Words(required=True, most=80)
    phone = Words(load_default="", most=30)
    address = Words(load_default="", most=200)
    postal_code = Words(load_default="", most=10)
    commune = Words(load_default="", most=100)
    signed = Ticked()


class HandOverSchema(Schema):
    """Who serves a person without e-mail from now on."""

    member = Whole(required=True)


class CommunitySchema(Schema):
    """How a community presents itself and admits."""

    name = Words(required=True, most=100)
    commune = Words(load_default="", most=100)
    presentation = Words(load_default="", most=5000)
    admission = Words(required=True, validate=one_of(tuple(Admission)))
    email_domain = Words(load_default="", most=100)
    why = Words(load_default="", most=500)


class ThresholdSchema(Schema):
    """A community's own number of members for a module."""

    members = Whole(required=True, least=1, most=1_000_000)
    why = Words(load_default="", most=500)


class PauseSchema(Schema):
    """Why a module is paused."""

    reason = Words(required=True, most=500)


class GrantSchema(Schema):
    """A permission to give or take back."""

    member = Whole(required=True)
    permission = Words(required=True, most=100)


class OrganisationSchema(Schema):
    """An organisation to register."""

    kind = Words(required=True, validate=one_of(tuple(OrganisationKind)))
    name = Words(required=True, most=120)
    siren = Words(load_default="", most=20)
    siret = Words(load_default="", most=25)
    rna = Words(load_default="", most=15)
    address = Words(load_default="", most=200)
    postal_code = Words(load_default="", most=10)
    commune = Words(load_default="", most=100)


class RoleSchema(Schema):
    """A role given to a member in an organisation."""

    member = Whole(required=True)
    role = Words(required=True, validate=one_of(tuple(Role)))
