"""What a device may keep, and what the worker is told of it."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from freeco.db import db
from freeco.members.models import Community, Member
from freeco.testing import Visitor, make_member, sign_in_as

READER, KEEP = "X-Freeco-Reader", "X-Freeco-Keep"


@pytest.fixture
def signed_in(client: Visitor, member: Member) -> Visitor:
    """Give the browser of a member."""
    assert member.person is not None
    return sign_in_as(client, member.person)


def got(client: Visitor, address: str) -> TestResponse:
    """Get a file, and close it."""
    answer = client.get(address)
    answer.close()
    return answer


def known_to_the_worker(client: Visitor) -> dict[str, object]:
    found = re.match(r"const site = (\{.*?\});\n", client.get("/offline-worker.js").text)
    assert found is not None
    known: dict[str, object] = json.loads(found[1])
    return known


def test_the_worker_is_served_from_the_root_and_asked_for_each_time(client: Visitor) -> None:
    answer = client.get("/offline-worker.js")
    assert answer.mimetype == "text/javascript"
    assert "no-cache" in answer.headers["Cache-Control"]
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    again = client.get("/offline-worker.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_everything_the_worker_keeps_of_the_site_is_there(client: Visitor) -> None:
    shell = known_to_the_worker(client)["shell"]
    assert isinstance(shell, list)
    named = {address.partition("?")[0] for address in shell}
    assert {"/hors-ligne", "/static/freeco.css", "/static/offline.js"} <= named
    assert [address for address in shell if got(client, address).status_code != 200] == []


def test_a_style_that_changes_changes_its_address(app: Flask, client: Visitor) -> None:
    """A browser keeps styles and scripts for a week; not those of the former version."""
    style = Path(str(app.static_folder)) / "freeco.css"
    version = sha256(style.read_bytes()).hexdigest()[:10]
    assert f'href="/static/freeco.css?v={version}"' in client.get("/").text


def test_the_page_without_network_is_nobody_s(signed_in: Visitor, member: Member) -> None:
    """It is kept for whoever uses the device: no name, no token, no session."""
    answer = signed_in.get("/hors-ligne")
    assert "Sans réseau pour l’instant" in answer.text
    assert member.name not in answer.text
    assert "csrf" not in answer.text
    assert KEEP not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_a_phone_is_told_how_to_install_the_site(client: Visitor) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    told = answer.get_json(force=True)
    assert told["display"] == "standalone"
    assert client.get(told["start_url"]).status_code == 200
    for icon in told["icons"]:
        drawn = got(client, icon["src"])
        assert drawn.mimetype == icon["type"]
    assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get("/").text


@pytest.mark.parametrize("size", [180, 192, 512])
def test_the_icon_is_drawn_as_large_as_it_says(client: Visitor, size: int) -> None:
    picture = client.get(f"/icone-{size}.png").data
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == size
    assert int.from_bytes(picture[20:24], "big") == size


def test_no_other_size_is_drawn(client: Visitor) -> None:
    assert client.get("/icone-20000.png").status_code == 404


def test_the_home_and_the_agenda_may_be_kept_and_nothing_else_of_a_member(
    signed_in: Visitor, community: Community
) -> None:
    for page, kept in (("", True), ("agenda", True), ("membres", False), ("hors-ligne", False)):
        answer = signed_in.get(f"/lavergne/{page}")
        assert answer.status_code == 200
        assert (KEEP in answer.headers) is kept, page
    assert KEEP not in signed_in.get("/moi").headers


def test_a_page_shown_to_a_visitor_is_not_kept(client: Visitor, community: Community) -> None:
    assert KEEP not in client.get("/lavergne/").headers


def test_an_error_is_never_kept(app: Flask, signed_in: Visitor, community: Community) -> None:
    answer = signed_in.get("/lavergne/nulle-part")
    assert answer.status_code == 404
    assert KEEP not in answer.headers


def test_the_sign_of_the_reader_changes_with_the_reader_and_tells_nothing(
    client: Visitor, community: Community, member: Member
) -> None:
    other = make_member(community)
    assert member.person is not None
    assert other.person is not None
    nobody = client.get("/lavergne/").headers[READER]
    marie = sign_in_as(client, member.person).get("/lavergne/").headers[READER]
    assert sign_in_as(client, member.person).get("/lavergne/agenda").headers[READER] == marie
    jean = sign_in_as(client, other.person).get("/lavergne/").headers[READER]
    assert len({nobody, marie, jean}) == 3
    assert nobody == "-"
    with client.session_transaction() as session:
        session["acting_for"] = member.id
    client.post("/deconnexion")
    assert client.get("/").headers[READER] == nobody


def test_signing_out_everywhere_changes_the_sign(
    client: Visitor, community: Community, member: Member
) -> None:
    assert member.person is not None
    before = sign_in_as(client, member.person).get("/lavergne/").headers[READER]
    member.person.session_number += 1
    db.session.commit()
    assert sign_in_as(client, member.person).get("/lavergne/").headers[READER] != before


def test_what_is_not_a_page_bears_no_sign(signed_in: Visitor, community: Community) -> None:
    for address in ("/static/freeco.css", "/lavergne/hors-ligne/etat"):
        assert READER not in got(signed_in, address).headers


def test_the_page_of_contradictions_says_so_when_all_agree(
    signed_in: Visitor, community: Community
) -> None:
    page = signed_in.get("/lavergne/hors-ligne").text
    assert "Rien à vérifier" in page
    assert signed_in.post("/lavergne/hors-ligne/12/verifie").status_code == 404
