"""A producer's page: promised, received, due, to the cent; for who acts for it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.members.households import household_of
from freeco.members.models import Community, Member
from freeco.module import Ref, RefLabel
from freeco.money import Money
from freeco.organisations.models import Organisation, OrganisationRole, Role
from freeco.payments import producer, steps
from freeco.payments.models import Method, Payment
from freeco.payments.parties import party_of
from freeco.payments.producer import Sums
from freeco.testing import Visitor, make_community, make_member
from freeco.testing.noon import DAY
from freeco.testing.people import sign_in_as

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def farm(community: Community) -> Member:
    found = Member(
        community=community, organisation=Organisation(kind="independent", name="Ferme du Pré")
    )
    db.session.add(found)
    db.session.commit()
    return found


@pytest.fixture
def denis(community: Community, farm: Member) -> Member:
    denis = make_member(community, "Denis", "Couderc")
    assert denis.person_id is not None
    assert farm.organisation is not None
    db.session.add(
        OrganisationRole(
            organisation=farm.organisation, person_id=denis.person_id, role=Role.PRODUCER
        )
    )
    db.session.commit()
    return denis


def payment(
    farm: Member,
    member: Member,
    cents: int,
    due_on: date = DAY,
    purpose: str = "garden:row:1",
    method: Method = Method.CHEQUE,
) -> Payment:
    assert farm.organisation is not None
    payer = party_of(household_of(member))
    found = steps.expect(
        farm.community, farm.organisation, payer, purpose, Money(cents), due_on, method
    )
    db.session.commit()
    return found


def plain(page: str) -> str:
    return page.replace("\xa0", " ").replace("\u202f", " ")


def test_promised_received_and_due_add_up_to_the_cent(
    client: Visitor, community: Community, farm: Member, denis: Member, member: Member
) -> None:
    assert denis.person is not None
    assert farm.organisation is not None
    held, banked, failed, refunded = (payment(farm, member, each) for each in (4000, 3301, 50, 900))
    payment(farm, member, 1999, date(DAY.year + 1, 2, 1), "garden:row:2")
    steps.cancel(payment(farm, member, 77_777), None)
    for each in (held, banked, failed):
        steps.receive(each, denis, on=DAY)
    steps.hand_over(held, denis)
    steps.bank([banked], DAY, denis)
    steps.fail(failed, now(), "no_funds")
    steps.change_method(refunded, Method.TRANSFER)
    steps.settle(refunded, now())
    steps.given_back(refunded, Money(400), "k", now())
    db.session.commit()
    table = producer.table_of(community, farm.organisation)
    assert table.whole == Sums(
        promised=Money(4000 + 3301 + 50 + 500 + 1999),
        received=Money(4000 + 3301 + 500),
        banked=Money(3301 + 500),
    )
    assert table.whole.due == Money(50 + 1999)
    months = list(table.months.values())
    assert sum(each.promised.cents for each in months) == table.whole.promised.cents
    assert list(table.months) == [DAY.replace(day=1), date(DAY.year + 1, 2, 1)]
    page = plain(sign_in_as(client, denis.person).get(_address(farm)).text)
    assert "Promis : 98,50 €. Reçu : 78,01 €. Reste dû : 20,49 €." in page
    assert "1 chèque vous est remis, à encaisser" in page


def _address(farm: Member) -> str:
    return f"/lavergne/organisations/{farm.id}/paiements"


def test_only_who_acts_for_it_sees_its_money(
    client: Visitor, farm: Member, member: Member, denis: Member, community: Community
) -> None:
    payment(farm, member, 4000)
    secretary = make_member(community, "Sofia", "Lopez", permissions=("core.steward",))
    assert secretary.person is not None
    assert denis.person is not None
    assert member.person is not None
    assert farm.organisation is not None
    db.session.add(
        OrganisationRole(
            organisation=farm.organisation, person_id=secretary.person.id, role=Role.SECRETARY
        )
    )
    db.session.commit()
    for person in (member.person, secretary.person):
        sign_in_as(client, person)
        assert client.get(_address(farm)).status_code == 404
        assert client.get(f"{_address(farm)}.csv").status_code == 404
    sign_in_as(client, denis.person)
    assert _address(farm) in client.get(f"/lavergne/organisations/{farm.id}").text
    lines = client.get(f"{_address(farm)}.csv").data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert ";Ferme du Pré;40,00;" in lines[1]
    assert client.get(f"/lavergne/organisations/{denis.id}/paiements").status_code == 404


def test_before_the_first_contract_the_page_says_so(
    client: Visitor, farm: Member, denis: Member
) -> None:
    assert denis.person is not None
    assert 'class="empty"' in sign_in_as(client, denis.person).get(_address(farm)).text


def test_contracts_of_one_name_are_one_line(
    community: Community, farm: Member, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The module names a household's contract as the season's: sixty lines become one."""
    for number in range(3):
        payment(farm, member, 1000, purpose=f"garden:row:{number}")

    def labelled(_plugins: object, ref: Ref) -> RefLabel:
        return RefLabel("Panier de légumes", f"/{ref.id}")

    monkeypatch.setattr("freeco.plugins.Plugins.ref", labelled)
    assert farm.organisation is not None
    table = producer.table_of(community, farm.organisation)
    assert {name: each.promised for name, each in table.contracts.items()} == {
        "Panier de légumes": Money(3000)
    }
    assert len(db.session.scalars(select(Payment)).all()) == 3


def cards(client: Visitor, reader: Member) -> str:
    assert reader.person is not None
    visitor = sign_in_as(client, reader.person)
    visitor.get("/lavergne/")
    visitor.post("/lavergne/chapeau", data={"hat": "producer"})
    return plain(visitor.get("/lavergne/").text)


def test_the_home_says_what_is_due_and_handed_this_month_and_leads_to_the_page(
    client: Visitor, farm: Member, denis: Member, member: Member
) -> None:
    payment(farm, member, 1999, DAY - timedelta(days=40))
    payment(farm, member, 77_700, DAY + timedelta(days=40))
    handed, held, banked = (payment(farm, member, each) for each in (4000, 5000, 6000))
    payment(farm, member, 100)
    for each in (handed, held, banked):
        steps.receive(each, denis, on=DAY)
    steps.hand_over(handed, denis)
    steps.bank([banked], DAY, denis)
    db.session.commit()
    page = cards(client, denis)
    assert "Ce mois-ci pour Ferme du Pré" in page
    assert "Attendu : 20,99 €. 1 chèque à encaisser : 40,00 €." in page
    assert f'href="{_address(farm)}"' in page


def test_the_home_says_nothing_when_nothing_is_waited_for(
    client: Visitor, farm: Member, denis: Member, member: Member
) -> None:
    payment(farm, member, 77_700, DAY + timedelta(days=40))
    assert "Ce mois-ci" not in cards(client, denis)


def test_the_home_says_it_to_those_only_who_see_the_money(
    client: Visitor, farm: Member, denis: Member, member: Member, community: Community
) -> None:
    payment(farm, member, 4000)
    secretary = make_member(community, "Sofia", "Lopez")
    treasurer = make_member(community, "Ana", "Roux")
    for one, role in ((secretary, Role.SECRETARY), (treasurer, Role.TREASURER)):
        assert one.person_id is not None
        assert farm.organisation is not None
        db.session.add(
            OrganisationRole(organisation=farm.organisation, person_id=one.person_id, role=role)
        )
    db.session.commit()
    assert "Ce mois-ci" not in cards(client, secretary)
    assert "Ce mois-ci" not in cards(client, member)
    assert "Attendu : 40,00 €." in cards(client, treasurer)


def test_one_line_for_each_organisation_and_nothing_of_another_community(
    client: Visitor, farm: Member, denis: Member, member: Member
) -> None:
    mill = Member(
        community=farm.community, organisation=Organisation(kind="independent", name="Moulin")
    )
    db.session.add(mill)
    db.session.flush()
    assert mill.organisation is not None
    assert denis.person_id is not None
    db.session.add(
        OrganisationRole(
            organisation=mill.organisation, person_id=denis.person_id, role=Role.COORDINATOR
        )
    )
    elsewhere = Member(
        community=make_community("ailleurs", "Ailleurs"), organisation=farm.organisation
    )
    db.session.add(elsewhere)
    db.session.commit()
    payment(farm, member, 4000)
    payment(mill, member, 500)
    payment(elsewhere, member, 900)
    page = cards(client, denis)
    assert "Attendu : 40,00 €." in page
    assert "Attendu : 5,00 €." in page
    assert page.count("Ce mois-ci pour") == 2
