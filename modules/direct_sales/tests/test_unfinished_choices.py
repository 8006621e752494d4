"""A session that ends between choosing a basket and sending it loses no choice."""

from collections.abc import Callable, Sequence

from werkzeug.test import TestResponse

from freeco.db import db
from freeco.members import accounts
from freeco.members.models import Member
from freeco.testing.forms import fill_in, form_of
from freeco.testing.visitor import Visitor
from freeco_direct_sales import contracts
from freeco_direct_sales.models import ContractKind, Distribution, Product, SeasonContract

Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
PASSWORD = "la-rivière-est-haute-ce-soir"


def come_back(
    client: Visitor, member: Member, page: str, address: str, values: dict[str, list[str]]
) -> TestResponse:
    """Send a form signed out, sign in again, and return the page that shows what was written."""
    assert member.person is not None
    accounts.set_password(member.person, PASSWORD)
    db.session.commit()
    with client.session_transaction() as session:
        session["number"] = -1  # signed out everywhere meanwhile
    headers = {"Sec-Fetch-Site": "same-origin", "Referer": f"http://localhost{page}"}
    asked = client.post(address, data=values, token=False, headers=headers)
    typed = {"email": member.person.email or "", "password": PASSWORD}
    back = fill_in(client, client.get(asked.location), "/connexion", typed)
    return client.get(back.location)


def test_quantities_come_back_under_the_names_of_the_products(
    vegetables: SeasonContract, member: Member, visiting: Visit
) -> None:
    client, page = visiting(member), f"{HERE}/contrats/{vegetables.id}"
    name = f"q-{vegetables.products[0].id}"
    values = form_of(client.get(page), "/relire").values | {name: ["2"]}
    shown = come_back(client, member, page, f"{page}/relire", values)
    assert vegetables.products[0].name in shown.text
    review = fill_in(client, shown, "/relire")
    assert form_of(review, "/signer").values[name] == ["2"]


def test_boxes_of_one_name_all_come_back(
    vegetables: SeasonContract,
    thursdays: Sequence[Distribution],
    products: Sequence[Product],
    coordinator: Member,
    visiting: Visit,
) -> None:
    contract = contracts.create_contract(
        vegetables.producer,
        "Été « d’ailleurs »",
        ContractKind.FIXED,
        vegetables.season_start,
        vegetables.season_end,
    )
    db.session.commit()
    client, page = visiting(coordinator), f"{HERE}/contrats/{contract.id}/preparer"
    values = form_of(client.get(page), "/contenu").values | {
        "products": [str(each.id) for each in products],
        "distributions": [str(each.id) for each in thursdays[:2]],
    }
    shown = come_back(client, coordinator, page, page.replace("preparer", "contenu"), values)
    fill_in(client, shown, "/contenu")
    db.session.rollback()
    assert len(contract.products) == 2
    assert len(contracts.deliveries_of(contract)) == 2
