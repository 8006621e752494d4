"""The founding case: a cooperative shares a budget among eight projects, and what it voted happens.

Everything goes through pages, without JavaScript, and once more with the last voter's telephone, a
real one of 360 px. Nobody clicks on what a decision changes: the background work does it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from pypdf import PdfReader
from selenium.webdriver.common.by import By
from sqlalchemy import select
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from freeco.activation import threshold
from freeco.clock import held_at
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.testing.forms import fill_in, form_of
from freeco.testing.people import make_member, open_module, sign_in_as
from freeco.testing.visitor import Visitor
from freeco.worker import tick
from freeco_project_decisions.assembly.models import Seat
from freeco_project_decisions.polls.models import Option, Poll, Room
from freeco_project_decisions.projects.models import Project

from .browser.chromium import chromium
from .browser.phone import Phone
from .browser.site import free_port
from .storm import cookies_of

HOME = "/lavergne/project-decisions"
NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
"""Monday the 5th of October 2026, eight in the evening in Paris."""
EVENING = datetime(2026, 10, 29, 18, 30, tzinfo=UTC)
NAMES = ("Awa", "Bruno", "Chloé", "Driss", "Élise", "Fanny", "Gaël", "Hana")
BUDGET, BASKETS = "Partager six mille euros", "Les paniers dès trente membres"
PROJECTS = {
    "Four à pain": ("3000", ("Un devis", "Des briques", "Un samedi de maçonnerie")),
    "Haies": ("1500", ("Des plants", "Un chantier")),
    "Vélo-cargo": ("2500", ("Un essai",)),
    "Graines": ("500", ("Un inventaire",)),
    "Caisses": ("1200", ("Un modèle",)),
    "Balance": ("800", ("Un devis",)),
    "Puits": ("5000", ("Un sourcier",)),
    "Hangar": ("6000", ("Un permis",)),
}
WISHES = (
    *[("Four à pain",)] * 4,
    *[("Haies",)] * 2,
    ("Hangar", "Puits"),
    ("Hangar",),
)
"""By hand: each has 750 €. Four buy the oven, two the hedges, with all they have; two cannot buy a
shed, and before their shares would be enough for it, all together would have overspent."""


class Evening:
    """A cooperative, its people, and one browser that passes from hand to hand."""

    def __init__(self, app: Flask, client: Visitor, community: Community) -> None:
        open_module(community, "project_decisions")
        self.app, self.client, self.community = app, client, community
        self.people = [make_member(community, name, "Martin") for name in NAMES]
        self.secretary = make_member(
            community,
            "Inès",
            "Marchand",
            permissions=("project_decisions.prepare", "project_decisions.assembly"),
        )
        db.session.commit()

    def hand_to(self, member: Member) -> Visitor:
        """Sign somebody in."""
        assert member.person is not None
        db.session.commit()
        return sign_in_as(self.client, member.person)

    def send(self, page: str, ending: str, typed: dict[str, object] | None = None) -> TestResponse:
        """Open a page, fill in one of its forms, and find that it was taken."""
        shown = self.client.get(f"{HOME}{page}")
        assert shown.status_code == 200, plain(shown.text)
        sure = {"a_confirmer": []} if "a_confirmer" in form_of(shown, ending).values else {}
        answer = fill_in(self.client, shown, ending, {**sure, **(typed or {})})  # type: ignore[arg-type]
        assert answer.status_code == 302, plain(answer.text)
        return answer

    @contextmanager
    def later(self, moment: datetime) -> Iterator[None]:
        """Come back at another hour, and let the background work catch up afterwards."""
        with held_at(moment):
            yield
            db.session.commit()
            for _each in range(3):
                tick(self.app)
        db.session.rollback()
        db.session.expire_all()


def plain(text: str) -> str:
    text = text.partition("<main")[2] or text
    return " ".join(text.replace("\xa0", " ").replace("\u202f", " ").split())


def printed(answer: TestResponse) -> str:
    assert answer.content_type == "application/pdf", answer.text
    pages = PdfReader(BytesIO(answer.data)).pages
    return plain(" ".join(page.extract_text() for page in pages))


def propose_all(evening: Evening) -> None:
    """Have eight members propose a project each, once a vote has to come first."""
    evening.hand_to(evening.secretary)
    evening.send("/projets/reglages", "/reglages", {"vote_first": "1", "vote_days": "7"})
    for member, (title, (asked, tasks)) in zip(evening.people, PROJECTS.items(), strict=True):
        evening.hand_to(member)
        evening.send(
            "/projets/nouveau",
            "/nouveau",
            {
                "title": title,
                "goals": "Pour toute la coopérative.",
                "asked": asked,
                "tasks": "\n".join(tasks),
            },
        )


def poll(title: str) -> int:
    """Return the number of a vote."""
    found = db.session.scalars(select(Poll.id).where(Poll.title == title)).one()
    db.session.rollback()  # reading has begun a transaction, which on SQLite keeps others out
    return found


def prepare_votes(evening: Evening) -> None:
    """Prepare the sharing of the budget, and a vote that changes a rule by itself."""
    evening.hand_to(evening.secretary)
    proposed = [str(each) for each in db.session.scalars(select(Project.id).order_by(Project.id))]
    evening.send(
        "/projets/choisir",
        "/choisir",
        {
            "title": BUDGET,
            "projects": proposed,
            "method": "shares",
            "budget": "6000",
        },
    )
    evening.send(
        "/votes/nouveau/assent",
        "/nouveau/assent",
        {
            "title": BASKETS,
            "closes_on": "2026-10-12",
            "closes_hour": "20:00",
        },
    )
    rule = f"/votes/{poll(BASKETS)}/effets/valeur?name=threshold.direct_sales"
    evening.send(rule, "/effets/valeur", {"value": "30"})


def call_assembly(evening: Evening) -> None:
    """Put both on the agenda of an assembly, and call everybody."""
    evening.send(
        "/assemblees/nouvelle",
        "/nouvelle",
        {
            "kind": "ordinary",
            "title": "Assemblée d’automne",
            "starts_on": "2026-10-29",
            "starts_hour": "19:30",
            "ends_hour": "22:00",
            "place": "Salle des fêtes de Lavergne",
            "notice_days": "15",
            "quorum": "quarter",
            "most_proxies": "2",
            "chair": str(evening.people[0].id),
            "secretary": str(evening.secretary.id),
        },
    )
    for title in (BUDGET, BASKETS):
        evening.send(
            "/assemblees/1/points/nouveau",
            "/points/nouveau",
            {"title": title, "vote": "join", "poll": str(poll(title)), "room": Room.PAGES},
        )
    evening.send("/assemblees/1/preparer", "/convoquer")


def vote_in_turn(evening: Evening, last: Callable[[str], None] | None = None) -> None:
    """Open each vote from the chair; each votes on a telephone; the chair ends it."""
    evening.hand_to(evening.secretary)
    evening.send("/assemblees/1/emargement", "/emargement/ouvrir")
    for seat in db.session.scalars(select(Seat.id)).all():
        evening.send("/assemblees/1/emargement", f"/emargement/{seat}/present")
    evening.send("/assemblees/1/seance", "/seance/ouvrir")
    ballots = {BUDGET: [ticks(each) for each in WISHES], BASKETS: [{"answer": "0"}] * len(WISHES)}
    for number, (title, marks) in enumerate(ballots.items(), 1):
        evening.hand_to(evening.secretary)
        evening.send("/assemblees/1/seance", f"/points/{number}/appeler")
        evening.send("/assemblees/1/seance", f"/points/{number}/ouvrir-le-vote")
        voters = list(zip(evening.people, marks, strict=True))
        for member, mark in voters[:-1] if last is not None else voters:
            evening.hand_to(member)
            evening.send(f"/votes/{poll(title)}", "/bulletin", mark)
        if last is not None:
            last(title)
        evening.hand_to(evening.secretary)
        evening.send("/assemblees/1/seance", f"/points/{number}/terminer-le-vote")


def ticks(wishes: tuple[str, ...]) -> dict[str, object]:
    found = select(Option.place).where(Option.poll_id == poll(BUDGET), Option.text.in_(wishes))
    return {"ticks": [str(place) for place in db.session.scalars(found)]}


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_budget_is_shared_and_what_was_voted_happens(
    app: Flask, client: Visitor, community: Community
) -> None:
    with held_at(NOW):
        evening = Evening(app, client, community)
        propose_all(evening)
        prepare_votes(evening)
        call_assembly(evening)
    assert not opened_projects()
    assert least_members(community) == 24
    with evening.later(EVENING):
        vote_in_turn(evening)
    assert opened_projects() == {"Four à pain", "Haies"}
    assert least_members(community) == 30
    with held_at(EVENING + timedelta(hours=1)):
        evening.hand_to(evening.people[7])
        for page, words in {
            "/projets/1": "3 000",
            "/projets/1/taches?vue=liste": "Un samedi de maçonnerie",
            "/decisions/effets": BASKETS,
        }.items():
            assert words in plain(client.get(f"{HOME}{page}").text)
        evening.hand_to(evening.secretary)
        evening.send("/assemblees/1/seance", "/seance/lever")
        evening.send("/assemblees/1/proces-verbal", "/proces-verbal/arreter")
        minutes = printed(client.get(f"{HOME}/assemblees/1/proces-verbal.pdf"))
        for words in ("Procès-verbal", "Décision n° 1", "Décision n° 2", BUDGET, "Four à pain"):
            assert words in minutes, minutes
        assert BASKETS in printed(client.get(f"{HOME}/decisions.pdf"))


def opened_projects() -> set[str]:
    db.session.expire_all()
    return set(db.session.scalars(select(Project.title).where(Project.state == "active")))


def least_members(community: Community) -> int:
    """Return from how many members on direct sales may open."""
    return threshold(community, kernel().plugins.modules["direct_sales"])


@pytest.fixture
def telephone(app: Flask, tmp_path: Path) -> Iterator[Phone]:
    """Give a telephone; the site is served by this process, whose clock is held."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", free_port(), app, threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    try:
        with chromium(tmp_path / "profile") as driver:
            yield Phone(driver, f"http://127.0.0.1:{server.port}", {}, scripts=True)
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


@pytest.mark.browser
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_last_voter_does_it_all_on_a_telephone(
    app: Flask, client: Visitor, community: Community, telephone: Phone
) -> None:
    choices = {BUDGET: "Hangar", BASKETS: "Oui"}

    def last(title: str) -> None:
        carried(telephone, app, evening.people[7])
        telephone.open(f"{HOME}/votes/{poll(title)}")
        telephone.tick(choices[title])
        telephone.press_on(telephone.driver.find_element(By.CSS_SELECTOR, BALLOT_BUTTON))
        assert telephone.says("Votre vote est enregistré"), telephone.words

    with held_at(NOW):
        evening = Evening(app, client, community)
        propose_all(evening)
        prepare_votes(evening)
        call_assembly(evening)
    with evening.later(EVENING):
        vote_in_turn(evening, last)
    with held_at(EVENING + timedelta(hours=1)):
        for page, words in {
            f"/votes/{poll(BUDGET)}/resultat": "Four à pain",
            f"/votes/{poll(BASKETS)}/resultat": "30",
            "/projets/1": "Four à pain",
            "/projets/1/taches": "Un samedi de maçonnerie",
            "/decisions": BUDGET,
            "/decisions/effets": BASKETS,
            "/assemblees/1": "Assemblée d’automne",
        }.items():
            telephone.open(f"{HOME}{page}")
            assert telephone.says(words), telephone.words
    assert not telephone.faults, "\n".join(telephone.faults)


BALLOT_BUTTON = "form[action$='/bulletin'] button"


def carried(telephone: Phone, app: Flask, member: Member) -> None:
    """Put somebody's session on the telephone."""
    assert member.person_id is not None
    (session,) = cookies_of(app, [(member.id, member.person_id)]).values()
    db.session.rollback()
    wanted = {"name": "session", "value": session, "url": telephone.site}
    telephone.driver.execute_cdp_cmd("Network.setCookie", wanted)
