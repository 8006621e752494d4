from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members import households
from freeco.members.models import Member
from freeco.money import Money
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales import contracts
from freeco_direct_sales.contracting import lending
from freeco_direct_sales.contracting.models import ContractRules
from freeco_direct_sales.models import (
    Delivery,
    Producer,
    SeasonContract,
    Subscription,
)

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"


def foresee(contract: SeasonContract, **values: Any) -> None:
    """Write what a contract that is open already foresees: drafts only may, on the site."""
    db.session.add(ContractRules(contract_id=contract.id, **values))
    db.session.commit()


def deliveries(subscription: Subscription) -> Sequence[Delivery]:
    return contracts.deliveries_of(subscription.contract)


@pytest.fixture
def subscription(vegetables: SeasonContract, member: Member, take: Take) -> Subscription:
    """Give two small baskets each Thursday: 69 €."""
    return take(vegetables, member, {"Petit panier": 2})


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_coordinator_writes_what_a_draft_foresees(
    producer: Producer, coordinator: Member, visiting: Visit
) -> None:
    draft = contracts.create_contract(
        producer, "Œufs", contracts.ContractKind.FREE, date(2026, 11, 1), date(2027, 3, 31)
    )
    client = visiting(coordinator)
    address = f"{HERE}/contrats/{draft.id}/regles"
    typed = {"most_skips": "2", "edit_days": "3", "least_per_date": "4,50", "may_move": "1"}
    sent = fill_in(client, client.get(address), "/regles", typed)
    assert sent.status_code == 302
    page = client.get(sent.location)
    assert "2 jokers par foyer, à poser au moins 2 jours avant" in plain(page.text)
    assert "4,50 €" in plain(page.text)


def test_a_household_skips_in_one_button_and_undoes_it(
    subscription: Subscription, member: Member, visiting: Visit
) -> None:
    foresee(subscription.contract, most_skips=1, skip_rule="credited")
    client = visiting(member)
    address = f"{HERE}/souscriptions/{subscription.id}"
    first = deliveries(subscription)[0]
    skipped = fill_in(client, client.get(address), f"/{first.id}/joker", {})
    assert "joker posé, le panier n’est pas dû" in client.get(skipped.location).text
    page = client.get(address)
    back = fill_in(client, page, "/annuler", {})
    assert back.status_code == 302
    db.session.refresh(subscription)
    assert subscription.total == Money(6900)


def test_a_basket_goes_from_hand_to_hand_on_the_site(
    subscription: Subscription,
    member: Member,
    neighbour: Member,
    client: Visitor,
    visiting: Visit,
) -> None:
    theirs = households.household_of(neighbour)
    db.session.commit()
    first = deliveries(subscription)[0]
    mine = visiting(member)
    address = f"{HERE}/souscriptions/{subscription.id}/livraisons/{first.id}/autrement"
    typed = {"household": str(theirs.id), "kind": "lent"}
    assert fill_in(mine, mine.get(address), "/proposer", typed).status_code == 302
    (letter,) = db.session.query(OutgoingMail).filter(OutgoingMail.subject.contains("propose"))
    assert "vous prête son panier" in letter.body
    other = visiting(neighbour)
    home = other.get(f"{HERE}/")
    assert "vous propose son panier" in home.text
    (absence,) = lending.proposals_to(theirs)
    page = other.get(f"{HERE}/paniers-proposes/{absence.id}")
    assert fill_in(other, page, "/accepter", {}).status_code == 302
    assert db.session.query(OutgoingMail).filter(OutgoingMail.subject.contains("prend")).count()


def test_another_household_does_not_touch_my_basket(
    subscription: Subscription, neighbour: Member, visiting: Visit
) -> None:
    first = deliveries(subscription)[0]
    client = visiting(neighbour)
    address = f"{HERE}/souscriptions/{subscription.id}/livraisons/{first.id}"
    assert client.get(f"{address}/autrement").status_code == 404
    assert client.get(f"{address}/quantites").status_code == 404


def test_a_household_changes_its_loaves_on_the_site(
    bread: SeasonContract, member: Member, take: Take, visiting: Visit
) -> None:
    foresee(bread, edit_days=2, least_per_date=Money(500))
    mine = take(bread, member, {"Pain de campagne": 1})
    first = contracts.deliveries_of(bread)[0]
    client = visiting(member)
    address = f"{HERE}/souscriptions/{mine.id}/livraisons/{first.id}/quantites"
    loaf, brioche = (f"q-{first.id}-{each.id}" for each in bread.products)
    refused = fill_in(client, client.get(address), "/quantites", {loaf: "0", brioche: "1"})
    assert refused.status_code == 422
    assert "au moins 5,00 €" in plain(refused.text)
    assert fill_in(client, client.get(address), "/quantites", {loaf: "2"}).status_code == 302
    db.session.refresh(mine)
    assert mine.total == Money(4 * 520)
