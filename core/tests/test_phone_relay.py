"""People without e-mail are told by telephone: by those who serve them, if they agreed."""

import pytest

from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community, Member, Person
from freeco.notifications import choices
from freeco.testing import Visitor, make_member, make_person
from freeco.testing.forms import fill_in
from freeco.testing.notices import tell
from freeco.testing.people import sign_in_as


@pytest.fixture
def served(community: Community, member: Member, person: Person) -> Member:
    """Give Inès, who has no e-mail, whom Marie serves, and who agreed to be phoned."""
    ines = make_person("Inès", "Roy")
    ines.proxy_id, ines.phone = person.id, "05 55 00 00 01"
    served = make_member(community, person=ines)
    choices.choose(served, {}, {"phone": True})
    db.session.commit()
    return served


def test_who_serves_somebody_sees_what_to_tell_and_marks_it(
    client: Visitor, served: Member, person: Person
) -> None:
    tell(served)
    reader = sign_in_as(client, person)
    page = reader.get("/lavergne/avis/telephone").text
    assert "05 55 00 00 01" in page
    assert "La charte a changé\u00a0: Lavergne" in page
    answers = [reader.post("/lavergne/avis/telephone/1", data={"said": "1"}) for _click in "ab"]
    assert [each.status_code for each in answers] == [302, 302]
    marked = reader.get("/lavergne/avis/telephone")
    assert "Ce n’est pas encore dit" in marked.text
    fill_in(reader, marked, "/telephone/1")
    assert "Ce n’est pas encore dit" not in reader.get("/lavergne/avis/telephone").text


def test_nobody_else_sees_a_number(client: Visitor, community: Community, served: Member) -> None:
    tell(served)
    jean = make_member(community, "Jean", "Martin")
    assert jean.person is not None
    reader = sign_in_as(client, jean.person)
    assert reader.get("/lavergne/avis/telephone").status_code == 404
    assert reader.post("/lavergne/avis/telephone/1").status_code == 404


def test_another_proxy_sees_only_whom_they_serve(
    client: Visitor, community: Community, served: Member
) -> None:
    tell(served)
    jean = make_member(community, "Jean", "Martin")
    assert jean.person is not None
    other = make_person("Odette", "Vern")
    other.proxy_id = jean.person.id
    choices.choose(make_member(community, person=other), {}, {"phone": True})
    db.session.commit()
    page = sign_in_as(client, jean.person).get("/lavergne/avis/telephone").text
    assert "Odette Vern" in page
    assert "05 55 00 00 01" not in page
    assert client.post("/lavergne/avis/telephone/1").status_code == 404


def test_a_steward_sees_the_whole_list(
    client: Visitor, community: Community, served: Member
) -> None:
    steward = make_member(community, "Jean", "Martin", permissions=("core.steward",))
    assert steward.person is not None
    page = sign_in_as(client, steward.person).get("/lavergne/avis/telephone").text
    assert "Inès Roy" in page
    assert "Marie Dupont" in page


def test_who_did_not_agree_is_not_on_the_list(
    client: Visitor, served: Member, person: Person
) -> None:
    choices.choose(served, {}, {"phone": False})
    tell(served)
    assert "Inès" not in sign_in_as(client, person).get("/lavergne/avis/telephone").text


def test_the_proxy_agrees_for_who_asked_them_to(
    client: Visitor, served: Member, person: Person
) -> None:
    choices.choose(served, {}, {"phone": False})
    reader = sign_in_as(client, person)
    with reader.session_transaction() as session:
        session["acting_for"] = served.id
    assert "Par téléphone" in reader.get("/lavergne/avis").text
    form = {
        "core-reminder": "at_once",
        "core-charter": "at_once",
        "core-payment": "at_once",
        "core-debit": "at_once",
        "core-account": "at_once",
        "core-accord": "at_once",
        "core-record": "at_once",
        "core-wording": "at_once",
        "core-opening": "weekly",
        "core-digest": "weekly",
        "phone": "1",
    }
    assert reader.post("/lavergne/avis", data=form).status_code == 302
    db.session.expire_all()
    assert choices.agrees(served, "phone")


def test_who_is_phoned_is_told_through_the_proxy_s_e_mail_too(served: Member) -> None:
    tell(served)
    assert [mail.recipient for mail in db.session.query(OutgoingMail)] == ["marie@example.org"]
