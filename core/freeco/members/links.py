"""Links that work once: they prove that a person reads the mail of an address.

A page shows a button when the link is opened (``peek``) and uses it up when the button is
pressed (``consume``): programs that read mail open every link they find.
"""

from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus
from secrets import token_urlsafe

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError

from freeco.clock import now
from freeco.db import db
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.members.models import OneTimeLink, Person
from freeco.members.securing import Change, secure


class Purpose(StrEnum):
    """What a link is for."""

    CONFIRM = "confirm"
    SIGN_IN = "sign_in"
    NEW_EMAIL = "new_email"


LASTS = {
    Purpose.CONFIRM: timedelta(hours=24),
    Purpose.SIGN_IN: timedelta(minutes=15),
    Purpose.NEW_EMAIL: timedelta(hours=24),
}


class LinkUsed(Refusal):
    """The link has been used, has expired, or never was."""

    reason = _("Ce lien a déjà servi ou n’est plus valable. Demandez-en un nouveau.")
    status = HTTPStatus.GONE


def hidden(secret: str) -> str:
    """Return what is kept of a secret: enough to recognise it, not to use it."""
    return sha256(secret.encode()).hexdigest()


def create_link(person: Person, purpose: Purpose, next_page: str, email: str = "") -> str:
    """Make a link and return its secret; ``email`` is where it goes, if not the person's own."""
    secret = token_urlsafe(32)
    db.session.add(
        OneTimeLink(
            person=person,
            secret_hash=hidden(secret),
            purpose=purpose,
            email=email or person.email or "",
            expires_at=now() + LASTS[purpose],
            next_page=local_page(next_page),
        )
    )
    return secret


def local_page(page: str) -> str:
    """Return a page of this site, or nothing: a link never leads elsewhere."""
    outside = not page.startswith("/") or page.startswith(("//", "/\\")) or not page.isprintable()
    return "" if outside else page


def peek(secret: str) -> OneTimeLink:
    """Return a link that would work, and leave it as it is. Raises LinkUsed."""
    return _valid(db.session.scalar(_by_secret(secret)))


def consume(secret: str) -> Person:
    """Use the link up and return the person, whose address is now confirmed. Raises LinkUsed."""
    link = _valid(db.session.scalar(_by_secret(secret).with_for_update()))
    person = link.person
    db.session.refresh(person, with_for_update=True)
    if link.purpose == Purpose.NEW_EMAIL:
        _change_address(person, link.email)
    elif person.confirmed_at is None and link.purpose == Purpose.SIGN_IN:
        # A stranger may have signed up with this address: their password must not remain.
        person.password_hash = None
    if person.confirmed_at is None:
        # Who founded with this address came in unproved, and need not be who reads it.
        _begin_anew(person)
    link.used_at = now()
    person.confirmed_at = person.confirmed_at or now()
    db.session.flush()
    return person


def forget_links(person: Person) -> None:
    """Make every link sent to a person worthless."""
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.person_id == person.id))


def _by_secret(secret: str) -> Select[OneTimeLink]:
    return (
        select(OneTimeLink)
        .where(OneTimeLink.secret_hash == hidden(secret))
        .execution_options(populate_existing=True)  # it may have been used since it was peeked at
    )


def _valid(link: OneTimeLink | None) -> OneTimeLink:
    if link is None or link.used_at is not None or link.expires_at <= now():
        raise LinkUsed
    person = link.person
    if person.erased_at is not None:
        raise LinkUsed
    if link.purpose != Purpose.NEW_EMAIL and link.email != person.email:
        raise LinkUsed
    return link


def _change_address(person: Person, email: str) -> None:
    try:
        with db.session.begin_nested():
            person.email = email
    except IntegrityError as error:
        # Somebody signed up with this address since the link was sent.
        raise LinkUsed from error
    # Who reads this address need not be who chose the password: it is theirs from now on.
    person.password_hash = None
    _begin_anew(person)


def _begin_anew(person: Person) -> None:
    """End what was begun before the address was proved: sessions, and the keys made in them."""
    secure(person, Change.ADDRESS)
    person.session_number += 1
