"""Who is told of a vote by tokens, what waits on the home page, and what trustees open."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.record.models import RecordEntry
from freeco.testing.people import make_community
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls.models import Decision, Method, Poll
from freeco_project_decisions.secret import rounds, trustees
from freeco_project_decisions.secret.commands.trustee import keep_key
from freeco_project_decisions.secret.models import Trustee
from freeco_project_decisions.tokens import (
    cards,
    counting,
    opening,
    preparing,
    privacy,
    reading,
    telling,
)
from freeco_project_decisions.tokens.testing import (
    AFTER,
    CASTING,
    CASTS_FROM,
    begin,
    cast,
    close,
    get_token,
)

Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]


@pytest.fixture
def draft(ask: Ask) -> Poll:
    """Give a draft in which two things are ranked."""
    return ask(Method.SCHULZE, "Toit", "Puits", opened=False)


def told(community: Community) -> Counter[str]:
    telling.tell_due(community)
    telling.tell_due(community)
    db.session.commit()
    keys = db.session.scalars(select(Notice.key)).all()
    return Counter(key.split(":")[1] for key in keys if key.startswith("project_decisions:token"))


def test_electors_are_told_of_their_token_of_its_last_day_and_of_the_box(
    community: Community, draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    assert told(community) == {"token_given": 8}
    get_token(votes, people[0])
    with held_at(CASTS_FROM - timedelta(hours=20)):
        assert told(community) == {"token_given": 8, "token_reminder": 7}
    with held_at(CASTING):
        assert told(community)["token_vote"] == 1


def test_the_home_page_shows_a_token_to_take_then_the_box_to_who_has_one(
    community: Community, draft: Poll, people: list[Member], visiting: Visit
) -> None:
    votes, _secrets = begin(draft, people)
    assert "se retire jusqu’au" in visiting(people[0]).get("/lavergne/").text
    get_token(votes, people[0])
    assert cards.cards(community, people[0]) == []
    assert privacy.export(people[0]) == {"tokens": [{"poll": draft.title}]}
    assert privacy.export(people[1]) == {}
    with held_at(CASTING):
        assert "Prenez votre jeton" in visiting(people[0]).get("/lavergne/").text
        assert cards.cards(community, people[1]) == []
    assert cards.cards(make_community("loin", "Loin"), people[0]) == []


def stated(kind: str) -> dict:  # type: ignore[type-arg]
    """Return the one statement of a kind in the public record."""
    entry = db.session.scalars(select(RecordEntry).where(RecordEntry.kind == kind)).one()
    found: dict = json.loads(entry.entry)["about"]  # type: ignore[type-arg]
    return found


def test_trustees_make_their_keys_and_open_the_box_with_the_command(
    draft: Poll, people: list[Member], tmp_path: Path, visiting: Visit
) -> None:
    votes = preparing.make_tokens(draft, CASTS_FROM)
    group = trustees.group_of(draft)
    for member in people[1:4]:
        trustees.name_member(group, member)
    trustees.set_threshold(group, 2)
    db.session.commit()

    def work(archive: Path | None = None, of: Sequence[Trustee] = ()) -> None:
        for trustee in of or group.trustees:
            task, key, answer = (
                tmp_path / f"{name}-{trustee.place}" for name in ("tache", "cle", "reponse")
            )
            task.write_text(json.dumps(rounds.task_of(trustee)))
            args = [str(task), "--key", str(key), "-o", str(answer)]
            compared = "oui\n" if archive else ""
            args += ["--archive", str(archive), "--few-ballots"] if archive else []
            typed = compared + "trois-ponts-et-un-panier\n" * 2
            done = CliRunner().invoke(keep_key, args, input=typed)
            assert not archive or stated("token.closed")["board"] in done.output
            assert done.exit_code == 0, done.output
            rounds.post(trustee, json.loads(answer.read_text()))
            db.session.commit()

    for _round in range(3):
        work()
    opening.open_tokens(draft)
    db.session.commit()
    cast(votes, get_token(votes, people[0]), [1, 2])
    close(votes)
    assert (
        "Chaque bulletin du tableau public"
        in visiting(people[1]).get(f"/lavergne/project-decisions/votes/{draft.id}/cle").text
    )
    board = tmp_path / reading.export_name(votes)
    board.write_bytes(reading.export(votes))
    with held_at(AFTER):
        work(board, of=group.trustees[:1])
        counting.count_due(draft.community)
        assert db.session.scalars(select(Decision)).all() == []
        work(board, of=group.trustees[1:2])
        counting.count_due(draft.community)
        db.session.commit()
    assert db.session.scalars(select(Decision)).one().adopted
