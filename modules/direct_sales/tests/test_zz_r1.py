from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
import pytest
from freeco.accounting import audit, ledger, books
from freeco.clock import held_at
from freeco.db import db
from freeco.members import membership
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations import services as organisations
from freeco.organisations.models import Organisation, OrganisationKind, Role
from freeco.payments import steps, treasury
from freeco.payments.models import Method, Payment, State
from freeco.kernel import kernel
from freeco_direct_sales import catalogue, contracts, sales, sellers, subscriptions
from freeco_direct_sales.models import SeasonContract, Subscription

DECEMBER = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)

def signed(vegetables, member, take, n=1):
    done = take(vegetables, member, {"Petit panier": 1}, n)
    subscriptions.record_paper_signature(done)
    db.session.commit()
    return done

def test_bad_method(vegetables, member, visiting) -> None:
    v = visiting(member)
    page = v.get(f"/lavergne/direct_sales/contrats/{vegetables.id}")
    d = contracts.coming_deliveries(vegetables)
    p = vegetables.products[0]
    from freeco_direct_sales.schemas import quantity_field
    data = {quantity_field(p.id): "1", "cheques": "1", "agreed": "on", "method": "bitcoin"}
    a = v.post(f"/lavergne/direct_sales/contrats/{vegetables.id}/signer", data=data)
    print(a.status_code)
    assert a.status_code in (422, 409, 400)

def test_legacy_held(vegetables, member, take, treasurer, community) -> None:
    done = signed(vegetables, member, take, 2)
    p = done.payments[0]
    p.state = State.HELD
    p.received_at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    db.session.commit()
    steps.bank([p], date(2026, 11, 2), treasurer)

def test_closed_book(vegetables, member, take, treasurer, community) -> None:
    done = signed(vegetables, member, take, 2)
    with held_at(DECEMBER):
        books.close(sellers.book(vegetables.producer), date(2026, 11, 30))
        db.session.commit()
        sales.sell_due(community)
    assert sales.sold_of(done) == Money(3450)

def test_producer_changes(vegetables, member, farmer, take, treasurer, community) -> None:
    done = signed(vegetables, member, take, 2)
    first = vegetables.producer.organisation_id
    org = organisations.register(kernel().plugins, community, OrganisationKind.COMPANY, "EARL Nouvelle", founder=farmer, role=Role.COORDINATOR)
    vegetables.producer.member = org
    db.session.commit()
    with held_at(DECEMBER):
        sales.sell_due(community)
    assert sales.sold_of(done) == Money(3450)
    assert vegetables.producer.organisation_id == first

def test_migrated_producer_gets_access(vegetables, member, farmer, take, community) -> None:
    p = vegetables.producer
    o = Organisation(kind="independent", name="GAEC des Vergnes bis")
    db.session.add(o); db.session.flush()
    p.organisation = o
    db.session.commit()
    sellers.seller(p)
    db.session.commit()
    mine = organisations.acting_for(farmer)
    print([m.organisation.name for m in mine])
    assert o.id in [m.organisation_id for m in mine]

def test_same_siret(community, farmer, thursdays) -> None:
    farm = catalogue.add_producer(community, "Ferme X", place="A", address="B", member=farmer, siret="73282932000074")
    organisations.register(kernel().plugins, community, OrganisationKind.COMPANY, "EARL X", founder=farmer, role=Role.COORDINATOR, siret="73282932000074")
    db.session.commit()
    sellers.seller(farm)
