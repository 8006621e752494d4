"""The audit names what pages show otherwise than it was stated: parameters, and accords."""

from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from freeco.accords import privacy as accords_privacy
from freeco.accords import services as accords
from freeco.accords.models import Accord
from freeco.charter import services as charter
from freeco.clock import now
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.record import audit, parameters, privacy
from freeco.record.models import ParameterChange, RecordLog, RecordOpening
from freeco.record.sequencer import sequence
from freeco.record.stating import log_of
from freeco.testing import make_member
from freeco.testing.guards import guards_lifted

CHANGED = "Ce changement de réglage n’est pas montré comme il a été inscrit."
AGREED = "Cet accord n’est pas montré comme il a été conclu."


@pytest.fixture
def log(community: Community) -> RecordLog:
    """Give a log of one change of a parameter, and of one accord; another accord waits."""
    camille, denis = make_member(community, "Camille"), make_member(community, "Denis")
    assert camille.person is not None
    assert denis.person is not None
    parameters.changed(
        community,
        "threshold.market",
        "30",
        "12",
        member=camille,
        reason="Trop haut",
        decided="votes:decision:3",
    )
    accord = accords.propose(camille, denis, "Prêt", "Cent euros.", camille.person)
    accords.agree(accord, denis.person)
    accords.propose(denis, camille, "Terrain", "Le haut du pré.", denis.person)
    log = log_of(community)
    sequence(log)
    db.session.commit()
    return log


def found(log: RecordLog) -> list[str]:
    db.session.expire_all()
    faults = audit.check(log).faults
    db.session.commit()
    return [str(each.what).replace("\xa0", " ") for each in faults]


def test_what_is_shown_as_it_was_stated_is_no_fault(log: RecordLog) -> None:
    assert found(log) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"before": "31"},
        {"after": "99"},
        {"name": "threshold.votes"},
        {"decided": "votes:decision:4"},
        {"decided": ""},
        {"reason": "Trop bas"},
    ],
)
def test_a_change_of_parameter_that_is_shown_otherwise_is_named(
    log: RecordLog, changed: dict[str, str]
) -> None:
    with guards_lifted():
        db.session.execute(update(ParameterChange).values(**changed))
    db.session.commit()
    assert found(log) == [CHANGED]


def test_a_change_of_parameter_that_is_shown_no_more_is_named(log: RecordLog) -> None:
    with guards_lifted():
        db.session.execute(delete(ParameterChange))
    db.session.commit()
    assert found(log) == ["Ce changement de réglage est inscrit, et n’est plus montré."]


def test_what_was_never_stated_is_named(log: RecordLog) -> None:
    with guards_lifted():
        db.session.execute(update(Accord).where(Accord.title == "Terrain").values(agreed_at=now()))
        change = {
            "community_id": log.community_id,
            "name": "threshold.x",
            "before": "",
            "after": "1",
        }
        change |= {"changed_at": now(), "reason": "", "decided": ""}
        db.session.execute(insert(ParameterChange), [change])
    db.session.commit()
    assert found(log) == [
        "Un changement de réglage est montré, et n’est pas inscrit.",
        "Un accord est montré comme conclu, et n’est pas inscrit.",
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Don"},
        {"text": "Mille euros."},
        {"about": "market:order:1"},
        {"proposed_at": now()},
        {"proposer_id": Accord.other_id, "other_id": Accord.proposer_id},
    ],
    ids=("title", "text", "about", "proposed_at", "parties"),
)
def test_an_accord_that_is_shown_otherwise_is_named(
    log: RecordLog, changed: dict[str, Any]
) -> None:
    with guards_lifted():
        db.session.execute(update(Accord).where(Accord.entry_id.is_not(None)).values(**changed))
    db.session.commit()
    assert found(log) == [AGREED]


@pytest.mark.parametrize("part", ["first", "second", "terms", "member"])
def test_a_part_that_nobody_had_deleted_is_missed(log: RecordLog, part: str) -> None:
    member = db.session.scalars(
        select(Member).where(Member.community_id == log.community_id)
    ).first()
    assert member is not None
    assert member.person is not None
    charter.accept(member, charter.shown_text("fr"), member.person)
    db.session.commit()
    assert found(log) == []
    db.session.execute(delete(RecordOpening).where(RecordOpening.name == part))
    db.session.commit()
    assert set(found(log)) == {"Un contenu scellé n’est plus là, et personne ne l’a fait effacer."}


def test_who_is_forgotten_leaves_no_fault(log: RecordLog) -> None:
    for accord in db.session.scalars(select(Accord).order_by(Accord.id).limit(1)).all():
        for member in (accord.proposer, accord.other):
            accords_privacy.forget(member)
            privacy.forget(member)
            assert member.person is not None
            member.person.erased_at = now()
            db.session.commit()
            assert found(log) == []
