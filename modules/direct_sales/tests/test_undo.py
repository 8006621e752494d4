"""A wrong click is taken back from the sentence that announces it, and only once."""

from collections.abc import Callable, Sequence

import pytest

from freeco.db import db
from freeco.members.models import Member
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales import baskets, contracts, distributions
from freeco_direct_sales.models import (
    ContractState,
    Distribution,
    SeasonContract,
    Subscription,
)

Visit = Callable[[Member], Visitor]
Take = Callable[..., Subscription]
HERE = "/lavergne/direct-sales"


@pytest.fixture
def subscription(vegetables: SeasonContract, member: Member, take: Take) -> Subscription:
    """Give one small basket each Thursday, paid in one cheque."""
    return take(vegetables, member, {"Petit panier": 1})


@pytest.fixture
def browser(visiting: Visit, coordinator: Member) -> Visitor:
    """Give the coordinator's browser."""
    return visiting(coordinator)


def test_a_cancelled_delivery_is_restored_from_the_sentence_that_says_so(
    subscription: Subscription, thursdays: Sequence[Distribution], browser: Visitor
) -> None:
    evening = f"{HERE}/distributions/{thursdays[0].id}"
    fill_in(browser, browser.get(evening), "/annuler", {"reason": "gel"})
    elsewhere = browser.get(f"{HERE}/contrats")
    fill_in(browser, elsewhere, "/retablir")
    db.session.rollback()
    (delivery,) = distributions.deliveries_at(thursdays[0])
    assert delivery.cancelled_at is None


def test_a_changed_basket_goes_back_to_what_it_was(
    subscription: Subscription, browser: Visitor
) -> None:
    delivery = contracts.deliveries_of(subscription.contract)[0]
    address = f"{HERE}/souscriptions/{subscription.id}/livraisons/{delivery.id}"
    name = f"q-{delivery.id}-{subscription.contract.products[0].id}"
    changed = fill_in(browser, browser.get(address), address, {name: "3"})
    fill_in(browser, browser.get(changed.location), address)
    db.session.rollback()
    assert baskets.dates_of(subscription)[0].products == [("Petit panier", 1)]


def test_subscriptions_closed_by_mistake_are_opened_again(
    vegetables: SeasonContract, browser: Visitor
) -> None:
    page = browser.get(f"{HERE}/contrats/{vegetables.id}/preparer")
    fill_in(browser, page, "/clore")
    fill_in(browser, browser.get(f"{HERE}/distributions"), "/ouvrir")
    db.session.rollback()
    assert vegetables.state == ContractState.OPEN
