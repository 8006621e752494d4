"""Organisations with a bank account and households that pay them, for tests."""

from datetime import date

from freeco.db import db
from freeco.members.models import Community, Household, HouseholdMember, Member
from freeco.money import Money
from freeco.organisations.billing import Billing
from freeco.organisations.models import Organisation, OrganisationKind
from freeco.payments import steps
from freeco.payments.models import Method, Payment
from freeco.payments.parties import party_of
from freeco.testing.people import make_member

IBAN = "FR7630006000011234567890189"
"""The example of the French banks; nobody's."""
CREDITOR = "FR72ZZZ123456"


def make_creditor(community: Community, name: str = "GAEC des Vergnes") -> Organisation:
    """Return an organisation of the community that can be paid by transfer and by debit."""
    organisation = Organisation(kind=OrganisationKind.COMPANY, name=name)
    db.session.add(Member(community=community, organisation=organisation))
    db.session.add(Billing(organisation=organisation, iban=IBAN, creditor_identifier=CREDITOR))
    db.session.commit()
    return organisation


def make_household(community: Community, first_name: str, last_name: str) -> Household:
    """Return a household of one member, of their name."""
    member = make_member(community, first_name, last_name)
    household = Household(community=community, name=f"Foyer {last_name}")
    db.session.add(household)
    db.session.add(HouseholdMember(household=household, member=member))
    db.session.commit()
    return household


def expect_payment(
    household: Household,
    organisation: Organisation,
    cents: int,
    due_on: date,
    method: Method = Method.TRANSFER,
) -> Payment:
    """Return a payment that a household owes an organisation."""
    payment = steps.expect(
        household.community,
        organisation,
        party_of(household),
        "test:season:1",
        Money(cents),
        due_on,
        method,
    )
    db.session.commit()
    return payment
