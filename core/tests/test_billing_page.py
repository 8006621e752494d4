"""How an organisation is paid: said by those who act for it, checked, and nothing typed lost."""

from datetime import date

import pytest

from freeco.db import db
from freeco.members.models import Community, Member
from freeco.organisations.being_paid import say_billing
from freeco.organisations.billing import Billing, VatRegime
from freeco.organisations.models import Organisation, OrganisationRole, Role
from freeco.testing import Visitor, make_community, make_member, sign_in_as

IBAN = "FR76 3000 6000 0112 3456 7890 189"
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
