"""Gift receipts on screen: for who keeps the money, once proved, gapless, cancelled once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from freeco.db import db
from freeco.documents.models import Document
from freeco.members.households import household_of
from freeco.members.models import Community, Member
from freeco.organisations.billing import Billing
from freeco.organisations.models import Organisation, OrganisationRole, Role
from freeco.payments.parties import party_of
from freeco.testing import Visitor, make_community, make_member, sign_in_as
from freeco.testing.noon import DAY

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def oven(community: Community) -> Member:
    body = Organisation(
        kind="association",
        name="Les Amis du Four",
        rna="W461001234",
        address="Le Bourg",
        postal_code="46320",
        commune="Assiac",
    )
    found = Member(community=community, organisation=body)
    billing = Billing(organisation=body, gift_receipts_proof="rescrit du 3 mars 2025, n° 12")
    billing.gift_receipts_since = date(DAY.year - 1, 1, 1)
    db.session.add_all([found, billing])
    db.session.commit()
    return found


@pytest.fixture
def keeper(client: Visitor, community: Community, oven: Member) -> Visitor:
    found = make_member(community, "Bernard", "Delpech")
    assert found.person is not None
    assert oven.organisation is not None
    db.session.add(
        OrganisationRole(
            organisation=oven.organisation, person_id=found.person.id, role=Role.TREASURER
        )
    )
    db.session.commit()
    return sign_in_as(client, found.person)


@pytest.fixture
def said(member: Member) -> dict[str, str]:
    assert member.person is not None
    member.person.address, member.person.postal_code = "3 rue Haute", "46320"
    member.person.commune = "Assiac"
    party = party_of(household_of(member))
    db.session.commit()
    return {
        "donneur": party,
        "jour": DAY.isoformat(),
        "montant": "50",
        "moyen": "cheque",
        "adresse": "",
        "code_postal": "",
        "commune": "",
        "cle": "a",
    }


def where(oven: Member, more: str = "") -> str:
    return f"/lavergne/organisations/{oven.id}/recus{more}"


def issued() -> list[Document]:
    db.session.rollback()
    return list(db.session.scalars(select(Document).order_by(Document.id)))


def test_a_receipt_is_issued_listed_and_read_by_its_giver(
    keeper: Visitor, oven: Member, said: dict[str, str], member: Member
) -> None:
    answer = keeper.post(where(oven), data=said)
    assert answer.status_code == 302
    (receipt,) = issued()
    assert receipt.number == f"R{DAY.year}-00001"
    assert receipt.content["signed_by"] == "Bernard Delpech"
    assert receipt.content["buyer"]["address"] == "3 rue Haute"
    page = keeper.get(answer.location).text
    assert receipt.number in page
    assert "3 rue Haute" in page
    assert "50,00" in page
    file = f"/lavergne/organisations/{oven.id}/factures/{receipt.id}.pdf"
    assert file in page
    assert keeper.get(file).data.startswith(b"%PDF")
    assert receipt.number not in keeper.get(where(oven, f"?annee={DAY.year - 1}")).text
    assert where(oven) in keeper.get(f"/lavergne/organisations/{oven.id}/factures").text
    assert member.person is not None
    giver = sign_in_as(keeper, member.person)
    assert receipt.number in giver.get("/lavergne/mes-factures").text
    assert giver.get(f"/lavergne/mes-factures/{receipt.id}.pdf").status_code == 200


def test_nothing_is_issued_until_the_organisation_has_proved_that_it_may(
    keeper: Visitor, oven: Member, said: dict[str, str]
) -> None:
    billing = db.session.get_one(Billing, oven.organisation_id)
    billing.gift_receipts_since, billing.gift_receipts_proof = None, ""
    db.session.commit()
    page = keeper.get(where(oven))
    assert page.status_code == 200
    assert f"/lavergne/organisations/{oven.id}/facturation#recus" in page.text
    assert 'name="montant"' not in page.text
    assert keeper.post(where(oven), data=said).status_code == 409
    assert issued() == []


def test_who_may_no_longer_issue_still_reads_and_cancels(
    keeper: Visitor, oven: Member, said: dict[str, str]
) -> None:
    keeper.post(where(oven), data=said)
    billing = db.session.get_one(Billing, oven.organisation_id)
    billing.gift_receipts_since, billing.gift_receipts_proof = None, ""
    db.session.commit()
    (receipt,) = issued()
    assert receipt.number in keeper.get(where(oven)).text
    assert 'name="annee"' in keeper.get(where(oven, f"?annee={DAY.year - 1}")).text
    done = keeper.post(where(oven, f"/{receipt.id}/annuler"), data={"motif": "À tort"})
    assert done.status_code == 302
    assert len(issued()) == 2


def test_the_page_exists_for_nobody_else(
    client: Visitor, community: Community, keeper: Visitor, oven: Member, said: dict[str, str]
) -> None:
    keeper.post(where(oven), data=said)
    (receipt,) = issued()
    other = make_member(community, "Jean", "Martin")
    secretary = make_member(community, "Zoé", "Blanc")
    assert secretary.person is not None
    assert oven.organisation is not None
    db.session.add(
        OrganisationRole(
            organisation=oven.organisation, person_id=secretary.person.id, role=Role.SECRETARY
        )
    )
    db.session.commit()
    for each in (other, secretary):
        assert each.person is not None
        visitor = sign_in_as(client, each.person)
        for more in ("", f"/{receipt.id}/annuler"):
            assert visitor.get(where(oven, more)).status_code == 404
            assert visitor.post(where(oven, more), data=said).status_code == 404
    assert len(issued()) == 1


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("montant", "douze", "douze"),
        ("montant", "0", "plus de zéro"),
        ("jour", (DAY + timedelta(days=1)).isoformat(), "pas encore venu"),
        ("jour", f"{DAY.year - 2}-12-31", "pas encore"),
        ("moyen", "chèvre", "n’existe pas"),
        ("donneur", "core:household:9999", "n’existe pas"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    keeper: Visitor, oven: Member, said: dict[str, str], field: str, typed: str, reason: str
) -> None:
    page = keeper.post(where(oven), data=said | {"adresse": "4 rue Basse", field: typed})
    assert page.status_code == 422
    assert f'id="f-{field}-error"' in page.text
    assert reason in page.text
    assert "4 rue Basse" in page.text
    assert 'name="cle" value="a"' in page.text
    assert issued() == []


def test_an_organisation_elsewhere_or_the_donee_itself_gives_nothing(
    keeper: Visitor, oven: Member, said: dict[str, str]
) -> None:
    elsewhere = make_member(make_community("ailleurs", "Ailleurs"), "Anne", "Rey")
    assert elsewhere.person is not None
    assert oven.organisation is not None
    for party in (party_of(elsewhere.person), party_of(oven.organisation)):
        assert keeper.post(where(oven), data=said | {"donneur": party}).status_code == 422
    assert issued() == []


def test_an_address_that_is_missing_is_typed(
    keeper: Visitor, community: Community, oven: Member, said: dict[str, str]
) -> None:
    alone = make_member(community, "Anne", "Rey")
    assert alone.person is not None
    said["donneur"] = party_of(alone.person)
    page = keeper.post(where(oven), data=said)
    assert page.status_code == 422
    assert 'id="f-adresse-error"' in page.text
    typed = {"adresse": "4 rue Basse", "code_postal": "46320", "commune": "Assiac"}
    assert keeper.post(where(oven), data=said | typed).status_code == 302
    (receipt,) = issued()
    assert receipt.content["buyer"]["address"] == "4 rue Basse"


def test_a_second_click_and_a_second_page_issue_nothing_more(
    keeper: Visitor, oven: Member, said: dict[str, str]
) -> None:
    for _each in range(2):
        assert keeper.post(where(oven), data=said).status_code == 302
    again = keeper.post(where(oven), data=said | {"cle": "b"})
    assert again.status_code == 409
    assert "figure déjà sur un reçu" in again.text
    assert len(issued()) == 1


def test_a_receipt_is_cancelled_once_by_a_document_that_cites_it_and_numbers_have_no_gap(
    keeper: Visitor, oven: Member, said: dict[str, str]
) -> None:
    keeper.post(where(oven), data=said)
    (receipt,) = issued()
    cancelling = where(oven, f"/{receipt.id}/annuler")
    assert receipt.number in keeper.get(cancelling).text
    assert keeper.post(cancelling, data={"motif": ""}).status_code == 422
    asked = {"a_confirmer": ["L’annuler ?", "Annuler"], "motif": "Montant"}
    assert "L’annuler ?" in keeper.post(cancelling, data=asked).text
    assert len(issued()) == 1
    for motif in ("Montant", "Encore"):
        assert keeper.post(cancelling, data={"motif": motif}).status_code == 302
    _receipt, gone = issued()
    assert (gone.number, gone.corrects_id) == (f"X{DAY.year}-00001", receipt.id)
    assert gone.content["reason"] == "Montant"
    page = keeper.get(where(oven)).text
    assert gone.number in page
    assert cancelling not in page
    assert keeper.get(where(oven, f"/{gone.id}/annuler")).status_code == 404
    keeper.post(where(oven), data=said | {"montant": "douze", "cle": "b"})
    assert keeper.post(where(oven), data=said | {"cle": "c"}).status_code == 302
    assert keeper.post(where(oven), data=said | {"montant": "7", "cle": "d"}).status_code == 302
    numbers = [each.number for each in issued() if each.kind == "receipt"]
    assert numbers == [f"R{DAY.year}-0000{position}" for position in (1, 2, 3)]
    totals = " ".join(keeper.get(where(oven)).text.split())
    assert "57,00" in totals
