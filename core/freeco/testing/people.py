"""People for tests: in the database, as if they had signed up and accepted the charter."""

from freeco.charter import services as charter
from freeco.clock import now
from freeco.db import db
from freeco.kernel_models import Activation
from freeco.members.models import Admission, Community, Member, PermissionGrant, Person
from freeco.testing.visitor import Visitor


def make_community(
    slug: str, name: str, admission: str = Admission.OPEN, email_domain: str = ""
) -> Community:
    """Return a new community."""
    community = Community(slug=slug, name=name, admission=admission, email_domain=email_domain)
    db.session.add(community)
    db.session.commit()
    return community


def make_person(first_name: str, last_name: str, email: str | None = None) -> Person:
    """Return a new person, with a confirmed address unless it is None."""
    person = Person(first_name=first_name, last_name=last_name, email=email)
    person.confirmed_at = now() if email else None
    db.session.add(person)
    db.session.commit()
    return person


def make_member(
    community: Community,
    first_name: str = "Jean",
    last_name: str = "Martin",
    *,
    person: Person | None = None,
    permissions: tuple[str, ...] = (),
) -> Member:
    """Return a new member who has accepted the current charter."""
    if person is None:
        address = f"{first_name}.{last_name}@example.org".lower().replace(" ", "-")
        person = make_person(first_name, last_name, address)
    member = Member(community=community, person=person)
    db.session.add(member)
    db.session.flush()
    charter.accept(member, charter.shown_text("fr", community=community), person)
    for permission in permissions:
        db.session.add(PermissionGrant(member=member, permission=permission))
    db.session.commit()
    return member


def open_module(community: Community, name: str) -> None:
    """Open a module as if the membership had reached its threshold."""
    db.session.add(Activation(community=community, module=name, threshold=1, member_count=1))
    db.session.commit()


def sign_in_as(client: Visitor, person: Person) -> Visitor:
    """Begin a session of this person, and return the client."""
    with client.session_transaction() as session:
        session.clear()
        session["person"] = person.id
        session["number"] = person.session_number
    return client
