"""One gate: each reader is told what they want to hear, once, when and how they chose."""

import pytest
from flask import Flask

from freeco.clock import now
from freeco.db import db
from freeco.kernel import kernel
from freeco.mail.delivery import deliver_mail
from freeco.mail.models import FailingAddress, OutgoingMail
from freeco.members import privacy
from freeco.members.models import Community, Member, Person
from freeco.notifications import choices
from freeco.notifications.models import Notice, TopicChoice
from freeco.notifications.notices import notify
from freeco.notifications.topics import UnknownTopic
from freeco.organisations.models import Organisation, OrganisationRole
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_community, make_member, make_person
from freeco.testing.notices import tell
from freeco.testing.people import sign_in_as

CONTENT: dict[str, object] = {"community": "Lavergne", "version": "2"}


def mails() -> list[OutgoingMail]:
    return list(db.session.query(OutgoingMail).order_by(OutgoingMail.id))


def notices() -> list[Notice]:
    return list(db.session.query(Notice).order_by(Notice.id))


@pytest.fixture
def served(community: Community, member: Member, person: Person) -> Member:
    """Give a person without e-mail, whom Marie serves."""
    ines = make_person("Inès", "Roy")
    ines.proxy_id, ines.phone = person.id, "05 55 00 00 01"
    return make_member(community, person=ines)


def test_a_notice_says_why_it_came_and_how_to_stop_it(member: Member) -> None:
    tell(member)
    (mail,) = mails()
    assert mail.recipient == "marie@example.org"
    assert mail.subject == "La charte a changé\u00a0: Lavergne"
    assert mail.body.startswith("Bonjour Marie,")
    assert "Ouvrir la page\u00a0: {site}/lavergne/charte" in mail.body
    assert "Vous avez accepté la charte de cette communauté." in mail.body
    assert f"{{site}}/desabonnement/{mail.unsubscribe}" in mail.body
    assert "{site}/lavergne/avis" in mail.body


def test_what_was_told_is_not_told_again(member: Member) -> None:
    tell(member)
    tell(member)
    assert (len(mails()), len(notices())) == (1, 1)


def test_another_thing_of_the_same_topic_is_told(member: Member) -> None:
    tell(member, key="one")
    tell(member, key="two")
    assert len(mails()) == 2


def test_who_chose_never_is_not_written_to_and_may_still_read_it(member: Member) -> None:
    choices.choose(member, {"core.charter": "never"}, {})
    tell(member)
    assert mails() == []
    assert [notice.told_at for notice in notices()] == [None]


def test_who_chose_the_weekly_letter_waits_for_it(member: Member) -> None:
    choices.choose(member, {"core.charter": "weekly"}, {})
    tell(member)
    assert mails() == []


def test_a_topic_has_its_own_rhythm_until_somebody_chooses(member: Member) -> None:
    tell(member, topic="core.opening")
    assert mails() == []
    choices.choose(member, {"core.opening": "at_once"}, {})
    tell(member, topic="core.opening", key="later")
    assert len(mails()) == 1


def test_who_wants_no_e_mail_gets_none(member: Member) -> None:
    choices.choose(member, {}, {"email": False})
    tell(member)
    assert mails() == []
    assert len(notices()) == 1


def test_an_address_that_fails_is_left_alone(member: Member) -> None:
    db.session.add(FailingAddress(address="marie@example.org", reason="550"))
    tell(member)
    assert mails() == []


def test_a_refusal_takes_back_what_had_not_left(member: Member) -> None:
    tell(member)
    choices.refuse(member, "core.charter")
    assert mails() == []


def test_a_refusal_leaves_other_topics_and_letters_about_the_account(member: Member) -> None:
    tell(member, topic="core.reminder")
    db.session.add(OutgoingMail(recipient="marie@example.org", subject="Votre lien", body="x"))
    tell(member, key="charter")
    choices.refuse(member, "core.charter")
    assert [mail.topic for mail in mails()] == ["core.reminder", ""]


def test_a_topic_nobody_declared_is_an_error(member: Member) -> None:
    with pytest.raises(UnknownTopic):
        tell(member, topic="core.weather")


def test_who_has_left_is_told_nothing(member: Member) -> None:
    member.left_at = now()
    tell(member)
    assert (mails(), notices()) == ([], [])


def test_who_was_erased_is_told_nothing_and_leaves_nothing_behind(
    member: Member, person: Person, plugins: Plugins
) -> None:
    tell(member)
    choices.choose(member, {"core.opening": "never"}, {})
    privacy.erase(plugins, person)
    tell(member, key="later")
    assert (mails(), notices()) == ([], [])
    assert db.session.query(TopicChoice).count() == 0


def test_what_was_told_and_chosen_is_in_the_export(
    member: Member, person: Person, plugins: Plugins
) -> None:
    tell(member)
    choices.choose(member, {"core.opening": "never"}, {"email": True})
    (membership,) = privacy.export(plugins, person)["memberships"]
    told = membership["notices"]
    assert [each["subject"] for each in told["notices"]] == ["La charte a changé\u00a0: Lavergne"]
    assert told["rhythms"] == {"core.opening": "never"}
    assert [each["channel"] for each in told["channels"]] == ["email"]


def test_an_organisation_is_told_through_those_who_act_for_it(
    community: Community, member: Member, person: Person
) -> None:
    farm = Organisation(kind="company", name="Ferme du Pré")
    db.session.add(farm)
    jean = make_member(community, "Jean", "Martin")
    db.session.flush()
    for each in (person.id, jean.person_id):
        db.session.add(OrganisationRole(organisation=farm, person_id=each, role="producer"))
    organisation = Member(community=community, organisation=farm)
    db.session.add(organisation)
    db.session.commit()
    tell(organisation)
    tell(member)
    assert sorted(mail.recipient for mail in mails()) == [
        "jean.martin@example.org",
        "marie@example.org",
    ]


def test_who_has_no_address_is_told_through_who_serves_them(served: Member) -> None:
    tell(served)
    (mail,) = mails()
    assert mail.recipient == "marie@example.org"
    assert mail.subject == "Pour Inès Roy\u00a0: La charte a changé\u00a0: Lavergne"
    assert mail.body.startswith("Bonjour Marie,\n\nCe message concerne Inès Roy.")


def test_a_proxy_who_left_the_community_hears_nothing_of_it(served: Member, member: Member) -> None:
    member.left_at = now()
    tell(served)
    assert mails() == []
    assert len(notices()) == 1


def test_a_letter_is_in_the_reader_s_language(member: Member, person: Person) -> None:
    person.language = "en"
    tell(member)
    (mail,) = mails()
    assert mail.language == "en"
    assert mail.body.startswith("Hello Marie,")


def test_the_page_shows_what_i_was_told(client: Visitor, member: Member, person: Person) -> None:
    choices.choose(member, {"core.charter": "never"}, {})
    tell(member)
    page = sign_in_as(client, person).get("/lavergne/avis")
    assert page.status_code == 200
    assert "La charte a changé\u00a0: Lavergne" in page.text


def test_one_save_keeps_every_choice(client: Visitor, member: Member, person: Person) -> None:
    form = {
        "core-reminder": "never",
        "core-charter": "weekly",
        "core-payment": "at_once",
        "core-debit": "at_once",
        "core-account": "at_once",
        "core-accord": "at_once",
        "core-record": "at_once",
        "core-wording": "at_once",
        "core-opening": "at_once",
        "core-digest": "weekly",
    }
    answer = sign_in_as(client, person).post("/lavergne/avis", data=form)
    assert answer.status_code == 302
    kept = {row.topic: row.rhythm for row in db.session.query(TopicChoice)}
    assert kept == {name.replace("-", "."): rhythm for name, rhythm in form.items()}
    assert not choices.agrees(member, "email")


@pytest.mark.parametrize(
    "wrong",
    [
        {"core-reminder": "weekly"},
        {"core-reminder": "hourly"},
        {"core-weather": "never"},
        {"sms": "1"},
        {"phone": "1"},
        {"core-digest": ""},
    ],
)
def test_a_choice_that_does_not_exist_is_refused_and_nothing_is_kept(
    client: Visitor, member: Member, person: Person, wrong: dict[str, str]
) -> None:
    form = {
        "core-reminder": "never",
        "core-charter": "weekly",
        "core-payment": "at_once",
        "core-debit": "at_once",
        "core-account": "at_once",
        "core-accord": "at_once",
        "core-record": "at_once",
        "core-wording": "at_once",
        "core-opening": "at_once",
        "core-digest": "weekly",
        "email": "1",
    }
    answer = sign_in_as(client, person).post("/lavergne/avis", data={**form, **wrong})
    assert answer.status_code == 422
    assert db.session.query(TopicChoice).count() == 0


def test_another_community_s_notices_are_not_shown(
    client: Visitor, member: Member, person: Person
) -> None:
    other = make_member(make_community("ailleurs", "Ailleurs"), person=person)
    notify(other, "core.charter", "new_charter", key="x", community="Ailleurs", version="2")
    db.session.commit()
    page = sign_in_as(client, person).get("/lavergne/avis")
    assert "La charte a changé\u00a0: Ailleurs" not in page.text


def test_the_page_is_closed_to_strangers(client: Visitor, community: Community) -> None:
    assert client.get("/lavergne/avis").status_code == 302
    assert client.post("/lavergne/avis", data={}).status_code == 302


def test_a_rehearsal_tells_nobody_outside(app: Flask, member: Member) -> None:
    source = make_community("vraie", "Vraie")
    member.community.rehearsal_of_id, member.community.admission = source.id, "invitation"
    tell(member)
    assert len(mails()) == 1
    assert deliver_mail(kernel().settings) == 0
