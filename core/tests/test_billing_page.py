"""How an organisation is paid: said by those who act for it, checked, and nothing typed lost."""

from datetime import date

import pytest

from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members.membership import grant
from freeco.members.models import TREASURER, Community, Member, Person
from freeco.organisations.being_paid import say_billing
from freeco.organisations.billing import Billing, VatRegime
from freeco.organisations.models import Organisation, OrganisationRole, Role
from freeco.testing import Visitor, make_community, make_member, sign_in_as

IBAN = "FR76 3000 6000 0112 3456 7890 189"
OTHER_IBAN = "FR14 2004 1010 0505 0001 3M02 606"
SAID = {"iban": IBAN, "vat_regime": "charged", "vat_number": "FR 44 732829320"}


@pytest.fixture
def farm(community: Community, member: Member) -> Member:
    body = Organisation(kind="company", name="GAEC des Vergnes", siren="732829320")
    found = Member(community=community, organisation=body)
    db.session.add(found)
    db.session.flush()
    assert member.person_id is not None
    db.session.add(
        OrganisationRole(organisation=body, person_id=member.person_id, role=Role.PRODUCER)
    )
    db.session.commit()
    return found


@pytest.fixture
def producer(client: Visitor, member: Member) -> Visitor:
    assert member.person is not None
    return sign_in_as(client, member.person)


def address(farm: Member, more: str = "") -> str:
    return f"/{farm.community.slug}/organisations/{farm.id}/facturation{more}"


def billing(farm: Member) -> Billing | None:
    db.session.rollback()
    return db.session.get(Billing, farm.organisation_id)


def test_the_account_is_kept_without_spaces(producer: Visitor, farm: Member) -> None:
    assert producer.post(address(farm), data=SAID).status_code == 302
    found = billing(farm)
    assert found is not None
    assert found.iban == "FR7630006000011234567890189"
    assert found.vat_number == "FR44732829320"
    assert "FR7630006000011234567890189" in producer.get(address(farm)).text


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("iban", "FR76 3000 6000 0112 3456 7890 188", "ne se vérifie pas"),
        ("iban", "mon compte", "ne se vérifie pas"),
        ("bic", "AGRI", "huit ou onze"),
        ("vat_number", "FR99732829320", "deux chiffres"),
        ("vat_number", "FR40303265045", "n’est pas celui du SIREN"),
        ("vat_number", "", "il faut le numéro de TVA"),
        ("creditor_identifier", "FR00ZZZ123456", "ne se vérifie pas"),
        ("vat_regime", "autre", "n’existe pas"),
    ],
)
def test_a_wrong_number_is_said_beside_its_field_and_nothing_is_lost(
    producer: Visitor, farm: Member, field: str, typed: str, reason: str
) -> None:
    page = producer.post(address(farm), data=SAID | {"bic": "AGRIFRPP", field: typed})
    assert page.status_code == 422
    assert reason in page.text
    assert f'id="f-{field}-error"' in page.text
    if field != "iban":
        assert IBAN in page.text
    assert billing(farm) is None


def test_the_mandate_is_given_by_a_clear_act(
    producer: Visitor, farm: Member, member: Member
) -> None:
    page = producer.post(address(farm, "/mandat"))
    assert page.status_code == 422
    assert "Cochez la case" in page.text
    assert billing(farm) is None
    assert producer.post(address(farm, "/mandat"), data={"agreed": "1"}).status_code == 302
    given = billing(farm)
    assert given is not None
    assert given.self_billing_since is not None
    assert given.self_billing_by_id == member.id
    assert "Confié à Freeco" in producer.get(address(farm)).text
    producer.post(address(farm, "/mandat/fin"))
    ended = billing(farm)
    assert ended is not None
    assert ended.self_billing_since is None


def test_receipts_rest_on_an_answer_and_a_day(producer: Visitor, farm: Member) -> None:
    where = address(farm, "/recus")
    assert producer.post(where, data={"gift_receipts_since": "2026-01-01"}).status_code == 422
    assert producer.post(where, data={"gift_receipts_proof": "Rescrit 12"}).status_code == 422
    both = {"gift_receipts_proof": "Rescrit 12", "gift_receipts_since": "2026-01-01"}
    assert producer.post(where, data=both).status_code == 302
    found = billing(farm)
    assert found is not None
    assert found.gift_receipts_since == date(2026, 1, 1)
    assert producer.post(where, data={}).status_code == 302
    found = billing(farm)
    assert found is not None
    assert found.gift_receipts_since is None


def test_saying_the_account_leaves_the_mandate_and_the_receipts_alone(
    producer: Visitor, farm: Member
) -> None:
    producer.post(address(farm, "/mandat"), data={"agreed": "1"})
    producer.post(address(farm), data=SAID)
    found = billing(farm)
    assert found is not None
    assert found.self_billing_since is not None


def others(community: Community, farm: Member) -> None:
    """Two more who keep the farm's money, one who does not, and the treasurer of the community."""
    assert farm.organisation is not None
    for name, role in (("Ana", Role.TREASURER), ("Luc", Role.COORDINATOR), ("Eve", Role.SECRETARY)):
        person = make_member(community, name, "Roux").person
        assert person is not None
        db.session.add(
            OrganisationRole(organisation=farm.organisation, person_id=person.id, role=role)
        )
    make_member(community, "Bernard", "Delpech", permissions=(TREASURER,))
    make_member(community, "Paul", "Gros")
    db.session.commit()


def told() -> dict[str, str]:
    db.session.rollback()
    found = {each.recipient: each.body for each in db.session.query(OutgoingMail)}
    db.session.query(OutgoingMail).delete()
    db.session.commit()
    return found


def test_another_account_is_told_at_once_to_the_others_who_keep_the_money(
    producer: Visitor, community: Community, farm: Member
) -> None:
    others(community, farm)
    producer.post(address(farm), data=SAID)
    assert set(told()) == {
        "ana.roux@example.org",
        "luc.roux@example.org",
        "bernard.delpech@example.org",
    }
    producer.post(address(farm), data=SAID | {"iban": OTHER_IBAN})
    letters = told()
    assert set(letters) == {
        "ana.roux@example.org",
        "luc.roux@example.org",
        "bernard.delpech@example.org",
    }
    for letter in letters.values():
        assert "Marie Dupont l’a changé le " in letter
        assert "Avant, il finissait par 0189." in letter
        assert "Maintenant, il finit par 2606." in letter
        assert "appelez tout de suite Marie Dupont" in letter
        assert "FR7630006000" not in letter
    assert f"/organisations/{farm.id}/facturation" in letters["ana.roux@example.org"]
    assert "/facturation" not in letters["bernard.delpech@example.org"]
    assert "prévenez votre banque" in letters["luc.roux@example.org"]


def test_the_same_account_said_again_is_told_to_nobody(
    producer: Visitor, community: Community, farm: Member
) -> None:
    producer.post(address(farm), data=SAID)
    others(community, farm)
    producer.post(address(farm), data=SAID | {"iban": IBAN.replace(" ", "")})
    producer.post(address(farm), data=SAID | {"iban": "FR76 mauvais"})
    assert told() == {}


def test_an_account_taken_away_and_put_back_is_told_each_time(
    producer: Visitor, community: Community, farm: Member
) -> None:
    others(community, farm)
    for iban, words in ((IBAN, "il n’y en avait pas"), ("", "il n’y en a plus"), (IBAN, "0189")):
        producer.post(address(farm), data=SAID | {"iban": iban})
        letters = told()
        assert len(letters) == 3
        assert all(words in letter for letter in letters.values())


def test_the_treasurers_of_every_community_it_is_in_are_told_and_each_person_once(
    producer: Visitor, community: Community, farm: Member
) -> None:
    others(community, farm)
    elsewhere = make_community("ailleurs", "Ailleurs")
    db.session.add(Member(community=elsewhere, organisation=farm.organisation))
    make_member(elsewhere, "Nina", "Bos", permissions=(TREASURER,))
    bernard = db.session.query(Person).filter_by(first_name="Bernard").one()
    seat = Member(community=elsewhere, person=bernard)
    db.session.add(seat)
    db.session.flush()
    grant(seat, TREASURER)
    db.session.commit()
    producer.post(address(farm), data=SAID)
    recipients = [each.recipient for each in db.session.query(OutgoingMail)]
    assert sorted(recipients) == [
        f"{name}@example.org" for name in ("ana.roux", "bernard.delpech", "luc.roux", "nina.bos")
    ]


@pytest.mark.parametrize("role", [None, Role.SECRETARY])
def test_the_account_does_not_exist_for_who_does_not_act_for_it(
    client: Visitor, community: Community, farm: Member, role: str | None
) -> None:
    say_billing(farm.organisation, iban=IBAN)  # type: ignore[arg-type]
    other = make_member(community, "Jean", "Martin")
    assert other.person is not None
    assert farm.organisation is not None
    if role is not None:
        db.session.add(
            OrganisationRole(organisation=farm.organisation, person_id=other.person.id, role=role)
        )
    db.session.commit()
    visitor = sign_in_as(client, other.person)
    assert visitor.get(address(farm)).status_code == 404
    for more in ("", "/mandat", "/mandat/fin", "/recus"):
        assert visitor.post(address(farm, more), data=SAID).status_code == 404
    found = billing(farm)
    assert found is not None
    assert found.vat_regime == VatRegime.FRANCHISE


def test_an_organisation_of_elsewhere_does_not_exist_here(
    producer: Visitor, farm: Member, member: Member
) -> None:
    elsewhere = make_community("ailleurs", "Ailleurs")
    db.session.add(Member(community=elsewhere, person=member.person))
    db.session.commit()
    assert producer.get(f"/ailleurs/organisations/{farm.id}/facturation").status_code == 404
