"""Services: rendered at a date agreed, never weighed, owed once both say that it was done."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest
from werkzeug.test import TestResponse

from freeco.accounting import audit, ledger
from freeco.clock import held_at
from freeco.db import db
from freeco.kernel import kernel
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.billing import Billing, VatRegime
from freeco.payments.models import Payment
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue, contracts, harvest_lists, sales, sellers, subscriptions
from freeco_direct_sales.growing import services
from freeco_direct_sales.growing.errors import NeitherOfTheTwo, ServiceAlreadyDone
from freeco_direct_sales.growing.season import season_of
from freeco_direct_sales.growing.services import Ordered
from freeco_direct_sales.models import (
    ContractKind,
    Distribution,
    Producer,
    Product,
    SeasonContract,
    Subscription,
)
from freeco_direct_sales.orders import placing, preparing, sessions, settling
from freeco_direct_sales.orders.errors import ServiceByWeight
from freeco_direct_sales.orders.models import Order, OrderSession, Pricing
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.orders.settling_models import OrderSale
from freeco_direct_sales.sheets import sign_off_sheet

Visit = Callable[[Member], Visitor]
Take = Callable[..., Subscription]
HERE = "/lavergne/direct-sales"
FRIDAY = datetime(2026, 11, 6, 9, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 5, 9, tzinfo=UTC)


@pytest.fixture
def horse(producer: Producer) -> Product:
    """Give an hour of the horse's work, at 45 €, VAT at 20 %."""
    found = catalogue.add_product(
        producer,
        "Cheval de trait",
        Money(4500),
        unit="hour",
        vat_basis_points=2000,
        is_service=True,
    )
    db.session.commit()
    return found


@pytest.fixture
def order(shop: OrderSession, horse: Product, member: Member) -> Order:
    """Give Marie's order of two hours and two bunches of leeks, the session closed."""
    preparing.offer(shop, horse, Terms(Money(4500)))
    offers = {each.name: each.id for each in shop.offers}
    wants = {offers["Cheval de trait"]: Want(2), offers["Poireaux"]: Want(2)}
    household = households.household_of(member)
    placed = placing.place(shop, household, member, wants, shop.pickups[0].id, key="one").order
    db.session.commit()
    sessions.close(shop)
    db.session.commit()
    return placed


def found(community: Community, member: Member) -> Ordered:
    (service,) = services.ordered_by(community, member)
    return service


def cents(producer: Producer, *accounts: str) -> int:
    return sum(ledger.balance(sellers.book(producer), each).cents for each in accounts)


def test_a_service_is_not_on_the_table_and_weighs_nothing(
    order: Order, producer: Producer, thursdays: Sequence[Distribution]
) -> None:
    harvest = harvest_lists.harvest_list(thursdays[0], producer)
    assert [(each.product, each.quantity) for each in harvest.lines] == [
        ("Poireaux", "2\u00a0bottes")
    ]
    assert "À rendre à une date convenue\u00a0: Cheval de trait (2\u00a0heures)" in harvest.notices
    sheet = sign_off_sheet(thursdays[0])
    assert "Cheval" not in str(sheet.rows)


def test_goods_are_settled_without_waiting_for_the_service(
    order: Order, producer: Producer, community: Community, member: Member
) -> None:
    with held_at(FRIDAY):
        settling.settle_order(order)
        db.session.commit()
        assert [each.amount for each in db.session.query(Payment)] == [Money(500)]
        whole = season_of(producer).whole
        assert (whole.promised, whole.estimated) == (Money(9500), Money(9000))
        assert whole.delivered == Money(500)


def test_a_service_is_owed_once_both_have_said_it_was_done(
    order: Order, producer: Producer, community: Community, member: Member, farmer: Member
) -> None:
    services.agree_on(found(community, member), date(2026, 11, 5), member)
    with held_at(FRIDAY):
        services.say_done(found(community, member), member)
        assert db.session.query(OrderSale).count() == 0
        for _again in range(2):
            services.say_done(found(community, farmer), farmer)
        settling.settle_order(order)
        settling.settle_order(order)
        db.session.commit()
        amounts = sorted(each.amount.cents for each in db.session.query(Payment))
        assert amounts == [500, 9000]
        assert (cents(producer, "706"), cents(producer, "701")) == (-9000, -500)
        whole = season_of(producer).whole
        assert (whole.promised, whole.delivered, whole.estimated) == (
            Money(9500),
            Money(9500),
            Money(0),
        )
        assert whole.coming.cents == cents(producer, "411")
        assert audit.check(sellers.book(producer)).faults == ()
        with pytest.raises(ServiceAlreadyDone):
            services.agree_on(found(community, member), date(2026, 11, 9), member)


def test_who_charges_vat_charges_the_service_s_own_rate(
    order: Order, producer: Producer, community: Community, member: Member, farmer: Member
) -> None:
    billing = Billing(organisation=sellers.seller(producer), vat_regime=VatRegime.CHARGED)
    db.session.add(billing)
    db.session.commit()
    with held_at(FRIDAY):
        services.say_done(found(community, member), member)
        services.say_done(found(community, farmer), farmer)
        assert (cents(producer, "706"), cents(producer, "44571")) == (-7500, -1500)


def test_nobody_else_says_that_it_was_done(
    order: Order, community: Community, member: Member, neighbour: Member, coordinator: Member
) -> None:
    assert services.ordered_by(community, neighbour) == []
    with pytest.raises(NeitherOfTheTwo):
        services.say_done(found(community, coordinator), coordinator)
    with pytest.raises(NeitherOfTheTwo):
        services.agree_on(found(community, coordinator), date(2026, 11, 9), coordinator)


def test_who_coordinates_speaks_for_who_ordered_by_telephone(
    order: Order, community: Community, coordinator: Member, farmer: Member
) -> None:
    order.by_phone = True
    db.session.commit()
    with held_at(FRIDAY):
        services.say_done(found(community, coordinator), coordinator)
        services.say_done(found(community, farmer), farmer)
    assert db.session.query(OrderSale).one().amount == Money(9000)


def test_work_is_not_offered_by_weight(shop: OrderSession, horse: Product) -> None:
    with pytest.raises(ServiceByWeight):
        preparing.offer(shop, horse, Terms(Money(4500), Pricing.WEIGHT, grams=1000))


def test_a_contract_s_service_is_listed_apart_and_sold_as_a_service(
    producer: Producer,
    horse: Product,
    products: Sequence[Product],
    thursdays: Sequence[Distribution],
    member: Member,
    take: Take,
    community: Community,
) -> None:
    contract = contracts.create_contract(
        producer, "Panier et cheval", ContractKind.FIXED, date(2026, 11, 1), date(2027, 3, 31)
    )
    contracts.set_products(contract, [products[0], horse])
    contracts.set_deliveries(contract, thursdays)
    contracts.open_contract(contract)
    done = take(contract, member, {"Petit panier": 1, "Cheval de trait": 1})
    subscriptions.record_paper_signature(done)
    harvest = harvest_lists.harvest_list(thursdays[0], producer)
    assert [each.product for each in harvest.lines] == ["Petit panier"]
    said = "À rendre, rien à apporter\u00a0: Cheval de trait (1\u00a0heure)"
    assert said in harvest.notices
    with held_at(DECEMBER):
        sales.sell_due(community)
        assert (cents(producer, "706"), cents(producer, "701")) == (-13500, -3450)


@pytest.fixture
def work(producer: Producer, horse: Product, thursdays: Sequence[Distribution]) -> SeasonContract:
    """Give a draft whose dates are set, and nothing else yet."""
    found = contracts.create_contract(
        producer, "Le cheval au jardin", ContractKind.FIXED, date(2026, 11, 1), date(2027, 3, 31)
    )
    contracts.set_deliveries(found, thursdays)
    db.session.commit()
    return found


def test_a_draft_says_what_it_lacks_before_it_opens(
    work: SeasonContract, coordinator: Member, visiting: Visit
) -> None:
    awa, page = visiting(coordinator), f"{HERE}/contrats/{work.id}"
    assert "Il manque encore au moins un produit, ou un service" in awa.get(f"{page}/preparer").text
    refused = awa.post(f"{page}/ouvrir")
    assert refused.status_code == 409
    assert "au moins un produit ou un service, et une date" in refused.text


def test_a_contract_may_hold_services_alone_from_the_draft_to_the_sale(
    work: SeasonContract,
    horse: Product,
    thursdays: Sequence[Distribution],
    producer: Producer,
    member: Member,
    coordinator: Member,
    community: Community,
    visiting: Visit,
) -> None:
    awa, page = visiting(coordinator), f"{HERE}/contrats/{work.id}"
    chosen = {"products": str(horse.id), "distributions": [str(each.id) for each in thursdays]}
    assert awa.post(f"{page}/contenu", data=chosen).status_code == 302
    assert "Il manque encore" not in awa.get(f"{page}/preparer").text
    assert awa.post(f"{page}/ouvrir").status_code == 302
    marie = visiting(member)
    shop = marie.get(page)
    assert "Choisir mes services" in shop.text
    assert "panier" not in main_of(shop)
    (row,) = work.products
    review = fill_in(marie, shop, "/relire", {f"q-{row.id}": "2", "cheques": "1"})
    assert "Rien n’est à retirer" in review.text
    assert "panier" not in main_of(review)
    signed = fill_in(marie, review, "/signer", {"agreed": "1"})
    assert signed.status_code == 302
    (done,) = db.session.query(Subscription)
    assert done.total == Money(3 * 2 * 4500)
    subscriptions.record_paper_signature(done)
    db.session.commit()
    assert marie.get(signed.location).status_code == 200
    assert not sign_off_sheet(thursdays[0]).rows
    harvest = harvest_lists.harvest_list(thursdays[0], producer)
    assert not harvest.lines
    assert "À rendre, rien à apporter\u00a0: Cheval de trait (2\u00a0heures)" in harvest.notices
    with held_at(DECEMBER):
        sales.sell_due(community)
        db.session.commit()
        assert (cents(producer, "706"), cents(producer, "701")) == (-27000, 0)
        assert audit.check(sellers.book(producer)).faults == ()


def main_of(page: TestResponse) -> str:
    """Return a page's own words, without the way to other pages."""
    (found,) = re.findall(r"<h1.*</main>", page.text, re.DOTALL)
    return str(found)


def test_the_two_agree_on_a_day_and_say_it_is_done_on_the_page(
    order: Order, member: Member, farmer: Member, neighbour: Member, visiting: Visit
) -> None:
    line = next(each for each in order.lines if each.offer.product.is_service)
    marie = visiting(member)
    assert "Cheval de trait" in marie.get(f"{HERE}/services").text
    wrong = marie.post(f"{HERE}/services/{line.id}/date", data={"agreed_on": "demain"})
    assert wrong.status_code == 422
    marie.post(f"{HERE}/services/{line.id}/date", data={"agreed_on": "2026-11-20"})
    assert "20 novembre 2026" in marie.get(f"{HERE}/services").text
    with held_at(DECEMBER):
        assert marie.post(f"{HERE}/services/{line.id}/fait").status_code == 302
        assert "fait selon le foyer" in marie.get(f"{HERE}/services").text
        assert visiting(farmer).post(f"{HERE}/services/{line.id}/fait").status_code == 302
        assert "fait, montant fixé" in visiting(farmer).get(f"{HERE}/services").text
    assert visiting(neighbour).post(f"{HERE}/services/{line.id}/fait").status_code == 404
    goods = next(each for each in order.lines if not each.offer.product.is_service)
    assert marie.post(f"{HERE}/services/{goods.id}/fait").status_code == 404


def test_a_service_is_typed_by_hand_and_weighs_nothing(
    producer: Producer, coordinator: Member, member: Member, visiting: Visit
) -> None:
    address = f"{HERE}/producteurs/{producer.id}/produits"
    sent = {"name": "Affûtage", "price": "8", "unit": "session", "vat": "20", "service": "1"}
    refused = visiting(coordinator).post(address, data=sent | {"grams": "200"})
    assert refused.status_code == 422
    assert "Un service ne pèse rien" in refused.text
    assert visiting(coordinator).post(address, data=sent).status_code == 302
    (typed,) = catalogue.products_of(producer)
    assert (typed.is_service, typed.unit, typed.grams) == (True, "session", None)
    page = visiting(member).get(f"{HERE}/producteurs/{producer.id}").text
    assert "Ses services" in page
    assert "séance" in page


def test_another_community_s_service_is_absent(
    order: Order, elsewhere: Community, member: Member, visiting: Visit
) -> None:
    line = next(each for each in order.lines if each.offer.product.is_service)
    order.session.community_id = elsewhere.id
    db.session.commit()
    assert visiting(member).post(f"{HERE}/services/{line.id}/fait").status_code == 404


def test_the_household_is_asked_once_the_farm_says_that_it_is_done(
    order: Order, community: Community, member: Member, farmer: Member, visiting: Visit
) -> None:
    assert "service rendu" not in visiting(member).get("/lavergne/").text
    with held_at(FRIDAY):
        services.say_done(found(community, farmer), farmer)
        db.session.commit()
        assert "1 service rendu\u00a0?" in visiting(member).get("/lavergne/").text
        services.say_done(found(community, member), member)
        db.session.commit()
        assert "service rendu" not in visiting(member).get("/lavergne/").text


def test_what_a_household_knows_of_its_services_is_given_to_it(
    order: Order, community: Community, member: Member
) -> None:
    services.agree_on(found(community, member), date(2026, 11, 20), member)
    db.session.commit()
    exported = str(kernel().plugins.export(member))
    assert "'agreed_on': '2026-11-20'" in exported
