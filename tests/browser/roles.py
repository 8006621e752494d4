"""Who reads the demonstration: one reader for each way of seeing the site."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from freeco import demonstration
from freeco.app import create_app
from freeco.clock import now
from freeco.config import Settings
from freeco.db import db
from freeco.demonstration import PASSWORD, SLUG
from freeco.doors import door_of
from freeco.members import accounts, invitations
from freeco.members.households import household_of
from freeco.members.models import Member, Person
from freeco.members.passwords import hash_password
from freeco.payments import steps
from freeco.payments.card.models import IntentState, ProviderAccount, ProviderIntent
from freeco.payments.models import Method, Payment, State
from freeco.payments.parties import party_of
from freeco.testing.pages import MOST_ADDRESSES, Walk, pages_of
from freeco.testing.people import make_person
from freeco.worker import tick

from .reader import Reader
from .site import freeco, letters, make_demo, served

BASE = "https://trois-ponts.example"
"""What the letters of the demonstration call the site, before it is served."""
COORDINATOR, TREASURER, MEMBER, PRODUCER = (each.email for each in demonstration.sign_ins())
OUTSIDER = "anais.voisine@example.org"


def application(home: Path) -> Flask:
    """Build the application of an installation, in this process."""
    return create_app(
        Settings.from_environment({"FREECO_HOME": str(home), "FREECO_BASE_URL": BASE})
    )


def as_visitor(reader: Reader) -> Reader:
    return reader


def signed_in(email: str, hat: str = "") -> Callable[[Reader], Reader]:
    """Sign in, and put on a hat if it hangs in the header: a hat changes what is shown."""

    def come(reader: Reader) -> Reader:
        home = reader.sign_in(email).get(f"/{SLUG}/").text
        wardrobe = re.search(r'<form class="hats" method="post" action="([^"]+)"', home)
        if hat and wardrobe and f'name="hat" value="{hat}"' in home:
            reader.post(wardrobe[1], hat=hat)
        return reader

    return come


def as_served(reader: Reader) -> Reader:
    """Act for the first person whom the coordinator serves."""
    reader.sign_in(COORDINATOR)
    page = reader.get("/moi").text
    reader.post(re.findall(r'action="(/moi/agir-pour/\d+)"', page)[0])
    return reader


def as_rehearsing(reader: Reader) -> Reader:
    """Make a rehearsal of the community, and stand in it."""
    answer = reader.sign_in(COORDINATOR).send(f"/{SLUG}/gerer/repetition", "/gerer/repetition")
    reader.home = answer.address
    return reader


ROLES: dict[str, Callable[[Reader], Reader]] = {
    "coordinator": signed_in(COORDINATOR, "coordinator"),
    "treasurer": signed_in(TREASURER, "treasurer"),
    "producer": signed_in(PRODUCER, "producer"),
    "hatless": signed_in(COORDINATOR),
    "member": signed_in(MEMBER),
    "served": as_served,
    "rehearsing": as_rehearsing,
    "outsider": signed_in(OUTSIDER),
    "visitor": as_visitor,
}
"""Those who see most come first: what they have shown is not looked at twice."""
IN_SHORT = frozenset(["hatless", "rehearsing"])
"""Those who see the same as others but for what stands around it: one address of each page."""
DEEDS = (
    (MEMBER, f"/{SLUG}/agenda", "/agenda/adresse"),
    (COORDINATOR, f"/{SLUG}/bulletin/gazette", ""),
)
"""Who sends which form as it stands, so that what it makes is seen; by default the page's own."""
TURNED_AWAY = ("accounts.sign_in_page", "circle.join_page")


@dataclass(frozen=True)
class Site:
    """An installation as it is served, and who has walked over it."""

    home: Path
    address: str
    app: Flask
    readers: dict[str, Reader] = field(default_factory=dict)
    walks: dict[str, Walk] = field(default_factory=dict)

    def walk(self, role: str, *beginnings: str) -> None:
        """Let somebody walk over it, from where people arrive and from other addresses."""
        reader = ROLES[role](Reader(self.address))
        most = 1 if role in IN_SHORT else MOST_ADDRESSES
        walk = Walk(self.app.url_map, reader.get, self.address, TURNED_AWAY, most)
        walk.follow(["/", reader.home, "/moi", f"{reader.home}rien-ici", *beginnings])
        self.readers[role], self.walks[role] = reader, walk

    def unreached(self) -> set[str]:
        """Return the pages that nobody has got to."""
        met = {endpoint for walk in self.walks.values() for endpoint in walk.endpoints}
        return pages_of(self.app.url_map) - met


def write_letters(app: Flask) -> None:
    """Have the demonstration send what holds the links that only letters give."""
    with app.app_context():
        accounts.send_sign_in_link(MEMBER, "")
        outsider = make_person("Anaïs", "Voisine", OUTSIDER)
        outsider.password_hash = hash_password(PASSWORD)
        steward = db.session.scalars(
            select(Member).join(Person).where(Person.email == COORDINATOR)
        ).one()
        invitations.invite(steward.community, "nadia.kaci@example.org", steward)
        db.session.commit()
    for _time in range(3):
        tick(app)


def begin_card_payment(app: Flask) -> None:
    """Leave a payment by card half-way: the demonstration itself has no account at a provider."""
    with app.app_context():
        treasurer = db.session.scalars(
            select(Member).join(Person).where(Person.email == TREASURER)
        ).one()
        payment = db.session.scalars(
            select(Payment)
            .where(Payment.state == State.EXPECTED, Payment.method == Method.CHEQUE)
            .order_by(Payment.id)
        ).first()
        assert payment is not None
        payment.payer = party_of(household_of(treasurer))
        steps.begin(payment, Method.CARD)
        account = ProviderAccount(
            organisation=payment.beneficiary, community=payment.community, ref="acct_demo"
        )
        intent = ProviderIntent(
            payment=payment,
            account=account,
            attempt=1,
            key="demo",
            amount=payment.amount,
            back=BASE,
            state=IntentState.ASKED,
            url="https://checkout.example/demo",
            expires_at=now() + timedelta(hours=1),
        )
        db.session.add(intent)
        db.session.commit()


def letter_links(home: Path) -> list[str]:
    """Return the addresses of the site that stand in letters."""
    found = (re.findall(rf"{re.escape(BASE)}(/[^\s<>\"]*)", words) for _to, words in letters(home))
    return sorted({link.rstrip(".,)") for links in found for link in links})


@contextmanager
def demo_walked(home: Path) -> Iterator[Site]:
    """Serve a demonstration, and let everybody walk over it."""
    make_demo(home)
    app = application(home)
    write_letters(app)
    begin_card_payment(app)
    with served(home) as address:
        yield walked_by_all(Site(home, address, app))


def walked_by_all(site: Site) -> Site:
    """Let everybody follow every link, then ask for what no link reaches."""
    for who, page, ending in DEEDS:
        Reader(site.address).sign_in(who).send(page, ending)
    for role in ROLES:
        site.walk(role, *(letter_links(site.home) if role == "visitor" else ()))
    for role in ROLES:
        left = site.unreached() - {"static"}
        site.walks[role].fill(sorted(each for each in left if role_may(role, site.app, each)))
    return site


def role_may(role: str, app: Flask, endpoint: str) -> bool:
    """Whether asking for a page is worth it: the door tells a stranger before the page does."""
    door = door_of(app, endpoint)
    return door.public or (role != "visitor" and (door.outsiders or role != "outsider"))


@contextmanager
def empty_walked(home: Path) -> Iterator[Site]:
    """Serve an installation without any community, and let its operator arrive."""
    freeco(home, "db", "upgrade")
    app = application(home)
    with served(home) as address:
        site = Site(home, address, app)
        site.walk("visitor", *re.findall(r"(/commencer/\S+)", freeco(home, "first-run")))
        yield site
