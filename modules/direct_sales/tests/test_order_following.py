"""After the closing, as pages without JavaScript: what comes, weights, telephone, letters."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from marshmallow import ValidationError
from sqlalchemy import select
from werkzeug.test import TestResponse

from freeco.clock import held_at
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.payments.models import Payment
from freeco.testing.forms import Typed, fill_in
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders import favourites, order_notices, sessions
from freeco_direct_sales.orders.amounts import order_total
from freeco_direct_sales.orders.following_schemas import read_weight
from freeco_direct_sales.orders.models import Order, OrderSession, SessionState
from freeco_direct_sales.orders.placing import Want

Buy = Callable[..., Order]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
FRIDAY = datetime(2026, 11, 6, 9, tzinfo=UTC)


def send(visitor: Visitor, page: TestResponse, address: str, values: Typed) -> TestResponse:
    """Fill in the form of a page that goes to an address, and follow where it leads."""
    answer = fill_in(visitor, page, address, values)
    return visitor.get(answer.location) if answer.status_code == 302 else answer


def plain(answer: TestResponse) -> str:
    return " ".join(answer.text.replace("\u00a0", " ").replace("\u202f", " ").split())


def letters() -> list[str]:
    db.session.flush()
    found = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id))
    return [mail.body.replace("\u00a0", " ").replace("\u202f", " ") for mail in found]


def number(shop: OrderSession, name: str) -> int:
    return next(each.id for each in shop.offers if each.name == name)


def got(order: Order) -> dict[str, int | None]:
    db.session.expire_all()
    return {line.offer.name: line.allotted for line in order.lines}


def close(shop: OrderSession) -> None:
    sessions.close(shop)
    db.session.commit()


def test_what_comes_is_said_in_one_form_and_who_gets_less_is_told_why(
    visiting: Visit,
    shop: OrderSession,
    buy: Buy,
    coordinator: Member,
    producer: Producer,
    member: Member,
    neighbour: Member,
) -> None:
    mine, theirs = buy(member, Poireaux=4), buy(neighbour, Poireaux=Want(3), Poulet=1)
    close(shop)
    awa = visiting(coordinator)
    follow = awa.get(f"{HERE}/sessions/{shop.id}/suivi")
    assert "7 bottes" in plain(follow)
    here = f"/sessions/{shop.id}/suivi/{producer.id}"
    page = awa.get(f"{HERE}{here}")
    typed = {f"o-{number(shop, 'Poireaux')}": "5", f"o-{number(shop, 'Poulet')}": "1"}
    done = send(awa, page, here, typed)
    assert "2 foyers ont moins que prévu" in plain(done) or "1 foyer a moins" in plain(done)
    assert got(mine) == {"Poireaux": 3}
    assert got(theirs) == {"Poireaux": 2, "Poulet": None}
    assert "3 sur 4" in plain(done)
    assert shop.state == SessionState.ALLOTTED
    assert any("Poireaux : 3 au lieu de 4" in each for each in letters())
    before = len(letters())
    send(awa, awa.get(f"{HERE}{here}"), here, typed)
    assert len(letters()) == before


def test_a_number_that_is_none_is_said_beside_its_field_and_nothing_is_shared_out(
    visiting: Visit,
    shop: OrderSession,
    buy: Buy,
    producer: Producer,
    farmer: Member,
    member: Member,
) -> None:
    order = buy(member, Poireaux=4)
    close(shop)
    denis = visiting(farmer)
    here = f"/sessions/{shop.id}/suivi/{producer.id}"
    page = send(denis, denis.get(f"{HERE}{here}"), here, {f"o-{number(shop, 'Poireaux')}": "-2"})
    assert page.status_code == 422
    assert got(order) == {"Poireaux": None}


def test_a_producer_sees_their_own_part_only(
    visiting: Visit,
    shop: OrderSession,
    buy: Buy,
    producer: Producer,
    bakery: Producer,
    farmer: Member,
    member: Member,
    elsewhere: Community,
) -> None:
    buy(member, Poireaux=2, Pain=1)
    close(shop)
    denis = visiting(farmer)
    assert "2 bottes" in plain(denis.get(f"{HERE}/sessions/{shop.id}/suivi/{producer.id}"))
    assert denis.get(f"{HERE}/sessions/{shop.id}/suivi/{bakery.id}").status_code == 404
    for address in ("suivi", "commandes", "telephone"):
        assert denis.get(f"{HERE}/sessions/{shop.id}/{address}").status_code in (403, 404)
    there = make_member(elsewhere, "Luc", "Faure", permissions=("direct_sales.coordinate",))
    luc = visiting(there)
    for address in (f"suivi/{producer.id}", "suivi", "commandes"):
        found = luc.get(f"/ailleurs/direct-sales/sessions/{shop.id}/{address}")
        assert found.status_code == 404
    marie = visiting(member)
    assert marie.get(f"{HERE}/sessions/{shop.id}/suivi/{producer.id}").status_code == 404
    assert (
        marie.get(f"{HERE}/distributions/{shop.pickups[0].distribution_id}/pesee").status_code
        == 404
    )


def test_a_product_is_withdrawn_with_one_choice_for_all_and_exceptions(
    visiting: Visit,
    shop: OrderSession,
    buy: Buy,
    coordinator: Member,
    member: Member,
    neighbour: Member,
) -> None:
    mine, theirs = buy(member, Poulet=1), buy(neighbour, Poulet=2)
    awa = visiting(coordinator)
    here = f"/sessions/{shop.id}/offres/{number(shop, 'Poulet')}/retirer"
    page = awa.get(f"{HERE}{here}")
    refused = send(awa, page, here, {"reason": "Le renard"})
    assert "Dites ce que devient chaque commande" in refused.text
    assert got(mine) == {"Poulet": None}
    typed = {
        "reason": "Le renard",
        "fate": str(number(shop, "Pain")),
        f"l-{theirs.lines[0].id}": "keep",
    }
    done = send(awa, page, here, typed)
    assert "1 foyer prévenu" in plain(done)
    assert got(mine) == {"Poulet": 0, "Pain": None}
    assert got(theirs) == {"Poulet": None}
    (letter,) = letters()
    assert "Poulet : ne viendra pas (Le renard)" in letter
    assert "Pain : 1, à la place de : Poulet" in letter


def test_weights_are_saved_all_or_none_with_errors_beside_their_fields(
    visiting: Visit,
    shop: OrderSession,
    buy: Buy,
    farmer: Member,
    member: Member,
    neighbour: Member,
) -> None:
    mine, theirs = buy(member, Poulet=1), buy(neighbour, Poulet=1)
    close(shop)
    denis = visiting(farmer)
    here = f"/distributions/{shop.pickups[0].distribution_id}/pesee"
    first, second = (f"w-{each.lines[0].id}" for each in (mine, theirs))
    page = denis.get(f"{HERE}{here}")
    wrong = send(denis, page, here, {first: "1,735", second: "lourd"})
    assert wrong.status_code == 422
    assert f'id="f-{second}-error"' in wrong.text
    assert 'value="1,735"' in wrong.text
    db.session.expire_all()
    assert [line.weighed_grams for line in mine.lines] == [None]
    done = send(denis, wrong, here, {first: "1,735", second: "2010 g"})
    assert "Tout est pesé" in done.text
    db.session.expire_all()
    assert (mine.lines[0].weighed_grams, theirs.lines[0].weighed_grams) == (1735, 2010)
    assert order_total(mine).cents == 2238


def test_two_people_at_the_scales_do_not_rub_out_each_other(
    visiting: Visit,
    shop: OrderSession,
    buy: Buy,
    volunteer: Member,
    member: Member,
    neighbour: Member,
) -> None:
    mine, theirs = buy(member, Poulet=1), buy(neighbour, Poulet=1)
    close(shop)
    rose = visiting(volunteer)
    here = f"/distributions/{shop.pickups[0].distribution_id}/pesee"
    one, other = rose.get(f"{HERE}{here}"), rose.get(f"{HERE}{here}")
    send(rose, one, here, {f"w-{mine.lines[0].id}": "1700"})
    send(rose, other, here, {f"w-{theirs.lines[0].id}": "1800"})
    db.session.expire_all()
    assert (mine.lines[0].weighed_grams, theirs.lines[0].weighed_grams) == (1700, 1800)


@pytest.mark.parametrize(
    ("typed", "grams"),
    [("1735", 1735), ("1,735", 1735), ("1.7", 1700), ("2 kg", 2000), ("850 g", 850), ("0", 0)],
)
def test_a_weight_is_read_as_people_write_it(app: object, typed: str, grams: int) -> None:
    assert read_weight(typed) == grams


@pytest.mark.parametrize("typed", ["2", "1,5 g", "-3", "1,2345", "deux", "9999999", "²"])
def test_a_weight_that_could_mean_two_things_is_asked_again(app: object, typed: str) -> None:
    with pytest.raises(ValidationError):
        read_weight(typed)


def test_a_household_without_computer_orders_by_telephone_and_is_written_to(
    visiting: Visit, shop: OrderSession, coordinator: Member, member: Member
) -> None:
    awa = visiting(coordinator)
    household = households.household_of(member)
    db.session.commit()
    chosen = awa.get(f"{HERE}/sessions/{shop.id}/telephone?q=marie")
    assert household.name in chosen.text
    here = f"/sessions/{shop.id}/telephone/{household.id}"
    page = awa.get(f"{HERE}{here}")
    typed = {f"q-{number(shop, 'Pain')}": "2", "pickup": str(shop.pickups[0].id)}
    for _click in range(2):
        done = send(awa, page, here, typed)
    assert done.status_code == 200
    order = db.session.scalars(select(Order)).one()
    assert (order.household_id, order.by_phone, order.placed_by_id) == (
        household.id,
        True,
        coordinator.id,
    )
    (letter,) = letters()
    assert "notée par téléphone" in letter
    assert "2 × Pain" in letter


def test_each_form_taken_is_told_once_and_a_change_again(
    visiting: Visit, shop: OrderSession, member: Member
) -> None:
    marie = visiting(member)
    here = f"/commandes/{shop.id}"
    for many in ("1", "3"):
        page = marie.get(f"{HERE}{here}")
        typed = {f"q-{number(shop, 'Poulet')}": many, "pickup": str(shop.pickups[0].id)}
        send(marie, page, here, typed)
        send(marie, page, here, typed)
    first, second = letters()
    assert "1 × Poulet" in first
    assert "environ 69,66 €" in second


def test_who_has_a_usual_basket_and_has_not_ordered_is_reminded_once(
    shop: OrderSession, buy: Buy, member: Member, neighbour: Member, community: Community
) -> None:
    for each in (member, neighbour):
        favourites.keep(buy(each, Pain=1))
    order = db.session.scalars(select(Order).order_by(Order.id)).first()
    assert order is not None
    order.cancelled_at = order.placed_at
    db.session.commit()
    order_notices.tell_closing(community)
    assert letters() == []
    with held_at(datetime(2026, 11, 3, 8, tzinfo=UTC)):
        order_notices.tell_closing(community)
        order_notices.tell_closing(community)
    (letter,) = letters()
    assert f"/direct-sales/commandes/{shop.id}?panier=habituel" in letter


def test_who_ordered_from_a_producer_who_does_not_come_is_told(
    shop: OrderSession, buy: Buy, member: Member
) -> None:
    order = buy(member, Pain=2, Poireaux=1)
    order.lines[0].allotted = 0
    order_notices.tell_closed(shop.id)
    (letter,) = letters()
    assert "ne viendra pas" in letter


def test_the_amounts_are_fixed_on_one_page_and_told(
    visiting: Visit, shop: OrderSession, buy: Buy, coordinator: Member, member: Member
) -> None:
    order = buy(member, Poulet=1, Pain=1)
    close(shop)
    sessions.weigh(order.lines[0], 1735)
    db.session.commit()
    awa = visiting(coordinator)
    here = f"{HERE}/sessions/{shop.id}/suivi"
    assert "/regler" not in awa.get(here).text
    with held_at(FRIDAY):
        page = awa.get(here)
        done = send(awa, page, f"/sessions/{shop.id}/regler", {})
        assert "1 commande sont fixés" in plain(done) or "1 commande" in plain(done)
        again = awa.post(f"{here.removesuffix('/suivi')}/regler", follow_redirects=True)
    assert again.status_code == 200
    assert [each.amount.cents for each in db.session.scalars(select(Payment))] == [2238, 520]
    assert any("22,38 €" in each for each in letters())
    assert "22,38" in plain(awa.get(f"{HERE}/sessions/{shop.id}/commandes/{order.id}"))
    own = visiting(member).get(f"{HERE}/commandes/{shop.id}/ma-commande")
    assert "Voir mes paiements" in own.text
