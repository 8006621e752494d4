"""An autumn evening at the cooperative of Lavergne: eight neighbours decide."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.testing.people import make_community, make_member, open_module, sign_in_as
from freeco.testing.visitor import Visitor
from freeco_project_decisions.assembly import agenda, preparing
from freeco_project_decisions.assembly.models import Assembly
from freeco_project_decisions.polls import opening
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.models import Method, Option, Poll, Room
from freeco_project_decisions.secret import beside
from freeco_project_decisions.secret.playing import Keepers, Voters, open_with_codes, prepare

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
CLOSES = NOW + timedelta(days=7)
NAMES = ("Awa", "Bruno", "Chloé", "Driss", "Élise", "Fanny", "Gaël", "Hana")

Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]


@pytest.fixture(autouse=True)
def evening() -> Iterator[datetime]:
    """Hold the clock: Monday the 5th of October 2026, eight in the evening in Paris."""
    with held_at(NOW):
        yield NOW


@pytest.fixture
def people(community: Community) -> list[Member]:
    """Give eight members of the cooperative, in alphabetical order."""
    open_module(community, "project_decisions")
    return [make_member(community, name, "Martin") for name in NAMES]


@pytest.fixture
def elsewhere(app: object) -> Community:
    """Give another community of the same site."""
    return make_community("ailleurs", "Amis d’Ailleurs")


@pytest.fixture
def ask(community: Community, people: list[Member]) -> Ask:
    """Give what puts a question and opens it."""

    def poll(
        method: Method = Method.ASSENT, *options: str, opened: bool = True, **more: object
    ) -> Poll:
        values: dict[str, object] = {
            "title": "Un hangar pour les outils",
            "text": "Construire un hangar de vingt mètres carrés derrière la salle.",
            "opens_at": NOW,
            "closes_at": CLOSES,
            **more,
        }
        asked = Poll(community=community, author=people[0], method=method, **values)  # type: ignore[arg-type]
        db.session.add(asked)
        for place, text in enumerate(options):
            name, _colon, cost = text.partition(":")
            db.session.add(
                Option(
                    poll=asked,
                    place=place,
                    text=name,
                    cost=Money(int(cost)) if cost else None,
                )
            )
        db.session.flush()
        db.session.refresh(asked)
        if opened:
            opening.open_poll(asked)
        db.session.commit()
        return asked

    return poll


@pytest.fixture
def clerk(community: Community, people: list[Member]) -> Member:
    """Give the member who prepares votes; the ninth elector."""
    return make_member(community, "Ilda", "Martin", permissions=("project_decisions.prepare",))


@pytest.fixture
def visiting(client: Visitor) -> Visit:
    """Give what opens the site for a member, in a browser without JavaScript."""

    def visit(member: Member) -> Visitor:
        assert member.person is not None
        db.session.commit()
        return sign_in_as(client, member.person)

    return visit


@pytest.fixture
def neighbours(community: Community, people: list[Member]) -> list[Member]:
    """Give ten more members, who come with a paper."""
    return [make_member(community, f"Voisin{each}", "Roux") for each in range(10)]


@pytest.fixture
def assembly(community: Community, people: list[Member], neighbours: list[Member]) -> Assembly:
    """Give an assembly that is prepared: in a month, with two tellers, the first two members."""
    held = preparing.draft(
        community,
        preparing.Planned(
            title="Assemblée d’automne",
            kind="ordinary",
            starts_at=NOW + timedelta(days=30),
            ends_at=NOW + timedelta(days=30, hours=3),
            place="La halle",
            chair=people[0],
            secretary=people[1],
        ),
    )
    preparing.name_tellers(held, people[:2])
    return held


@pytest.fixture
def with_urn(
    ask: Ask, assembly: Assembly, people: list[Member], neighbours: list[Member]
) -> Callable[..., Voters]:
    """Give what opens a sealed poll of eighteen: eight with a code, ten on paper."""

    def open_it(*asked: object, **more: object) -> Voters:
        poll = ask(*asked, opened=False, **more)
        keepers = Keepers()
        prepare(poll, keepers, people[1:4])
        agenda.attach(agenda.add_item(assembly, poll.title), poll, Room.URN)
        for each in neighbours:
            beside.vote_on_paper(poll, elector_of(poll, each))
        voters = open_with_codes(poll, keepers)
        db.session.commit()
        return voters

    return open_it
