"""Letters that come back: the right one, for the right reason, and nobody else's word."""

import mailbox
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from freeco.clock import now
from freeco.config import Settings
from freeco.db import db
from freeco.kernel import kernel
from freeco.mail.bounces import Outcome, mark, return_address, try_again
from freeco.mail.delivery import compose, deliver_mail
from freeco.mail.letters import send_mail
from freeco.mail.models import FailingAddress, OutgoingMail
from freeco.members import privacy
from freeco.members.models import Community, Member, Person
from freeco.notifications import choices, commands
from freeco.notifications.incoming import handle
from freeco.notifications.topics import CHARTER
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_community, make_member
from freeco.testing.mail_server import PostOffice, listening
from freeco.testing.notices import tell
from freeco.testing.people import sign_in_as

GONE = "550 5.1.1 no such user"


@pytest.fixture
def server() -> PostOffice:
    return PostOffice()


@pytest.fixture
def settings(app: Flask, server: PostOffice) -> Iterator[Settings]:
    """Give settings whose mail goes to that server."""
    with listening(server) as mail_url:
        yield replace(
            kernel().settings,
            mail_url=mail_url,
            mail_from="Freeco <freeco@example.org>",
            mail_return="retours@example.org",
            base_url="https://freeco.example",
        )


@pytest.fixture
def sent(app: Flask) -> OutgoingMail:
    """Give a letter to Marie that left."""
    mail = send_mail("marie@example.org", "confirm", "fr", first_name="Marie", secret="x")
    mail.sent_at = now()
    db.session.commit()
    return mail


def failing() -> list[str]:
    db.session.rollback()
    return [row.address for row in db.session.query(FailingAddress)]


def report(to: str, original: str = "", status: str = "5.1.1", action: str = "failed") -> bytes:
    """Write a report as mail servers do (RFC 3464)."""
    returned = f"Message-ID: {original}\r\nTo: marie@example.org\r\n" if original else "To: x\r\n"
    return (
        "From: MAILER-DAEMON@mx.example\r\n"
        f"To: {to}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        "Final-Recipient: rfc822; marie@example.org\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n"
        "--b--\r\n"
    ).encode()


def test_a_dead_address_is_written_to_no_more(
    settings: Settings, server: PostOffice, member: Member
) -> None:
    server.refuses["marie@example.org"] = GONE
    tell(member, "one")
    tell(member, "two")
    assert deliver_mail(settings) == 0
    assert failing() == ["marie@example.org"]
    tell(member, "three")
    server.refuses.clear()
    assert deliver_mail(settings) == 0


def test_a_letter_that_somebody_asks_for_is_still_tried(
    settings: Settings, server: PostOffice, app: Flask
) -> None:
    db.session.add(FailingAddress(address="marie@example.org", reason=GONE))
    send_mail("marie@example.org", "sign_in_link", "fr", first_name="Marie", secret="x")
    db.session.commit()
    assert deliver_mail(settings) == 1


@pytest.mark.parametrize(
    ("answer", "dead"),
    [
        ("550 5.1.1 no such user", True),
        ("550 no such user", True),
        ("550 5.2.1 mailbox disabled", True),
        ("550 5.4.1 no such domain", True),
        ("552 5.2.2 mailbox full", False),
        ("550 5.7.1 relaying denied", False),
        ("554 5.7.1 blocked by a list", False),
        ("451 4.7.1 greylisted", False),
        ("421 too busy", False),
    ],
)
def test_only_an_address_that_is_dead_is_given_up(
    settings: Settings, server: PostOffice, member: Member, answer: str, dead: bool
) -> None:
    server.refuses["marie@example.org"] = answer
    tell(member, "one")
    deliver_mail(settings)
    assert failing() == (["marie@example.org"] if dead else [])


def test_a_letter_leaves_from_an_address_of_its_own(
    settings: Settings, server: PostOffice, member: Member
) -> None:
    tell(member, "one")
    mail = db.session.query(OutgoingMail).one()
    expected = return_address(mail, settings)
    deliver_mail(settings)
    assert server.senders == [expected]
    assert expected.startswith("retours+")
    assert expected.endswith("@example.org")


def test_a_report_to_its_own_address_is_understood(settings: Settings, sent: OutgoingMail) -> None:
    assert handle(report(return_address(sent, settings))) is Outcome.REFUSED
    db.session.commit()
    assert failing() == ["marie@example.org"]


def test_a_report_that_returns_our_message_id_is_understood(
    settings: Settings, sent: OutgoingMail
) -> None:
    plain = replace(settings, mail_return="")
    named = compose(sent, plain)["Message-ID"]
    assert handle(report("freeco@example.org", named)) is Outcome.REFUSED


def test_the_same_report_twice_changes_nothing(settings: Settings, sent: OutgoingMail) -> None:
    content = report(return_address(sent, settings))
    handle(content)
    assert handle(content) is Outcome.REFUSED
    db.session.commit()
    assert failing() == ["marie@example.org"]


@pytest.mark.parametrize(
    ("status", "action"), [("4.4.1", "delayed"), ("5.2.2", "failed"), ("5.7.1", "failed")]
)
def test_a_delay_a_full_mailbox_and_a_policy_are_no_dead_address(
    settings: Settings, sent: OutgoingMail, status: str, action: str
) -> None:
    content = report(return_address(sent, settings), status=status, action=action)
    assert handle(content) is Outcome.DELAYED
    assert failing() == []


def test_nobody_can_make_an_address_fail_by_guessing(sent: OutgoingMail) -> None:
    true = mark(sent)
    forged = true[:-16] + "0" * 16
    content = report(f"retours+{forged}@example.org", f"<{forged}@freeco.example>")
    assert handle(content) is Outcome.UNKNOWN
    assert failing() == []


def test_a_report_of_before_the_standard_is_understood(
    settings: Settings, sent: OutgoingMail
) -> None:
    """As qmail writes them."""
    content = (
        "From: MAILER-DAEMON@mx.example\r\n"
        f"To: {return_address(sent, settings)}\r\n"
        "Subject: failure notice\r\n\r\n"
        "Hi. This is the qmail-send program at mx.example.\r\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
        "<marie@example.org>:\r\nSorry, no mailbox here by that name.\r\n\r\n"
        "--- Below this line is a copy of the message.\r\n\r\nTo: marie@example.org\r\n"
    ).encode()
    assert handle(content) is Outcome.REFUSED


def test_an_answer_of_a_person_is_left_alone(settings: Settings, sent: OutgoingMail) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "marie@example.org", return_address(sent, settings)
    message["Subject"] = "Re: Confirmez votre adresse"
    message.set_content("Merci, c’est fait.")
    assert handle(message.as_bytes()) is Outcome.UNKNOWN


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"Subject: =?x?q?\xff?=\r\n\r\n"])
def test_rubbish_is_left_alone(app: Flask, content: bytes) -> None:
    assert handle(content) is Outcome.UNKNOWN


def test_a_refusal_by_e_mail_is_obeyed(member: Member) -> None:
    tell(member, "one")
    token = db.session.query(OutgoingMail).one().unsubscribe
    message = EmailMessage()
    message["To"], message["Subject"] = "retours@example.org", token
    message.set_content("")
    assert handle(message.as_bytes()) is Outcome.UNSUBSCRIBED
    assert choices.rhythm_of(member, CHARTER) == "never"


def test_a_folder_is_read_once_and_what_is_not_understood_stays_new(
    app: Flask, sent: OutgoingMail, tmp_path: Path
) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    box.add(report("freeco@example.org", compose(sent, kernel().settings)["Message-ID"]))
    box.add(b"Subject: Bonjour\r\n\r\nUne question.\r\n")
    db.session.commit()
    for expected in ("1", "0"):
        done = CliRunner().invoke(commands.bounces, [str(tmp_path / "box")])
        assert done.exit_code == 0
        assert f"adresses qui ne marchent plus : {expected}" in done.output.replace("\u00a0", " ")
    assert failing() == ["marie@example.org"]
    assert len(list((tmp_path / "box" / "new").iterdir())) == 1


def test_one_message_is_read_from_the_standard_input(app: Flask, sent: OutgoingMail) -> None:
    content = report("freeco@example.org", compose(sent, kernel().settings)["Message-ID"])
    done = CliRunner().invoke(commands.bounces, input=content)
    assert done.exit_code == 0
    assert failing() == ["marie@example.org"]


def test_the_reader_sees_it_and_says_when_it_is_mended(
    client: Visitor, member: Member, person: Person
) -> None:
    db.session.add(FailingAddress(address="marie@example.org", reason=GONE))
    reader = sign_in_as(client, person)
    for page in ("/lavergne/", "/lavergne/avis", "/moi"):
        assert "Votre adresse ne reçoit plus de courrier" in reader.get(page).text
    assert reader.post("/lavergne/avis/adresse").status_code == 302
    assert failing() == []
    assert "ne reçoit plus" not in reader.get("/lavergne/avis").text


def test_another_address_is_not_the_one_that_failed(member: Member, person: Person) -> None:
    db.session.add(FailingAddress(address="marie@example.org", reason=GONE))
    person.email = "marie.dupont@example.org"
    tell(member, "one")
    assert db.session.query(OutgoingMail).count() == 1


def test_erasing_somebody_forgets_the_failure_too(
    member: Member, person: Person, plugins: Plugins
) -> None:
    db.session.add(FailingAddress(address="marie@example.org", reason=GONE))
    privacy.erase(plugins, person)
    db.session.commit()
    assert failing() == []


def test_believing_an_address_that_never_failed_is_harmless(app: Flask) -> None:
    try_again("marie@example.org")
    assert failing() == []


def test_a_steward_sees_what_waits_what_fails_and_tries_again(
    client: Visitor, settings: Settings, community: Community, person: Person
) -> None:
    steward = make_member(community, person=person, permissions=("core.steward",))
    jean = make_member(community, "Jean", "Martin")
    db.session.add(FailingAddress(address="jean.martin@example.org", reason=GONE))
    tell(steward, "one")
    deliver_mail(replace(settings, mail_url="smtp://127.0.0.1:1"))
    page = sign_in_as(client, person).get("/lavergne/avis/courrier").text
    assert "Rien n’est perdu" in page
    assert "La charte a changé\u00a0: Lavergne" in page
    assert "no such user" in page
    assert jean.name in page
    assert deliver_mail(settings) == 0  # it waits a minute
    answer = client.post("/lavergne/avis/courrier/reessayer")
    assert answer.status_code == 302
    assert deliver_mail(settings) == 1


def test_a_steward_does_not_see_another_community_s_mail(
    client: Visitor, settings: Settings, community: Community, member: Member, person: Person
) -> None:
    other = make_community("ailleurs", "Ailleurs")
    steward = make_member(other, "Ève", "Bosc", permissions=("core.steward",))
    tell(member, "one")
    deliver_mail(replace(settings, mail_url="smtp://127.0.0.1:1"))
    assert steward.person is not None
    page = sign_in_as(client, steward.person).get("/ailleurs/avis/courrier").text
    assert "La charte a changé\u00a0: Lavergne" not in page
    client.post("/ailleurs/avis/courrier/reessayer")
    assert deliver_mail(settings) == 0
