"""Replies by e-mail to a discussion, through a real mail server, there and back."""

import smtplib
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask

from freeco.db import db
from freeco.kernel import kernel
from freeco.mail.delivery import deliver_mail
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community, Member
from freeco.notifications import commands
from freeco.testing.mail_server import PostOffice, listening
from freeco_project_decisions.deliberation import discussing, following, reading, telling
from freeco_project_decisions.deliberation.models import Discussion, Rhythm

QUOTED = "\n\nLe lun. 5 oct. 2026 à 20:00, Freeco <freeco@example.org> a écrit :\n> Chez moi ?\n"


@pytest.fixture
def server(app: Flask) -> Iterator[PostOffice]:
    """Give a mail server that the site sends through, and that gives it what comes back."""
    office, before = PostOffice(), kernel()
    with listening(office) as mail_url:
        settings = replace(
            before.settings,
            mail_url=mail_url,
            mail_from="Freeco <freeco@example.org>",
            mail_return="retours@example.org",
        )
        app.extensions["freeco"] = replace(before, settings=settings)
        yield office
        app.extensions["freeco"] = before


@pytest.fixture
def talk(community: Community, people: list[Member]) -> Discussion:
    """Give a discussion that Chloé follows message by message."""
    found = discussing.open_discussion(community, people[0], "Où ranger ?", "La salle est pleine.")
    following.follow(found, people[2], Rhythm.EACH)
    return found


def letters(server: PostOffice, community: Community) -> list[EmailMessage]:
    """Tell, send, and return what the server took since."""
    telling.tell_due(community)
    db.session.commit()
    server.taken.clear()
    deliver_mail(kernel().settings)
    return list(server.taken)


def answer(server: PostOffice, letter: EmailMessage, text: str, sender: str = "") -> str:
    """Answer as a mail program does, by SMTP; then let the site read its return mailbox."""
    reply = EmailMessage()
    reply["From"], reply["To"] = sender or str(letter["To"]), str(letter["Reply-To"])
    reply["Subject"], reply["In-Reply-To"] = f"Re: {letter['Subject']}", str(letter["Message-ID"])
    reply.set_content(text)
    server.taken.clear()
    parts = urlsplit(kernel().settings.mail_url)
    with smtplib.SMTP(str(parts.hostname), parts.port or 25) as program:
        program.send_message(reply)
    return read(server.taken[0].as_bytes())


def read(content: bytes) -> str:
    found = CliRunner().invoke(commands.bounces, [], input=content)
    assert found.exception is None, found.exception
    return found.output


def test_a_reply_is_said_in_the_discussion_without_what_it_quotes(
    server: PostOffice, talk: Discussion, people: list[Member], community: Community
) -> None:
    message = discussing.say(talk, people[1], "Chez moi ?")
    [letter] = letters(server, community)
    body = letter.get_body(("plain",))
    assert body is not None
    assert "Pour répondre dans la discussion, répondez à ce message." in body.get_content()
    output = answer(server, letter, "Trop loin pour moi." + QUOTED)
    assert "réponses données à qui elles s’adressent\u00a0: 1" in output
    [thread] = reading.threads(talk)
    assert thread.message is message
    [said] = thread.answers
    assert (said.text, said.author, said.way) == ("Trop loin pour moi.", people[2], "mail")


def test_the_same_reply_twice_is_said_once(
    server: PostOffice, talk: Discussion, people: list[Member], community: Community
) -> None:
    discussing.say(talk, people[1], "Chez moi ?")
    [letter] = letters(server, community)
    answer(server, letter, "Oui.")
    read(server.taken[0].as_bytes())
    assert [each.text for each in reading.threads(talk)[0].answers] == ["Oui."]


def test_a_forwarded_address_writes_in_nobody_s_name(
    server: PostOffice, talk: Discussion, people: list[Member], community: Community
) -> None:
    discussing.say(talk, people[1], "Chez moi ?")
    [letter] = letters(server, community)
    answer(server, letter, "Je suis Chloé.", sender="voisin@example.org")
    assert reading.threads(talk)[0].answers == []


def test_each_follower_has_an_address_of_their_own_that_nobody_guesses(
    server: PostOffice, talk: Discussion, people: list[Member], community: Community
) -> None:
    following.follow(talk, people[3], Rhythm.EACH)
    discussing.say(talk, people[1], "Chez moi ?")
    addresses = {str(each["Reply-To"]) for each in letters(server, community)}
    assert len(addresses) == 2
    assert all(len(each.partition("+r.")[2].partition("-")[0]) == 24 for each in addresses)


@pytest.mark.parametrize("text", [QUOTED, "x" * 9000])
def test_a_reply_that_cannot_be_taken_is_answered_with_the_reason(
    server: PostOffice, talk: Discussion, people: list[Member], community: Community, text: str
) -> None:
    discussing.say(talk, people[1], "Chez moi ?")
    [letter] = letters(server, community)
    answer(server, letter, text)
    [refused] = letters(server, community)
    assert refused["To"] == letter["To"]
    assert str(refused["Subject"]).startswith("Votre réponse n’a pas été ajoutée")
    assert reading.threads(talk)[0].answers == []


def test_a_closed_discussion_takes_no_reply_and_says_so(
    server: PostOffice, talk: Discussion, people: list[Member], community: Community, clerk: Member
) -> None:
    discussing.say(talk, people[1], "Chez moi ?")
    [letter] = letters(server, community)
    discussing.close(talk, clerk, "Fini.")
    answer(server, letter, "Attendez.")
    [refused] = letters(server, community)
    body = refused.get_body(("plain",))
    assert body is not None
    assert "Cette discussion est close" in body.get_content()


def test_who_has_left_no_longer_writes(
    server: PostOffice, talk: Discussion, people: list[Member], community: Community
) -> None:
    discussing.say(talk, people[1], "Chez moi ?")
    [letter] = letters(server, community)
    people[2].left_at = talk.opened_at
    db.session.commit()
    answer(server, letter, "Encore moi.")
    assert reading.threads(talk)[0].answers == []


def test_nothing_that_opens_a_reply_address_stays_once_the_letter_left(
    server: PostOffice, talk: Discussion, people: list[Member], community: Community
) -> None:
    discussing.say(talk, people[1], "Chez moi ?")
    letters(server, community)
    assert {each.reply_to for each in db.session.query(OutgoingMail)} == {""}
