"""A dump of the database, the file and the logs: nothing in them says who cast which ballot."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Table, select

from freeco.clock import held_at
from freeco.db import Model, db
from freeco.members.models import Member
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.archives import Step, read_archive
from freeco_project_decisions.sealed.credentials import draw_credential, public_of
from freeco_project_decisions.secret import (
    board,
    casting,
    closing,
    codes,
    counting,
    filing,
    opening,
    preparing,
)
from freeco_project_decisions.secret.models import (
    ArchivePiece,
    PublishedBallot,
    SealedCodes,
    WaitingBallot,
    Way,
)
from freeco_project_decisions.secret.playing import Keepers, Voters

Ask = Callable[..., Poll]
OF_BALLOTS = (WaitingBallot, PublishedBallot, ArchivePiece, SealedCodes)


@pytest.fixture
def voters(ask: Ask, people: list[Member]) -> Voters:
    """Hold a secret poll whose codes are made on this site: the way that could tell most."""
    poll = ask(opened=False)
    preparing.make_secret(poll, Way.SITE)
    keepers = Keepers(3)
    keepers.named(poll, people[1:4])
    preparing.announce(poll)
    identifier = preparing.sealed_of(poll).identifier
    drawn = [draw_credential() for _each in people]
    for member, code in zip(people, drawn, strict=True):
        codes.register(poll, member, str(public_of(code, identifier)))
        db.session.commit()
    opening.open_sealed(poll)
    db.session.commit()
    return Voters(poll, keepers, drawn)


def dump() -> dict[str, list[str]]:
    """Read every row of every table, in the order in which the database gives them."""
    return {
        name: [str(tuple(row)) for row in db.session.execute(select(*table.columns))]
        for name, table in Model.metadata.tables.items()
    }


def test_no_table_of_ballots_has_a_member_an_hour_or_a_rank() -> None:
    for model in OF_BALLOTS:
        table = model.__table__
        assert isinstance(table, Table)
        assert {key.column.table.name for key in table.foreign_keys} == {"project_decisions_poll"}
        kinds = {str(column.type) for column in table.columns}
        assert not kinds & {"DATETIME", "TIMESTAMP"}
        assert "id" not in table.columns
        if model in (WaitingBallot, PublishedBallot):
            assert table.dialect_options["sqlite"]["with_rowid"] is False


def test_a_dump_does_not_link_a_member_to_a_code_nor_to_a_ballot(
    voters: Voters, people: list[Member], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    poll = voters.poll
    identifier = preparing.sealed_of(poll).identifier
    halves = [str(public_of(code, identifier)) for code in voters.codes]
    trackers = []
    for voter in range(8):
        yes = int(voter % 2 == 0)
        ballot = voters.sealed(voter, [[0, yes, 1 - yes]])
        trackers.append(casting.cast(poll, ballot.text.encode()).tracker)
        db.session.commit()
    board.publish_due(poll.community)
    db.session.commit()
    with held_at(poll.closes_at + timedelta(minutes=1)):
        closing.close_due(poll.community)
        db.session.commit()
        voters.keepers.open(poll)
        db.session.commit()
        counting.count_due(poll.community)
    rows = dump()
    archive = filing.archive_of(poll).decode()
    everything = "\n".join(row for name in rows for row in rows[name]) + archive + caplog.text
    assert not [code for code in voters.codes if code in everything]
    assert not [half for half in halves if half in caplog.text]
    assert not [tracker for tracker in trackers if tracker in caplog.text]
    _ids_do_not_follow(rows, people)
    _orders_do_not_follow(rows, archive, halves, trackers)
    assert len(set(re.findall(r"00000000000\d{11}", archive))) <= 1


def _ids_do_not_follow(rows: dict[str, list[str]], people: list[Member]) -> None:
    """No row of a ballot holds what stands in a row of an elector."""
    electors = {int(row.split(",")[0][1:]) for row in rows["project_decisions_elector"]}
    assert len(electors) == len(people)
    for name in ("project_decisions_waiting_ballot", "project_decisions_published_ballot"):
        for row in rows[name]:
            small = {int(number) for number in re.findall(r"(?<![\w'])\d{1,6}(?![\w'])", row)}
            # The poll's number and that of the batch, the same in every row.
            assert len(small) <= 2
    assert rows["project_decisions_waiting_ballot"] == []


def _orders_do_not_follow(
    rows: dict[str, list[str]], archive: str, halves: list[str], trackers: list[str]
) -> None:
    """Rows stand in the order of digests or of numbers, never in that in which people came."""
    digests = [row.split("'")[1] for row in rows["project_decisions_published_ballot"]]
    assert digests == sorted(digests)
    events = [e for e in read_archive(archive.encode()).events if e.step is Step.BALLOT]
    payloads = [event.payload for event in events]
    assert sorted(map(str, payloads)) == digests
    places = [archive.index(f'"{half}"') for half in sorted(halves, key=int)]
    assert all(one < other for one, other in pairwise(places))
    assert len(set(trackers)) == len(digests)


def test_batches_are_shuffled(voters: Voters) -> None:
    orders = set()
    for _try in range(6):
        waiting = [
            WaitingBallot(
                poll_id=1, sha256=f"{each:064}", credential=str(each), turn=1, choices="", text=""
            )
            for each in range(8)
        ]
        orders.add(tuple(each.sha256 for each in board.shuffled(waiting)))
    assert len(orders) > 3


def test_ballots_of_one_code_keep_their_order_when_shuffled() -> None:
    waiting = [
        WaitingBallot(
            poll_id=1,
            sha256=f"{each:064}",
            credential=str(each % 3),
            turn=each // 3 + 1,
            choices="",
            text="",
        )
        for each in range(9)
    ]
    for _try in range(5):
        found = board.shuffled(waiting)
        for credential in "012":
            turns = [each.turn for each in found if each.credential == credential]
            assert turns == [1, 2, 3]
