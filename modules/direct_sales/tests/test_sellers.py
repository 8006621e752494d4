"""Whose book a farm's sales are written in: one that its people see, and that stays the same."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from freeco.accounting import ledger
from freeco.accounting.models import Book
from freeco.clock import held_at
from freeco.db import db
from freeco.first_run.rehearsal import rehearse
from freeco.first_run.wiping import wipe
from freeco.kernel import kernel
from freeco.members.households import household_of
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations import services as organisations
from freeco.organisations.models import Organisation, OrganisationKind, Role
from freeco.payments import steps
from freeco.payments.models import Method
from freeco.payments.parties import party_of
from freeco.plugins import Plugins
from freeco.testing import make_member
from freeco_direct_sales import catalogue, sales, sellers, subscriptions
from freeco_direct_sales.models import Producer, SeasonContract, Subscription

Take = Callable[..., Subscription]
SIRET = "73282932000074"
DECEMBER = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def signed(vegetables: SeasonContract, member: Member, take: Take) -> Subscription:
    """Give three small baskets at 11,50 €, signed on both sides, in one cheque."""
    done = take(vegetables, member, {"Petit panier": 1})
    subscriptions.record_paper_signature(done)
    db.session.commit()
    return done


@pytest.fixture
def company(community: Community, farmer: Member) -> Member:
    """Give the company that takes the farm over."""
    return organisations.register(
        kernel().plugins,
        community,
        OrganisationKind.COMPANY,
        "EARL Nouvelle",
        founder=farmer,
        siret=SIRET,
    )


def test_a_season_stays_in_the_book_of_who_promised_it(
    community: Community,
    producer: Producer,
    signed: Subscription,
    company: Member,
    treasurer: Member,
) -> None:
    before = sellers.seller(producer)
    producer.member = company
    with held_at(DECEMBER):
        sales.sell_due(community)
        assert sales.sold_of(signed) == Money(3450)
        assert ledger.balance(sellers.book(producer), "701") == Money(-3450)
        assert sellers.seller(producer) is before
        steps.receive(signed.payments[0], treasurer)
        steps.bank([signed.payments[0]], date(2026, 12, 5), treasurer)
        assert sellers.seller(producer) is company.organisation


def test_who_signs_sees_the_money_of_a_farm_that_nobody_could_register(
    producer: Producer, farmer: Member
) -> None:
    """Those whose cheques were kept before there were books: see the migration."""
    found = Organisation(kind=OrganisationKind.INDEPENDENT, name="GAEC des Vergnes")
    db.session.add(found)
    producer.organisation = found
    assert sellers.seller(producer) is found
    assert sellers.seller(producer) is found
    (member,) = organisations.acting_for(farmer)
    assert member.organisation is found
    assert organisations.holds_role(member, farmer.person_id, Role.PRODUCER)


def test_a_farm_is_the_organisation_that_bears_its_number(
    community: Community, farmer: Member, company: Member
) -> None:
    farm = catalogue.add_producer(
        community, "Ferme du Bas", place="Assiac", address="", member=farmer, siret=SIRET
    )
    assert sellers.seller(farm) is company.organisation


def test_a_wiped_rehearsal_takes_along_a_seller_that_nobody_signs_for(
    community: Community,
) -> None:
    copy = rehearse(Plugins(), community, "fr")
    here = make_member(copy, "Odile", "Jouée")
    baker = catalogue.add_producer(copy, "Le Fournil joué", place="Lavergne")
    sold_by = sellers.seller(baker)
    steps.receive(
        steps.expect(
            copy,
            sold_by,
            party_of(household_of(here)),
            "direct_sales:subscription:1",
            Money(520),
            date(2026, 11, 2),
            Method.CHEQUE,
        ),
        here,
    )
    db.session.commit()
    wipe(copy)
    db.session.commit()
    assert db.session.query(Organisation).count() == 0
    assert db.session.query(Book).count() == 0
