from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members import households
from freeco.members.models import Community, Member, Person
from freeco.money import Money
from freeco.payments import steps
from freeco.testing.forms import fill_in, form_of
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import baskets, contracts, subscriptions
from freeco_direct_sales.models import ContractProduct, SeasonContract, Subscription

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"


def words(answer: TestResponse) -> str:
    """Return the page with plain spaces."""
    return " ".join(answer.text.replace("\u00a0", " ").replace("\u202f", " ").split())


def field(product: ContractProduct) -> str:
    return f"q-{product.id}"


def all_subscriptions() -> list[Subscription]:
    db.session.rollback()
    return db.session.query(Subscription).order_by(Subscription.id).all()


def order(
    client: Visitor, contract: SeasonContract, typed: dict[str, str], cheques: str = "1"
) -> TestResponse:
    """Choose, read again and sign; return the last answer."""
    page = client.get(f"{HERE}/contrats/{contract.id}")
    review = fill_in(client, page, "/relire", typed | {"cheques": cheques})
    return fill_in(client, review, "/signer", {"agreed": "1"})


def test_a_member_finds_the_open_contract_on_the_first_page(
    vegetables: SeasonContract, member: Member, visiting: Visit
) -> None:
    page = visiting(member).get(f"{HERE}/")
    assert page.status_code == 200
    assert "Légumes d’hiver" in page.text
    assert f"{HERE}/contrats/{vegetables.id}" in page.text


def test_reading_again_shows_what_signing_commits_to_and_writes_nothing(
    vegetables: SeasonContract, member: Member, visiting: Visit
) -> None:
    client = visiting(member)
    page = client.get(f"{HERE}/contrats/{vegetables.id}")
    typed = {field(vegetables.products[0]): "2", "cheques": "3"}
    review = fill_in(client, page, "/relire", typed)
    assert review.status_code == 200
    assert "69,00 €" in words(review)
    assert words(review).count("23,00 €") >= 3
    assert all_subscriptions() == []


def test_a_member_orders_without_javascript(
    vegetables: SeasonContract, member: Member, visiting: Visit
) -> None:
    small, large = vegetables.products
    signed = order(visiting(member), vegetables, {field(small): "2", field(large): "1"}, "2")
    (done,) = all_subscriptions()
    assert signed.status_code == 302
    assert signed.location.endswith(f"/souscriptions/{done.id}")
    assert done.total == Money(3 * (2 * 1150 + 1800))
    assert [each.amount for each in done.payments] == [Money(6150), Money(6150)]
    assert (done.household_signed_by, done.household_signed_way) == ("Marie Dupont", "online")


def test_the_contract_refers_to_the_charter_the_member_accepted(
    vegetables: SeasonContract, member: Member, visiting: Visit
) -> None:
    client = visiting(member)
    signed = order(client, vegetables, {field(vegetables.products[0]): "1"})
    (done,) = all_subscriptions()
    assert done.charter_text_id is not None
    assert done.code in client.get(signed.location).text


def test_a_member_orders_date_by_date(
    bread: SeasonContract, member: Member, visiting: Visit
) -> None:
    first, _second, third = contracts.coming_deliveries(bread)
    loaf, brioche = bread.products
    typed = {f"q-{first.id}-{loaf.id}": "2", f"q-{third.id}-{brioche.id}": "1"}
    order(visiting(member), bread, typed)
    (done,) = all_subscriptions()
    assert [each.products for each in baskets.dates_of(done)] == [
        [("Pain de campagne", 2)],
        [("Brioche", 1)],
    ]


def test_a_double_click_makes_one_subscription(
    vegetables: SeasonContract, member: Member, visiting: Visit
) -> None:
    client = visiting(member)
    page = client.get(f"{HERE}/contrats/{vegetables.id}")
    review = fill_in(client, page, "/relire", {field(vegetables.products[0]): "1"})
    first = fill_in(client, review, "/signer", {"agreed": "1"})
    second = fill_in(client, review, "/signer", {"agreed": "1"})
    assert first.location == second.location
    assert len(all_subscriptions()) == 1


def test_nothing_is_signed_before_the_box_is_ticked(
    vegetables: SeasonContract, member: Member, visiting: Visit
) -> None:
    client = visiting(member)
    page = client.get(f"{HERE}/contrats/{vegetables.id}")
    name = field(vegetables.products[0])
    review = fill_in(client, page, "/relire", {name: "2", "cheques": "2"})
    again = fill_in(client, review, "/signer")
    assert again.status_code == 422
    assert "Cochez la case" in again.text
    assert form_of(again, "/signer").values[name] == ["2"]
    assert all_subscriptions() == []


def test_going_back_from_the_review_gives_the_basket_as_it_was(
    vegetables: SeasonContract, member: Member, visiting: Visit
) -> None:
    client = visiting(member)
    page = client.get(f"{HERE}/contrats/{vegetables.id}")
    name = field(vegetables.products[1])
    review = fill_in(client, page, "/relire", {name: "3", "cheques": "4"})
    back = fill_in(client, review, "/revenir")
    values = form_of(back, "/relire").values
    assert (values[name], values["cheques"]) == (["3"], ["4"])


def test_an_empty_basket_is_given_back_with_its_reason(
    vegetables: SeasonContract, member: Member, visiting: Visit
) -> None:
    client = visiting(member)
    page = client.get(f"{HERE}/contrats/{vegetables.id}")
    refused = fill_in(client, page, "/relire", {"cheques": "5"})
    assert refused.status_code == 422
    assert "Choisissez au moins un produit." in refused.text
    assert form_of(refused, "/relire").values["cheques"] == ["5"]


def test_the_last_place_taken_meanwhile_is_said_and_nothing_is_written(
    vegetables: SeasonContract,
    community: Community,
    member: Member,
    take: Take,
    visiting: Visit,
) -> None:
    client = visiting(member)
    page = client.get(f"{HERE}/contrats/{vegetables.id}")
    review = fill_in(client, page, "/relire", {field(vegetables.products[0]): "1"})
    for name in ("Un", "Deux"):
        take(vegetables, make_member(community, name), {"Petit panier": 1})
    refused = fill_in(client, review, "/signer", {"agreed": "1"})
    assert refused.status_code == 409
    assert "Toutes les places de ce contrat sont prises." in refused.text
    assert len(all_subscriptions()) == 2


def test_a_proxy_signs_for_the_person_served(
    vegetables: SeasonContract, community: Community, member: Member, visiting: Visit
) -> None:
    ines = Person(first_name="Inès", last_name="Roy")
    db.session.add(ines)
    db.session.flush()
    served = make_member(community, person=ines)
    ines.proxy = member.person
    client = visiting(member)
    with client.session_transaction() as session:
        session["acting_for"] = served.id
    order(client, vegetables, {field(vegetables.products[0]): "1"})
    (done,) = all_subscriptions()
    assert done.household_signed_by == "Marie Dupont, pour Inès Roy"
    assert done.household_id == households.household_of(served).id


def test_the_farmer_countersigns_and_both_then_reach_each_other(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take, visiting: Visit
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    address = f"{HERE}/souscriptions/{done.id}"
    assert "05 65 00 00 01" not in visiting(member).get(address).text
    client = visiting(farmer)
    page = client.get(address)
    assert "marie@example.org" not in page.text
    assert fill_in(client, page, "/signer").status_code == 302
    assert "marie@example.org" in client.get(address).text
    assert "05 65 00 00 01" in visiting(member).get(address).text
    assert all_subscriptions()[0].producer_signed_by == "Denis Couderc"


def test_the_household_is_written_to_when_the_farmer_signs(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take, visiting: Visit
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    client = visiting(farmer)
    fill_in(client, client.get(f"{HERE}/souscriptions/{done.id}"), "/signer")
    assert [mail.recipient for mail in db.session.query(OutgoingMail)] == ["marie@example.org"]


def test_the_farmer_finds_what_to_sign_on_the_first_page(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take, visiting: Visit
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    assert f"/souscriptions/{done.id}" in visiting(farmer).get(f"{HERE}/").text


def test_a_household_gives_its_place_back_by_a_form(
    vegetables: SeasonContract, member: Member, take: Take, visiting: Visit
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    client = visiting(member)
    page = client.get(f"{HERE}/souscriptions/{done.id}")
    assert fill_in(client, page, "/retirer").status_code == 302
    assert all_subscriptions()[0].withdrawn_at is not None


def test_a_payment_is_said_to_the_household_and_to_the_farmer_as_everywhere_else(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take, visiting: Visit
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    subscriptions.sign_for_producer(done, farmer)
    db.session.commit()
    address = f"{HERE}/souscriptions/{done.id}"
    assert ">À payer<" in visiting(member).get(address).text
    assert ">À recevoir<" in visiting(farmer).get(address).text
    steps.receive(done.payments[0], farmer)
    db.session.commit()
    assert ">Chèque donné<" in visiting(member).get(address).text
    assert ">En caisse<" in visiting(farmer).get(address).text


def test_a_signed_contract_offers_no_way_back(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take, visiting: Visit
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    subscriptions.sign_for_producer(done, farmer)
    client = visiting(member)
    assert "/retirer" not in client.get(f"{HERE}/souscriptions/{done.id}").text
    assert client.post(f"{HERE}/souscriptions/{done.id}/retirer").status_code == 409
    assert all_subscriptions()[0].withdrawn_at is None


def test_a_member_who_has_not_accepted_the_charter_does_not_sign(
    vegetables: SeasonContract, community: Community, person: Person, visiting: Visit
) -> None:
    newcomer = Member(community=community, person=person)
    db.session.add(newcomer)
    client = visiting(newcomer)
    data = {field(vegetables.products[0]): "1", "cheques": "1", "agreed": "1"}
    assert client.post(f"{HERE}/contrats/{vegetables.id}/signer", data=data).status_code == 403
    assert all_subscriptions() == []


def test_a_forged_form_signs_nothing(
    vegetables: SeasonContract, member: Member, visiting: Visit
) -> None:
    data = {field(vegetables.products[0]): "1", "cheques": "1", "agreed": "1"}
    client = visiting(member)
    address = f"{HERE}/contrats/{vegetables.id}/signer"
    assert client.post(address, data=data, token=False).status_code == 400
    assert all_subscriptions() == []


@pytest.mark.parametrize("signed", [False, True])
def test_a_contract_is_given_as_pdf(
    vegetables: SeasonContract,
    member: Member,
    farmer: Member,
    take: Take,
    visiting: Visit,
    signed: bool,
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    if signed:
        subscriptions.sign_for_producer(done, farmer)
    answer = visiting(member).get(f"{HERE}/souscriptions/{done.id}/contrat.pdf")
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF")
