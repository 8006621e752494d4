"""Cost price on pages: its household reads it, and every other page and list stays as it was."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from freeco.clock import held_at
from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.notifications.models import Notice
from freeco.testing.forms import fill_in
from freeco.testing.payments import organisation
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import sheets
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.orders import order_notices, sessions, settling
from freeco_direct_sales.orders.models import Offer, Order, OrderSession
from freeco_direct_sales.solidarity import admitting, applying, cost_lines, declaring, giving
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.declaring import Said
from freeco_direct_sales.solidarity.models import Source
from freeco_direct_sales.telling import closing as telling_closing

Buy = Callable[..., Order]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
SHARE = f"{HERE}/solidarite"
FRIDAY = datetime(2026, 11, 6, 9, tzinfo=UTC)


def words(answer: TestResponse) -> str:
    """Return the page with plain spaces."""
    return " ".join(answer.text.replace("\u00a0", " ").replace("\u202f", " ").split())


def seen(answer: TestResponse) -> tuple[object, ...]:
    """Return all that somebody receives, but for what is drawn anew with each page."""
    assert answer.status_code == 200, answer.status
    kept = sorted(
        (name, value)
        for name, value in answer.headers
        if name not in {"Set-Cookie", "ETag", "Date"}
    )
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
            return (kept, [(each, file.read(each)) for each in file.namelist()])
    text = re.sub(r'(name="(?:csrf_token|key)" value=)"[^"]*"', r"\1", answer.text)
    return (kept, text)


def on_paper(answer: TestResponse) -> list[str]:
    """Return the texts of a page that print, in order."""
    page = html.fromstring(answer.text)
    for each in page.xpath("//*[contains(concat(' ', @class, ' '), ' screen-only ')]"):
        each.drop_tree()
    return [text for each in page.itertext() if (text := each.strip())]


def offer(shop: OrderSession, name: str) -> Offer:
    return next(each for each in shop.offers if each.name == name)


@pytest.fixture
def held(community: Community, shop: OrderSession) -> OrderSession:
    """Give the shop, and a pool with 50 €."""
    pools.entrust(community, organisation(community, "Les Amis").id, Money(0))
    giving.note(community, Source.GIFT, Money(5000), "cash", "first")
    db.session.commit()
    return shop


def at_cost(shop: OrderSession, reader: Member, member: Member) -> None:
    """Sell leeks at 1,75 € instead of 2,50 € to that member's household."""
    cost_lines.set_price(offer(shop, "Poireaux"), Money(175), 4)
    household = households.household_of(member)
    declaring.declare(household, member, Said(Money(900_000), 1, 0))
    admitting.admit(reader, household)
    db.session.commit()


def test_a_household_reads_its_own_price_in_the_shop_and_in_its_order(
    visiting: Visit, held: OrderSession, buy: Buy, reader: Member, member: Member
) -> None:
    at_cost(held, reader, member)
    marie = visiting(member)
    page = words(marie.get(f"{HERE}/commandes/{held.id}"))
    assert "Pour votre foyer : 1,75 €, si la caisse le permet (4 au plus)." in page
    buy(member, Poireaux=2)
    page = words(marie.get(f"{HERE}/commandes/{held.id}/ma-commande"))
    assert re.search("Payé par la caisse, si elle le permet.*1,50 €", page)
    assert re.search("Vous réglerez alors.*3,50 €", page)


def test_what_a_household_prints_of_its_order_says_nothing_of_it(
    visiting: Visit, held: OrderSession, buy: Buy, reader: Member, member: Member
) -> None:
    buy(member, Poireaux=2)
    marie = visiting(member)
    pages = [f"{HERE}/commandes/{held.id}", f"{HERE}/commandes/{held.id}/ma-commande"]
    before = [on_paper(marie.get(each)) for each in pages]
    at_cost(held, reader, member)
    assert [on_paper(marie.get(each)) for each in pages] == before


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("neighbour", "direct-sales/commandes/{session}"),
        ("neighbour", "direct-sales/commandes"),
        ("neighbour", "direct-sales/commandes/{session}/ma-commande"),
        ("neighbour", "direct-sales/solidarite"),
        ("neighbour", "direct-sales/solidarite/prix-coutant"),
        ("coordinator", "direct-sales/sessions/{session}"),
        ("coordinator", "direct-sales/sessions/{session}/suivi"),
        ("coordinator", "direct-sales/sessions/{session}/commandes"),
        ("coordinator", "direct-sales/sessions/{session}/commandes/{order}"),
        ("coordinator", "direct-sales/sessions/{session}/telephone"),
        ("coordinator", "direct-sales/sessions/{session}/telephone/{household}"),
        ("coordinator", "direct-sales/sessions/{session}/listes/foyers.csv"),
        ("coordinator", "direct-sales/sessions/{session}/listes/foyers.xlsx"),
        ("coordinator", "direct-sales/sessions/{session}/listes/foyers.ods"),
        ("coordinator", "direct-sales/sessions/{session}/listes/produits.csv"),
        ("coordinator", "direct-sales/distributions/{evening}"),
        ("coordinator", "direct-sales/distributions/{evening}/emargement"),
        ("coordinator", "direct-sales/solidarite/caisse"),
        ("coordinator", ""),
        ("volunteer", "direct-sales/distributions/{evening}/pesee"),
        ("volunteer", "direct-sales/distributions/{evening}/table"),
        ("farmer", "direct-sales/sessions/{session}/suivi/{producer}"),
        ("farmer", "direct-sales/producteurs/{producer}/saison"),
        ("farmer", "direct-sales/distributions/{evening}/recolte/{producer}"),
        ("treasurer", "direct-sales/sessions/{session}/commandes/{order}"),
        ("neighbour", "api/direct-sales/order-sessions/{session}"),
        ("farmer", "api/direct-sales/dfc/enterprises/{producer}/orders"),
        ("neighbour", "api/direct-sales/dfc/sale_sessions/{session}"),
    ],
)
def test_nobody_else_receives_anything_different(
    request: pytest.FixtureRequest,
    visiting: Visit,
    held: OrderSession,
    buy: Buy,
    reader: Member,
    member: Member,
    neighbour: Member,
    producer: Producer,
    thursdays: Sequence[Distribution],
    who: str,
    path: str,
) -> None:
    order = buy(member, Poireaux=2, Poulet=1)
    buy(neighbour, Poireaux=2)
    sheet = str(sheets.sign_off_sheet(thursdays[0]))
    numbers = {
        "session": held.id,
        "order": order.id,
        "household": order.household_id,
        "evening": thursdays[0].id,
        "producer": producer.id,
    }
    api = path.removeprefix("api/")
    address = f"/api/lavergne/{api}" if api != path else f"/lavergne/{path}"
    client = visiting(request.getfixturevalue(who))
    before = seen(client.get(address.format(**numbers)))
    assert before == seen(client.get(address.format(**numbers)))
    at_cost(held, reader, member)
    assert seen(client.get(address.format(**numbers))) == before
    assert str(sheets.sign_off_sheet(thursdays[0])) == sheet


def test_an_order_typed_at_the_telephone_is_at_everybody_s_price_and_settled_at_its_own(
    visiting: Visit, held: OrderSession, reader: Member, member: Member, coordinator: Member
) -> None:
    at_cost(held, reader, member)
    household = households.household_of(member)
    awa = visiting(coordinator)
    here = f"{HERE}/sessions/{held.id}/telephone/{household.id}"
    page = awa.get(here)
    done = fill_in(
        awa, page, f"/telephone/{household.id}", {f"q-{offer(held, 'Poireaux').id}": "2"}
    )
    assert "1,75" not in words(page) + words(awa.get(done.location))
    sessions.close(held)
    with held_at(FRIDAY):
        (order,) = settling.ready(held)
        assert list(cost_lines.to_pay(settling.settle_order(order)).values()) == [Money(350)]


def test_after_settling_the_letter_says_what_is_to_pay_and_the_treasurer_reads_no_reason(
    visiting: Visit,
    held: OrderSession,
    buy: Buy,
    reader: Member,
    member: Member,
    neighbour: Member,
    treasurer: Member,
) -> None:
    at_cost(held, reader, member)
    mine = buy(member, Poireaux=2)
    buy(neighbour, Poireaux=2)
    sessions.close(held)
    with held_at(FRIDAY):
        for each in settling.ready(held):
            order_notices.tell_settled(each, settling.settle_order(each))
        db.session.commit()
        told = db.session.scalars(
            select(Notice).where(
                Notice.member_id == member.id, Notice.topic == order_notices.ORDER_SETTLED.name
            )
        ).one()
        assert "3,50" in told.body
        assert not re.search("caisse|coûtant|solidaire", told.subject + told.body)
        paul = visiting(treasurer)
        page = words(paul.get(f"{HERE}/sessions/{held.id}/commandes/{mine.id}"))
        assert not re.search("caisse|coûtant|solid", page.split("<main", 1)[1].split("</main")[0])
        own = words(visiting(member).get("/lavergne/mes-paiements"))
        assert "3,50 €" in own


def test_no_letter_to_anybody_else_tells_of_it(
    opened: None,
    held: OrderSession,
    buy: Buy,
    reader: Member,
    member: Member,
    neighbour: Member,
    farmer: Member,
    coordinator: Member,
) -> None:
    at_cost(held, reader, member)
    order = buy(member, Poireaux=2)
    order_notices.tell_ordered(order)
    sessions.close(held)
    order_notices.tell_closed(held.id)
    telling_closing.tell_closed(held.id)
    with held_at(FRIDAY):
        order_notices.tell_settled(order, settling.settle_order(order))
        applying.grant_waiting(held.community)
    told = db.session.scalars(select(Notice)).all()
    assert {each.member_id for each in told} >= {member.id, farmer.id}
    assert not [
        each
        for each in told
        if re.search("caisse|coûtant|solidaire|1,75", each.subject + each.body)
    ]


def test_the_coordinator_says_a_cost_price_on_the_page_of_the_offer(
    visiting: Visit, held: OrderSession, coordinator: Member
) -> None:
    awa = visiting(coordinator)
    leeks = offer(held, "Poireaux")
    here = f"/sessions/{held.id}/offres/{leeks.id}"
    page = awa.get(HERE + here)
    refused = fill_in(awa, page, here, {"cost_price": "3,00"})
    assert refused.status_code == 422
    assert "d’un centime au prix" in words(refused)
    fill_in(awa, page, here, {"cost_price": "1,75", "cost_most": "6"})
    found = cost_lines.prices([leeks.id])[leeks.id]
    assert (found.price, found.most, found.offer.price) == (Money(175), 6, Money(250))
    assert 'value="1,75"' in awa.get(HERE + here).text
    fill_in(awa, awa.get(HERE + here), here, {"cost_price": ""})
    assert cost_lines.prices([leeks.id]) == {}


def test_a_reader_prints_codes_and_a_household_types_one(
    visiting: Visit, held: OrderSession, reader: Member, member: Member, community: Community
) -> None:
    ines = visiting(reader)
    page = ines.get(f"{SHARE}/codes")
    done = fill_in(ines, page, "/codes", {"giver": "Mme Bonnet", "many": "2"})
    again = fill_in(ines, page, "/codes", {"giver": "Mme Bonnet", "many": "2"})
    assert again.location == done.location
    sheet = ines.get(done.location)
    codes = re.findall(r'class="code">([A-Z0-9]{5} [A-Z0-9]{5})<', sheet.text)
    assert len(codes) == 2
    assert "Bonnet" not in sheet.text.split("<main")[1]
    marie = visiting(member)
    page = marie.get(f"{SHARE}/prix-coutant")
    wrong = fill_in(marie, page, "/code", {"code": "AAAAA AAAAA"})
    assert wrong.status_code == 422
    assert "n’est pas valable" in words(wrong)
    fill_in(marie, page, "/code", {"code": codes[0].lower()})
    assert "jusqu’au" in words(marie.get(f"{SHARE}/prix-coutant"))
    ines = visiting(reader)
    assert "un code de" in words(ines.get(f"{SHARE}/codes"))
    assert codes[0] not in ines.get(done.location).text


def test_a_household_declares_and_a_reader_admits_it_then_ends_it(
    visiting: Visit, held: OrderSession, reader: Member, member: Member
) -> None:
    marie = visiting(member)
    page = marie.get(f"{SHARE}/prix-coutant")
    fill_in(marie, page, "/declarer", {"income": "9600", "adults": "1", "children": "1"})
    household = households.household_of(member)
    ines = visiting(reader)
    fill_in(ines, ines.get(f"{SHARE}/declarations"), f"/admissions/{household.id}", {})
    assert admitting.admission_of(household) is not None
    ines.post(f"{SHARE}/admissions/{household.id}/retirer")
    assert admitting.admission_of(household) is None


def test_a_coordinator_who_does_not_read_sees_neither_codes_nor_who_is_admitted(
    visiting: Visit, held: OrderSession, coordinator: Member, member: Member
) -> None:
    awa = visiting(coordinator)
    household = households.household_of(member)
    assert awa.get(f"{SHARE}/codes").status_code == 403
    for deed in (f"{household.id}", f"{household.id}/retirer"):
        assert awa.post(f"{SHARE}/admissions/{deed}").status_code == 403


def test_a_reader_who_has_not_sworn_is_led_to_promise(
    visiting: Visit, held: OrderSession, community: Community
) -> None:
    fresh = make_member(community, "Luc", "Petit", permissions=("direct_sales.solidarity_reader",))
    answer = visiting(fresh).get(f"{SHARE}/codes")
    assert answer.location.endswith("/solidarite/declarations")
