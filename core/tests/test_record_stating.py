"""Stating: once for each fact, what was declared and nothing else, and with what caused it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import func, select

from freeco.clock import today
from freeco.db import db
from freeco.first_run.rehearsal import rehearse
from freeco.members.models import Community, Member
from freeco.plugins import Plugins
from freeco.record.models import RecordEntry, RecordLog, RecordOpening
from freeco.record.statement import Fields, Opening, Statement
from freeco.record.stating import Sealed, log_of, state
from freeco.record.tree import leaf_hash
from freeco.testing import make_community

GARDEN = {"module": "garden"}


def entries(community: Community) -> list[RecordEntry]:
    query = select(RecordEntry).join(RecordLog).where(RecordLog.community_id == community.id)
    return list(db.session.scalars(query.order_by(RecordEntry.id)))


def test_a_statement_says_what_happened_and_seals_what_concerns_somebody(
    community: Community, member: Member
) -> None:
    before = len(entries(community))
    sealed = {"reason": Sealed({"reason": "Vacances d’été"}, member)}
    entry = state(community, "module.paused", "pause:1", about=GARDEN, sealed=sealed)
    assert entry is not None
    assert entry.leaf_index is None
    assert entry.leaf == leaf_hash(entry.entry)
    statement = Statement.read(entry.entry)
    assert (statement.kind, statement.about) == ("module.paused", GARDEN)
    assert (statement.day, statement.reference) == (today(community.timezone), entry.reference)
    assert b"Vacances" not in entry.entry
    (opening,) = db.session.scalars(select(RecordOpening).where(RecordOpening.entry == entry))
    assert opening.member is member
    statement.check_opening("reason", Opening(opening.salt, opening.fields))
    assert len(entries(community)) == before + 1


def test_two_statements_of_the_same_words_cannot_be_linked(community: Community) -> None:
    sealed = {"reason": Sealed({"reason": "Vacances d’été"})}
    first = state(community, "module.paused", "pause:1", about=GARDEN, sealed=sealed)
    second = state(community, "module.paused", "pause:2", about=GARDEN, sealed=sealed)
    assert first is not None
    assert second is not None
    digests = [Statement.read(each.entry).sealed["reason"] for each in (first, second)]
    assert len({*digests, first.reference, second.reference}) == 4


def test_the_same_fact_is_stated_once_whatever_is_said_of_it(community: Community) -> None:
    first = state(community, "module.resumed", "pause:1", about=GARDEN)
    again = state(community, "module.resumed", "pause:1", about={"module": "other"})
    assert again is first
    assert len(entries(community)) == 1


def test_the_same_key_elsewhere_is_another_fact(community: Community) -> None:
    other = make_community("assiac", "Assiac")
    for each in (community, other):
        assert state(each, "module.resumed", "pause:1", about=GARDEN) is not None
    assert [len(entries(each)) for each in (community, other)] == [1, 1]
    assert log_of(community).origin == "localhost/lavergne/registre"


def test_two_who_state_the_same_at_once_find_one_statement(
    app: Flask, community: Community
) -> None:
    """The second waits for the first, if they meet; the first one has not opened the log either."""
    held, where = Event(), community.id
    first = state(community, "module.resumed", "pause:1", about=GARDEN)
    assert first is not None
    reference = first.reference

    def again() -> str:
        with app.app_context():
            held.set()
            found = db.session.get_one(Community, where)
            entry = state(found, "module.resumed", "pause:1", about=GARDEN)
            assert entry is not None
            other = state(found, "module.resumed", "pause:2", about=GARDEN)
            assert other is not None
            said = entry.reference
            db.session.commit()
            return said

    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(again)
        held.wait()
        db.session.commit()
        assert told.result(timeout=30) == reference
    assert [each.key for each in entries(community)] == ["pause:1", "pause:2"]


def test_what_is_rolled_back_was_never_stated(community: Community) -> None:
    log_of(community)
    db.session.commit()
    state(community, "module.resumed", "pause:1", about=GARDEN)
    community.name = "Rebaptisée"
    db.session.rollback()
    assert entries(community) == []
    assert community.name == "Amis de Lavergne"
    assert state(community, "module.resumed", "pause:1", about=GARDEN) is not None


def test_a_refused_statement_leaves_its_cause_alone(community: Community) -> None:
    community.name = "Rebaptisée"
    with pytest.raises(ValueError, match="declare"):
        state(community, "module.resumed", "pause:1", about={"reason": "x"})
    db.session.commit()
    assert community.name == "Rebaptisée"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "about", "sealed"),
    [
        ("module.exploded", {}, {}),
        ("module", {}, {}),
        ("module.resumed", {"module": "garden", "who": "marie"}, {}),
        ("module.resumed", GARDEN, {"reason": {"reason": "x"}}),
        ("module.paused", {"reason": "x"}, {}),
        ("module.resumed", {"module": "Marie Dupont"}, {}),
        ("module.resumed", {"module": "marie@example.org"}, {}),
        ("module.resumed", {"module": "Zoé"}, {}),
        ("module.resumed", {"module": ""}, {}),
        ("module.resumed", {"module": "a" * 201}, {}),
        ("module.resumed", {"module": None}, {}),
        ("module.resumed", {"module": 1.5}, {}),
        ("module.resumed", {"module": ["garden"]}, {}),
        ("module.opened", {"module": "garden", "members": 2**60}, {}),
        ("module.paused", GARDEN, {"reason": {"reason": 2**60}}),
        ("module.paused", GARDEN, {"reason": {"reason": "\ud800"}}),
    ],
)
def test_nothing_gets_in_but_codes_in_their_places(
    community: Community, kind: str, about: Fields, sealed: dict[str, Fields]
) -> None:
    closed = {name: Sealed(fields) for name, fields in sealed.items()}
    with pytest.raises(ValueError):  # noqa: PT011 - each says it in its own words
        state(community, kind, "key:1", about=about, sealed=closed)
    assert entries(community) == []


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_fact_has_a_key_of_reasonable_length(community: Community, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        state(community, "module.resumed", key, about=GARDEN)


def test_the_day_is_that_of_the_community_or_the_one_that_is_said(community: Community) -> None:
    entry = state(community, "module.resumed", "a", about=GARDEN, day=date(2026, 3, 4))
    assert entry is not None
    assert Statement.read(entry.entry).day == entry.day == date(2026, 3, 4)


def test_a_rehearsal_states_nothing_and_has_no_log(community: Community) -> None:
    copy = rehearse(Plugins(), community, "fr")
    assert state(copy, "module.resumed", "pause:1", about=GARDEN) is None
    with pytest.raises(ValueError, match="rehearsal"):
        log_of(copy)
    db.session.commit()
    logs = select(func.count()).select_from(RecordLog).where(RecordLog.community_id == copy.id)
    assert db.session.scalar(logs) == 0
