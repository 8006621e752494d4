"""Ten thousand cheques are listed fifty at a time, and found by the household's name."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import insert

from freeco.db import db
from freeco.members.models import Member
from freeco.testing.visitor import Visitor
from freeco_direct_sales.models import Cheque, SeasonContract, Subscription

Visit = Callable[[Member], Visitor]
Take = Callable[..., Subscription]
HERE = "/lavergne/direct-sales"


def test_ten_thousand_cheques_hold_on_a_page_and_in_a_sum(
    vegetables: SeasonContract, member: Member, treasurer: Member, take: Take, visiting: Visit
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    rows = [
        {
            "subscription_id": done.id,
            "amount": done.total,
            "due_on": date(2027, 1, 1) + timedelta(days=number),
        }
        for number in range(9_999)
    ]
    db.session.execute(insert(Cheque), rows)
    db.session.commit()
    browser = visiting(treasurer)
    page = browser.get(f"{HERE}/cheques")
    assert page.text.count("<tr>") == 51
    assert "10000" in page.text
    assert "345" in page.text  # 345 000,00 € in all
    assert "?page=2" in page.text
    found = browser.get(f"{HERE}/cheques?etat=due&q=DUPONT&page=2")
    assert found.text.count("<tr>") == 51
    assert "q=DUPONT&amp;page=3" in found.text
    assert "Aucun foyer de ce nom" in browser.get(f"{HERE}/cheques?q=zzz").text
