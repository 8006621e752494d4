"""Seventeen Thursdays are not typed one by one: the first date's choice is repeated."""

from collections.abc import Callable

from freeco.db import db
from freeco.members.models import Member
from freeco.testing.forms import form_of
from freeco.testing.visitor import Visitor
from freeco_direct_sales.models import Delivery, SeasonContract, Subscription

Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"


def fields(contract: SeasonContract, product: int) -> list[str]:
    deliveries = db.session.query(Delivery).filter_by(contract_id=contract.id).order_by(Delivery.id)
    return [f"q-{each.id}-{contract.products[product].id}" for each in deliveries]


def test_the_first_date_s_choice_is_repeated_at_every_date(
    bread: SeasonContract, member: Member, visiting: Visit
) -> None:
    client = visiting(member)
    loaves, brioches = fields(bread, 0), fields(bread, 1)
    typed = {loaves[0]: "2", brioches[0]: "", loaves[1]: "5", "cheques": "3"}
    page = client.post(f"{HERE}/contrats/{bread.id}/repeter", data=typed)
    assert page.status_code == 200
    shown = form_of(page, "/relire").values
    assert [shown[name] for name in loaves] == [["2"]] * 3
    assert [shown[name] for name in brioches] == [["0"]] * 3
    assert db.session.query(Subscription).count() == 0


def test_a_choice_that_cannot_be_is_shown_beside_its_field(
    bread: SeasonContract, member: Member, visiting: Visit
) -> None:
    client = visiting(member)
    page = client.post(
        f"{HERE}/contrats/{bread.id}/repeter", data={fields(bread, 0)[0]: "deux", "cheques": "1"}
    )
    assert page.status_code == 422
    assert "Un nombre entier est attendu." in page.text
