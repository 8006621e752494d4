from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from jinja2 import UndefinedError

from freeco.clock import held_at, now
from freeco.config import Settings
from freeco.db import db
from freeco.kernel import Kernel
from freeco.mail.delivery import MOST_TRIES, compose, deliver_mail
from freeco.mail.letters import OWN_LETTERS, send_mail
from freeco.mail.models import OutgoingMail
from freeco.members.models import Member
from freeco.money import Money
from freeco.notifications import digests
from freeco.notifications.notices import notify
from freeco.notifications.sweeps import go_round
from freeco.plugins import Plugins
from freeco.testing.mail_server import PostOffice, free_port, listening

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
        "refusal": "/desabonnement/t0ken",
    },
    "household_invitation": {
        "inviter": "Marie Dupont",
        "community": "Lavergne",
        "secret": "s3cret",
        "refusal": "/desabonnement/t0ken",
    },
    "digest": {"community": "Lavergne", "week": "- jeudi 3 décembre, 18 h 30 – Distribution"},
    "wording_to_mend": {"community": "Lavergne", "title": "Le rappel de la veille"},
    "module_opened": {
        "module": "Vente directe",
        "community": "Lavergne",
        "member_count": 12,
    },
    "new_charter": {"community": "Lavergne", "version": "2"},
    "reminder": {
        "what": "Distribution : Petit panier",
        "date": date(2026, 12, 3),
        "starts": time(18, 30),
        "ends": time(19, 30),
        "place": "Salle des fêtes",
    },
    "payment_due": {
        "amount": Money(4600),
        "to": "GAEC des Vergnes",
        "due_on": date(2026, 12, 3),
        "by_cheque": True,
    },
    "debit_announced": {
        "creditor": "GAEC des Vergnes",
        "on": date(2026, 12, 3),
        "debits": [(Money(4600), "FREECO-1-1", "0189")],
    },
    "record_alarm": {
        "own": True,
        "community": "Lavergne",
        "kind": "shrunken",
        "witness": "temoin.example/temoin",
        "origin": "freeco.example/lavergne/registre",
    },
    "account_changed": {
        "organisation": "GAEC des Vergnes",
        "who": "Denis Couderc",
        "at": datetime(2026, 12, 3, 9, tzinfo=UTC),
        "before": "0189",
        "after": "",
        "keeps": True,
    },
    "account_secured": {
        "first_name": "Zoé",
        "change": "devices",
        "at": datetime(2026, 12, 3, 9, tzinfo=UTC),
        "ended": ["Tableur, Lavergne"],
        "kept": [],
    },
    "accord_proposed": {"name": "Zoé Roux", "title": "Prêt du motoculteur"},
    "accord_agreed": {"name": "Zoé Roux", "title": "Prêt du motoculteur"},
    "accord_declined": {"name": "Zoé Roux", "title": "Prêt du motoculteur"},
}


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def settings(app: Flask, office: PostOffice) -> Iterator[Settings]:
    """Give settings whose mail goes to a server on this machine."""
    kernel: Kernel = app.extensions["freeco"]
    with listening(office) as mail_url:
        yield replace(
            kernel.settings,
            mail_url=mail_url,
            mail_from="Freeco – Lavergne <freeco@example.org>",
            base_url="https://freeco.example",
        )


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
    plain = message.get_body(("plain",))
    assert plain is not None
    body = plain.get_content()
    assert "Bonjour Zoé," in body
    assert "https://freeco.example/lien/s3cret" in body.splitlines()


@pytest.mark.parametrize("template", sorted(LETTERS))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_letter_can_be_written(app: Flask, template: str, language: str) -> None:
    mail = send_mail("zoe@example.org", template, language, **LETTERS[template])
    assert 5 < len(mail.subject) < 80
    assert "{{" not in mail.body
    assert "!" not in mail.body


def test_every_letter_is_tried_here() -> None:
    assert {file.stem for file in OWN_LETTERS.glob("*.txt")} == set(LETTERS)


def test_an_invitation_to_a_household_says_so(app: Flask) -> None:
    mail = send_mail(
        "zoe@example.org", "household_invitation", "fr", **LETTERS["household_invitation"]
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


class Words(HTMLParser):
    """Reads the HTML of a letter as its text part would say it."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.href = dict(attrs)["href"] or ""

    def handle_data(self, data: str) -> None:
        if self.lasttag in {"title", "style"}:
            return
        self.words += data.split()
        if self.href and data.strip() != self.href:
            self.words += self.href.split()
        self.href = ""


def said_by(message: EmailMessage, kind: str) -> list[str]:
    """Return the words of a part, without what only lays them out."""
    part = message.get_body((kind,))
    assert part is not None
    text = part.get_content()
    if kind == "html":
        reader = Words()
        reader.feed(text)
        words = reader.words
    else:
        words = text.split()
    # A colon and a dash lay out a text; a button and a list lay out a page.
    return [told for word in words if (told := word.strip("-:"))]


@pytest.mark.parametrize("template", sorted(LETTERS))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_both_parts_of_a_letter_say_the_same(
    settings: Settings, office: PostOffice, template: str, language: str
) -> None:
    send_mail("zoe@example.org", template, language, **LETTERS[template])
    db.session.commit()
    deliver_mail(settings)
    (message,) = office.taken
    assert message.get_content_type() == "multipart/alternative"
    assert said_by(message, "plain") == said_by(message, "html")
    assert message["Content-Language"] == language
    html = message.get_body(("html",))
    assert html is not None
    page = html.get_content()
    assert f'<html lang="{language}">' in page
    assert "<img" not in page
    assert "<script" not in page


def test_a_notice_and_the_weekly_letter_arrive_whole(
    settings: Settings, office: PostOffice, member: Member
) -> None:
    sunday = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)
    member.joined_at = sunday - timedelta(days=60)
    content = {"community": "Lavergne", "version": "2"}
    with held_at(sunday - timedelta(days=2)):
        for topic in ("core.opening", "core.charter"):
            notify(member, topic, "new_charter", key=topic, url="/lavergne/charte", **content)
        db.session.commit()
    with held_at(sunday):
        go_round(Plugins(), (digests.due,))
        assert deliver_mail(settings) == 2
    at_once, weekly = office.taken
    for message in (at_once, weekly):
        assert said_by(message, "plain") == said_by(message, "html")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Id"] == "<lavergne.freeco.example>"
    assert weekly["Subject"] == "Votre semaine\u00a0: Amis de Lavergne"
    html = weekly.get_body(("html",))
    assert html is not None
    assert "<h2" in html.get_content()
    assert 'href="https://freeco.example/lavergne/charte"' in html.get_content()


def test_french_typography_survives_the_journey(
    settings: Settings, office: PostOffice, member: Member
) -> None:
    notify(
        member,
        "core.reminder",
        "reminder",
        key="x",
        **{**LETTERS["reminder"], "what": "L’« œuf » : 2 €"},
    )
    db.session.commit()
    deliver_mail(settings)
    (message,) = office.taken
    assert message["Subject"] == "Demain\u00a0: L’« œuf » : 2 €"
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        assert "18\u00a0h\u00a030" in part.get_content()


def test_what_somebody_typed_never_becomes_a_link_nor_a_tag(
    settings: Settings, office: PostOffice, member: Member
) -> None:
    typed = {"place": "Cliquez : https://evil.example/", "what": "<b onclick=x>"}
    content = {**LETTERS["reminder"], **typed}
    notify(member, "core.reminder", "reminder", key="x", **content)
    db.session.commit()
    deliver_mail(settings)
    html = office.taken[0].get_body(("html",))
    assert html is not None
    assert 'href="https://evil.example/' not in html.get_content()
    assert "<b onclick" not in html.get_content()
    assert "&lt;b onclick=x&gt;" in html.get_content()


def test_a_day_without_a_server_loses_nothing(settings: Settings, office: PostOffice) -> None:
    for number in range(3):
        write(f"zoe{number}@example.org")
    down = replace(settings, mail_url=f"smtp://127.0.0.1:{free_port()}")
    instant = now()
    for _hour in range(50):
        instant += timedelta(hours=1)
        with held_at(instant):
            assert deliver_mail(down) == 0
    with held_at(instant + timedelta(hours=2)):
        assert deliver_mail(settings) == 3


def test_a_server_that_is_down_is_knocked_at_once_a_minute(settings: Settings) -> None:
    letters = [write(f"zoe{number}@example.org") for number in range(3)]
    deliver_mail(replace(settings, mail_url=f"smtp://127.0.0.1:{free_port()}"))
    assert all(mail.next_try_at > now() for mail in letters)
    assert all(mail.last_error for mail in letters)
    assert sum(mail.tries for mail in letters) == 1


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
    monkeypatch.setattr("freeco.mail.delivery.THIS_MACHINE", frozenset())
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
