"""SMS and web push: only with the operator’s means and the reader’s consent."""

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import http_ece  # type: ignore[import-untyped]
import py_vapid  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask

from freeco.clock import held_at, now
from freeco.config import BadConfiguration, Settings
from freeco.db import db
from freeco.members.models import Community, Member, Person
from freeco.notifications import adapters, choices, commands, push
from freeco.notifications.channels import (
    MOST_TRIES,
    STALE,
    ChannelDown,
    Device,
    Signal,
    Unreachable,
    deliver_signals,
)
from freeco.notifications.models import OutgoingSignal, PushDevice
from freeco.notifications.phone_numbers import international
from freeco.notifications.sms import SmsGateway, words_of
from freeco.testing import Visitor, make_member
from freeco.testing.notices import tell
from freeco.testing.people import sign_in_as

KEY = push.new_key()


class Answering:
    """An HTTP server that keeps what it is sent, and answers what it is told to."""

    def __init__(self) -> None:
        self.status = 201
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append((self.path, dict(self.headers.items()), body))
                self.send_response(outer.status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.thread = Thread(target=self.server.serve_forever)

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def http() -> Iterator[Answering]:
    answering = Answering()
    answering.thread.start()
    yield answering
    answering.stop()


@pytest.fixture
def settings(app: Flask, tmp_path: Path) -> Iterator[Settings]:
    """Give the application means for SMS and push, for one test."""
    held = app.extensions["freeco"]
    settings: Settings = replace(
        held.settings,
        sms_url=f"file:{tmp_path / 'sms'}",
        push_key=KEY,
        base_url="https://f.example",
    )
    app.extensions["freeco"] = replace(held, settings=settings)
    yield settings
    app.extensions["freeco"] = held


class Browser:
    """The browser's side of web push: its keys, and how it reads a message."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.shared = os.urandom(16)

    def device(self, endpoint: str) -> Device:
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return Device(endpoint, text(point), text(self.shared))

    def read(self, body: bytes) -> dict[str, str]:
        plain = http_ece.decrypt(
            body, private_key=self.private, auth_secret=self.shared, version="aes128gcm"
        )
        words: dict[str, str] = json.loads(plain)
        return words


def text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signals() -> list[OutgoingSignal]:
    db.session.rollback()
    return list(db.session.query(OutgoingSignal).order_by(OutgoingSignal.id))


def a_signal(device: Device | None = None, title: str = "Amis") -> Signal:
    return Signal(7, title, "Pas de livraison", "https://f.example/x", "+33612345678", device)


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("+32 470 12 34 56", "+32470123456"),
        ("12 34", ""),
        ("06 12 34 56 78 (le soir)", ""),
        ("", ""),
        ("٠٦١٢٣٤٥٦٧٨", ""),
    ],
)
def test_a_number_is_dialled_as_the_world_writes_it(typed: str, dialled: str) -> None:
    assert international(typed) == dialled


def test_no_sms_without_consent(settings: Settings, member: Member, person: Person) -> None:
    person.phone = "06 12 34 56 78"
    tell(member)
    assert signals() == []


def test_no_sms_where_the_operator_has_no_gateway(app: Flask, member: Member) -> None:
    assert member.person is not None
    member.person.phone = "06 12 34 56 78"
    choices.choose(member, {}, {"sms": True})
    tell(member)
    assert signals() == []


def test_one_who_cannot_be_reached_by_sms_takes_nobody_else_s_away(
    settings: Settings, member: Member, person: Person
) -> None:
    class Gone:
        def carry(self, signal: Signal) -> None:
            raise Unreachable

    person.phone = "06 12 34 56 78"
    choices.choose(member, {}, {"sms": True})
    tell(member, "one")
    tell(member, "other")
    assert deliver_signals(settings, {"sms": Gone()}, limit=1) == 0
    assert [row.tries for row in signals()] == [MOST_TRIES, 0]


def test_an_sms_says_from_whom_what_and_where(
    settings: Settings, member: Member, person: Person, tmp_path: Path
) -> None:
    person.phone = "06 12 34 56 78"
    choices.choose(member, {}, {"sms": True})
    tell(member)
    assert deliver_signals(settings, adapters.configured(settings)) == 1
    (file,) = (tmp_path / "sms").iterdir()
    assert file.read_text("utf-8") == (
        "+33612345678\n\nAmis de Lavergne : La charte a changé : Lavergne "
        "https://f.example/lavergne/charte\n"
    )
    assert deliver_signals(settings, adapters.configured(settings)) == 0


def test_what_waits_for_the_weekly_letter_wakes_no_phone(
    settings: Settings, member: Member, person: Person
) -> None:
    person.phone = "06 12 34 56 78"
    choices.choose(member, {"core.charter": "weekly"}, {"sms": True})
    tell(member)
    assert signals() == []


def test_a_refusal_takes_a_waiting_sms_back(
    settings: Settings, member: Member, person: Person
) -> None:
    person.phone = "06 12 34 56 78"
    choices.choose(member, {}, {"sms": True})
    tell(member)
    choices.choose(member, {}, {"sms": False})
    db.session.commit()
    assert signals() == []


def test_a_gateway_gets_the_json_it_documents(http: Answering) -> None:
    SmsGateway(f"http://amap:mot%20de%20passe@127.0.0.1:{http.port}/message").carry(a_signal())
    ((path, headers, body),) = http.asked
    assert path == "/message"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == (
        b"amap:mot de passe"
    )
    sent = json.loads(body)
    assert sent["phoneNumbers"] == ["+33612345678"]
    assert sent["textMessage"] == {"text": "Amis : Pas de livraison https://f.example/x"}
    assert sent["id"]


@pytest.mark.parametrize("status", [302, 400, 401, 500])
def test_a_gateway_that_refuses_is_tried_later_and_never_followed(
    http: Answering, status: int
) -> None:
    http.status = status
    with pytest.raises(ChannelDown):
        SmsGateway(f"http://amap:secret@127.0.0.1:{http.port}/message").carry(a_signal())
    assert len(http.asked) == 1


def test_a_gateway_that_is_away_costs_nothing_and_says_no_secret(
    settings: Settings, member: Member, person: Person
) -> None:
    person.phone = "06 12 34 56 78"
    choices.choose(member, {}, {"sms": True})
    tell(member)
    away = {"sms": SmsGateway("http://amap:s3cret@127.0.0.1:1/message")}
    instant = now()
    assert deliver_signals(settings, away) == 0
    (signal,) = signals()
    assert signal.last_error
    assert "s3cret" not in signal.last_error
    with held_at(instant + STALE):
        assert deliver_signals(settings, away) == 0  # too late to wake anybody
        assert signals()[0].tries == 1


def test_a_signal_is_given_up_after_some_tries(
    settings: Settings, member: Member, person: Person
) -> None:
    person.phone = "06 12 34 56 78"
    choices.choose(member, {}, {"sms": True})
    tell(member)
    signals()[0].tries = MOST_TRIES
    db.session.commit()
    assert deliver_signals(settings, adapters.configured(settings)) == 0


def test_an_sms_stays_short_and_in_the_alphabet_of_phones() -> None:
    signal = replace(a_signal(), text="L’« œuf »\u00a0: " + "x" * 500)
    words = words_of(signal)
    assert len(words) <= 300
    assert words.endswith("... https://f.example/x")
    assert not set("’«»\u00a0…") & set(words)


def test_a_message_reaches_the_browser_and_nobody_else_reads_it(http: Answering) -> None:
    browser = Browser()
    device = browser.device(f"http://127.0.0.1:{http.port}/push/abc")
    way = push.WebPush(KEY, "Freeco <freeco@example.org>", loopback=True)
    way.carry(a_signal(device, title="Amis de Lavergne – L’« AMAP »"))
    ((path, headers, body),) = http.asked
    assert path == "/push/abc"
    assert browser.read(body) == {
        "title": "Amis de Lavergne – L’« AMAP »",
        "body": "Pas de livraison",
        "url": "https://f.example/x",
    }
    assert b"livraison" not in body
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["TTL"]
    assert py_vapid.Vapid02.verify(headers["Authorization"])
    assert f"k={push.public_key(KEY)}" in headers["Authorization"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(
    settings: Settings, member: Member, http: Answering, status: int
) -> None:
    device = Browser().device(f"http://127.0.0.1:{http.port}/push")
    add(member, device)
    choices.choose(member, {}, {"push": True})
    tell(member)
    http.status = status
    way = push.WebPush(KEY, "freeco@example.org", loopback=True)
    assert deliver_signals(settings, {"push": way}) == 0
    assert (signals(), db.session.query(PushDevice).count()) == ([], 0)


def test_a_push_service_that_is_busy_is_tried_later(
    settings: Settings, member: Member, http: Answering
) -> None:
    add(member, Browser().device(f"http://127.0.0.1:{http.port}/push"))
    choices.choose(member, {}, {"push": True})
    tell(member)
    http.status = 429
    way = push.WebPush(KEY, "freeco@example.org", loopback=True)
    assert deliver_signals(settings, {"push": way}) == 0
    http.status = 201
    with held_at(now() + timedelta(minutes=1)):
        assert deliver_signals(settings, {"push": way}) == 1


def add(member: Member, device: Device) -> None:
    db.session.add(
        PushDevice(
            member_id=member.id,
            endpoint=device.endpoint,
            public_key=device.public_key,
            secret=device.secret,
        )
    )
    db.session.commit()


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x",
        "https://push.example:8443/x",
        "https://user:x@push.example/",
        "file:///etc/passwd",
        "https://",
        "https://[::1",
        "https://push.example/\r\nHost: x",
        "https://push.example/" + "x" * 1000,
    ],
)
def test_an_address_that_is_not_a_push_service_is_refused(endpoint: str) -> None:
    device = Browser().device(endpoint)
    with pytest.raises(push.BadDevice):
        push.check_device(endpoint, device.public_key, device.secret)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]", "100.64.0.1"],
)
def test_an_address_inside_our_own_network_is_never_called(host: str) -> None:
    way = push.WebPush(KEY, "freeco@example.org")
    with pytest.raises(Unreachable):
        way.carry(a_signal(Browser().device(f"https://{host}/latest/meta-data")))


def test_keys_that_are_no_keys_are_refused() -> None:
    device = Browser().device("https://push.example/x")
    for key, secret in ((device.secret, device.secret), (device.public_key, "x"), ("é", "é")):
        with pytest.raises(push.BadDevice):
            push.check_device(device.endpoint, key, secret)


def test_a_browser_is_added_and_removed(
    client: Visitor, settings: Settings, member: Member, person: Person
) -> None:
    device = Browser().device("https://push.example/x")
    sent = {"endpoint": device.endpoint, "p256dh": device.public_key, "auth": device.secret}
    reader = sign_in_as(client, person)
    for _twice in range(2):
        answer = reader.post("/lavergne/avis/appareil", json={**sent, "name": "Firefox, Android"})
        assert answer.status_code == 204
    (row,) = db.session.query(PushDevice)
    assert choices.agrees(member, "push")
    assert "Firefox, Android" in reader.get("/lavergne/avis").text
    assert reader.post(f"/lavergne/avis/appareil/{row.id}/retirer").status_code == 302
    assert db.session.query(PushDevice).count() == 0


def test_a_browser_is_not_added_by_another_site(
    client: Visitor, settings: Settings, member: Member, person: Person
) -> None:
    device = Browser().device("https://push.example/x")
    sent = {"endpoint": device.endpoint, "p256dh": device.public_key, "auth": device.secret}
    answer = sign_in_as(client, person).post("/lavergne/avis/appareil", json=sent, token=False)
    assert answer.status_code == 400
    assert db.session.query(PushDevice).count() == 0


@pytest.mark.parametrize(
    "sent", [None, [], {}, {"endpoint": 3}, {"endpoint": "https://x.example/"}]
)
def test_what_is_no_subscription_is_refused(
    client: Visitor, settings: Settings, member: Member, person: Person, sent: object
) -> None:
    answer = sign_in_as(client, person).post("/lavergne/avis/appareil", json=sent)
    assert answer.status_code in {400, 422}


def test_somebody_else_s_browser_is_absent(
    client: Visitor, settings: Settings, community: Community, member: Member, person: Person
) -> None:
    jean = make_member(community, "Jean", "Martin")
    add(jean, Browser().device("https://push.example/x"))
    row = db.session.query(PushDevice).one()
    answer = sign_in_as(client, person).post(f"/lavergne/avis/appareil/{row.id}/retirer")
    assert answer.status_code == 404


def test_without_a_key_there_is_no_push(client: Visitor, member: Member, person: Person) -> None:
    reader = sign_in_as(client, person)
    assert reader.post("/lavergne/avis/appareil", json={}).status_code == 404
    assert "data-push-key" not in reader.get("/lavergne/avis").text


def test_the_command_gives_a_key_that_works() -> None:
    key = CliRunner().invoke(commands.pushkey).output.strip()
    assert len(push.public_key(key)) == 87


def test_a_wrong_gateway_is_named_at_the_start() -> None:
    for name, value in (("SMS_URL", "sms:06"), ("MAIL_RETURN", "retours")):
        with pytest.raises(BadConfiguration, match=name):
            Settings.from_environment({f"FREECO_{name}": value})
