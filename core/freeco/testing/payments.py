"""A community with one household and one producer, whose payments a test steps through."""

import re
from datetime import date

from freeco.accounting.models import Book
from freeco.accounting.reading import balance_under as balance
from freeco.accounting.recording import book_of
from freeco.clock import today
from freeco.db import db
from freeco.members.models import Community, Household, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import steps
from freeco.payments.models import Method, Payment
from freeco.payments.parties import party_of
from freeco.testing.visitor import Visitor

DAY = date(2026, 3, 4)
"""When every payment of the village falls due."""
ACCOUNTS = ("411", "5112", "512", "531", "5115", "5116", "6271", "6278")


class Village:
    """A community, its treasurer, one household and one producer."""

    def __init__(self, community: Community, treasurer: Member) -> None:
        self.community, self.treasurer = community, treasurer
        self.producer = self.organisation("Ferme du Pré")
        household = Household(community=community, name="Fabre")
        db.session.add(household)
        db.session.flush()
        self.payer = party_of(household)

    def organisation(self, name: str) -> Organisation:
        """Bring one more organisation into the community."""
        organisation = Organisation(kind="independent", name=name)
        db.session.add(Member(community=self.community, organisation=organisation))
        db.session.flush()
        return organisation

    def payment(self, method: Method = Method.CHEQUE, cents: int = 4000) -> Payment:
        """Expect a payment from the household to the producer."""
        return steps.expect(
            self.community, self.producer, self.payer, "test:thing:1", Money(cents), DAY, method
        )

    @property
    def book(self) -> Book:
        """The producer's."""
        return book_of(self.producer, self.community)

    def stands(self) -> dict[str, int]:
        """Return the accounts that are not at nought, in cents."""
        found = {code: balance(self.book, code).cents for code in ACCOUNTS}
        return {code: cents for code, cents in found.items() if cents}


def organisation(community: Community, name: str) -> Organisation:
    """Return a new organisation of a community."""
    found = Organisation(kind="independent", name=name)
    db.session.add(Member(community=community, organisation=found))
    db.session.commit()
    return found


def household(community: Community, name: str) -> Household:
    """Return a new household."""
    found = Household(community=community, name=name)
    db.session.add(found)
    db.session.flush()
    return found


def payment(
    community: Community,
    farm: Organisation,
    name: str = "Fabre",
    due_on: date | None = None,
    method: Method = Method.CHEQUE,
) -> Payment:
    """Return a payment that a new household owes a farm: 40 €."""
    found = steps.expect(
        community,
        farm,
        party_of(household(community, name)),
        "garden:row:1",
        Money(4000),
        due_on or today(),
        method,
    )
    db.session.commit()
    return found


def note(visitor: Visitor, folder: str, act: str, payments: list[Payment], **more: str) -> str:
    """Tick payments on the treasurer’s page, press a button, and return the page that follows."""
    answer = visitor.post(
        f"/lavergne/tresorerie?dossier={folder}",
        data={
            "choisis": [str(each.id) for each in payments],
            "faire": act,
            "le": today().isoformat(),
            **more,
        },
        follow_redirects=True,
    )
    db.session.expire_all()
    return answer.text


def undo_fields(page: str) -> dict[str, str]:
    """Return what the button of a page sends to undo what was just done."""
    found = re.search(r'name="paiements" value="([^"]+)"', page)
    assert found is not None
    return {"paiements": found[1]}
