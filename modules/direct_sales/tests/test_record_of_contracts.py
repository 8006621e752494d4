from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from freeco.accords import services as accords
from freeco.accords.models import Accord
from freeco.db import db
from freeco.members import households, privacy
from freeco.members.models import Community, Member
from freeco.members.proxies import enter_person_without_email
from freeco.organisations.services import register
from freeco.plugins import Plugins
from freeco.record.models import RecordEntry, RecordOpening
from freeco.record.reading import openings_for
from freeco.record.statement import Opening, Statement
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import changing, contracts, record, subscriptions
from freeco_direct_sales.errors import AlreadySigned
from freeco_direct_sales.models import Producer, SeasonContract, Subscription

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
SMALL = {"Petit panier": 1}


@pytest.fixture
def signed(vegetables: SeasonContract, member: Member, farmer: Member, take: Take) -> Subscription:
    """Give Marie's contract with the farm, which both have signed on the site."""
    done = take(vegetables, member, SMALL)
    subscriptions.sign_for_producer(done, farmer)
    db.session.commit()
    return done


def stated(kind: str = "contract.signed") -> list[RecordEntry]:
    query = select(RecordEntry).where(RecordEntry.kind == kind).order_by(RecordEntry.id)
    return list(db.session.scalars(query))


def opened(entry: RecordEntry) -> dict[str, RecordOpening]:
    query = select(RecordOpening).where(RecordOpening.entry_id == entry.id)
    return {each.name: each for each in db.session.scalars(query)}


def test_a_contract_is_stated_once_both_have_signed(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    assert stated() == []
    subscriptions.sign_for_producer(done, farmer)
    assert len(stated()) == 1
    with pytest.raises(AlreadySigned):
        subscriptions.sign_for_producer(done, farmer)
    assert len(stated()) == 1


def test_the_record_names_nobody(signed: Subscription) -> None:
    (entry,) = stated()
    assert Statement.read(entry.entry).about == {}
    words = entry.entry.decode()
    assert not [word for word in ("Marie", "Denis", "Vergnes", "panier") if word in words]


def test_both_parties_open_what_they_signed(
    signed: Subscription, member: Member, farmer: Member, neighbour: Member
) -> None:
    (entry,) = stated()
    for party in (member, farmer):
        held = {each.name: each for each in openings_for(party, entry)}
        assert held["first"].fields["name"] == "Marie Dupont"
        assert held["second"].fields["name"] == "GAEC des Vergnes"
        assert held["second"].fields["way"] == "online"
        terms = held["terms"].fields
        assert terms["about"] == f"direct_sales:subscription:{signed.id}"
        for word in (signed.code, "Petit panier", "34,50\u00a0€", "jeu. 19 nov.", "Charte éthique"):
            assert word in terms["text"]
        for name, each in held.items():
            Statement.read(entry.entry).check_opening(name, Opening(each.salt, each.fields))
    assert openings_for(neighbour, entry) == []


def test_what_was_agreed_names_no_person(signed: Subscription) -> None:
    terms = opened(stated()[0])["terms"].fields
    words = f"{terms['title']} {terms['text']}"
    assert not [name for name in ("Marie", "Dupont", "Denis", "Couderc") if name in words]


def test_the_contract_stands_among_the_accords_of_both(
    signed: Subscription, member: Member, farmer: Member
) -> None:
    accord = accords.find_about(member.community, f"direct_sales:subscription:{signed.id}")
    assert accord is not None
    assert (accord.proposer, accord.other) == (member, farmer)
    assert (accord.proposed_at, accord.agreed_at) == (
        signed.household_signed_at,
        signed.producer_signed_at,
    )
    assert accord.entry is stated()[0]


def test_a_baker_without_account_keeps_the_paper_and_the_household_its_receipt(
    bread: SeasonContract, member: Member, take: Take
) -> None:
    done = take(bread, member, {"Brioche": 1})
    subscriptions.record_paper_signature(done)
    (entry,) = stated()
    held = {each.name: each for each in openings_for(member, entry)}
    assert held["second"].fields["name"] == "Le Fournil de Lise"
    assert held["second"].fields["way"] == "paper"
    assert "jeu. 5 nov.\u00a0: 1 Brioche" in held["terms"].fields["text"]
    assert db.session.scalar(select(func.count(Accord.id))) == 0


def test_the_farmer_who_eats_his_own_vegetables_makes_no_accord_with_himself(
    vegetables: SeasonContract, farmer: Member, take: Take
) -> None:
    subscriptions.sign_for_producer(take(vegetables, farmer, SMALL), farmer)
    assert len(stated()) == 1
    assert db.session.scalar(select(func.count(Accord.id))) == 0


def test_who_signed_for_another_is_named_apart(
    plugins: Plugins,
    community: Community,
    vegetables: SeasonContract,
    producer: Producer,
    member: Member,
    farmer: Member,
) -> None:
    producer.member = register(
        plugins, community, kind="company", name="GAEC des Vergnes", founder=farmer
    )
    assert member.person is not None
    lucie = enter_person_without_email(
        plugins, community, "Lucie", "Vidal", proxy=member.person, charter_paper_signed=True
    )
    small = next(each for each in vegetables.products if each.name == "Petit panier")
    done = subscriptions.subscribe(
        vegetables,
        households.household_of(lucie),
        lucie,
        subscriptions.same_basket(vegetables, {small.id: 1}),
        1,
        charter_text_id=None,
        signed_by="Marie Dupont, pour Lucie Vidal",
    )
    subscriptions.sign_for_producer(done, farmer)
    held = opened(stated()[0])
    assert (held["first"].member, held["first_by"].member) == (lucie, member)
    assert (held["second"].member, held["second_by"].member) == (producer.member, farmer)


def test_two_who_act_for_the_farm_sign_at_once_and_it_is_stated_once(
    app: Flask, vegetables: SeasonContract, member: Member, farmer: Member, take: Take
) -> None:
    subscription_id, farmer_id = take(vegetables, member, SMALL).id, farmer.id
    db.session.commit()  # lets the write lock of SQLite go
    together = Barrier(2)

    def sign(_number: int) -> str:
        with app.app_context():
            together.wait(30)
            try:
                subscriptions.sign_for_producer(
                    db.session.get_one(Subscription, subscription_id),
                    db.session.get_one(Member, farmer_id),
                )
                db.session.commit()
            except AlreadySigned:
                db.session.rollback()
                return "already"
            return "signed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(sign, range(2))) == ["already", "signed"]
    assert len(stated()) == 1
    assert db.session.scalar(select(func.count(Accord.id))) == 1


def test_a_signature_that_is_rolled_back_states_nothing(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    subscriptions.sign_for_producer(done, farmer)
    db.session.rollback()
    assert stated() == []
    assert db.session.scalar(select(func.count(Accord.id))) == 0


def test_a_change_to_a_signed_contract_is_stated(
    signed: Subscription, member: Member, farmer: Member
) -> None:
    delivery = contracts.deliveries_of(signed.contract)[0]
    (product,) = [each for each in signed.contract.products if each.name == "Petit panier"]
    for many in (0, 1, 1):
        changing.change_delivery(signed, delivery, {product.id: many})
    away, back = stated("contract.changed")
    for party in (member, farmer):
        held = {each.name: each.fields for each in openings_for(party, away)}
        assert held["terms"]["text"] == "jeudi 5 novembre 2026\u00a0: Petit panier\u00a0: 1 → 0"
    assert opened(back)["terms"].fields["text"].endswith("0 → 1")
    assert "Petit panier" in opened(stated()[0])["terms"].fields["text"]


def test_a_change_before_both_have_signed_is_not_stated(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    delivery = contracts.deliveries_of(vegetables)[0]
    changing.change_delivery(done, delivery, {vegetables.products[0].id: 0})
    assert stated("contract.changed") == []


def test_forgetting_the_household_leaves_the_farm_its_proof(
    plugins: Plugins, bread: SeasonContract, signed: Subscription, member: Member, farmer: Member
) -> None:
    (entry,) = stated()
    assert member.person is not None
    for distribution in {each.distribution for each in contracts.deliveries_of(signed.contract)}:
        distribution.starts_at = distribution.starts_at.replace(year=2025)
        distribution.ends_at = distribution.ends_at.replace(year=2025)
    privacy.erase(plugins, member.person)
    db.session.commit()
    held = {each.name: each.fields for each in openings_for(farmer, entry)}
    assert held["second"]["name"] == "GAEC des Vergnes"
    assert signed.code in held["terms"]["text"]
    assert "Marie" not in str(held)


def test_a_rehearsed_contract_leaves_no_trace(
    community: Community, vegetables: SeasonContract, take: Take, farmer: Member
) -> None:
    community.admission = "invitation"
    db.session.flush()
    real = Community(slug="vrai", name="La vraie")
    db.session.add(real)
    db.session.flush()
    community.rehearsal_of_id = real.id
    subscriptions.sign_for_producer(take(vegetables, make_member(community), SMALL), farmer)
    assert stated() == []
    accord = db.session.scalars(select(Accord)).one()
    assert accord.entry is None


def test_the_contract_s_page_leads_each_party_to_its_receipt(
    signed: Subscription, member: Member, farmer: Member, coordinator: Member, visiting: Visit
) -> None:
    page = f"/lavergne/direct-sales/souscriptions/{signed.id}"
    receipt = f"/lavergne/registre/recu/{stated()[0].reference}"
    for party in (member, farmer):
        assert receipt in visiting(party).get(page).text
        assert visiting(party).get(receipt).status_code == 200
    assert receipt not in visiting(coordinator).get(page).text
    assert visiting(coordinator).get(receipt).status_code == 404


def test_the_accord_s_page_leads_back_to_the_contract(
    signed: Subscription, member: Member, visiting: Visit, neighbour: Member
) -> None:
    reader = visiting(member)
    listed = reader.get("/lavergne/accords").text
    accord = db.session.scalars(select(Accord)).one()
    assert f"/lavergne/accords/{accord.id}" in listed
    shown = reader.get(f"/lavergne/accords/{accord.id}").text
    assert f"/lavergne/direct-sales/souscriptions/{signed.id}" in shown
    assert "a signé le" in shown
    assert visiting(neighbour).get(f"/lavergne/accords/{accord.id}").status_code == 404


def test_nobody_else_finds_the_statement(
    signed: Subscription, member: Member, neighbour: Member, farmer: Member
) -> None:
    assert record.statement_for(signed, member) is record.statement_for(signed, farmer)
    assert record.statement_for(signed, member) is not None
    assert record.statement_for(signed, neighbour) is None
