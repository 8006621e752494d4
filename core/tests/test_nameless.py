"""What comes in nobody's name: no session, no cookie, no person and no key reaches the page."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, flash, g, get_flashed_messages, jsonify, session
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from freeco.db import db
from freeco.doors import by_link, nameless, public
from freeco.i18n import language
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.module import Module
from freeco.programs import keys
from freeco.programs.models import ProgramKey, Scope
from freeco.testing import Visitor, make_member, migrated_app, settings_for, sign_in_as
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.people import open_module

BOX = "/lavergne/urn/box"
OURS = {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/lavergne/"}
WHO = ("person", "member", "acting_for", "behind", "program")


def what_came() -> ResponseReturnValue:
    """Say all that the page could learn of who came, and try to leave a mark."""
    came = jsonify(
        who=[name for name in WHO if g.get(name) is not None],
        session=sorted(session),
        flashed=get_flashed_messages(),
        language=language(),
    )
    session["mark"] = "seen"
    session.pop("language", None)
    return came


def holds(_community: Community, values: Mapping[str, Any]) -> bool:
    return values.get("identifier") == "known"


def urn() -> Module:
    """Give a module with a box that asks no name, and doors that do."""
    pages, api = Blueprint("urn", __name__), Blueprint("urn_api", __name__)
    pages.add_url_rule("/box", "box", public(nameless(what_came)), methods=["GET", "POST"])
    api.add_url_rule("/box", "box", nameless(public(what_came)), methods=["POST"])

    @pages.post("/box/<identifier>")
    @by_link(holds)
    @nameless
    def known(identifier: str) -> ResponseReturnValue:
        return what_came()

    @pages.post("/named")
    @public
    def named() -> ResponseReturnValue:
        return what_came()

    @pages.post("/members")
    @nameless
    def members() -> ResponseReturnValue:
        return what_came()

    @pages.get("/flash")
    def say() -> str:
        flash("Bonjour Marie")
        return "said"

    return Module(name="urn", title="Urne", summary="", opens_at=1, blueprints=(pages,), api=(api,))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """Give an application whose only module is the urn, on SQLite."""
    settings = settings_for(f"sqlite:///{tmp_path / 'freeco.sqlite'}", tmp_path)
    app = migrated_app(settings, plugins_with(module_object(urn())))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def voter(client: Visitor, community: Community, member: Member) -> Visitor:
    """Give the browser of a member who is signed in, where the box stands."""
    open_module(community, "urn")
    assert member.person is not None
    return sign_in_as(client, member.person)


def cookie_of(client: Visitor) -> str:
    kept = client.get_cookie("session")
    assert kept is not None
    return kept.value


def test_who_is_signed_in_comes_as_nobody(voter: Visitor) -> None:
    named = voter.post("/lavergne/urn/named").get_json()
    assert named["who"] == ["person", "member"], "the session itself is good"
    assert "person" in named["session"]
    for came in (voter.post(BOX), voter.get(BOX), voter.post(f"{BOX}/known")):
        assert came.get_json()["who"] == []
        assert set(came.get_json()["session"]) <= {"csrf_token", "language"}


def test_no_cookie_goes_back_and_the_session_is_as_it_was(voter: Visitor) -> None:
    before = cookie_of(voter)
    for _twice in range(2):
        came = voter.post(BOX, token=False)
        assert "Set-Cookie" not in came.headers
        assert "mark" not in came.get_json()["session"]
    assert cookie_of(voter) == before
    assert voter.get("/lavergne/moi").status_code == 200


def test_a_browser_without_any_session_gets_none(client: Visitor, community: Community) -> None:
    open_module(community, "urn")
    assert "Set-Cookie" not in client.post(BOX, token=False).headers
    assert client.get_cookie("session") is None


def test_no_form_token_is_asked_as_nothing_could_be_done_in_somebody_s_name(
    voter: Visitor,
) -> None:
    assert voter.post(BOX, token=False).status_code == 200
    assert voter.post("/lavergne/urn/named", token=False).status_code == 400


def test_who_serves_another_or_was_told_something_leaves_it_outside(
    voter: Visitor, community: Community
) -> None:
    ines = make_member(community, "Inès", "Roux")
    voter.get("/lavergne/urn/flash")
    with voter.session_transaction() as held:
        held["acting_for"] = ines.id
        held["rehearsal_place"] = ines.id
        held["unfinished"] = "a-file"
    came = voter.post(BOX).get_json()
    assert (came["who"], came["flashed"]) == ([], [])
    with voter.session_transaction() as held:
        assert {"person", "acting_for", "unfinished", "_flashes"} <= set(held)


def test_the_page_is_written_in_the_language_that_was_chosen(voter: Visitor) -> None:
    with voter.session_transaction() as held:
        held["language"] = "es"
    assert voter.get(BOX).get_json()["language"] == "es"


def test_a_program_s_key_names_nobody_and_is_not_counted(
    voter: Visitor, app: Flask, member: Member
) -> None:
    secret = keys.give(member, "Tableur", Scope.ORDER, "a-form-key-of-some-length")
    db.session.commit()
    program = app.test_client()
    shown = {"Authorization": f"Bearer {secret}"}
    came = program.post("/api/lavergne/urn/box", headers=shown, token=False)
    assert (came.status_code, came.get_json()["who"]) == (200, [])
    assert db.session.scalars(select(ProgramKey.last_used_at)).one() is None


@pytest.mark.parametrize("path", ["/lavergne/urn/box/unknown", "/nulle-part/urn/box/known"])
def test_what_is_sent_to_a_box_that_is_not_there_is_kept_nowhere(
    voter: Visitor, community: Community, path: str
) -> None:
    """A form that an ended session interrupts is kept, with whose it is: a ballot never."""
    community.admission = "invitation"
    sent = {"csrf_token": "x", "tracker": "what I voted with"}
    answer = voter.post(path, data=sent, token=False, headers=OURS)
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers
    assert [each for each in kernel().settings.home.rglob("*") if "upload" in str(each)] == []


def test_asking_no_name_opens_no_door(
    voter: Visitor, client: Visitor, community: Community
) -> None:
    refused = voter.post("/lavergne/urn/members", data={"choice": "1"}, headers=OURS)
    assert refused.status_code == 302
    assert refused.location.startswith("/connexion")
    community.admission = "invitation"
    assert voter.post(BOX).status_code == 404
    assert voter.post(f"{BOX}/known").status_code == 200
