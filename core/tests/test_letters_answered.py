"""Letters that are answered by e-mail: whose they are, what was said, and what nobody said."""

import mailbox
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter

import pytest
from click.testing import CliRunner
from flask import Flask

from freeco.db import db
from freeco.kernel import Kernel, kernel
from freeco.mail.answers import MailAnswer, answer_address, is_automatic, own_words
from freeco.mail.bounces import Outcome
from freeco.mail.composing import compose
from freeco.mail.letters import send_mail
from freeco.module import Module
from freeco.notifications import commands
from freeco.notifications.incoming import handle
from freeco.testing.modules import module_object, plugins_with

KEY = "abcdefghijklmnop234567ab-12"


@pytest.fixture
def taken(app: Flask) -> Iterator[list[tuple[str, MailAnswer]]]:
    """Give what a module took, on a site that takes mail."""
    found: list[tuple[str, MailAnswer]] = []

    def take(key: str, answer: MailAnswer) -> bool:
        found.append((key, answer))
        return key == KEY

    before = kernel()
    module = Module(name="talk", title="Parler", summary="On parle.", opens_at=1, take_answer=take)
    settings = replace(before.settings, mail_return="retours@example.org")
    app.extensions["freeco"] = Kernel(settings, plugins_with(module_object(module)))
    yield found
    app.extensions["freeco"] = before


def answer(to: str, text: str = "Oui.", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Awa Martin <Awa@Example.org>"
    message["To"] = to
    message["Subject"] = "Re: Où ranger ?"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def test_an_answer_reaches_the_module_whose_key_it_holds(
    taken: list[tuple[str, MailAnswer]],
) -> None:
    address = answer_address(KEY, kernel().settings)
    assert address == f"retours+r.{KEY}@example.org"
    assert handle(answer(address.upper())) is Outcome.ANSWERED
    [(key, said)] = taken
    assert (key, said.sender, said.text) == (KEY, "awa@example.org", "Oui.")


def test_a_key_that_nobody_drew_is_left_for_a_person(
    taken: list[tuple[str, MailAnswer]],
) -> None:
    assert handle(answer("retours+r.zzzzzzzzzzzzzzzzzzzzzzzz@example.org")) is Outcome.UNKNOWN
    assert handle(answer("retours@example.org")) is Outcome.UNKNOWN
    assert len(taken) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
    ],
)
def test_what_a_program_answers_is_said_by_nobody(
    taken: list[tuple[str, MailAnswer]], headers: dict[str, str]
) -> None:
    message = answer(f"retours+r.{KEY}@example.org", "Je suis absent.", **headers)
    assert handle(message) is Outcome.AUTOMATIC
    assert taken == []


def test_a_report_is_never_somebody_s_words() -> None:
    message = EmailMessage()
    message["Content-Type"] = "multipart/report; boundary=x"
    assert is_automatic(message)


@pytest.mark.parametrize(
    "text",
    [
        "Oui.\n\nLe lun. 5 oct. 2026 à 20:00, Freeco <f@example.org> a écrit :\n> On y va ?\n",
        "Oui.\r\n\r\nOn Mon, Oct 5, 2026 at 8:00 PM Freeco <f@example.org> wrote:\r\n> Go?\r\n",
        "Oui.\n\n-- \nAwa Martin\n06 00 00 00 00\n",
        "Oui.\n\n-----Message d'origine-----\nDe : Freeco\nObjet : Où ?\n\nOn y va ?",
        "Oui.\n",
        "> On y va ?\nOui.\n",
    ],
)
def test_what_is_quoted_or_signed_is_not_said_again(text: str) -> None:
    assert own_words(text) == "Oui."


@pytest.mark.parametrize(
    "text", ["Le " + "1" * 400_000, "On 1 @ " * 60_000, "@" + "\n" * 400_000 + "x"]
)
def test_a_letter_made_to_be_slow_to_read_is_not(text: str) -> None:
    began = perf_counter()
    own_words(text)
    assert perf_counter() - began < 30  # hours, were all of it searched


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('<?xml version="1.0" encoding="utf-8"?><html><body><p>Très bien.</p></body></html>', 1),
        ("<!-- rien -->", 0),
    ],
)
def test_a_page_that_names_its_encoding_or_says_nothing_stops_no_other_letter(
    taken: list[tuple[str, MailAnswer]], page: str, said: int
) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "awa@example.org", f"retours+r.{KEY}@example.org"
    message.set_content(page, subtype="html")
    assert handle(message.as_bytes()) is Outcome.ANSWERED
    assert taken[0][1].text == "Très bien." * said


def test_what_no_database_keeps_is_left_out() -> None:
    assert own_words("Bon\x00jour.") == "Bonjour."


def test_a_message_that_only_quotes_says_nothing() -> None:
    assert own_words("Le lun. 5 oct. 2026, Freeco <f@example.org> a écrit :\n> Oui ?\n") == ""


def test_words_that_tell_what_somebody_wrote_are_no_quotation() -> None:
    text = "Le maire a écrit :\n- rien avant juin."
    assert own_words(text) == text


def test_words_written_in_html_are_read_without_what_they_quote(
    taken: list[tuple[str, MailAnswer]],
) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "awa@example.org", f"retours+r.{KEY}@example.org"
    message.set_content(
        "<html><body><p>Oui.</p><p>Et vite.</p><blockquote>On y va ?</blockquote>"
        "<script>alert(1)</script></body></html>",
        subtype="html",
    )
    assert handle(message.as_bytes()) is Outcome.ANSWERED
    assert taken[0][1].text.split() == ["Oui.", "Et", "vite."]


def test_a_letter_says_where_it_is_answered_to_and_forgets_it_once_sent(app: Flask) -> None:
    mail = send_mail("marie@example.org", "confirm", "fr", first_name="Marie", secret="x")
    assert compose_reply_to(mail) is None
    mail.reply_to = f"retours+r.{KEY}@example.org"
    assert compose_reply_to(mail) == f"retours+r.{KEY}@example.org"


def compose_reply_to(mail: object) -> str | None:
    db.session.flush()
    return compose(mail, kernel().settings)["Reply-To"]  # type: ignore[arg-type]


def test_a_message_that_breaks_its_reader_stops_none_that_came_after(
    app: Flask, taken: list[tuple[str, MailAnswer]], tmp_path: Path
) -> None:
    def take(key: str, answer: MailAnswer) -> bool:
        if answer.text == "Non.":
            raise IndexError(key)
        taken.append((key, answer))
        return True

    module = Module(name="talk", title="Parler", summary="On parle.", opens_at=1, take_answer=take)
    app.extensions["freeco"] = Kernel(kernel().settings, plugins_with(module_object(module)))
    box = mailbox.Maildir(tmp_path / "box")
    for text in ("Oui.", "Non.", "Oui."):
        box.add(answer(f"retours+r.{KEY}@example.org", text))
    done = CliRunner().invoke(commands.bounces, [str(tmp_path / "box")])
    assert done.exit_code == 0, done.output
    assert len(taken) == 2
    assert [each.get_flags() for each in box].count("S") == 2
