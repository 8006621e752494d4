"""Receipts on screen: for those whom a statement concerns, and for nobody else."""

import pytest
from sqlalchemy import delete

from freeco.accords import services as accords
from freeco.charter import services as charter
from freeco.db import db
from freeco.members.membership import grant
from freeco.members.models import STEWARD, Community, Member, Person
from freeco.organisations.models import Role
from freeco.organisations.services import give_role, register
from freeco.plugins import Plugins
from freeco.record import reading, sequencer
from freeco.record.models import RecordEntry, RecordOpening
from freeco.record.receipt import Receipt
from freeco.record.statement import Fields
from freeco.record.stating import Sealed, log_of, state
from freeco.testing import Visitor, make_community, make_member, sign_in_as

MINE = "/lavergne/registre/moi"
HOSTILE = '</dd><script>alert("1")</script>'


@pytest.fixture
def bo(community: Community) -> Member:
    return make_member(community, "Bo", "Petit")


@pytest.fixture
def stranger(community: Community) -> Member:
    return make_member(community, "Léa", "Roux", permissions=(STEWARD,))


@pytest.fixture
def accord(community: Community, member: Member, bo: Member) -> RecordEntry:
    """Give the statement of an accord between Marie and Bo."""
    assert member.person is not None
    assert bo.person is not None
    proposed = accords.propose(member, bo, "Une remorque", f"Les samedis. {HOSTILE}", member.person)
    made = accords.agree(proposed, bo.person)
    assert made.entry is not None
    db.session.commit()
    return made.entry


def seal(community: Community) -> None:
    sequencer.sequence(log_of(community))
    db.session.commit()


def as_(client: Visitor, member: Member) -> Visitor:
    assert member.person is not None
    return sign_in_as(client, member.person)


def receipt_of(entry: RecordEntry) -> str:
    return f"/lavergne/registre/recu/{entry.reference}"


def acceptance_of(member: Member) -> RecordEntry:
    query = reading.history(member).where(RecordEntry.kind == "charter.accepted")
    return db.session.scalars(query).one()


def test_my_history_holds_what_concerns_me_and_nothing_else(
    client: Visitor, member: Member, bo: Member, stranger: Member, accord: RecordEntry
) -> None:
    mine = as_(client, member).get(MINE).text
    assert "Accord avec Bo Petit\u00a0: Une remorque" in mine
    assert "Vous avez accepté la charte" in mine
    assert "Accord avec Marie Dupont" in as_(client, bo).get(MINE).text
    other = as_(client, stranger).get(MINE).text
    assert accord.reference not in other
    assert "Une remorque" not in other


def test_both_parties_open_the_receipt_and_nobody_else_the_steward_neither(
    client: Visitor,
    community: Community,
    member: Member,
    bo: Member,
    stranger: Member,
    accord: RecordEntry,
) -> None:
    seal(community)
    for end in ("", ".tlog-proof"):
        address = receipt_of(accord) + end
        assert client.get(address).status_code == 302  # to sign in
        assert as_(client, stranger).get(address).status_code == 404
        for party in (member, bo):
            assert as_(client, party).get(address).status_code == 200
        with client.session_transaction() as session:
            session.clear()


def test_the_receipt_shows_the_words_in_the_clear_and_they_do_no_harm(
    client: Visitor, community: Community, member: Member, accord: RecordEntry
) -> None:
    seal(community)
    page = as_(client, member).get(receipt_of(accord)).text
    assert "Marie Dupont" in page
    assert "Bo Petit" in page
    assert "Les samedis." in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_receipt_s_code_leads_a_phone_to_the_public_page_with_the_hash(
    client: Visitor, community: Community, member: Member, accord: RecordEntry
) -> None:
    seal(community)
    page = as_(client, member).get(receipt_of(accord)).text
    public = f"/lavergne/registre/i/{accord.reference}?empreinte={accord.leaf.hex()}"
    assert f'href="http://localhost{public}"' in page
    assert 'src="data:image/svg+xml' in page
    with client.session_transaction() as session:
        session.clear()
    assert "est bien celle de cette inscription" in client.get(public).text


def test_the_file_holds_the_proof_and_the_openings(
    client: Visitor, community: Community, member: Member, accord: RecordEntry
) -> None:
    seal(community)
    file = as_(client, member).get(f"{receipt_of(accord)}.tlog-proof")
    named = f'"recu-agreement-made-{accord.day.isoformat()}.tlog-proof"'
    assert file.headers["Content-Disposition"] == f"attachment; filename={named}"
    receipt = Receipt.read(file.text)
    assert receipt.check().size == log_of(community).size
    assert receipt.entry == accord.entry
    assert receipt.openings["second"].fields["name"] == "Bo Petit"
    assert "Set-Cookie" not in file.headers or "private" in file.headers["Cache-Control"]


def test_before_it_has_a_place_the_receipt_asks_for_a_minute(
    client: Visitor, member: Member, accord: RecordEntry
) -> None:
    page = as_(client, member).get(receipt_of(accord))
    assert "Votre inscription aura sa place dans la minute" in page.text
    assert ".tlog-proof" not in page.text
    assert client.get(f"{receipt_of(accord)}.tlog-proof").status_code == 409


def test_what_the_other_party_erased_is_said_to_be_erased(
    client: Visitor, community: Community, member: Member, bo: Member, accord: RecordEntry
) -> None:
    seal(community)
    db.session.execute(delete(RecordOpening).where(RecordOpening.member_id == bo.id))
    db.session.commit()
    page = as_(client, member).get(receipt_of(accord)).text
    assert "Ce contenu a été effacé" in page
    assert "Les samedis." in page
    assert "Bo Petit" not in page
    assert as_(client, bo).get(receipt_of(accord)).status_code == 404
    kept = as_(client, member).get(f"{receipt_of(accord)}.tlog-proof").text
    assert set(Receipt.read(kept).openings) == {"first", "terms"}


def test_who_acts_for_an_organisation_keeps_its_receipts_apart(
    client: Visitor, community: Community, member: Member, bo: Member, stranger: Member
) -> None:
    farm = register(Plugins(), community, "independent", "Ferme du Causse", founder=member)
    entry = acceptance_of(farm)
    address = f"{MINE}?pour={farm.id}"
    visitor = as_(client, member)
    assert entry.reference not in visitor.get(MINE).text
    assert "Ferme du Causse a accepté la charte" in visitor.get(address).text
    assert visitor.get(receipt_of(entry)).status_code == 200
    assert as_(client, bo).get(address).status_code == 404
    assert client.get(receipt_of(entry)).status_code == 404
    give_role(farm, bo, Role.TREASURER, member)
    db.session.commit()
    assert client.get(address).status_code == 200
    assert client.get(receipt_of(entry)).status_code == 200
    for nobody in ("0", "x", str(stranger.id), "9" * 30):
        assert client.get(f"{MINE}?pour={nobody}").status_code == 404


def test_a_receipt_of_another_community_is_absent_here(
    client: Visitor, community: Community, member: Member, person: Person
) -> None:
    elsewhere = make_community("ailleurs", "Ailleurs")
    there = acceptance_of(make_member(elsewhere, person=person))
    here = acceptance_of(member)
    visitor = as_(client, member)
    assert visitor.get(f"/ailleurs/registre/recu/{there.reference}").status_code == 200
    assert visitor.get(receipt_of(there)).status_code == 404
    assert visitor.get(f"/ailleurs/registre/recu/{here.reference}").status_code == 404
    assert there.reference not in visitor.get(MINE).text


def test_what_concerns_nobody_has_no_receipt(
    client: Visitor, community: Community, member: Member
) -> None:
    entry = state(community, "module.paused", "1", about={"module": "garden"})
    words = state(
        community, "parameter.changed", "2", sealed={"reason": Sealed({"reason": "parce que"})}
    )
    assert entry is not None
    assert words is not None
    grant(member, STEWARD)
    db.session.commit()
    for each in (entry, words):
        assert as_(client, member).get(receipt_of(each)).status_code == 404
        page = client.get(f"/lavergne/registre/i/{each.reference}").text
        assert "parce que" not in page


def test_the_receipt_leads_to_the_accord_behind_it(
    client: Visitor, community: Community, member: Member, accord: RecordEntry
) -> None:
    seal(community)
    page = as_(client, member).get(receipt_of(accord)).text
    assert "/lavergne/accords/" in page


def test_accepting_the_charter_leads_to_its_receipt(
    client: Visitor, community: Community, person: Person
) -> None:
    newcomer = Member(community=community, person=person)
    db.session.add(newcomer)
    db.session.commit()
    visitor = as_(client, newcomer)
    data = {"accepted": "1", "sha256": charter.reading("fr").sha256}
    shown = visitor.post("/lavergne/charte", data=data, follow_redirects=True).text
    address = receipt_of(acceptance_of(newcomer))
    assert f'<a href="{address}">Voir votre reçu</a>' in shown
    assert address in visitor.get("/lavergne/charte").text
    assert visitor.get(address).status_code == 200


def test_an_empty_history_says_what_will_come(
    client: Visitor, community: Community, member: Member
) -> None:
    db.session.execute(delete(RecordOpening))
    db.session.commit()
    page = as_(client, member).get(MINE)
    assert "Rien n’est encore inscrit à ce nom" in page.text


def test_a_closed_year_is_named_to_who_acts_for_the_organisation_only(
    client: Visitor, community: Community, member: Member, bo: Member
) -> None:
    farm = register(Plugins(), community, "independent", "Ferme du Causse", founder=member)
    said: dict[str, Fields] = {
        "books.closed": {"book": 1, "year": 2025},
        "books.anchored": {"book": 1, "entries": 2, "head": "0" * 64},
    }
    for kind, fields in said.items():
        state(
            community, kind, kind, about={"platform": False}, sealed={"book": Sealed(fields, farm)}
        )
    db.session.commit()
    page = as_(client, member).get("/lavergne/registre").text
    assert "Ferme du Causse a clos l’exercice 2025." in page
    assert "Livre de comptes, Ferme du Causse\u00a0: empreinte inscrite, à 2 écritures." in page
    assert "Ferme du Causse" not in as_(client, bo).get("/lavergne/registre").text
