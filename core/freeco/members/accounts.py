"""Accounts: signing up, signing in, and how to reach somebody.

What a stranger sees never depends on whether an address is known here.
"""

import re
from collections.abc import Collection
from http import HTTPStatus

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from freeco.db import db
from freeco.errors import Invalid, Refusal
from freeco.i18n import LANGUAGES, _, said
from freeco.mail.letters import send_mail
from freeco.members.limits import bound
from freeco.members.links import Purpose, create_link, forget_links
from freeco.members.models import Person
from freeco.members.passwords import (
    check_password,
    check_strength,
    hash_password,
    needs_rehash,
)
from freeco.members.securing import Change, secure

LONGEST_NAME = 80
LONGEST_LINE = 200
SIGN_INS, SIGN_INS_MINUTES = 10, 15
LETTERS, LETTERS_MINUTES = 5, 60
# A name goes into letters to people who did not ask for any: it carries no address.
UNLIKE_A_NAME = re.compile(r"[/\\@<>:;{}\[\]|=+*#%&$€!?\"0-9]|\w\.\w{2}")
PHONE = re.compile(r"\+?[0-9][0-9 .()-]{5,24}")


class WrongCredentials(Refusal):
    """The address or the password is wrong; which one is not told."""

    reason = _("Adresse ou mot de passe incorrect. Vous pouvez aussi recevoir un lien par e-mail.")
    status = HTTPStatus.UNAUTHORIZED


def normal_email(email: str) -> str:
    """Return the address as it is kept: ASCII, in lower case. Raises Invalid."""
    try:
        checked = validate_email(email.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Invalid(
            {"email": [said("Cette adresse e-mail ne convient pas : vérifiez-la.")]}
        ) from error
    return (checked.ascii_email or checked.normalized).lower()


def normal_names(first_name: str, last_name: str) -> tuple[str, str]:
    """Return the names, tidied. Raises Invalid, field by field."""
    names = {"first_name": first_name, "last_name": last_name}
    tidy = {field: " ".join(name.split()) for field, name in names.items()}
    wrong = {
        field: [said("Écrivez un nom, sans chiffres ni adresse.")]
        for field, name in tidy.items()
        if not name
        or len(name) > LONGEST_NAME
        or not name.isprintable()
        or UNLIKE_A_NAME.search(name)
    }
    if wrong:
        raise Invalid(wrong)
    return tidy["first_name"], tidy["last_name"]


def sign_up(
    first_name: str,
    last_name: str,
    email: str,
    password: str | None,
    language: str,
    next_page: str,
) -> None:
    """Create an account and mail the link that confirms it; without a password, links do.

    A known address changes nothing: its owner gets a letter that says how to sign in. Raises
    Invalid, WeakPassword, TooMany.
    """
    first_name, last_name = normal_names(first_name, last_name)
    address = normal_email(email)
    if password is not None:
        check_strength(password, address, first_name, last_name)
    bound(f"sign-up:{address}", LETTERS, LETTERS_MINUTES)
    # The same work whether the address is known or not: the clock must not tell either.
    password_hash = hash_password(password) if password is not None else None
    person = _find(address)
    same_password = check_password(person.password_hash if person else None, password or "")
    if person is None:
        person = _create(
            Person(
                first_name=first_name,
                last_name=last_name,
                email=address,
                language=language if language in LANGUAGES else LANGUAGES[0],
                password_hash=password_hash,
            )
        )
    elif person.confirmed_at is None and not same_password:
        # Two people claim an address nobody has proved: no password given so far is kept.
        person.password_hash = None
    if person.confirmed_at is not None:
        send_mail(address, "known_address", person.language, first_name=person.first_name)
        return
    secret = create_link(person, Purpose.CONFIRM, next_page)
    send_mail(address, "confirm", person.language, first_name=person.first_name, secret=secret)


def _find(address: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == address))


def _create(person: Person) -> Person:
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:
        # Somebody signed up with the same address at the same instant: they were first.
        return db.session.scalars(select(Person).where(Person.email == person.email)).one()
    return person


def sign_in(email: str, password: str) -> Person:
    """Return whose address and password these are. Raises WrongCredentials, TooMany.

    The page commits even when refused, so that the attempt stays counted.
    """
    address = email.strip().lower()
    bound(f"sign-in:{address}", SIGN_INS, SIGN_INS_MINUTES)
    person = _find(address)
    usable = person is not None and person.confirmed_at is not None
    right = check_password(person.password_hash if person and usable else None, password)
    if person is None or not right:
        raise WrongCredentials
    if person.password_hash is not None and needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)
    return person


def send_sign_in_link(email: str, next_page: str) -> None:
    """Mail a link to sign in with; say nothing of an unknown address. Raises TooMany, Invalid."""
    address = normal_email(email)
    bound(f"link:{address}", LETTERS, LETTERS_MINUTES)
    person = _find(address)
    if person is None:
        return
    secret = create_link(person, Purpose.SIGN_IN, next_page)
    send_mail(address, "sign_in_link", person.language, first_name=person.first_name, secret=secret)


def set_password(person: Person, password: str, keep: Collection[int] = ()) -> None:
    """Choose a password, sign out everywhere else, end the keys of programs but those to ``keep``.

    The page begins the session again, for the number in its cookie is worth nothing now. Raises
    WeakPassword.
    """
    check_strength(password, person.email or "", person.first_name, person.last_name)
    hashed = hash_password(password)
    secure(person, Change.PASSWORD, keep)
    person.password_hash = hashed
    end_sessions(person)


def sign_out_everywhere(person: Person, keep: Collection[int] = ()) -> None:
    """End every session, and the keys of programs but those to ``keep``, by their ids."""
    secure(person, Change.DEVICES, keep)
    end_sessions(person)


def end_sessions(person: Person) -> None:
    """Make every session, and every link still in a letter, worthless."""
    person.session_number += 1
    forget_links(person)


def change_contact(
    person: Person,
    *,
    first_name: str,
    last_name: str,
    phone: str,
    address: str,
    postal_code: str,
    commune: str,
    language: str,
) -> None:
    """Change how somebody is called and reached. Raises Invalid, field by field."""
    first_name, last_name = normal_names(first_name, last_name)
    lines = {"address": address, "postal_code": postal_code, "commune": commune}
    lines = {field: " ".join(line.split()) for field, line in lines.items()}
    wrong = {
        field: [said("Une ligne de %(number)s caractères au plus.", number=LONGEST_LINE)]
        for field, line in lines.items()
        if len(line) > LONGEST_LINE or not line.isprintable()
    }
    phone = phone.strip()
    if phone and not PHONE.fullmatch(phone):
        wrong["phone"] = [said("Un numéro de téléphone : 06 12 34 56 78, ou +33…")]
    if language not in LANGUAGES:
        wrong["language"] = [said("Ce choix n’existe pas.")]
    if wrong:
        raise Invalid(wrong)
    person.first_name, person.last_name = first_name, last_name
    person.phone, person.language = phone, language
    person.address, person.postal_code = lines["address"], lines["postal_code"]
    person.commune = lines["commune"]


def change_email(person: Person, email: str) -> None:
    """Mail the link that makes a new address the person's own, once they open it.

    An address somebody else has gets the letter that says how to sign in. Raises Invalid,
    TooMany.
    """
    address = normal_email(email)
    bound(f"new-email:{person.id}", LETTERS, LETTERS_MINUTES)
    bound(f"link:{address}", LETTERS, LETTERS_MINUTES)
    owner = _find(address)
    if owner is not None:
        send_mail(address, "known_address", owner.language, first_name=owner.first_name)
        return
    secret = create_link(person, Purpose.NEW_EMAIL, "", address)
    send_mail(address, "new_email", person.language, name=person.name, secret=secret)
    if person.email is not None:
        send_mail(
            person.email,
            "email_asked",
            person.language,
            first_name=person.first_name,
            address=address,
        )
