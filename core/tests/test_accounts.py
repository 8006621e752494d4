from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from freeco.clock import held_at, now
from freeco.db import db
from freeco.errors import Invalid, TooMany
from freeco.mail.models import OutgoingMail
from freeco.members import accounts
from freeco.members.accounts import WrongCredentials, sign_in, sign_up
from freeco.members.limits import bound
from freeco.members.links import consume
from freeco.members.models import Attempt, Person
from freeco.members.passwords import WeakPassword, hash_password
from freeco.testing import make_person

PASSWORD = "trois pommes vertes"


def letters() -> list[OutgoingMail]:
    return list(db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def secret_in(mail: OutgoingMail) -> str:
    return mail.body.partition("/lien/")[2].split()[0]


def newcomer(email: str = "jean@example.org", password: str | None = PASSWORD) -> None:
    sign_up("Jean", "Martin", email, password, "fr", "/lavergne/")


def jean() -> Person:
    return db.session.scalars(select(Person).where(Person.email == "jean@example.org")).one()


def test_a_newcomer_gets_a_link_to_confirm_the_address(app: Flask) -> None:
    newcomer()
    assert jean().confirmed_at is None
    assert [(mail.recipient, mail.subject) for mail in letters()] == [
        ("jean@example.org", "Confirmez votre adresse")
    ]
    assert consume(secret_in(letters()[0])) is jean()
    assert sign_in("jean@example.org", PASSWORD) is jean()


def test_an_unconfirmed_address_does_not_sign_in(app: Flask) -> None:
    newcomer()
    with pytest.raises(WrongCredentials):
        sign_in("jean@example.org", PASSWORD)


def test_a_known_address_changes_nothing_and_its_owner_is_told(person: Person) -> None:
    sign_up("Mallory", "Intruse", "Marie@Example.org", PASSWORD, "fr", "")
    assert person.name == "Marie Dupont"
    assert person.password_hash is None
    assert [mail.subject for mail in letters()] == ["Vous avez déjà un compte"]
    assert "/connexion" in letters()[0].body
    assert "Mallory" not in letters()[0].body


def test_a_stranger_cannot_choose_the_password_of_an_address_being_claimed(app: Flask) -> None:
    newcomer()
    sign_up("Mallory", "Intruse", "jean@example.org", "navets bleus à midi", "fr", "")
    consume(secret_in(letters()[-1]))
    for password in (PASSWORD, "navets bleus à midi"):
        with pytest.raises(WrongCredentials):
            sign_in("jean@example.org", password)
    assert jean().name == "Jean Martin"


def test_sending_the_form_twice_keeps_the_password(app: Flask) -> None:
    newcomer()
    newcomer()
    consume(secret_in(letters()[-1]))
    assert sign_in("jean@example.org", PASSWORD) is jean()


def test_an_account_needs_no_password(app: Flask) -> None:
    newcomer(password=None)
    consume(secret_in(letters()[0]))
    assert jean().password_hash is None


def test_two_people_signing_up_at_once_make_one_account(app: Flask) -> None:
    def click(_number: int) -> None:
        with app.app_context():
            newcomer()
            db.session.commit()

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(click, range(4)))
    assert db.session.scalar(select(func.count(Person.id))) == 1
    assert len(letters()) == 4


def test_an_address_is_kept_in_lower_case(app: Flask) -> None:
    newcomer("  Jean@EXAMPLE.org ")
    assert jean().email == "jean@example.org"


@pytest.mark.parametrize(
    "email", ["", "jean", "jean@", "a@b", "jean@example.org\nBcc: x@y.fr", "é@example.org", "@"]
)
def test_an_address_that_cannot_be_one_is_refused(app: Flask, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        newcomer(email)
    assert list(refused.value.fields) == ["email"]


@pytest.mark.parametrize(
    "name", ["", "  ", "Gagnez sur www.piege.example", "http://x", "a@b", "x" * 81, "a\x00b", "7"]
)
def test_a_name_that_would_carry_an_advertisement_is_refused(app: Flask, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        sign_up(name, "Martin", "jean@example.org", PASSWORD, "fr", "")
    assert list(refused.value.fields) == ["first_name"]


@pytest.mark.parametrize("name", ["Jean-Luc", "d’Arc", "O'Neil", "M. J.", "Éloïse", "Nguyễn"])
def test_real_names_are_accepted(app: Flask, name: str) -> None:
    assert accounts.normal_names(name, "Martin") == (name, "Martin")


def test_a_password_made_of_one_s_name_is_refused(app: Flask) -> None:
    with pytest.raises(WeakPassword):
        newcomer(password="jeanmartin85")


def test_every_wrong_sign_in_reads_the_same(person: Person) -> None:
    erased = make_person("Anne", "Roux", "anne@example.org")
    erased.erased_at, erased.email = now(), None
    db.session.flush()
    said = set()
    for email in ("marie@example.org", "unknown@example.org", "anne@example.org", "not an address"):
        with pytest.raises(WrongCredentials) as refused:
            sign_in(email, PASSWORD)
        said.add(str(refused.value))
    assert len(said) == 1


def test_the_eleventh_attempt_waits(person: Person) -> None:
    person.password_hash = hash_password(PASSWORD)
    instant = now().replace(minute=1)
    with held_at(instant):
        for _number in range(10):
            with pytest.raises(WrongCredentials):
                sign_in("marie@example.org", "wrong")
        with pytest.raises(TooMany):
            sign_in("Marie@example.org", PASSWORD)
    with held_at(instant + timedelta(minutes=15)):
        assert sign_in("marie@example.org", PASSWORD) is person


def test_the_table_of_attempts_names_nobody(person: Person) -> None:
    with pytest.raises(WrongCredentials):
        sign_in("marie@example.org", "wrong")
    assert "marie" not in db.session.scalars(select(Attempt.subject)).one()


def test_four_workers_together_let_through_no_more_than_the_limit(app: Flask) -> None:
    def attempt(_number: int) -> bool:
        with app.app_context():
            try:
                bound("something", 5, 60)
            except TooMany:
                return False
            finally:
                db.session.commit()
            return True

    with held_at(now()), ThreadPoolExecutor(4) as crowd:
        assert sum(crowd.map(attempt, range(20))) == 5


def test_a_password_kept_with_former_parameters_is_kept_anew(person: Person) -> None:
    former = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    person.password_hash = former
    db.session.flush()
    sign_in("marie@example.org", PASSWORD)
    assert person.password_hash != former
    assert sign_in("marie@example.org", PASSWORD) is person


def test_a_sign_in_link_goes_to_a_known_address_only(person: Person) -> None:
    accounts.send_sign_in_link("marie@example.org", "/lavergne/")
    accounts.send_sign_in_link("unknown@example.org", "/lavergne/")
    assert [mail.recipient for mail in letters()] == ["marie@example.org"]
    assert consume(secret_in(letters()[0])) is person


@pytest.mark.parametrize("email", ["marie@example.org", "unknown@example.org"])
def test_links_are_limited_whether_the_address_is_known_or_not(person: Person, email: str) -> None:
    with held_at(now()):
        for _number in range(5):
            accounts.send_sign_in_link(email, "")
        with pytest.raises(TooMany):
            accounts.send_sign_in_link(email, "")


def test_a_new_password_ends_the_other_sessions(person: Person) -> None:
    before = person.session_number
    accounts.set_password(person, PASSWORD)
    assert person.session_number == before + 1
    assert sign_in("marie@example.org", PASSWORD) is person


def test_contact_data_is_tidied(person: Person) -> None:
    accounts.change_contact(
        person,
        first_name=" Marie  Anne ",
        last_name="Dupont",
        phone=" 06 12 34 56 78 ",
        address="3, rue du Four",
        postal_code="46100",
        commune="Figeac",
        language="en",
    )
    assert (person.name, person.phone) == ("Marie Anne Dupont", "06 12 34 56 78")
    assert (person.commune, person.language) == ("Figeac", "en")


def test_contact_data_that_does_not_fit_is_named_field_by_field(person: Person) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.change_contact(
            person,
            first_name="Marie",
            last_name="Dupont",
            phone="call me",
            address="x" * 201,
            postal_code="",
            commune="",
            language="tlh",
        )
    assert set(refused.value.fields) == {"phone", "address", "language"}


def test_a_new_address_counts_once_its_link_is_opened(person: Person) -> None:
    accounts.change_email(person, "new@example.org")
    assert person.email == "marie@example.org"
    consume(secret_in(letters()[0]))
    assert person.email == "new@example.org"


def test_a_new_address_that_somebody_has_tells_its_owner_only(person: Person) -> None:
    make_person("Jean", "Martin", "jean@example.org")
    accounts.change_email(person, "jean@example.org")
    assert [mail.subject for mail in letters()] == ["Vous avez déjà un compte"]
