"""One click, and no more: signed addresses that need no account (RFC 8058)."""

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from freeco.db import db
from freeco.errors import Refusal
from freeco.i18n import _, language
from freeco.kernel import kernel
from freeco.mail.composing import STOPPING
from freeco.mail.models import OutgoingMail
from freeco.members.links import hidden
from freeco.members.models import Community, Member
from freeco.notifications import choices
from freeco.notifications.models import SuppressedAddress
from freeco.notifications.topics import UnknownTopic, find_topic

LONGEST_TOKEN = 500


class WantsNoInvitation(Refusal):
    """A stranger asked not to be invited again."""

    reason = _(
        "La personne qui lit cette adresse a demandé à ne plus recevoir d’invitation. "
        "Parlez-lui de vive voix."
    )


@dataclass(frozen=True)
class Refused:
    """What a token names: a topic of a member, or every invitation to an address."""

    member: Member | None = None
    topic: str = ""
    address_hash: str = ""

    @property
    def what(self) -> str:
        """What would not come any more, in the reader's language."""
        if self.member is None:
            return str(_("Les invitations à devenir membre"))
        try:
            return str(find_topic(self.topic).label)
        except UnknownTopic:
            return self.topic

    @property
    def language(self) -> str:
        """The language of who reads it: of the letter, not of a browser that is passing by."""
        reader = choices.reader_of(self.member) if self.member is not None else None
        return reader.person.language if reader is not None else language()

    @property
    def community(self) -> Community | None:
        """Where it comes from."""
        return self.member.community if self.member is not None else None


def token_for(member: Member, topic: str) -> str:
    """Return the token that stops a topic for a member. It does not expire."""
    return _serializer().dumps(["member", member.id, topic])


def token_for_stranger(address: str) -> str:
    """Return the token that stops invitations to an address, which it does not contain."""
    return _serializer().dumps(["address", hidden(address)])


def path_for_stranger(address: str) -> str:
    """Return the page where who reads this address stops invitations."""
    return STOPPING + token_for_stranger(address)


def read_token(token: str) -> Refused | None:
    """Return what a token names; none for one that we did not sign, or of somebody gone."""
    try:
        named = _serializer().loads(token[:LONGEST_TOKEN])
    except BadSignature:
        return None
    if named[0] == "address":
        return Refused(address_hash=named[1])
    member = db.session.get(Member, named[1])
    if member is None or member.person is None or member.person.erased_at is not None:
        return None
    return Refused(member, named[2])


def refuse(refused: Refused, *, everything: bool = False) -> None:
    """Stop what a token names, or all notices; twice is harmless."""
    if refused.member is None:
        _suppress(refused.address_hash)
    elif everything:
        choices.refuse_all(refused.member)
    else:
        choices.refuse(refused.member, refused.topic)


def take_back(refused: Refused) -> None:
    """Undo a refusal made by mistake."""
    if refused.member is not None:
        choices.accept_again(refused.member, refused.topic)
        return
    row = _suppressed(refused.address_hash)
    if row is not None:
        db.session.delete(row)


def wants_no_invitation(address: str) -> bool:
    """Whether who reads this address asked for no more invitations."""
    return _suppressed(hidden(address)) is not None


def allow_refusal(mail: OutgoingMail, community: Community) -> None:
    """Give an invitation the header by which a stranger says no more."""
    mail.community_id = community.id
    mail.unsubscribe = token_for_stranger(mail.recipient)


def _suppressed(address_hash: str) -> SuppressedAddress | None:
    return db.session.scalar(
        select(SuppressedAddress).where(SuppressedAddress.address_hash == address_hash)
    )


def _suppress(address_hash: str) -> None:
    if _suppressed(address_hash) is None:
        try:
            with db.session.begin_nested():
                db.session.add(SuppressedAddress(address_hash=address_hash))
        except IntegrityError:
            pass  # the mail program asked twice at once


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(kernel().settings.secret_key, salt="freeco.unsubscribe")
