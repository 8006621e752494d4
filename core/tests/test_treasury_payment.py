"""One payment in the treasurer’s hands: bounced, refunded, recalled; wiped with a rehearsal."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from freeco.accounting.audit import check
from freeco.accounting.recording import book_of
from freeco.db import db
from freeco.first_run.rehearsal import rehearse
from freeco.first_run.wiping import wipe
from freeco.members.households import household_of
from freeco.members.models import TREASURER, Community, Member
from freeco.money import Money
from freeco.notifications.models import Notice
from freeco.organisations.billing import Billing
from freeco.organisations.models import Organisation
from freeco.payments import steps
from freeco.payments.models import Method, Payment, PaymentStep, RemittanceSlip, State
from freeco.payments.parties import party_of
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_member
from freeco.testing.noon import DAY
from freeco.testing.payments import note, organisation, payment, undo_fields
from freeco.testing.people import sign_in_as

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def treasurer(community: Community) -> Member:
    return make_member(community, "Bernard", "Delpech", permissions=(TREASURER,))


@pytest.fixture
def bernard(client: Visitor, treasurer: Member) -> Visitor:
    assert treasurer.person is not None
    return sign_in_as(client, treasurer.person)


@pytest.fixture
def farm(community: Community) -> Organisation:
    return organisation(community, "Ferme du Pré")


def test_a_bounced_cheque_is_noted_with_its_fee_and_owed_again(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    cheque = payment(community, farm)
    note(bernard, "a-recevoir", "recu", [cheque])
    note(bernard, "a-encaisser", "bordereau", [cheque])
    address = f"/lavergne/tresorerie/paiements/{cheque.id}"
    answer = bernard.post(f"{address}/impaye", data={"raison": "no_funds", "frais": "12,50"})
    assert answer.status_code == 302
    page = bernard.get(address).text
    assert "provision insuffisante" in page
    again = db.session.scalars(select(Payment).where(Payment.replaces_id == cheque.id)).one()
    assert "Il remplace" in bernard.get(f"/lavergne/tresorerie/paiements/{again.id}").text
    bernard.post("/lavergne/tresorerie/annuler", data=undo_fields(page))
    db.session.expire_all()
    assert (cheque.state, again.state) == ("settled", "cancelled")
    assert check(book_of(farm, community)).faults == ()


def test_a_refund_is_noted_once_and_never_beyond_what_was_paid(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    found = payment(community, farm, method=Method.TRANSFER)
    note(bernard, "a-recevoir", "recu", [found])
    address = f"/lavergne/tresorerie/paiements/{found.id}"
    fields = {"montant": "15,00", "moyen": "transfer", "cle": "once"}
    for _click in range(2):
        assert bernard.post(f"{address}/rembourser", data=fields).status_code == 302
    answer = bernard.post(f"{address}/rembourser", data=fields | {"montant": "30", "cle": "more"})
    assert answer.status_code == 409
    assert "dépasse ce qui reste" in answer.text
    db.session.expire_all()
    assert found.refunded == Money(1500)
    assert "15,00" in bernard.get(address).text


def test_the_means_is_changed_and_changed_back(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    found = payment(community, farm)
    address = f"/lavergne/tresorerie/paiements/{found.id}/moyen"
    bernard.post(address, data={"moyen": "cash"})
    db.session.expire_all()
    assert found.method == "cash"
    note(bernard, "a-recevoir", "recu", [found])
    assert found.state == State.SETTLED
    assert bernard.post(address, data={"moyen": "cheque"}).status_code == 409


def test_who_is_overdue_is_reminded_once_a_week(
    bernard: Visitor, community: Community, farm: Organisation, member: Member
) -> None:
    late = payment(community, farm, due_on=DAY - timedelta(days=3))
    late.payer = party_of(household_of(member))
    nobody = payment(community, farm, "Seul", DAY - timedelta(days=2))
    db.session.commit()
    page = note(bernard, "en-retard", "relance", [late, nobody])
    assert "1 rappel est parti." in page
    assert "relancé cette semaine" in page
    assert "Aucun rappel" in note(bernard, "en-retard", "relance", [late, nobody])
    notice = db.session.scalars(select(Notice)).one()
    assert notice.member_id == member.id
    assert "40,00" in notice.subject
    assert notice.url == f"/lavergne/mes-paiements/{late.id}"
    answer = bernard.post(f"/lavergne/tresorerie/paiements/{late.id}/relancer")
    assert answer.status_code == 302
    assert db.session.scalar(select(func.count(Notice.id))) == 1


def test_a_wiped_rehearsal_takes_its_payments_slips_and_accounts_along(
    community: Community, farm: Organisation, member: Member
) -> None:
    real = payment(community, farm)
    copy = rehearse(Plugins(), community, "fr")
    invented = organisation(copy, "Ferme inventée")
    by = db.session.scalars(
        select(Member).where(Member.community_id == copy.id, Member.person_id.is_not(None))
    ).first()
    assert by is not None
    db.session.add(Billing(organisation=invented, self_billing_by=by))
    last = payment(copy, invented)
    for _bounce in range(3):
        steps.receive(last, by, on=DAY)
        steps.bank([last], DAY, by)
        again = steps.fail(last, last.created_at, "no_funds", by=by)
        assert again is not None
        last = again
    steps.given_back(_settled(last, by), Money(100), "k", last.created_at)
    db.session.add(Billing(organisation=organisation(copy, "Fournil inventé")))
    db.session.commit()
    wipe(copy)
    db.session.commit()
    assert db.session.scalars(select(Payment.id)).all() == [real.id]
    for model in (RemittanceSlip, PaymentStep, Billing):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    names = db.session.scalars(select(Organisation.name)).all()
    assert not [each for each in names if "inventé" in each]


def _settled(last: Payment, by: Member) -> Payment:
    steps.change_method(last, Method.TRANSFER)
    steps.receive(last, by, on=DAY)
    return last


def test_money_given_back_goes_by_a_way_that_exists(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    paid = payment(community, farm, method=Method.CASH)
    note(bernard, "a-recevoir", "recu", [paid])
    address = f"/lavergne/tresorerie/paiements/{paid.id}/rembourser"
    for means in ("card", "debit"):
        data = {"montant": "10,00", "moyen": means, "cle": f"key-{means}"}
        assert bernard.post(address, data=data).status_code == 409
    db.session.expire_all()
    assert paid.refunded == Money(0)
    data = {"montant": "10,00", "moyen": "cash", "cle": "key"}
    assert bernard.post(address, data=data).status_code == 302


def test_a_payment_is_not_left_to_a_way_that_is_not_ready(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    due = payment(community, farm)
    address = f"/lavergne/tresorerie/paiements/{due.id}/moyen"
    for means in ("card", "debit"):
        assert bernard.post(address, data={"moyen": means}).status_code == 409
    db.session.expire_all()
    assert due.method == Method.CHEQUE


def test_what_an_address_says_of_addresses_is_not_followed(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    due = payment(community, farm)
    data = {"choisis": str(due.id), "faire": "recu", "le": DAY.isoformat()}
    asked = "dossier=a-recevoir&_external=1&_scheme=ftp&endpoint=x&_method=Y&community=ailleurs"
    answer = bernard.post(f"/lavergne/tresorerie?{asked}", data=data)
    assert answer.location == "/lavergne/tresorerie?dossier=a-recevoir"


def test_what_a_provider_knows_is_not_noted_unpaid_by_hand(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    under_way = payment(community, farm, method=Method.CARD)
    steps.begin(under_way, Method.CARD)
    db.session.commit()
    address = f"/lavergne/tresorerie/paiements/{under_way.id}/impaye"
    assert bernard.post(address, data={"raison": "no_funds", "frais": "0"}).status_code == 409
    db.session.expire_all()
    assert under_way.state == State.PENDING
