"""A session that ends in the middle of a form loses nothing of what was typed."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from freeco.clock import held_at, now
from freeco.db import db
from freeco.kernel import kernel
from freeco.mail.models import OutgoingMail
from freeco.members import accounts
from freeco.members.models import Community, Member, Person
from freeco.testing.forms import fill_in, form_of
from freeco.testing.people import make_member, make_person, sign_in_as
from freeco.testing.visitor import Visitor
from freeco.web import uploads

PASSWORD = "la-rivière-est-haute-ce-soir"
TYPED = {"first_name": "Maëlle", "last_name": "d’Œuvre", "address": "3, rue « du Puits »"}
OURS = {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/moi"}


@pytest.fixture
def marie(person: Person) -> Person:
    """Give Marie, who has a password."""
    accounts.set_password(person, PASSWORD)
    db.session.commit()
    return person


def end_session(client: Visitor) -> None:
    """End the session from elsewhere: the cookie still says whose it was."""
    with client.session_transaction() as session:
        session["number"] = -1


def send_too_late(
    client: Visitor, marie: Person, headers: dict[str, str] | None = None
) -> TestResponse:
    """Type in the form of one's account, and send it once the session has ended."""
    sign_in_as(client, marie)
    values = form_of(client.get("/moi"), "/moi").values | {
        name: [value] for name, value in TYPED.items()
    }
    end_session(client)
    return client.post(
        "/moi", data=values, token=False, headers=OURS if headers is None else headers
    )


def sign_in(client: Visitor, asked: TestResponse, password: str = PASSWORD) -> TestResponse:
    page = client.get(asked.location)
    typed = {"email": "marie@example.org", "password": password}
    return fill_in(client, page, "/connexion", typed)


def name_of(person: Person) -> str:
    db.session.rollback()
    db.session.refresh(person)
    return person.name


def test_the_sign_in_page_says_calmly_that_what_was_written_is_kept(
    client: Visitor, marie: Person
) -> None:
    asked = send_too_late(client, marie)
    assert "Ce que vous aviez écrit est gardé" in client.get(asked.location).text


def test_what_was_written_is_shown_with_its_labels_after_signing_in(
    client: Visitor, marie: Person
) -> None:
    back = sign_in(client, send_too_late(client, marie))
    page = client.get(back.location)
    assert "Maëlle" in page.text
    assert "3, rue « du Puits »" in page.text
    assert "<dt>Prénom</dt>" in page.text
    assert "Marie Dupont" in page.text
    assert name_of(marie) == "Marie Dupont"


def test_one_button_sends_it_as_it_was_typed(client: Visitor, marie: Person) -> None:
    back = sign_in(client, send_too_late(client, marie))
    done = fill_in(client, client.get(back.location), "/moi")
    assert done.location == "/moi"
    assert name_of(marie) == "Maëlle d’Œuvre"
    assert marie.address == "3, rue « du Puits »"


def test_a_wrong_password_loses_nothing(client: Visitor, marie: Person) -> None:
    asked = send_too_late(client, marie)
    refused = sign_in(client, asked, "autre-chose-que-le-mien")
    assert "Ce que vous aviez écrit est gardé" in refused.text
    back = fill_in(
        client, refused, "/connexion", {"email": "marie@example.org", "password": PASSWORD}
    )
    assert "Maëlle" in client.get(back.location).text


def test_signing_in_by_a_link_in_the_same_browser_leads_to_it_too(
    client: Visitor, marie: Person
) -> None:
    page = client.get(send_too_late(client, marie).location)
    fill_in(client, page, "/connexion/lien", {"email": "marie@example.org"})
    mail = db.session.query(OutgoingMail).filter_by(subject="Votre lien de connexion").one()
    link = "/lien/" + mail.body.partition("/lien/")[2].split()[0]
    back = fill_in(client, client.get(link), link)
    assert "Maëlle" in client.get(back.location).text


def test_another_person_on_the_same_computer_is_not_shown_it(
    app: Flask, client: Visitor, marie: Person
) -> None:
    sign_in_as(client, marie)
    values = form_of(client.get("/moi"), "/moi").values | {"first_name": ["Maëlle"]}
    accounts.sign_out_everywhere(marie)  # from another device: the cookie still says who it was
    db.session.commit()
    client.post("/moi", data=values, token=False, headers=OURS)
    with client.session_transaction() as session:
        other = make_person("Jean", "Martin", "jean@example.org")
        session["person"], session["number"] = other.id, other.session_number
    page = client.get("/inacheve")
    assert page.status_code == 200
    assert "Maëlle" not in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Referer": "http://localhost/moi"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Origin": "http://piege.example"},
        {"Origin": "null"},
        {"Referer": "http://localhost.piege.example/moi"},
        {},
    ],
)
def test_what_another_site_sends_is_not_kept(
    client: Visitor, marie: Person, headers: dict[str, str]
) -> None:
    asked = send_too_late(client, marie, headers)
    assert asked.location == "/connexion"
    with client.session_transaction() as session:
        assert "unfinished" not in session


def test_a_password_is_never_carried(client: Visitor, marie: Person) -> None:
    sign_in_as(client, marie)
    form_of(client.get("/moi"), "/moi/mot-de-passe")
    old = stale_token(client)
    data = {"csrf_token": old, "password": "tout-nouveau-et-secret", "email": "x@example.org"}
    page = client.post("/moi/mot-de-passe", data=data, token=False, headers=OURS)
    assert page.status_code == 400
    assert "x@example.org" in page.text
    assert "tout-nouveau-et-secret" not in page.text


def stale_token(client: Visitor) -> str:
    """Return a token as a page left open for two days holds it."""
    secret = client.application.config["SECRET_KEY"]
    with client.session_transaction() as session:
        signer = URLSafeTimedSerializer(secret, salt="wtf-csrf-token")
        session["csrf_token"] = "another"
        return str(signer.dumps("the former one"))


def test_a_page_left_open_too_long_gives_back_what_was_typed(
    client: Visitor, marie: Person
) -> None:
    sign_in_as(client, marie)
    values = form_of(client.get("/moi"), "/moi").values | {"first_name": ["Maëlle"]}
    values["csrf_token"] = [stale_token(client)]
    shown = client.post("/moi", data=values, token=False, headers=OURS)
    assert shown.status_code == 400
    assert name_of(marie) == "Marie Dupont"
    fill_in(client, shown, "/moi")
    assert name_of(marie) == "Maëlle Dupont"


def test_a_forged_form_is_refused_and_not_offered_again(client: Visitor, marie: Person) -> None:
    sign_in_as(client, marie)
    data = {"csrf_token": "forged", "first_name": "Piège"}
    refused = client.post("/moi", data=data, token=False, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 400
    assert "Piège" not in refused.text
    assert name_of(marie) == "Marie Dupont"


def test_a_form_without_any_token_is_not_offered_again(client: Visitor, marie: Person) -> None:
    sign_in_as(client, marie)
    refused = client.post("/moi", data={"first_name": "Piège"}, token=False, headers=OURS)
    assert refused.status_code == 400
    assert "Piège" not in refused.text


def test_what_is_kept_can_be_erased_unsent(client: Visitor, marie: Person) -> None:
    back = sign_in(client, send_too_late(client, marie))
    fill_in(client, client.get(back.location), "/inacheve/effacer")
    assert "Maëlle" not in client.get("/inacheve").text
    assert name_of(marie) == "Marie Dupont"


def test_it_is_kept_a_day_and_no_longer(client: Visitor, marie: Person) -> None:
    back = sign_in(client, send_too_late(client, marie))
    with held_at(now() + timedelta(hours=25)):
        uploads.forget_old(kernel().settings.home)
        assert "Maëlle" not in client.get(back.location).text


def test_a_text_too_long_to_keep_leads_back_to_its_page(client: Visitor, marie: Person) -> None:
    end_session(sign_in_as(client, marie))
    data = {"csrf_token": "x", "address": "é" * 200_000}
    asked = client.post("/moi", data=data, token=False, headers=OURS)
    assert asked.location == "/connexion?suite=/moi"


def test_a_button_without_fields_leads_back_to_its_page(client: Visitor, marie: Person) -> None:
    asked = client.post(
        "/moi/deconnecter-partout", data={"csrf_token": "x"}, token=False, headers=OURS
    )
    assert asked.location == "/connexion?suite=/moi"


def test_one_place_cannot_fill_the_disk(client: Visitor, marie: Person) -> None:
    end_session(sign_in_as(client, marie))
    answers = [
        client.post("/moi", data={"csrf_token": "x", "a": str(n)}, token=False, headers=OURS)
        for n in range(21)
    ]
    assert answers[0].location.endswith("suite=/inacheve")
    assert answers[-1].location.endswith("suite=/moi")


@pytest.fixture
def written_for_ines(client: Visitor, community: Community, marie: Person) -> Member:
    """Give Inès, whom Marie serves, and in whose name she wrote when her session ended."""
    make_member(community, person=marie)
    ines = make_person("Inès", "Roy")
    ines.proxy_id = marie.id
    served = make_member(community, person=ines)
    with sign_in_as(client, marie).session_transaction() as session:
        session["acting_for"], session["number"] = served.id, -1
    ours = OURS | {"Referer": "http://localhost/lavergne/avis"}
    typed = {"csrf_token": "x", "phone": "1"}
    asked = client.post("/lavergne/avis", data=typed, token=False, headers=ours)
    assert asked.location.endswith("suite=/inacheve")
    sign_in(client, asked)
    return served


def test_what_was_written_for_somebody_is_sent_in_their_name(
    client: Visitor, written_for_ines: Member
) -> None:
    assert "Inès Roy" in client.get("/inacheve").text
    with client.session_transaction() as session:
        assert session["acting_for"] == written_for_ines.id


def test_what_was_written_for_somebody_is_not_sent_once_another_serves_them(
    client: Visitor, written_for_ines: Member
) -> None:
    assert written_for_ines.person is not None
    written_for_ines.person.proxy_id = None
    db.session.commit()
    assert "Envoyer" not in client.get("/inacheve").text
    with client.session_transaction() as session:
        assert "acting_for" not in session


def test_what_one_wrote_for_oneself_is_not_sent_in_another_s_name(
    client: Visitor, community: Community, marie: Person
) -> None:
    ines = make_person("Inès", "Roy")
    ines.proxy_id = marie.id
    served = make_member(community, person=ines)
    back = sign_in(client, send_too_late(client, marie))
    with client.session_transaction() as session:
        session["acting_for"] = served.id
    assert "Marie Dupont" in client.get(back.location).text
    with client.session_transaction() as session:
        assert "acting_for" not in session


def send_to_circle(
    client: Visitor, path: str = "/lavergne/foyer/nom", headers: dict[str, str] = OURS
) -> TestResponse:
    """Send a form that was written on a page of the circle."""
    data = {"csrf_token": "x", "name": "Les d’Œuvre, au Puits"}
    return client.post(path, data=data, token=False, headers=headers)


def without_tokens(answer: TestResponse) -> str:
    """Return a page but for what changes with every second."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)


@pytest.fixture
def circle(community: Community, marie: Person) -> Community:
    """Give a closed circle, of which Marie is a member."""
    community.admission = "invitation"
    make_member(community, person=marie)
    return community


def test_what_was_written_in_a_closed_circle_is_kept_too(
    client: Visitor, circle: Community, marie: Person
) -> None:
    end_session(sign_in_as(client, marie))
    asked = send_to_circle(client)
    assert asked.location.endswith("suite=/inacheve")
    back = sign_in(client, asked)
    done = fill_in(client, client.get(back.location), "/lavergne/foyer/nom")
    assert done.location == "/lavergne/foyer"
    assert "Les d’Œuvre, au Puits" in client.get(done.location).text


def test_an_ended_session_does_not_tell_whether_there_is_such_a_circle(
    client: Visitor, circle: Community
) -> None:
    outsider = make_person("Paul", "Roux", "paul@example.org")
    end_session(sign_in_as(client, outsider))
    told = [
        send_to_circle(client, path) for path in ("/lavergne/foyer/nom", "/nulle-part/foyer/nom")
    ]
    assert [each.status_code for each in told] == [302, 302]
    assert told[0].location == told[1].location
    assert told[0].data == told[1].data
    unread = [client.get(path) for path in ("/lavergne/foyer", "/nulle-part/foyer")]
    assert [each.status_code for each in unread] == [404, 404]


def test_a_stranger_who_writes_to_a_closed_circle_is_answered_as_where_there_is_none(
    client: Visitor, circle: Community
) -> None:
    there = send_to_circle(client)
    nowhere = send_to_circle(client, "/nulle-part/foyer/nom")
    assert there.status_code == nowhere.status_code == 404
    assert without_tokens(there).replace("lavergne", "nulle-part") == without_tokens(nowhere)
    with client.session_transaction() as session:
        assert "unfinished" not in session


def test_another_site_is_not_told_of_a_circle_by_an_ended_session(
    client: Visitor, circle: Community, marie: Person
) -> None:
    end_session(sign_in_as(client, marie))
    assert send_to_circle(client, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 404


def test_what_was_written_for_somebody_in_a_closed_circle_is_sent_in_their_name(
    client: Visitor, circle: Community, marie: Person
) -> None:
    ines = make_person("Inès", "Roy")
    ines.proxy_id = marie.id
    served = make_member(circle, person=ines)
    with sign_in_as(client, marie).session_transaction() as session:
        session["acting_for"] = served.id
    end_session(client)
    back = sign_in(client, send_to_circle(client))
    assert "Inès Roy" in client.get(back.location).text


def test_nothing_is_kept_once_signed_out_on_purpose_in_another_tab(
    client: Visitor, marie: Person
) -> None:
    sign_in_as(client, marie)
    values = form_of(client.get("/moi"), "/moi").values | {"first_name": ["Maëlle"]}
    client.post("/deconnexion")
    asked = client.post("/moi", data=values, token=False, headers=OURS)
    assert asked.location == "/connexion?suite=/moi"
    sign_in_as(client, make_person("Jean", "Martin", "jean@example.org"))
    assert "Maëlle" not in client.get("/inacheve").text


def test_signing_out_forgets_what_was_kept(client: Visitor, marie: Person) -> None:
    sign_in(client, send_too_late(client, marie))
    with client.session_transaction() as session:
        kept = kernel().settings.home / "uploads" / session["unfinished"]
    assert kept.is_file()
    client.post("/deconnexion")
    assert not kept.exists()
