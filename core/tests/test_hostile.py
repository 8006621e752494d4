"""What another site, a program or a device may try, and gains nothing by."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from freeco.db import db
from freeco.mail import post_office
from freeco.mail.models import FailingAddress
from freeco.members import accounts
from freeco.members.invitations import invite
from freeco.members.models import Community, Member, Person
from freeco.notifications import push
from freeco.notifications.channels import ChannelDown, Device, Signal
from freeco.testing import Visitor, make_person
from freeco.testing.forms import form_of
from freeco.testing.people import sign_in_as

PASSWORD = "la-rivière-est-haute-ce-soir"
PUBLIC_KEY = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
"""The keys of the example of RFC 8291."""


def test_the_page_of_kept_answers_does_not_read_itself_without_end(
    client: Visitor, person: Person
) -> None:
    accounts.set_password(person, PASSWORD)
    db.session.commit()
    values = form_of(sign_in_as(client, person).get("/moi"), "/moi").values
    with client.session_transaction() as session:
        session.pop("person")
    ours = {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/inacheve"}
    client.post("/moi", data=values, token=False, headers=ours)
    with client.session_transaction() as session:
        session["person"], session["number"] = person.id, person.session_number
    shown = client.get("/inacheve")
    assert shown.status_code == 200
    assert "Dupont" in shown.text


@pytest.mark.parametrize(
    "address", ["/nulle-part", "/lavergne//quitter", "/desabonnement/rien", "/moi"]
)
def test_another_site_does_not_choose_the_words_of_a_question(
    client: Visitor, member: Member, person: Person, address: str
) -> None:
    asked = {"a_confirmer": ["Votre compte est bloqué", "Débloquer"]}
    for reader in (client, sign_in_as(client, person)):
        assert "Débloquer" not in reader.post(address, data=asked, token=False).text


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000])
@pytest.mark.parametrize("address", ["/lavergne/hors-ligne", "/api/lavergne/rien"])
def test_brackets_without_end_are_bad_json(
    client: Visitor, member: Member, person: Person, content: str, address: str
) -> None:
    reader = sign_in_as(client, person)
    answer = reader.post(address, data=content, content_type="application/json")
    assert answer.status_code in {400, 404}


def test_an_address_that_a_steward_typed_does_not_tell_whose_it_is(
    app: Flask, community: Community, member: Member
) -> None:
    make_person("Odette", "Vern", "odette@example.org")
    invite(community, "odette@example.org", member)
    db.session.add(FailingAddress(address="odette@example.org", reason="550"))
    db.session.add(FailingAddress(address="marie@example.org", reason="550"))
    db.session.commit()
    assert [each.who for each in post_office.waiting(community)] == ["odette@example.org"]
    assert [each.who for each in post_office.failing(community)] == ["Marie Dupont", ""]


@pytest.fixture
def dripping() -> Iterator[int]:
    """Give the port of a server whose answer comes letter by letter, and never ends."""
    server, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip() -> None:
        line, _address = server.accept()
        with line:
            while not over.wait(0.1):
                try:
                    line.send(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    yield server.getsockname()[1]
    over.set()
    thread.join()
    server.close()


def test_a_device_that_drips_does_not_hold_the_worker_up(
    dripping: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "PATIENCE_SECONDS", 1)
    way = push.WebPush(push.new_key(), "freeco@example.org", loopback=True)
    device = Device(f"http://127.0.0.1:{dripping}/x", PUBLIC_KEY, SECRET)
    before = time.monotonic()
    with pytest.raises(ChannelDown):
        way.carry(Signal(1, "Amis", "Gel", "", device=device))
    assert time.monotonic() - before < 5
