import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from jinja2 import UndefinedError

from freeco.clock import held_at, now
from freeco.config import Settings
from freeco.db import db
from freeco.kernel import Kernel
from freeco.notifications.delivery import MOST_TRIES, compose, deliver_mail
from freeco.notifications.models import OutgoingMail
from freeco.notifications.services import OWN_LETTERS, send_mail

LETTERS: dict[str, dict[str, Any]] = {
    "new_email": {"name": "Zoé Roux", "secret": "s3cret"},
    "email_asked": {"first_name": "Zoé", "address": "new@example.org"},
    "entered": {"first_name": "Zoé", "community": "Lavergne", "keeper": "Marie Dupont"},
    "confirm": {"first_name": "Zoé", "secret": "s3cret"},
    "known_address": {"first_name": "Zoé"},
    "sign_in_link": {"first_name": "Zoé", "secret": "s3cret"},
    "invitation": {
        "inviter": "Marie Dupont",
        "community": "Lavergne",
        "secret": "s3cret",
        "household": False,
    },
    "module_opened": {
        "first_name": "Zoé",
        "module": "Vente directe",
        "community": "Lavergne",
        "member_count": 12,
        "page": "/lavergne/",
    },
    "new_charter": {
        "first_name": "Zoé",
        "community": "Lavergne",
        "version": "2",
        "page": "/lavergne/charte",
    },
}


class PostOffice:
    """A real SMTP server that keeps what it takes, and refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[Any],
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def settings(app: Flask, office: PostOffice) -> Iterator[Settings]:
    """Give settings whose mail goes to a server on this machine."""
    kernel: Kernel = app.extensions["freeco"]
    controller = Controller(office, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield replace(
        kernel.settings,
        mail_url=f"smtp://127.0.0.1:{controller.port}",
        mail_from="Freeco – Lavergne <freeco@example.org>",
        base_url="https://freeco.example",
    )
    controller.stop()


def write(recipient: str = "zoe@example.org") -> OutgoingMail:
    mail = send_mail(recipient, "confirm", "fr", **LETTERS["confirm"])
    db.session.commit()
    return mail


def test_a_letter_arrives_as_written(settings: Settings, office: PostOffice) -> None:
    write()
    assert deliver_mail(settings) == 1
    (message,) = office.taken
    assert message["To"] == "zoe@example.org"
    assert message["From"] == "Freeco – Lavergne <freeco@example.org>"
    assert message["Subject"] == "Confirmez votre adresse"
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_content()
    assert "Bonjour Zoé," in body
    assert "https://freeco.example/lien/s3cret" in body.splitlines()


@pytest.mark.parametrize("template", sorted(LETTERS))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_letter_can_be_written(app: Flask, template: str, language: str) -> None:
    mail = send_mail("zoe@example.org", template, language, **LETTERS[template])
    assert 5 < len(mail.subject) < 80
    assert "{{" not in mail.body
    assert mail.body.count("\n\n") >= 2
    assert "!" not in mail.body


def test_every_letter_is_tried_here() -> None:
    assert {file.stem for file in OWN_LETTERS.glob("*.txt")} == set(LETTERS)


def test_an_invitation_to_a_household_says_so(app: Flask) -> None:
    mail = send_mail(
        "zoe@example.org", "invitation", "fr", **{**LETTERS["invitation"], "household": True}
    )
    assert mail.subject == "Marie Dupont vous invite à partager son foyer"


def test_a_letter_that_lacks_something_is_not_written(app: Flask) -> None:
    with pytest.raises(UndefinedError):
        send_mail("zoe@example.org", "confirm", "fr", first_name="Zoé")


def test_a_module_writes_its_own_letters(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "jars.txt").write_text("Vos bocaux\n\n{{ count }} & <b>{{ site }}/x</b>\n")
    mail = send_mail("zoe@example.org", "jars", "fr", folder=tmp_path, count=4)
    assert mail.subject == "Vos bocaux"
    assert mail.body == "4 & <b>{site}/x</b>\n"


def test_a_letter_leaves_once_and_its_secret_is_not_kept(
    settings: Settings, office: PostOffice
) -> None:
    mail = write()
    deliver_mail(settings)
    assert deliver_mail(settings) == 0
    assert len(office.taken) == 1
    assert mail.sent_at is not None
    assert mail.body == ""


def test_a_letter_taken_back_does_not_leave(settings: Settings, office: PostOffice) -> None:
    send_mail("zoe@example.org", "confirm", "fr", **LETTERS["confirm"])
    db.session.rollback()
    assert deliver_mail(settings) == 0
    assert office.taken == []


def test_the_same_letter_keeps_its_number(settings: Settings) -> None:
    mail = write()
    first = compose(mail, settings)["Message-ID"]
    with held_at(now() + timedelta(hours=1)):
        assert compose(mail, settings)["Message-ID"] == first
    assert first.endswith("@freeco.example>")


def test_no_more_letters_leave_than_asked(settings: Settings, office: PostOffice) -> None:
    for number in range(5):
        write(f"zoe{number}@example.org")
    assert deliver_mail(settings, limit=3) == 3
    assert deliver_mail(settings, limit=3) == 2
    assert [message["To"] for message in office.taken] == [
        f"zoe{number}@example.org" for number in range(5)
    ]


def test_a_refused_letter_holds_up_no_other(settings: Settings, office: PostOffice) -> None:
    office.refuses["wrong@example.org"] = "550 no such user"
    wrong = write("wrong@example.org")
    write("zoe@example.org")
    assert deliver_mail(settings) == 1
    assert wrong.sent_at is None
    assert "no such user" in wrong.last_error


def test_a_refused_letter_is_tried_later_and_later(settings: Settings, office: PostOffice) -> None:
    office.refuses["zoe@example.org"] = "451 try again later"
    mail = write()
    instant = now()
    for wait in (1, 5, 30, 120, 120):
        with held_at(instant):
            assert deliver_mail(settings) == 0
            assert mail.next_try_at == instant + timedelta(minutes=wait)
        instant += timedelta(minutes=wait)
    office.refuses.clear()
    with held_at(instant):
        assert deliver_mail(settings) == 1


def test_a_letter_that_never_leaves_is_given_up(settings: Settings, office: PostOffice) -> None:
    mail = write()
    mail.tries = MOST_TRIES
    db.session.commit()
    assert deliver_mail(settings) == 0


def test_a_server_that_is_down_is_tried_again(settings: Settings, office: PostOffice) -> None:
    mail = write()
    down = replace(settings, mail_url=f"smtp://127.0.0.1:{free_port()}")
    assert deliver_mail(down) == 0
    assert mail.tries == 1
    assert mail.last_error != ""
    with held_at(now() + timedelta(minutes=1)):
        assert deliver_mail(settings) == 1


def test_a_letter_another_worker_has_taken_is_left_to_it(settings: Settings) -> None:
    mail = write()
    mail.next_try_at, mail.tries = now() + timedelta(minutes=5), 1
    db.session.commit()
    assert deliver_mail(settings) == 0


def test_a_name_cannot_forge_a_header(settings: Settings, office: PostOffice) -> None:
    content = {**LETTERS["invitation"], "inviter": "Marie\r\nBcc: all@example.org"}
    mail = send_mail("zoe@example.org", "invitation", "fr", **content)
    assert "\n" not in mail.subject
    db.session.commit()
    deliver_mail(settings)
    (message,) = office.taken
    assert message["Bcc"] is None


@pytest.mark.parametrize("recipient", ["zoe@example.org\r\nBcc: all@example.org", "nobody", ""])
def test_an_address_cannot_forge_a_header(
    settings: Settings, office: PostOffice, recipient: str
) -> None:
    mail = write(recipient)
    write("zoe@example.org")
    assert deliver_mail(settings) == 1
    assert mail.last_error != ""
    assert [message["To"] for message in office.taken] == ["zoe@example.org"]


def test_a_demo_s_letters_are_files(settings: Settings, tmp_path: Path) -> None:
    mail = write()
    assert deliver_mail(replace(settings, mail_url=f"file:{tmp_path / 'mail'}")) == 1
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name == f"{mail.id:08}.eml"
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["Subject"] == "Confirmez votre adresse"


@pytest.mark.parametrize("mail_url", ["http://127.0.0.1/", "carrier-pigeon"])
def test_another_way_of_sending_is_named_as_wrong(settings: Settings, mail_url: str) -> None:
    mail = write()
    assert deliver_mail(replace(settings, mail_url=mail_url)) == 0
    assert "smtp://" in mail.last_error


def test_a_password_is_not_sent_in_clear_to_another_machine(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("freeco.notifications.delivery.THIS_MACHINE", frozenset())
    mail = write()
    open_air = settings.mail_url.replace("smtp://", "smtp://freeco:secret@")
    assert deliver_mail(replace(settings, mail_url=open_air)) == 0
    assert "ne chiffre pas" in mail.last_error
    assert "secret" not in mail.last_error


def test_three_workers_together_send_each_letter_once(
    app: Flask, settings: Settings, office: PostOffice
) -> None:
    recipients = sorted(f"zoe{number}@example.org" for number in range(6))
    for recipient in recipients:
        write(recipient)
    start = Barrier(3)

    def work(_number: int) -> int:
        with app.app_context():
            start.wait()
            return deliver_mail(settings)

    with ThreadPoolExecutor(3) as workers:
        assert sum(workers.map(work, range(3))) == 6
    assert sorted(message["To"] for message in office.taken) == recipients
