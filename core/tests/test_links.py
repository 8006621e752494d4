from datetime import timedelta

import pytest
from sqlalchemy import select

from freeco.clock import held_at, now
from freeco.db import db
from freeco.members.accounts import sign_out_everywhere
from freeco.members.links import LinkUsed, Purpose, consume, create_link, local_page, peek
from freeco.members.models import OneTimeLink, Person
from freeco.members.passwords import hash_password
from freeco.testing import make_person


def test_a_link_finds_its_person(person: Person) -> None:
    assert consume(create_link(person, Purpose.SIGN_IN, "")) is person


def test_a_link_works_once(person: Person) -> None:
    secret = create_link(person, Purpose.SIGN_IN, "")
    consume(secret)
    with pytest.raises(LinkUsed):
        consume(secret)


def test_looking_at_a_link_does_not_use_it_up(person: Person) -> None:
    secret = create_link(person, Purpose.SIGN_IN, "/lavergne/")
    assert peek(secret).next_page == "/lavergne/"
    assert consume(secret) is person


@pytest.mark.parametrize(
    ("purpose", "minutes"), [(Purpose.SIGN_IN, 15), (Purpose.CONFIRM, 24 * 60)]
)
def test_a_link_expires(person: Person, purpose: Purpose, minutes: int) -> None:
    secret = create_link(person, purpose, "")
    with held_at(now() + timedelta(minutes=minutes - 1)):
        peek(secret)
    with held_at(now() + timedelta(minutes=minutes)), pytest.raises(LinkUsed):
        consume(secret)


def test_an_invented_link_is_refused_in_the_same_words(person: Person) -> None:
    with pytest.raises(LinkUsed, match="n’est plus valable"):
        peek("invented")


def test_the_secret_itself_is_not_kept(person: Person) -> None:
    secret = create_link(person, Purpose.SIGN_IN, "")
    kept = db.session.scalars(select(OneTimeLink)).one()
    assert secret not in (kept.secret_hash, kept.next_page, kept.email)


def test_opening_the_link_confirms_the_address(person: Person) -> None:
    person.confirmed_at = None
    consume(create_link(person, Purpose.CONFIRM, ""))
    assert person.confirmed_at is not None


def test_a_password_that_a_stranger_may_have_chosen_does_not_survive_a_sign_in_link(
    person: Person,
) -> None:
    person.confirmed_at, person.password_hash = None, "somebody's"
    consume(create_link(person, Purpose.SIGN_IN, ""))
    assert person.password_hash is None


def test_the_owner_s_password_survives_a_sign_in_link(person: Person) -> None:
    person.password_hash = "the owner's"
    consume(create_link(person, Purpose.SIGN_IN, ""))
    assert person.password_hash == "the owner's"


def test_a_link_to_a_former_address_is_worth_nothing(person: Person) -> None:
    secret = create_link(person, Purpose.SIGN_IN, "")
    person.email = "new@example.org"
    with pytest.raises(LinkUsed):
        consume(secret)


def test_a_link_to_a_new_address_makes_it_the_person_s_own(person: Person) -> None:
    secret = create_link(person, Purpose.NEW_EMAIL, "", "new@example.org")
    assert consume(secret).email == "new@example.org"


def test_a_new_address_that_somebody_took_in_between_is_refused(person: Person) -> None:
    secret = create_link(person, Purpose.NEW_EMAIL, "", "new@example.org")
    make_person("Jean", "Martin", "new@example.org")
    with pytest.raises(LinkUsed):
        consume(secret)
    assert person.email == "marie@example.org"


def test_a_new_address_forgets_the_password_of_who_asked_for_it(person: Person) -> None:
    """The reader of the address may be somebody else, whom the account was offered to."""
    person.password_hash = hash_password("a phrase that somebody chose")
    consume(create_link(person, Purpose.NEW_EMAIL, "", "victim@example.org"))
    assert (person.email, person.password_hash) == ("victim@example.org", None)


def test_signing_out_everywhere_makes_links_worthless(person: Person) -> None:
    secret = create_link(person, Purpose.SIGN_IN, "")
    sign_out_everywhere(person)
    with pytest.raises(LinkUsed):
        peek(secret)


def test_a_link_of_an_erased_person_is_worth_nothing(person: Person) -> None:
    secret = create_link(person, Purpose.SIGN_IN, "")
    person.erased_at = now()
    with pytest.raises(LinkUsed):
        consume(secret)


@pytest.mark.parametrize(
    "page", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "/a\nb", "", "x"]
)
def test_a_link_never_leads_to_another_site(page: str) -> None:
    assert local_page(page) == ""


def test_a_link_leads_back_to_where_one_was() -> None:
    assert local_page("/lavergne/foyer?x=1") == "/lavergne/foyer?x=1"
