"""RFC 8058: one click is enough, and no program that opens links makes it."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask

from freeco.db import db
from freeco.kernel import kernel
from freeco.mail.delivery import compose
from freeco.mail.letters import send_mail
from freeco.mail.models import OutgoingMail
from freeco.members import invitations
from freeco.members.models import Community, Member, Person
from freeco.notifications import choices, unsubscribing
from freeco.notifications.models import SuppressedAddress
from freeco.notifications.notices import notify
from freeco.notifications.topics import CHARTER, OPENING
from freeco.notifications.unsubscribing import WantsNoInvitation, token_for
from freeco.testing import Visitor
from freeco.testing.people import sign_in_as

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def mail(member: Member) -> OutgoingMail:
    """Give a notice that waits to leave."""
    notify(member, CHARTER.name, "new_charter", key="once", community="Lavergne", version="2")
    db.session.commit()
    return db.session.query(OutgoingMail).one()


def page_of(mail: OutgoingMail, base_url: str = "https://freeco.example") -> str:
    """Return the path of the header's address, as a mail program reads it."""
    message = compose(mail, replace(kernel().settings, base_url=base_url))
    address = message["List-Unsubscribe"].split(",")[0].strip("<>")
    assert address.startswith(base_url)
    return urlsplit(address).path


def test_a_notice_carries_the_headers_of_one_click(mail: OutgoingMail) -> None:
    settings = replace(kernel().settings, base_url="https://freeco.example")
    message = compose(mail, settings)
    assert message["List-Unsubscribe"].startswith("<https://freeco.example/desabonnement/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<lavergne.freeco.example>"


def test_the_address_leaves_as_it_is_however_long(mail: OutgoingMail) -> None:
    """What is read is the bytes: a folded address becomes an encoded word nobody decodes."""
    settings = replace(
        kernel().settings,
        base_url=f"https://{'tres-long.' * 12}freeco.example",
        mail_return="retours@example.org",
    )
    sent = compose(mail, settings).as_bytes()
    line = sent.partition(b"List-Unsubscribe: ")[2].replace(b"\n ", b" ").partition(b"\n")[0]
    assert line.decode("ascii") == (
        f"<{settings.base_url}/desabonnement/{mail.unsubscribe}>, "
        f"<mailto:retours@example.org?subject={mail.unsubscribe}>"
    )
    assert b"=?" not in sent.partition(b"Message-ID: ")[2].partition(b"\n")[0]


def test_one_click_is_promised_over_https_only(mail: OutgoingMail) -> None:
    message = compose(mail, replace(kernel().settings, base_url="http://localhost"))
    assert message["List-Unsubscribe"] is not None
    assert message["List-Unsubscribe-Post"] is None


def test_an_operator_s_address_also_takes_refusals_by_e_mail(mail: OutgoingMail) -> None:
    settings = replace(kernel().settings, mail_return="retours@example.org")
    header = compose(mail, settings)["List-Unsubscribe"]
    assert f"<mailto:retours@example.org?subject={mail.unsubscribe}>" in header


def test_a_letter_about_the_account_has_no_such_header(app: Flask) -> None:
    mail = send_mail("zoe@example.org", "confirm", "fr", first_name="Zoé", secret="x")
    db.session.commit()
    message = compose(mail, kernel().settings)
    assert message["List-Unsubscribe"] is None
    assert message["List-Id"] is None


def test_one_click_acts_at_once_without_session_nor_form(
    client: Visitor, member: Member, mail: OutgoingMail
) -> None:
    answer = client.post(page_of(mail), data=ONE_CLICK, token=False)
    assert answer.status_code == 200
    db.session.expire_all()
    assert choices.rhythm_of(member, CHARTER) == "never"
    assert choices.rhythm_of(member, OPENING) == "weekly"


def test_one_click_may_be_multipart(client: Visitor, member: Member, mail: OutgoingMail) -> None:
    answer = client.post(
        page_of(mail), data=ONE_CLICK, token=False, content_type="multipart/form-data"
    )
    assert answer.status_code == 200
    assert choices.rhythm_of(member, CHARTER) == "never"


def test_opening_the_link_changes_nothing(
    client: Visitor, member: Member, mail: OutgoingMail
) -> None:
    page = client.get(page_of(mail))
    assert page.status_code == 200
    assert "La charte change" in page.text
    assert client.head(page_of(mail)).status_code == 200
    assert choices.rhythm_of(member, CHARTER) == "at_once"


def test_never_again_at_all_stops_every_topic(
    client: Visitor, member: Member, mail: OutgoingMail
) -> None:
    client.post(page_of(mail), data={"everything": "1"}, token=False)
    assert not choices.agrees(member, "email")
    notify(member, CHARTER.name, "new_charter", key="new", community="Lavergne", version="3")
    assert db.session.query(OutgoingMail).count() == 0


def test_a_mistake_is_undone_from_the_same_page(
    client: Visitor, member: Member, mail: OutgoingMail
) -> None:
    page = page_of(mail)
    client.post(page, data={"everything": "1"}, token=False)
    client.post(page, data=ONE_CLICK, token=False)
    client.post(page, data={"again": "1"}, token=False)
    assert choices.rhythm_of(member, CHARTER) == "at_once"
    assert choices.agrees(member, "email")


def test_what_waited_does_not_leave_after_a_refusal(client: Visitor, mail: OutgoingMail) -> None:
    client.post(page_of(mail), data=ONE_CLICK, token=False)
    assert db.session.query(OutgoingMail).count() == 0


@pytest.mark.parametrize("token", ["x", "WyJtZW1iZXIiLDEsImNvcmUuY2hhcnRlciJd.forged", "a" * 3000])
def test_a_forged_address_is_absent(client: Visitor, member: Member, token: str) -> None:
    assert client.get(f"/desabonnement/{token}").status_code == 404
    assert client.post(f"/desabonnement/{token}", data=ONE_CLICK).status_code == 404


def test_an_address_signed_with_another_secret_is_absent(
    app: Flask, client: Visitor, member: Member
) -> None:
    held = app.extensions["freeco"]
    app.extensions["freeco"] = replace(
        held, settings=replace(held.settings, secret_key="somebody else's secret, quite long too")
    )
    forged = token_for(member, CHARTER.name)
    app.extensions["freeco"] = held
    assert client.post(f"/desabonnement/{forged}", data=ONE_CLICK).status_code == 404


def test_no_other_form_is_exempt_from_its_token(
    client: Visitor, member: Member, person: Person
) -> None:
    answer = sign_in_as(client, person).post("/lavergne/avis", data={}, token=False)
    assert answer.status_code == 400


def test_the_address_names_nobody(member: Member) -> None:
    assert "zoe" not in unsubscribing.token_for_stranger("zoe@example.org")


def test_a_stranger_may_say_no_more(client: Visitor, community: Community, member: Member) -> None:
    invitations.invite(community, "zoe@example.org", member)
    db.session.commit()
    mail = db.session.query(OutgoingMail).one()
    assert f"{{site}}/desabonnement/{mail.unsubscribe}" in mail.body
    assert client.post(page_of(mail), data=ONE_CLICK, token=False).status_code == 200
    with pytest.raises(WantsNoInvitation):
        invitations.invite(community, "Zoe@example.org", member)
    assert db.session.query(OutgoingMail).count() == 1


def test_a_stranger_who_said_no_more_is_left_out_of_a_list(
    community: Community, member: Member
) -> None:
    refused = unsubscribing.read_token(unsubscribing.token_for_stranger("zoe@example.org"))
    assert refused is not None
    unsubscribing.refuse(refused)
    unsubscribing.refuse(refused)
    invitation = invitations.invite(community, "zoe@example.org", member, counted=False)
    assert invitation.email == "zoe@example.org"
    assert db.session.query(OutgoingMail).count() == 0


def test_a_stranger_may_change_their_mind(client: Visitor, app: Flask) -> None:
    page = unsubscribing.path_for_stranger("zoe@example.org")
    assert client.get(page).status_code == 200
    client.post(page, data=ONE_CLICK, token=False)
    assert db.session.query(SuppressedAddress).count() == 1
    client.post(page, data={"again": "1"}, token=False)
    assert db.session.query(SuppressedAddress).count() == 0


def test_who_said_no_more_invitations_can_still_sign_in(client: Visitor, member: Member) -> None:
    refused = unsubscribing.read_token(unsubscribing.token_for_stranger("marie@example.org"))
    assert refused is not None
    unsubscribing.refuse(refused)
    db.session.commit()
    client.post("/connexion/lien", data={"email": "marie@example.org"})
    assert db.session.query(OutgoingMail).count() == 1


def test_the_page_speaks_the_language_of_the_letter(
    client: Visitor, member: Member, mail: OutgoingMail
) -> None:
    page = client.get(page_of(mail), headers={"Accept-Language": "en"})
    assert '<html lang="fr">' in page.text
    assert "Ne plus les recevoir" in page.text
