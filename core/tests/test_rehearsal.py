"""A rehearsal: invented people, letters that stay, and nothing left once it is wiped."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import MetaData, column, func, inspect, select, table

from freeco import activation, demonstration
from freeco.db import db
from freeco.first_run import rehearsal, wiping
from freeco.first_run.rehearsal import RehearsesAlready, rehearsal_of, rehearse
from freeco.first_run.wiping import NotARehearsal, wipe
from freeco.kernel import kernel
from freeco.mail.delivery import deliver_mail
from freeco.mail.models import OutgoingMail
from freeco.members import invitations, membership, people_entry, proxies
from freeco.members.membership import OnlyInvented, StaysClosed
from freeco.members.models import STEWARD, Admission, Community, Member, Person, Territory
from freeco.members.people_import import PersonDraft
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_community, make_member, make_person, sign_in_as
from freeco.testing.forms import fill_in


@pytest.fixture
def steward(community: Community, person: Person) -> Member:
    return make_member(community, person=person, permissions=(STEWARD,))


@pytest.fixture
def copy(community: Community, steward: Member) -> Community:
    """Give the rehearsal of the community, with people and no season, which takes longer."""
    copy = rehearse(Plugins(), community, "fr")
    db.session.commit()
    return copy


@pytest.fixture
def marie(client: Visitor, person: Person, copy: Community) -> Visitor:
    """Give the browser of the steward whose community rehearses."""
    return sign_in_as(client, person)


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, as text."""
    db.session.commit()
    with db.engine.connect() as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        return {
            each.name: sorted(tuple(map(repr, row)) for row in connection.execute(select(each)))
            for each in metadata.sorted_tables
        }


def test_no_real_person_is_a_member(copy: Community, steward: Member) -> None:
    members = membership.members_of(copy)
    assert steward.person_id not in {each.person_id for each in members}
    addresses = {each.person.email for each in members if each.person and each.person.email}
    assert {each.rpartition("@")[2] for each in addresses} == {f"{copy.slug}.example.org"}


def test_it_stands_where_its_community_stands(community: Community, steward: Member) -> None:
    community.commune, community.commune_insee = "Figeac", "46102"
    community.latitude, community.longitude = 44.608, 2.032
    copy = rehearse(Plugins(), community, "fr")
    assert (copy.commune, copy.commune_insee) == ("Figeac", "46102")
    assert (copy.latitude, copy.longitude) == (44.608, 2.032)


def test_asking_twice_makes_one(community: Community, copy: Community) -> None:
    assert rehearse(Plugins(), community, "fr") is copy


def test_a_rehearsal_is_not_rehearsed(copy: Community) -> None:
    with pytest.raises(RehearsesAlready):
        rehearse(Plugins(), copy, "fr")


def test_two_communities_rehearse_side_by_side(copy: Community) -> None:
    other = rehearse(Plugins(), make_community("assiac", "Assiac"), "fr")
    assert other.slug == "assiac-repetition"
    assert len(membership.members_of(other)) == len(membership.members_of(copy))


def test_it_does_not_count_in_a_territory(community: Community, steward: Member) -> None:
    territory = Territory(slug="cele", name="Célé")
    db.session.add(territory)
    db.session.flush()
    community.territory_id = territory.id
    rehearse(Plugins(), community, "fr")
    assert activation.count_members(community, "territory") == 1


def test_it_stays_closed(copy: Community) -> None:
    with pytest.raises(StaysClosed):
        membership.describe(
            copy,
            name="Vrai",
            commune="",
            presentation="",
            admission=Admission.OPEN,
            email_domain="",
        )


def test_nobody_else_learns_that_it_exists(
    client: Visitor, community: Community, copy: Community
) -> None:
    assert client.get(f"/{copy.slug}/").status_code == 404
    assert copy.slug not in client.get("/").text
    ordinary = make_member(community, "Jean")
    assert ordinary.person is not None
    assert sign_in_as(client, ordinary.person).get(f"/{copy.slug}/").status_code == 404


def test_a_steward_begins_it_and_coordinates_there(
    client: Visitor, community: Community, steward: Member
) -> None:
    assert steward.person is not None
    sign_in_as(client, steward.person)
    page = client.get(f"/{community.slug}/gerer/repetition")
    answer = fill_in(client, page, "/gerer/repetition")
    assert answer.location == f"/{community.slug}-repetition/"
    home = client.get(answer.location)
    assert "rien n’est vrai ici" in home.text
    assert "Sylvie Marty" in home.text
    assert client.get(f"/{community.slug}-repetition/gerer").status_code == 200


def test_only_stewards_begin_it(client: Visitor, community: Community) -> None:
    ordinary = make_member(community, "Jean")
    assert ordinary.person is not None
    sign_in_as(client, ordinary.person)
    assert client.post(f"/{community.slug}/gerer/repetition").status_code == 403
    assert rehearsal_of(community) is None


def named(copy: Community, name: str) -> Member:
    return next(each for each in rehearsal.places(copy) if each.name == name)


def test_the_steward_takes_a_place_and_sees_what_it_sees(marie: Visitor, copy: Community) -> None:
    camille = named(copy, "Camille Fabre")
    places = marie.get(f"/{copy.slug}/repetition/places")
    assert "GAEC des Vergnes" in places.text
    marie_there = fill_in(marie, places, f"/repetition/places/{camille.id}")
    assert marie_there.status_code == 302
    home = marie.get(f"/{copy.slug}/")
    assert "Vous tenez la place d’un membre inventé, Camille Fabre" in home.text
    assert marie.get(f"/{copy.slug}/gerer").status_code == 403
    assert "Camille" not in marie.get("/moi").text
    assert marie.get(f"/{copy.slug}/repetition/places").status_code == 200


def test_a_real_member_s_place_is_not_taken(
    marie: Visitor, copy: Community, steward: Member
) -> None:
    guest = make_member(copy, person=make_person("Zoé", "Blanc", "zoe@freeco.fr"))
    for member_id in (guest.id, steward.id):
        answer = marie.post(f"/{copy.slug}/repetition/places/{member_id}")
        assert answer.status_code == 404
    with marie.session_transaction() as session:
        session["rehearsal_place"] = guest.id
    assert "Sylvie Marty" in marie.get(f"/{copy.slug}/").text


def test_who_no_longer_looks_after_the_community_no_longer_comes_in(
    marie: Visitor, copy: Community, steward: Member
) -> None:
    make_member(steward.community, "Jean", permissions=(STEWARD,))
    membership.revoke(steward, STEWARD)
    db.session.commit()
    assert marie.get(f"/{copy.slug}/").status_code == 404


def test_a_guest_of_the_rehearsal_neither_takes_places_nor_wipes(
    client: Visitor, copy: Community
) -> None:
    guest = make_member(copy, person=make_person("Zoé", "Blanc", "zoe@freeco.fr"))
    assert guest.person is not None
    sign_in_as(client, guest.person)
    assert "rien n’est vrai ici" in client.get(f"/{copy.slug}/").text
    for page in ("places", "courrier", "effacer"):
        assert client.get(f"/{copy.slug}/repetition/{page}").status_code == 403
    assert client.post(f"/{copy.slug}/repetition/effacer").status_code == 403


def test_these_pages_are_absent_where_nothing_is_rehearsed(
    marie: Visitor, community: Community
) -> None:
    for page in ("places", "courrier", "effacer"):
        assert marie.get(f"/{community.slug}/repetition/{page}").status_code == 404


def test_an_invitation_from_the_rehearsal_is_read_there_and_never_leaves(
    marie: Visitor, copy: Community
) -> None:
    page = marie.get(f"/{copy.slug}/gerer")
    fill_in(marie, page, "/gerer/inviter", {"email": "vraie.personne@freeco.fr"})
    letter = db.session.scalars(
        select(OutgoingMail).where(OutgoingMail.recipient == "vraie.personne@freeco.fr")
    ).one()
    assert letter.community_id == copy.id
    assert letter.subject in marie.get(f"/{copy.slug}/repetition/courrier").text


def test_every_module_fills_it_and_wiping_leaves_every_other_row_as_it_was(
    plugins: Plugins, community: Community, steward: Member
) -> None:
    demonstration.stage(plugins, demonstration.FEWEST_MEMBERS, 7, lambda _count: None)
    before = rows()
    copy = rehearse(plugins, community, "fr")
    db.session.commit()
    assert activation.open_modules(copy) == frozenset(plugins.modules)
    filled = {name for name, found in rows().items() if found != before[name]}
    assert {"person", "organisation", "direct_sales_subscription_line"} <= filled
    wipe(copy)
    assert rows() == before


def test_no_row_refers_to_what_was_wiped(plugins: Plugins, copy: Community) -> None:
    community_id = copy.id
    wipe(copy)
    db.session.commit()
    inspector = inspect(db.session.connection())
    for name in inspector.get_table_names():
        columns = {each["name"] for each in inspector.get_columns(name)}
        if "community_id" in columns:
            left = select(func.count()).select_from(table(name, column("community_id")))
            left = left.where(column("community_id") == community_id)
            assert db.session.scalar(left) == 0, name
    invented = Person.email.endswith(".example.org")
    assert db.session.scalar(select(func.count(Person.id)).where(invented)) == 0


def test_only_a_rehearsal_is_wiped(community: Community, steward: Member) -> None:
    before = rows()
    with pytest.raises(NotARehearsal):
        wipe(community)
    db.session.rollback()
    assert rows() == before


@pytest.mark.parametrize("signed", [True, False])
def test_nobody_real_is_entered_from_a_list(
    plugins: Plugins, copy: Community, community: Community, steward: Member, signed: bool
) -> None:
    drafts = [PersonDraft(2, "Zoé", "Blanc", "zoe@freeco.fr", "", "", "", "", "")]
    keeper = membership.stewards(copy)[0]
    with pytest.raises(OnlyInvented):
        people_entry.enter_people(plugins, copy, drafts, keeper, signed=signed)
    done = people_entry.enter_people(plugins, community, drafts, steward, signed=True)
    assert (done.added, done.invited) == (1, 0)


def test_nobody_real_is_served_in_a_rehearsal(plugins: Plugins, copy: Community) -> None:
    proxy = membership.stewards(copy)[0].person
    assert proxy is not None
    with pytest.raises(OnlyInvented):
        proxies.enter_person_without_email(
            plugins, copy, "Odette", "Blanc", proxy=proxy, charter_paper_signed=True
        )


def test_the_pages_of_a_rehearsal_say_why_nobody_real_is_entered(
    marie: Visitor, copy: Community
) -> None:
    for address in (f"/{copy.slug}/gerer/importer", f"/{copy.slug}/foyer"):
        page = marie.get(address)
        assert page.status_code == 200
        assert "les personnes sont inventées\u00a0: une personne réelle" in page.text
        assert "signé la charte sur papier, et je garde" not in page.text
    assert marie.post(f"/{copy.slug}/gerer/importer").status_code == 409
    typed = {"first_name": "Odette", "last_name": "Blanc", "signed": "1"}
    assert marie.post(f"/{copy.slug}/foyer/sans-adresse", data=typed).status_code == 409
    assert db.session.scalar(select(Person).where(Person.first_name == "Odette")) is None


def test_who_was_made_in_the_rehearsal_goes_with_it_and_guests_stay(copy: Community) -> None:
    make_member(copy, person=make_person("Odette", "Blanc"))
    guest = make_member(copy, person=make_person("Luc", "Roux", "luc@freeco.fr"))
    guest_id = guest.person_id
    wipe(copy)
    db.session.commit()
    left = db.session.scalars(select(Person.email).order_by(Person.email)).all()
    assert left == ["luc@freeco.fr", "marie@example.org"]
    assert db.session.get(Person, guest_id) is not None


def test_an_invented_person_whom_another_community_knows_stays(
    copy: Community, community: Community, steward: Member
) -> None:
    camille = named(copy, "Camille Fabre").person
    assert camille is not None
    camille_id = camille.id
    invitation = invitations.invite(community, "x@freeco.fr", steward)
    invitation.claimed_by_id = camille_id
    db.session.commit()
    wipe(copy)
    db.session.commit()
    assert db.session.get(Person, camille_id) is not None


def test_the_steward_wipes_it_once_asked(
    marie: Visitor, community: Community, copy: Community
) -> None:
    page = marie.get(f"/{copy.slug}/repetition/effacer")
    assert "Cela ne se défait pas" in page.text
    answer = fill_in(marie, page, "/repetition/effacer")
    assert answer.location == f"/{community.slug}/gerer/repetition"
    assert rehearsal_of(community) is None
    assert "Vous pouvez en commencer une autre" in marie.get(answer.location).text
    assert marie.post(f"/{community.slug}-repetition/repetition/effacer").status_code == 404


def test_it_can_be_wiped_from_any_place(marie: Visitor, copy: Community) -> None:
    marie.post(f"/{copy.slug}/repetition/places/{named(copy, 'Camille Fabre').id}")
    assert marie.post(f"/{copy.slug}/repetition/effacer").status_code == 302


def test_a_wipe_that_never_finds_quiet_changes_nothing(
    app: Flask, copy: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that the walk does not see stands for one that is written meanwhile."""
    before = rows()
    monkeypatch.setattr(wiping, "ABOVE", wiping.ABOVE | {"member"})
    with pytest.raises(wiping.StillBusy):
        wipe(copy)
    db.session.rollback()
    assert rows() == before


@pytest.mark.parametrize(
    ("recipient", "leaves"),
    [
        ("camille@lavergne-repetition.example.org", False),
        ("camille@example.org", False),
        ("camille@assiac.example", False),
        ("camille@INVALID", False),
        ("camille@example.organic", True),
        ("camille@myexample.org", True),
    ],
)
def test_no_letter_leaves_for_an_address_that_nobody_can_have(
    app: Flask, tmp_path: Path, recipient: str, leaves: bool
) -> None:
    settings = replace(kernel().settings, production=True, mail_url=f"file:{tmp_path}")
    letter = OutgoingMail(recipient=recipient, subject="Essai", body="Bonjour\n")
    db.session.add(letter)
    db.session.commit()
    deliver_mail(settings)
    assert bool(list(tmp_path.glob("*.eml"))) == leaves
    db.session.refresh(letter)
    assert (letter.body == "") == leaves


def test_what_is_written_in_a_rehearsal_never_leaves(copy: Community, tmp_path: Path) -> None:
    community_id = copy.id
    db.session.add(
        OutgoingMail(
            recipient="vraie@freeco.fr", subject="Essai", body="", community_id=community_id
        )
    )
    db.session.commit()
    assert deliver_mail(replace(kernel().settings, mail_url=f"file:{tmp_path}")) == 0
    assert not list(tmp_path.glob("*.eml"))
