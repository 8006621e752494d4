"""Sessions that end take the keys of programs with them, but those that their person keeps."""

import re
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from freeco.db import db
from freeco.kernel import kernel
from freeco.mail.models import OutgoingMail
from freeco.members import accounts, membership
from freeco.members.links import consume
from freeco.members.models import Community, Member, Person
from freeco.programs import keys, revoking
from freeco.programs.models import Scope
from freeco.testing import Visitor, make_community, make_member, sign_in_as
from freeco.testing.forms import fill_in

PASSWORD = "trois pommes vertes"


def give(member: Member, *names: str) -> list[str]:
    """Give a key to each program; return the secrets."""
    found = [keys.give(member, each, Scope.READ, f"the form of {each}") for each in names]
    db.session.commit()
    return found


def standing(person: Person) -> list[str]:
    db.session.expire_all()
    return [key.name for key, _community in revoking.standing(person)]


def letters() -> Sequence[OutgoingMail]:
    return db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()


def key_of(member: Member, name: str) -> int:
    return next(each.id for each in keys.keys_of(member) if each.name == name)


@pytest.fixture
def marie(client: Visitor, member: Member, person: Person) -> Visitor:
    accounts.set_password(person, PASSWORD)
    for mail in letters():
        db.session.delete(mail)
    db.session.commit()
    return sign_in_as(client, person)


def test_a_new_password_ends_the_keys_in_every_community(
    marie: Visitor, member: Member, person: Person
) -> None:
    elsewhere = make_member(make_community("ailleurs", "Ailleurs"), person=person)
    here, there = give(member, "Tableur"), give(elsewhere, "Site")
    page = marie.get("/moi")
    assert "Les programmes qui gardent leur clé" in page.text
    assert "Ailleurs, faite le" in page.text
    assert "Les clés de vos programmes sont alors supprimées." in page.text  # another address
    done = fill_in(marie, page, "/moi/mot-de-passe", {"password": "quatre prunes bleues"})
    assert done.status_code == 302
    assert standing(person) == []
    assert [keys.recognise(each) for each in (*here, *there)] == [None, None]


def test_a_key_that_its_person_keeps_stays_and_one_they_were_not_shown_does_not(
    marie: Visitor, member: Member, person: Person
) -> None:
    give(member, "Tableur", "Site")
    page = marie.get("/moi")
    give(member, "Caché")  # by whoever else holds a session, while Marie reads
    sent = {"password": "quatre prunes bleues", "keep": str(key_of(member, "Tableur"))}
    fill_in(marie, page, "/moi/mot-de-passe", sent)
    assert standing(person) == ["Tableur"]
    (letter,) = letters()
    assert letter.subject == "Votre mot de passe a changé"
    ended, kept = letter.body.split("Ce programme garde sa clé")
    assert "- Site, Amis de Lavergne" in ended
    assert "- Caché, Amis de Lavergne" in ended
    assert "- Tableur, Amis de Lavergne" in kept


def test_a_password_that_is_refused_ends_no_key_and_keeps_the_ticks(
    marie: Visitor, member: Member, person: Person
) -> None:
    give(member, "Tableur", "Site")
    kept = key_of(member, "Site")
    sent = {"password": "court", "keep": str(kept)}
    refused = fill_in(marie, marie.get("/moi"), "/moi/mot-de-passe", sent)
    assert refused.status_code == 422
    assert standing(person) == ["Tableur", "Site"]
    assert f'value="{kept}" checked' in refused.text
    assert "court" not in re.findall(r'value="([^"]*)"', refused.text)
    assert letters() == []


def test_who_came_back_by_a_letter_and_chooses_a_password_keeps_no_key(
    marie: Visitor, member: Member, person: Person
) -> None:
    give(member, "Tableur")
    kept = str(key_of(member, "Tableur"))
    marie.post("/deconnexion")
    accounts.send_sign_in_link("marie@example.org", "")
    db.session.commit()
    (link,) = re.findall(r"/lien/(\S+)", letters()[-1].body)
    marie.post(f"/lien/{link}")
    page = marie.get("/moi")
    assert "Les clés de vos programmes seront supprimées\u00a0: Tableur." in page.text
    sent = {"password": "quatre prunes bleues", "keep": kept}
    assert marie.post("/moi/mot-de-passe", data=sent).status_code == 302
    assert standing(person) == []


def test_signing_out_everywhere_ends_the_keys_and_tells_their_person(
    marie: Visitor, member: Member, person: Person
) -> None:
    give(member, "Tableur", "Site")
    kept = {"keep": str(key_of(member, "Site"))}
    fill_in(marie, marie.get("/moi"), "/moi/deconnecter-partout", kept)
    assert standing(person) == ["Site"]
    assert marie.get("/moi").status_code == 302
    assert [each.subject for each in letters()] == ["Tous vos appareils sont déconnectés"]


def test_somebody_else_s_keys_stand(
    marie: Visitor, community: Community, member: Member, person: Person
) -> None:
    other = make_member(community, "Bo", "Martin")
    give(member, "Tableur")
    give(other, "Tableur")
    forged = {"password": "quatre prunes bleues", "keep": str(key_of(other, "Tableur"))}
    marie.post("/moi/mot-de-passe", data=forged)
    assert other.person is not None
    assert (standing(person), standing(other.person)) == ([], ["Tableur"])
    assert "Tableur" in letters()[-1].body.split("garde sa clé")[0]


def test_an_address_that_changes_hands_ends_the_keys(member: Member, person: Person) -> None:
    (secret,) = give(member, "Tableur")
    accounts.change_email(person, "new@example.org")
    db.session.flush()
    (link,) = re.findall(r"/lien/(\S+)", letters()[0].body)
    consume(link)
    db.session.commit()
    assert keys.recognise(secret) is None
    assert [each.subject for each in letters() if each.recipient == "new@example.org"][1:] == [
        "Les clés de vos programmes sont supprimées"
    ]


def test_a_session_that_was_just_ended_gets_no_key(
    marie: Visitor, member: Member, person: Person
) -> None:
    number = person.session_number
    accounts.sign_out_everywhere(person)
    db.session.commit()
    with pytest.raises(keys.FormUsed):
        keys.give(member, "Tableur", Scope.READ, "a form of the former session", number)
    assert standing(person) == []


def test_keys_of_a_membership_that_ended_are_not_listed_and_never_come_back(
    member: Member, person: Person
) -> None:
    give(member, "Tableur")
    membership.leave(kernel().plugins, member)
    db.session.commit()
    assert standing(person) == []
    accounts.set_password(person, PASSWORD)
    db.session.commit()
    member.left_at = None
    db.session.commit()
    assert standing(person) == []


def test_a_page_without_keys_asks_nothing_of_them(marie: Visitor, person: Person) -> None:
    assert "clé" not in marie.get("/moi").text
    fill_in(marie, marie.get("/moi"), "/moi/mot-de-passe", {"password": "quatre prunes bleues"})
    (letter,) = letters()
    assert letter.recipient == person.email
    assert "clé est supprimée" not in letter.body
    assert "garde" not in letter.body
