"""Programs with a key of their own: one community, what it says, nothing once taken back."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, g, jsonify, session
from sqlalchemy import func, select

from freeco.clock import held_at, now
from freeco.db import db
from freeco.doors import ordering
from freeco.kernel import kernel
from freeco.members import membership, privacy
from freeco.members.models import Community, Member
from freeco.module import Module
from freeco.programs import keys
from freeco.programs.models import ProgramKey, Scope
from freeco.testing import (
    Visitor,
    make_community,
    make_member,
    make_person,
    migrated_app,
    settings_for,
    sign_in_as,
)
from freeco.testing.forms import fill_in
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.people import open_module

HERE = "/api/lavergne/tool/"
FORM_KEY = "a-form-key-of-some-length"


def tool() -> Module:
    """Give a module with an interface: what reads, what orders, and what is for people."""
    api = Blueprint("tool_api", __name__)

    @api.get("/")
    def read() -> Any:
        session["touched"] = True
        return jsonify(name=g.member.name)

    @api.post("/order")
    @ordering
    def order() -> Any:
        return jsonify(ordered=True)

    @api.post("/decide")
    def decide() -> Any:
        return jsonify(decided=True)

    return Module(name="tool", title="Outil", summary="", opens_at=1, api=(api,))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """Give an application whose only module is the tool, on SQLite."""
    settings = settings_for(f"sqlite:///{tmp_path / 'freeco.sqlite'}", tmp_path)
    app = migrated_app(settings, plugins_with(module_object(tool())))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def signed_in(client: Visitor, member: Member) -> Visitor:
    """Give the browser of the member."""
    assert member.person is not None
    return sign_in_as(client, member.person)


@pytest.fixture
def program(app: Flask, community: Community, member: Member) -> Visitor:
    """Give a program, which has no session; the tool is open."""
    open_module(community, "tool")
    visitor = app.test_client()
    assert isinstance(visitor, Visitor)
    return visitor


def given(member: Member, scope: Scope = Scope.READ, name: str = "Tableur") -> dict[str, str]:
    """Give a key; return the header a program sends it in."""
    secret = keys.give(member, name, scope, f"{FORM_KEY} {name}")
    db.session.commit()
    return {"Authorization": f"Bearer {secret}"}


def test_a_program_reads_in_its_member_s_name(program: Visitor, member: Member) -> None:
    assert program.get(HERE).status_code == 401
    read = program.get(HERE, headers=given(member))
    assert (read.status_code, read.get_json()) == (200, {"name": member.name})
    assert "Set-Cookie" not in read.headers
    assert program.get(HERE).status_code == 401


def test_a_program_needs_no_token_of_a_form(program: Visitor, member: Member) -> None:
    sent = program.post(f"{HERE}order", headers=given(member, Scope.ORDER), token=False)
    assert sent.get_json() == {"ordered": True}


def test_a_key_that_reads_does_not_order(program: Visitor, member: Member) -> None:
    refused = program.post(f"{HERE}order", headers=given(member), token=False)
    assert (refused.status_code, refused.content_type) == (403, "application/problem+json")


def test_what_is_not_said_to_take_programs_takes_none(program: Visitor, member: Member) -> None:
    refused = program.post(f"{HERE}decide", headers=given(member, Scope.ORDER), token=False)
    assert refused.status_code == 403


def test_a_key_opens_no_page(program: Visitor, member: Member) -> None:
    for path in ("/lavergne/moi", "/lavergne/programmes", "/moi"):
        page = program.get(path, headers=given(member))
        assert page.status_code == 302
        assert page.location.startswith("/connexion")


def test_a_key_opens_one_community(program: Visitor, member: Member) -> None:
    elsewhere = make_community("ailleurs", "Ailleurs")
    make_member(elsewhere, person=member.person)
    open_module(elsewhere, "tool")
    assert program.get("/api/ailleurs/tool/", headers=given(member)).status_code == 404


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer x", "bearer freeco_", "Bearer é" * 40]
)
def test_what_is_no_key_is_refused_as_such(
    program: Visitor, signed_in: Visitor, member: Member, header: str
) -> None:
    for visitor in (program, signed_in):
        refused = visitor.get(HERE, headers={"Authorization": header.encode().decode("latin-1")})
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_taken_back_opens_nothing(program: Visitor, member: Member) -> None:
    header = given(member)
    (key,) = keys.keys_of(member)
    for _time in range(2):
        keys.revoke(member, key.id)
    db.session.commit()
    assert program.get(HERE, headers=header).status_code == 401


def test_the_form_of_a_key_taken_back_gives_no_key(signed_in: Visitor, member: Member) -> None:
    given(member)
    keys.revoke(member, keys.keys_of(member)[0].id)
    db.session.commit()
    sent = {"name": "Tableur", "scope": "read", "form_key": f"{FORM_KEY} Tableur"}
    refused = signed_in.post("/lavergne/programmes", data=sent)
    assert refused.status_code == 409
    assert "freeco_" not in refused.text
    again = fill_in(signed_in, refused, "/programmes", {})
    assert "freeco_" in again.text
    keys.revoke(member, keys.keys_of(member)[0].id)
    assert keys.keys_of(member) == []


def test_a_key_does_not_outlive_a_membership(program: Visitor, member: Member) -> None:
    header = given(member)
    membership.leave(kernel().plugins, member)
    db.session.commit()
    assert program.get(HERE, headers=header).status_code == 401
    with held_at(now()):
        member.left_at, member.joined_at = None, now()
        db.session.commit()
        assert program.get(HERE, headers=header).status_code == 401
        again = keys.give(member, "Tableur", Scope.READ, "another form of this member")
        db.session.commit()
        came = program.get(HERE, headers={"Authorization": f"Bearer {again}"})
        assert came.status_code == 200


def test_a_key_is_kept_as_a_print_and_its_last_use_is_known(
    program: Visitor, member: Member
) -> None:
    header = given(member)
    program.get(HERE, headers=header)
    db.session.expire_all()
    (key,) = keys.keys_of(member)
    assert header["Authorization"].partition(" ")[2] not in repr(vars(key))
    assert key.last_used_at is not None


def test_a_program_that_asks_without_end_is_asked_to_wait(
    program: Visitor, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "CALLS_AN_HOUR", 3)
    header = given(member)
    found = [program.get(HERE, headers=header).status_code for _time in range(5)]
    assert found == [200, 200, 200, 429, 429]


def test_the_page_shows_a_key_once(signed_in: Visitor, member: Member) -> None:
    address = "/lavergne/programmes"
    page = signed_in.get(address)
    made = fill_in(signed_in, page, "/programmes", {"name": "Tableur", "scope": "read"})
    (secret,) = re.findall(r"freeco_[0-9a-f]{48}", made.text)
    assert made.headers["Cache-Control"] == "no-store"
    again = fill_in(signed_in, page, "/programmes", {"name": "Tableur", "scope": "read"})
    assert secret in again.text  # a second click, and the same key
    assert db.session.scalar(select(func.count(ProgramKey.id))) == 1
    later = signed_in.get(address)
    assert "Tableur" in later.text
    assert "freeco_" not in later.text
    refused = fill_in(signed_in, later, "/programmes", {"name": "tableur", "scope": "order"})
    assert refused.status_code == 409
    assert "un nom par programme" in refused.text
    gone = signed_in.post(f"{address}/{keys.keys_of(member)[0].id}/fin")
    assert gone.status_code == 302
    assert "Aucun programme" in signed_in.get(address).text


@pytest.mark.parametrize(
    "changes", [{"scope": "all"}, {"name": ""}, {"name": "x" * 61}, {"form_key": "short"}]
)
def test_a_form_that_does_not_fit_makes_no_key(signed_in: Visitor, changes: dict[str, str]) -> None:
    sent = {"name": "Tableur", "scope": "read", "form_key": FORM_KEY} | changes
    assert signed_in.post("/lavergne/programmes", data=sent).status_code == 422
    assert db.session.scalar(select(func.count(ProgramKey.id))) == 0


def test_somebody_else_s_key_is_not_there(
    signed_in: Visitor, community: Community, member: Member
) -> None:
    other = make_member(community, "Bo", "Martin")
    given(other)
    key = keys.keys_of(other)[0]
    assert "Tableur" not in signed_in.get("/lavergne/programmes").text
    assert signed_in.post(f"/lavergne/programmes/{key.id}/fin").status_code == 404


def test_twenty_keys_are_enough(signed_in: Visitor, member: Member) -> None:
    for rank in range(keys.MOST):
        given(member, name=f"Programme {rank}")
    sent = {"name": "Encore", "scope": "read", "form_key": FORM_KEY}
    refused = signed_in.post("/lavergne/programmes", data=sent)
    assert refused.status_code == 409
    assert "vingt clés" in refused.text


def test_keys_are_in_what_one_is_given_and_are_forgotten(member: Member) -> None:
    given(member)
    assert member.person is not None
    told = privacy.export(kernel().plugins, member.person)
    assert told["memberships"][0]["program_keys"][0]["name"] == "Tableur"
    assert "freeco_" not in repr(told)
    keys.forget(member)
    assert keys.export(member) == []


def test_nobody_makes_a_key_for_a_person_they_serve(
    signed_in: Visitor, community: Community, member: Member
) -> None:
    served = make_member(community, person=make_person("Odette", "Vidal"))
    assert served.person is not None
    served.person.proxy_id = member.person_id
    db.session.commit()
    signed_in.post(f"/moi/agir-pour/{served.id}")
    assert "revenez à votre compte" in signed_in.get("/lavergne/programmes").text
    sent = {"name": "Tableur", "scope": "read", "form_key": FORM_KEY}
    assert signed_in.post("/lavergne/programmes", data=sent).status_code == 404
