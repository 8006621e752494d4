"""Discussions: anybody asks, all answer in order, nothing is lost or silently taken away."""

from datetime import timedelta

import pytest
from flask import Flask

from freeco.clock import held_at, now
from freeco.db import db
from freeco.errors import Absent
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco_project_decisions.deliberation import (
    cards,
    concerning,
    discussing,
    following,
    privacy,
    reading,
    search,
    telling,
)
from freeco_project_decisions.deliberation.errors import (
    DiscussionClosed,
    EndPassed,
    MessageHidden,
    NotTheAuthor,
    SaidSomethingElse,
)
from freeco_project_decisions.deliberation.models import Discussion, Follow, Rhythm

DAY = timedelta(days=1)


@pytest.fixture
def shed(community: Community, people: list[Member]) -> Discussion:
    """Give a discussion that Awa opened, for a week, which may last three days more."""
    return discussing.open_discussion(
        community,
        people[0],
        "Où ranger les outils ?",
        "La salle est pleine.",
        until=now() + 7 * DAY,
        extension_days=3,
    )


def told(member: Member, topic: str) -> list[str]:
    return [
        each.subject
        for each in db.session.query(Notice).filter_by(
            member_id=member.id, topic=f"project_decisions.{topic}"
        )
    ]


def test_an_answer_to_an_answer_stands_under_the_same_message(
    shed: Discussion, people: list[Member]
) -> None:
    first = discussing.say(shed, people[1], "Chez moi ?")
    second = discussing.say(shed, people[2], "Trop loin.", first)
    discussing.say(shed, people[3], "Pas tant que cela.", second)
    discussing.say(shed, people[4], "Ou un hangar ?")
    threads = reading.threads(shed)
    assert [each.message.text for each in threads] == ["Chez moi ?", "Ou un hangar ?"]
    assert [each.text for each in threads[0].answers] == ["Trop loin.", "Pas tant que cela."]


def test_a_double_click_says_it_once(shed: Discussion, people: list[Member]) -> None:
    discussing.say(shed, people[1], "Chez moi ?")
    discussing.say(shed, people[1], "Chez moi ?")
    assert len(reading.threads(shed)) == 1


def test_a_message_is_mended_freely_for_half_an_hour_then_its_words_are_kept(
    shed: Discussion, people: list[Member]
) -> None:
    message = discussing.say(shed, people[1], "Chez mio ?")
    with held_at(now() + timedelta(minutes=29)):
        discussing.change_message(message, people[1], "Chez moi ?")
    assert message.changed_at is None
    with held_at(now() + timedelta(minutes=30)):
        discussing.change_message(message, people[1], "Chez Awa ?")
    db.session.flush()
    assert [each.text for each in reading.versions_of(shed)[message.id]] == ["Chez moi ?"]


def test_only_its_author_changes_a_message(shed: Discussion, people: list[Member]) -> None:
    message = discussing.say(shed, people[1], "Chez moi ?")
    with pytest.raises(NotTheAuthor):
        discussing.change_message(message, people[2], "Non")


def test_a_message_changed_on_another_page_is_not_written_over(
    shed: Discussion, people: list[Member]
) -> None:
    message = discussing.say(shed, people[1], "Un")
    discussing.change_message(message, people[1], "Deux", read="Un")
    with pytest.raises(SaidSomethingElse):
        discussing.change_message(message, people[1], "Trois", read="Un")


def test_a_hidden_message_is_kept_and_its_author_told_why(
    shed: Discussion, people: list[Member], clerk: Member
) -> None:
    message = discussing.say(shed, people[1], "Bruno est un voleur.")
    assert discussing.hide(message, clerk, "Une attaque contre une personne.")
    assert not discussing.hide(message, clerk, "Encore.")
    concerning.tell_hidden(message)
    assert message.text == "Bruno est un voleur."
    assert message.hidden_reason == "Une attaque contre une personne."
    assert told(people[1], "concerns") == ["Votre message est masqué\u00a0: Où ranger les outils ?"]
    with pytest.raises(MessageHidden):
        discussing.say(shed, people[2], "C’est faux.", message)
    with pytest.raises(MessageHidden):
        discussing.change_message(message, people[1], "Pardon.")


def test_nothing_is_said_after_the_announced_end_even_before_the_sweep(
    shed: Discussion, people: list[Member]
) -> None:
    with held_at(now() + 7 * DAY), pytest.raises(DiscussionClosed):
        discussing.say(shed, people[1], "Trop tard ?")


def test_a_late_message_makes_the_discussion_go_on_once(
    shed: Discussion, people: list[Member]
) -> None:
    until = shed.until
    assert until is not None
    with held_at(until - DAY - timedelta(minutes=1)):
        discussing.say(shed, people[1], "À temps.")
    assert shed.until == until
    with held_at(until - timedelta(hours=1)):
        discussing.say(shed, people[2], "Au dernier moment.")
    assert shed.until == until + 3 * DAY
    with held_at(until + 3 * DAY - timedelta(hours=1)):
        discussing.say(shed, people[3], "Encore.")
    assert shed.until == until + 3 * DAY


def test_the_sweep_closes_what_is_over_and_a_clerk_opens_it_again(
    shed: Discussion, people: list[Member], community: Community
) -> None:
    with held_at(now() + 8 * DAY):
        discussing.close_due(community)
        assert shed.state == "closed"
        discussing.reopen(shed)
        discussing.say(shed, people[1], "Reprenons.")
        discussing.close_due(community)
        assert shed.state == "open"


def test_a_discussion_ends_in_the_future(community: Community, people: list[Member]) -> None:
    with pytest.raises(EndPassed):
        discussing.open_discussion(community, people[0], "Hier", "?", until=now() - DAY)


def test_who_writes_follows_weekly_unless_they_muted_it(
    shed: Discussion, people: list[Member]
) -> None:
    following.follow(shed, people[1], Rhythm.MUTED)
    discussing.say(shed, people[1], "Un mot.")
    discussing.say(shed, people[2], "Un autre.")
    rhythms = {each.member_id: each.rhythm for each in db.session.query(Follow)}
    assert rhythms == {
        people[0].id: Rhythm.WEEKLY,
        people[1].id: Rhythm.MUTED,
        people[2].id: Rhythm.WEEKLY,
    }


def test_followers_are_told_once_a_week_shortly_before_the_letter(
    shed: Discussion, people: list[Member], community: Community
) -> None:
    discussing.say(shed, people[1], "Un.")
    discussing.say(shed, people[2], "Deux.")
    telling.tell_due(community)
    assert told(people[0], "discussions") == []
    sunday = now() + timedelta(days=5, hours=21)  # Sunday at five in Paris, an hour before
    with held_at(sunday):
        telling.tell_due(community)
        telling.tell_due(community)
    [body] = [
        each.body
        for each in db.session.query(Notice).filter_by(member_id=people[0].id)
        if each.subject == "La discussion avance\u00a0: Où ranger les outils ?"
    ]
    assert "2 nouveaux messages" in body


def test_the_letter_of_the_week_before_says_that_it_ends(
    shed: Discussion, people: list[Member], community: Community
) -> None:
    following.follow(shed, people[1], Rhythm.MUTED)
    with held_at(now() + timedelta(days=5, hours=21)):
        telling.tell_due(community)
    assert "C’est bientôt la fin\u00a0: Où ranger les outils ?" in told(people[2], "discussions")
    assert "C’est bientôt la fin\u00a0: Où ranger les outils ?" not in told(
        people[1], "discussions"
    )


def test_only_who_asked_to_follow_closely_is_reminded_the_day_before(
    app: Flask, shed: Discussion, people: list[Member], community: Community
) -> None:
    following.follow(shed, people[1], Rhythm.EACH)
    following.follow(shed, people[2], Rhythm.WEEKLY)
    with app.test_request_context():
        dated = [
            [each.title for each in cards.agenda(community, who, now(), now() + 9 * DAY)]
            for who in people[:3]
        ]
    end = ["Fin de la discussion\u00a0: Où ranger les outils ?"]
    assert dated == [end, end, []]


def test_everybody_hears_that_a_discussion_opened_but_who_opened_it(
    shed: Discussion, people: list[Member], community: Community
) -> None:
    telling.tell_due(community)
    telling.tell_due(community)
    assert told(people[0], "discussions") == []
    assert told(people[7], "discussions") == [
        "Une discussion s’ouvre\u00a0: Où ranger les outils ?"
    ]


def test_each_message_reaches_who_asked_for_it_and_not_its_author(
    shed: Discussion, people: list[Member], community: Community
) -> None:
    discussing.say(shed, people[1], "Avant.")
    following.follow(shed, people[1], Rhythm.EACH)
    following.follow(shed, people[2], Rhythm.EACH)
    discussing.say(shed, people[1], "Après.")
    telling.tell_due(community)
    telling.tell_due(community)
    assert told(people[2], "messages") == ["Où ranger les outils ?"]
    assert told(people[1], "messages") == []


def test_search_finds_what_was_said_but_not_what_is_hidden(
    app: Flask, shed: Discussion, people: list[Member], community: Community, clerk: Member
) -> None:
    message = discussing.say(shed, people[1], "Sous l’appentis.")
    with app.test_request_context():
        assert [each.title for each in search.find(community, people[2], "appentis")]
        discussing.hide(message, clerk, "Hors sujet.")
        db.session.flush()
        assert not search.find(community, people[2], "appentis")


def test_an_erased_member_leaves_the_words_without_the_name(
    shed: Discussion, people: list[Member]
) -> None:
    message = discussing.say(shed, people[1], "Chez moi ?")
    exported = privacy.export(people[1])
    assert exported["messages"][0]["text"] == "Chez moi ?"
    privacy.erase(people[1])
    db.session.expire_all()
    assert (message.author, message.text) == (None, "Chez moi ?")
    assert following.follow_of(shed, people[1]) is None
    assert privacy.export(people[1]) == {}


def test_another_community_s_discussion_does_not_exist(
    shed: Discussion, elsewhere: Community
) -> None:
    with pytest.raises(Absent):
        discussing.find_discussion(elsewhere, shed.id)
