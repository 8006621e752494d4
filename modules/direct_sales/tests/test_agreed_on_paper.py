"""What the contract says, to whom: the sums agreed, and no address before both have signed."""

from collections.abc import Callable
from io import BytesIO

import pytest
from pypdf import PdfReader

from freeco.db import db
from freeco.members.models import Member
from freeco.payments import steps
from freeco.testing.visitor import Visitor
from freeco_direct_sales import changing, contract_paper, contracts, distributions, subscriptions
from freeco_direct_sales.errors import ChequeHandedOver
from freeco_direct_sales.models import ContractKind, Producer, SeasonContract, Subscription

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
SMALL = {"Petit panier": 1}
HERE = "/lavergne/direct-sales"
STREET = "12 rue du Lavoir"


@pytest.fixture
def taken(vegetables: SeasonContract, member: Member, take: Take) -> Subscription:
    """Give Marie's subscription; she lives in the rue du Lavoir."""
    assert member.person is not None
    member.person.address = STREET
    return take(vegetables, member, SMALL)


def pdf(client: Visitor, subscription: Subscription) -> str:
    answer = client.get(f"{HERE}/souscriptions/{subscription.id}/contrat.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    return " ".join(text.replace("\u00a0", " ").split())


def test_the_household_reads_its_own_address(
    taken: Subscription, member: Member, visiting: Visit
) -> None:
    assert STREET in pdf(visiting(member), taken)


def test_the_farmer_reads_the_address_once_both_have_signed(
    taken: Subscription, farmer: Member, visiting: Visit
) -> None:
    assert STREET not in pdf(visiting(farmer), taken)
    subscriptions.sign_for_producer(taken, farmer)
    assert STREET in pdf(visiting(farmer), taken)


def test_coordinator_and_treasurer_read_no_address(
    taken: Subscription, farmer: Member, coordinator: Member, treasurer: Member, visiting: Visit
) -> None:
    subscriptions.sign_for_producer(taken, farmer)
    assert STREET not in pdf(visiting(coordinator), taken)
    assert STREET not in pdf(visiting(treasurer), taken)


def test_a_cancelled_delivery_stays_in_the_sums_and_is_named(taken: Subscription) -> None:
    distributions.cancel_delivery(contracts.deliveries_of(taken.contract)[0], "gel")
    db.session.flush()
    paper = contract_paper.contract_paper(taken, with_address=False)
    assert paper.total_text == "34,50\u00a0€"
    assert [product.total for product in paper.products] == ["34,50\u00a0€"]
    assert paper.exceptions == ("jeudi 5 novembre 2026\u00a0: pas de livraison (gel)",)


def test_what_changed_after_the_signatures_is_said(taken: Subscription) -> None:
    first = contracts.deliveries_of(taken.contract)[0]
    changing.change_delivery(taken, first, {taken.contract.products[0].id: 0})
    db.session.flush()
    taken.subscribed_at = taken.subscribed_at.replace(year=2025)
    (said,) = contract_paper.contract_paper(taken, with_address=False).exceptions
    assert said.endswith("Petit panier\u00a0: 1 → 0")


def test_a_cheque_somebody_keeps_is_given_back_before_withdrawing(
    taken: Subscription, treasurer: Member
) -> None:
    (cheque,) = taken.payments
    steps.receive(cheque, treasurer)
    with pytest.raises(ChequeHandedOver):
        subscriptions.withdraw(taken)
    steps.step_back(cheque, treasurer)
    subscriptions.withdraw(taken)
    assert taken.withdrawn_at is not None


@pytest.mark.parametrize("act", ["relire", "repeter", "revenir", "signer"])
def test_a_draft_is_absent_for_members_whatever_they_send(
    act: str, producer: Producer, member: Member, visiting: Visit
) -> None:
    draft = contracts.create_contract(
        producer,
        "Secret",
        ContractKind.FIXED,
        producer.created_at.date(),
        producer.created_at.date(),
    )
    client = visiting(member)
    assert client.post(f"{HERE}/contrats/{draft.id}/{act}").status_code == 404
