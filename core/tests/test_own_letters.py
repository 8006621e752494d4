"""A community writes its letters with its own words; what they need cannot be taken out."""

from email.message import EmailMessage

import pytest
from flask import Flask

from freeco.db import db
from freeco.kernel import kernel
from freeco.mail.composing import compose
from freeco.mail.models import OutgoingMail
from freeco.mail.wording import catalogue, services, spots
from freeco.mail.wording.errors import KeptWords, WrittenMeanwhile, WrongWords
from freeco.mail.wording.models import LetterWording
from freeco.mail.wording.own import CORE
from freeco.members import privacy
from freeco.members.models import STEWARD, TREASURER, Community, Member
from freeco.module import LetterKind
from freeco.notifications.models import Notice
from freeco.notifications.notices import notify
from freeco.notifications.wording_review import tell_stewards
from freeco.testing import Visitor, make_community, make_member
from freeco.testing.forms import fill_in, form_of
from freeco.testing.people import sign_in_as

SUBJECT, BODY = "Charte {version} chez nous", "Chers {communauté},\n\nLisez la version {version}."


@pytest.fixture
def charter(app: Flask) -> LetterKind:
    return catalogue.find("core.new_charter")


@pytest.fixture
def keeper(community: Community) -> Member:
    return make_member(community, "Rose", "Faure", permissions=(STEWARD,))


def write(
    kind: LetterKind, by: Member, subject: str = SUBJECT, body: str = BODY, seen: int = 0
) -> LetterWording:
    row = services.write(kind, by, language="fr", subject=subject, body=body, seen=seen)
    db.session.commit()
    return row


def tell(member: Member, key: str = "charter:2", name: str = "Lavergne") -> OutgoingMail:
    url = f"/{member.community.slug}/charte"
    notify(member, "core.charter", "new_charter", key=key, url=url, community=name, version="2")
    db.session.flush()
    mails = db.session.query(OutgoingMail).order_by(OutgoingMail.id).all()
    return mails[-1]


def html(mail: OutgoingMail) -> str:
    part = compose(mail, kernel().settings).get_body(("html",))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def test_people_receive_the_words_of_their_community(
    charter: LetterKind, keeper: Member, member: Member
) -> None:
    write(charter, keeper)
    mail = tell(member)
    assert mail.subject == "Charte 2 chez nous"
    assert "Chers Lavergne,\n\nLisez la version 2.\n" in mail.body


def test_the_greeting_the_link_and_the_way_out_stay_whatever_is_written(
    charter: LetterKind, keeper: Member, member: Member
) -> None:
    write(charter, keeper, "{version}", "Rien.")
    body = tell(member).body
    assert body.startswith("Bonjour Marie,")
    assert "{site}/lavergne/charte" in body
    assert "Pourquoi ce message" in body
    assert "{site}/desabonnement/" in body


def test_another_community_s_words_are_never_used(
    charter: LetterKind, keeper: Member, member: Member
) -> None:
    elsewhere = make_community("ailleurs", "Ailleurs")
    write(charter, make_member(elsewhere, "Luc", "Roy", permissions=(STEWARD,)))
    assert "chez nous" not in tell(member).subject
    write(charter, keeper)
    there = make_member(elsewhere, "Anne", "Roy")
    assert tell(there, "charter:3").subject == "Charte 2 chez nous"
    assert services.versions(elsewhere, charter, "fr")[0].community_id == elsewhere.id


def test_a_reader_of_another_language_keeps_our_words(
    charter: LetterKind, keeper: Member, member: Member
) -> None:
    write(charter, keeper)
    assert member.person is not None
    member.person.language = "en"
    assert "chez nous" not in tell(member).subject


def test_what_a_letter_needs_cannot_be_taken_out(app: Flask, keeper: Member) -> None:
    debit = catalogue.find("core.debit_announced")
    with pytest.raises(WrongWords) as refused:
        write(debit, keeper, "{qui prélève}", "{montants et comptes}, le {jour du prélèvement}.")
    assert "{droit d’être remboursé}" in refused.value.fields["body"][0]
    assert db.session.query(LetterWording).count() == 0


def test_what_a_letter_needs_is_not_pushed_out_of_sight_by_lines_that_look_empty(
    charter: LetterKind, keeper: Member, member: Member
) -> None:
    write(charter, keeper, body="Rien." + "\n\u00a0" * 900 + "\n{version}")
    assert "Rien.\n\n2\n" in tell(member).body


def test_a_word_begun_in_the_subject_and_ended_in_the_text_is_no_word(
    app: Flask, keeper: Member
) -> None:
    debit = catalogue.find("core.debit_announced")
    body = "}, {montants et comptes}, le {jour du prélèvement}."
    with pytest.raises(WrongWords) as refused:
        write(debit, keeper, "{qui prélève} {rights", body)
    assert "{droit d’être remboursé}" in refused.value.fields["body"][0]


@pytest.mark.parametrize(
    "typed",
    ["{prénom}", "{{ config }}", "{secret}", "{site}", "{0}", "{version.__class__}", "{% if 1 %}"],
)
def test_only_the_words_of_the_letter_are_replaced(
    charter: LetterKind, keeper: Member, typed: str
) -> None:
    with pytest.raises(WrongWords) as refused:
        write(charter, keeper, body=f"{BODY} {typed}")
    assert list(refused.value.fields) == ["body"]


def test_a_value_is_not_read_again_for_words_in_braces(
    charter: LetterKind, keeper: Member, member: Member
) -> None:
    write(charter, keeper, body="{communauté} {version}")
    assert "{version} 2\n" in tell(member, name="{version}").body


def test_what_is_written_is_escaped_and_makes_no_link_elsewhere(
    charter: LetterKind, keeper: Member, member: Member
) -> None:
    write(charter, keeper, body="<script>x</script> {version}\n\nhttps://evil.example/a")
    page = html(tell(member, name='"><b>'))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert 'href="https://evil' not in page


def test_a_subject_forges_no_header(charter: LetterKind, keeper: Member, member: Member) -> None:
    write(charter, keeper, "Charte {version}\r\nBcc: tous@example.org")
    mail = tell(member, name="x\r\nBcc: y@example.org")
    message = compose(mail, kernel().settings)
    assert message["Subject"] == "Charte 2 Bcc: tous@example.org"
    assert message["Bcc"] is None


def test_a_line_that_looks_like_the_foot_does_not_hide_the_rest(
    charter: LetterKind, keeper: Member, member: Member
) -> None:
    write(charter, keeper, body="Avant {version}\n-- \nAprès")
    page = html(tell(member))
    assert page.index("Après") < page.index("<hr")


def test_a_text_that_no_longer_fits_is_left_aside_and_the_stewards_hear_of_it_once(
    charter: LetterKind, keeper: Member, member: Member, community: Community
) -> None:
    row = write(charter, keeper)
    row.body = "Un mot parti : {former} {version}"
    db.session.commit()
    assert "chez nous" not in tell(member).subject
    tell_stewards(community)
    tell_stewards(community)
    (told,) = db.session.query(Notice).filter_by(topic="core.wording")
    assert told.member_id == keeper.id
    assert told.url == "/lavergne/lettres/core.new_charter?langue=fr"


def test_what_was_written_is_kept_and_ours_come_back(
    charter: LetterKind, keeper: Member, member: Member
) -> None:
    write(charter, keeper)
    write(charter, keeper, "Deux {version}", seen=1)
    services.go_back(charter, keeper, language="fr")
    services.go_back(charter, keeper, language="fr")
    assert "Deux" not in tell(member).subject
    rows = services.versions(keeper.community, charter, "fr")
    assert [(row.version, row.subject) for row in rows] == [
        (3, ""),
        (2, "Deux {version}"),
        (1, "Charte {version} chez nous"),
    ]
    assert {row.written_by_id for row in rows} == {keeper.id}


def test_the_last_versions_are_kept_and_the_same_words_are_not_another(
    charter: LetterKind, keeper: Member
) -> None:
    for number in range(25):
        write(charter, keeper, f"{number} {{version}}", seen=number)
    write(charter, keeper, "24 {version}", seen=25)
    rows = services.versions(keeper.community, charter, "fr")
    assert [rows[0].version, rows[-1].version, len(rows)] == [25, 6, 20]


def test_what_one_wrote_is_in_the_export(charter: LetterKind, keeper: Member) -> None:
    write(charter, keeper)
    assert keeper.person is not None
    (membership,) = privacy.export(kernel().plugins, keeper.person)["memberships"]
    assert [each["letter"] for each in membership["letters_written"]] == ["core.new_charter"]


def test_two_who_write_at_once_do_not_lose_each_other_s_words(
    charter: LetterKind, keeper: Member
) -> None:
    write(charter, keeper)
    with pytest.raises(WrittenMeanwhile):
        write(charter, keeper, "Autre {version}", seen=0)


def test_a_letter_of_the_site_keeps_its_words(app: Flask, keeper: Member) -> None:
    with pytest.raises(KeptWords):
        write(catalogue.find("core.sign_in_link"), keeper, "a", "b")


def test_an_empty_line_goes_with_what_it_would_say(app: Flask, keeper: Member) -> None:
    kind = catalogue.find("core.reminder")
    content = {**kind.example, "place": ""}
    letter = spots.filled(kind, "{what}", "{when}\n{where}\n\nÀ demain", "fr", content)
    assert letter.body.endswith("19 h 30.\n\nÀ demain\n".replace(" h ", "\u00a0h\u00a0"))


def test_the_page_shows_the_real_letter_then_keeps_what_is_typed(
    client: Visitor, keeper: Member, charter: LetterKind
) -> None:
    assert keeper.person is not None
    sign_in_as(client, keeper.person)
    page = client.get("/lavergne/lettres/core.new_charter?langue=fr")
    assert "Bonjour Rose," in page.text
    assert "Ne plus recevoir ces avis" in page.text
    assert 'style="' not in page.text
    typed = {"subject": "Notre charte", "body": "Bonne lecture {versoin}", "do": "see"}
    data = {**form_of(page, "core.new_charter#apercu").values, **typed}
    del data["csrf_token"]
    wrong = client.post("/lavergne/lettres/core.new_charter", data=data)
    assert wrong.status_code == 422
    assert "{versoin}" in wrong.text
    assert "Notre charte" in wrong.text
    data["body"] = "Bonne lecture <b>{version}</b>"
    seen = client.post("/lavergne/lettres/core.new_charter", data=data)
    assert seen.status_code == 200
    assert "Bonne lecture &lt;b&gt;2&lt;/b&gt;" in seen.text
    assert db.session.query(LetterWording).count() == 0
    data["do"] = "keep"
    assert client.post("/lavergne/lettres/core.new_charter", data=data).status_code == 302
    kept = client.get("/lavergne/lettres/core.new_charter?langue=fr")
    assert "Celle qui part" in kept.text
    assert fill_in(client, kept, "nos-mots").status_code == 302
    assert "Notre charte" in client.get("/lavergne/lettres/core.new_charter?version=1").text


def test_the_pages_are_for_stewards_and_for_who_keeps_the_letter(
    client: Visitor, community: Community, member: Member
) -> None:
    assert member.person is not None
    sign_in_as(client, member.person)
    assert client.get("/lavergne/lettres").status_code == 403
    assert client.get("/lavergne/lettres/core.new_charter").status_code == 403
    treasurer = make_member(community, "Paul", "Brun", permissions=(TREASURER,))
    assert treasurer.person is not None
    sign_in_as(client, treasurer.person)
    listed = client.get("/lavergne/lettres").text
    assert "core.payment_due" in listed
    assert "core.new_charter" not in listed
    assert client.get("/lavergne/lettres/core.payment_due").status_code == 200
    assert client.get("/lavergne/lettres/core.nothing").status_code == 404


def test_each_letter_of_core_can_be_seen_in_each_language(client: Visitor, keeper: Member) -> None:
    assert keeper.person is not None
    sign_in_as(client, keeper.person)
    for kind in CORE:
        for language in ("fr", "en", "es"):
            page = client.get(f"/lavergne/lettres/{kind.name}?langue={language}")
            assert page.status_code == 200, (kind.name, language)
