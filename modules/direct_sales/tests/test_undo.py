"""A wrong click is taken back from the sentence that announces it, and only once."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Member
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales import baskets, cheques, contracts, distributions
from freeco_direct_sales.models import (
    ChequeState,
    ContractState,
    Distribution,
    SeasonContract,
    Subscription,
)

Visit = Callable[[Member], Visitor]
Take = Callable[..., Subscription]
HERE = "/lavergne/direct-sales"
A_WHILE = 0.4


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


def test_undoing_twice_takes_one_step_back(
    subscription: Subscription, treasurer: Member, visiting: Visit
) -> None:
    browser = visiting(treasurer)
    (cheque,) = subscription.cheques
    step = f"/cheques/{cheque.id}"
    fill_in(browser, browser.get(f"{HERE}/cheques"), f"{step}/remis")
    fill_in(browser, browser.get(f"{HERE}/cheques?etat=held"), f"{step}/encaisse")
    page = browser.get(f"{HERE}/contrats")
    fill_in(browser, page, f"{step}/retour")
    fill_in(browser, page, f"{step}/retour")
    db.session.rollback()
    assert cheque.state == ChequeState.HELD


def test_two_clicks_at_once_take_one_step_back(
    app: Flask, subscription: Subscription, treasurer: Member, visiting: Visit
) -> None:
    browser = visiting(treasurer)
    (cheque,) = subscription.cheques
    cheque.state, cheque.handed_over_at, cheque.banked_at = ChequeState.BANKED, now(), now()
    db.session.commit()
    address = f"{HERE}/cheques/{cheque.id}/retour"
    with ThreadPoolExecutor(1) as pool:
        cheques.take_back(cheque)
        db.session.flush()
        second = pool.submit(browser.post, address, data={"de": ChequeState.BANKED.value})
        time.sleep(A_WHILE)
        db.session.commit()
        assert second.result().status_code == 302
    db.session.refresh(cheque)
    assert cheque.state == ChequeState.HELD


def test_what_was_taken_back_can_be_done_again(
    subscription: Subscription, treasurer: Member, visiting: Visit
) -> None:
    browser = visiting(treasurer)
    (cheque,) = subscription.cheques
    fill_in(browser, browser.get(f"{HERE}/cheques"), "/remis")
    page = browser.get(f"{HERE}/contrats")
    fill_in(browser, page, "/retour")
    fill_in(browser, browser.get(f"{HERE}/contrats"), "/remis")
    db.session.rollback()
    assert cheque.state == ChequeState.HELD


def test_subscriptions_closed_by_mistake_are_opened_again(
    vegetables: SeasonContract, browser: Visitor
) -> None:
    page = browser.get(f"{HERE}/contrats/{vegetables.id}/preparer")
    fill_in(browser, page, "/clore")
    fill_in(browser, browser.get(f"{HERE}/distributions"), "/ouvrir")
    db.session.rollback()
    assert vegetables.state == ContractState.OPEN
