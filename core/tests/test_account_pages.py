"""One's account, as its pages are used."""

import pytest

from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members import proxies
from freeco.members.models import Community, Member, Person
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_member, sign_in_as
from freeco.testing.forms import fill_in


@pytest.fixture
def signed_in(client: Visitor, member: Member, person: Person) -> Visitor:
    return sign_in_as(client, person)


@pytest.fixture
def served(plugins: Plugins, community: Community, member: Member, person: Person) -> Member:
    """Give Odette, who has no e-mail and whom Marie serves."""
    odette = proxies.enter_person_without_email(
        plugins, community, "Odette", "Blanc", proxy=person, charter_paper_signed=True
    )
    db.session.commit()
    return odette


def test_a_new_address_gets_a_link_and_counts_once_it_is_opened(
    signed_in: Visitor, person: Person
) -> None:
    page = signed_in.get("/moi")
    answer = fill_in(signed_in, page, "/moi/adresse", {"email": "marie.dupont@example.org"})
    assert answer.status_code == 302
    asked = {mail.recipient: mail.subject for mail in db.session.query(OutgoingMail)}
    assert asked == {
        "marie.dupont@example.org": "Marie Dupont demande que cette adresse devienne celle de "
        "son compte",
        "marie@example.org": "Une autre adresse est demandée pour votre compte",
    }
    assert person.email == "marie@example.org"


def test_an_address_that_is_none_is_said_beside_its_field(signed_in: Visitor) -> None:
    page = signed_in.get("/moi")
    answer = fill_in(signed_in, page, "/moi/adresse", {"email": "marie"})
    assert answer.status_code == 422
    assert 'value="marie"' in answer.text


def test_a_person_without_e_mail_is_handed_over_to_another_member(
    signed_in: Visitor, community: Community, served: Member
) -> None:
    neighbour = make_member(community, "Jean", "Martin")
    page = signed_in.get(f"/moi/confier/{served.id}")
    answer = fill_in(signed_in, page, f"/confier/{served.id}", {"member": str(neighbour.id)})
    assert answer.status_code == 302
    assert served.person is not None
    db.session.refresh(served.person)
    assert served.person.proxy_id == neighbour.person_id
    assert signed_in.get(f"/moi/confier/{served.id}").status_code == 404


def test_nobody_hands_over_a_person_another_serves(
    client: Visitor, community: Community, served: Member
) -> None:
    stranger = make_member(community, "Jean", "Martin")
    assert stranger.person is not None
    sign_in_as(client, stranger.person)
    assert client.get(f"/moi/confier/{served.id}").status_code == 404
    answer = client.post(f"/moi/confier/{served.id}", data={"member": str(stranger.id)})
    assert answer.status_code == 404


def test_acting_for_somebody_shows_their_name_until_one_stops(
    signed_in: Visitor, served: Member
) -> None:
    page = signed_in.get("/moi")
    fill_in(signed_in, page, f"/moi/agir-pour/{served.id}")
    home = signed_in.get("/lavergne/")
    assert "Odette Blanc" in home.text
    fill_in(signed_in, home, "/moi/agir-pour-moi")
    assert "Odette Blanc" not in signed_in.get("/lavergne/").text


def test_who_belongs_to_one_community_arrives_there_after_signing_in(
    signed_in: Visitor,
) -> None:
    assert signed_in.get("/connexion").location == "/lavergne/"


def test_a_person_who_is_served_has_the_same_right_to_their_data(
    signed_in: Visitor, served: Member
) -> None:
    answer = signed_in.get(f"/moi/servis/{served.id}/donnees.json")
    assert answer.status_code == 200
    assert "Odette" in answer.text


def test_a_person_who_is_served_is_erased_at_their_demand(
    signed_in: Visitor, served: Member
) -> None:
    page = signed_in.get(f"/moi/confier/{served.id}")
    assert fill_in(signed_in, page, f"/moi/servis/{served.id}/effacer").status_code == 422
    answer = fill_in(signed_in, page, f"/moi/servis/{served.id}/effacer", {"asked": "1"})
    assert answer.status_code == 302
    assert served.person is not None
    db.session.refresh(served.person)
    assert served.person.erased_at is not None


@pytest.mark.parametrize("act", ["donnees.json", "effacer"])
def test_nobody_else_sees_or_erases_a_person_who_is_served(
    client: Visitor, community: Community, served: Member, act: str
) -> None:
    stranger = make_member(community, "Jean", "Martin")
    assert stranger.person is not None
    sign_in_as(client, stranger.person)
    method = "GET" if act == "donnees.json" else "POST"
    answer = client.open(f"/moi/servis/{served.id}/{act}", method=method)
    assert answer.status_code == 404


def test_one_place_does_not_try_address_after_address(client: Visitor) -> None:
    for number in range(100):
        client.post("/connexion/lien", data={"email": f"somebody{number}@example.org"})
    answer = client.post("/connexion/lien", data={"email": "one-more@example.org"})
    assert answer.status_code == 429
