"""Alarms: kept once, told to those who look after the community, and over when it is."""

from datetime import timedelta

import pytest
from flask import Flask

from freeco.clock import held_at, now
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.record.alarms import REWRITTEN, SHRUNKEN, SPLIT, alarms_of, open_alarms, raise_alarm
from freeco.record.checkpoint import cosign
from freeco.record.models import RecordAlarm, RecordCosignature, RecordLog, WatchedLog
from freeco.record.note import COSIGNATURE, SignerKey
from freeco.testing import make_community, make_member
from freeco.testing.record import checkpoints, seal_some

WITNESS = SignerKey.generate("neighbour.example/temoin", COSIGNATURE)
NAME = WITNESS.name


@pytest.fixture
def steward(community: Community) -> Member:
    return make_member(community, "Sylvie", "Marty", permissions=("core.steward",))


@pytest.fixture
def log(community: Community, steward: Member) -> RecordLog:
    """Give the log of a community that has a steward."""
    return seal_some(community, 2)


def notices() -> list[Notice]:
    return db.session.query(Notice).filter_by(topic="core.record").order_by(Notice.id).all()


def cosigned_later(log: RecordLog) -> None:
    """Have the witness co-sign another head, a minute from now."""
    seal_some(log.community, 1)
    head = checkpoints(log)[-1]
    at = now() + timedelta(minutes=1)
    line = str(cosign(head.note.rpartition("\n\n")[0] + "\n", WITNESS, at))
    db.session.add(
        RecordCosignature(checkpoint=head, witness=str(WITNESS.verifier), line=line, given_at=at)
    )
    db.session.commit()


def test_the_stewards_are_told_at_once(log: RecordLog, steward: Member) -> None:
    raise_alarm(log.origin, SHRUNKEN, NAME, ["the seal"])
    db.session.commit()
    (notice,) = notices()
    assert notice.member_id == steward.id
    assert notice.subject == "Amis de Lavergne\u00a0: un témoin ne reconnaît plus le registre"
    assert NAME in notice.body
    letter = db.session.query(OutgoingMail).filter_by(topic="core.record").one()
    assert letter.recipient == "sylvie.marty@example.org"
    assert "/lavergne/registre" in letter.body


def test_nobody_else_is_told(log: RecordLog, member: Member) -> None:
    other = make_community("saint-roch", "Saint-Roch")
    make_member(other, "Bernard", "Delpech", permissions=("core.steward",))
    raise_alarm(log.origin, SHRUNKEN, NAME, ["the seal"])
    assert [each.member.name for each in notices()] == ["Sylvie Marty"]


def test_the_same_is_kept_and_told_once(log: RecordLog) -> None:
    first = raise_alarm(log.origin, SHRUNKEN, NAME, ["the seal"])
    db.session.commit()
    assert raise_alarm(log.origin, SHRUNKEN, NAME, ["the seal"]) is first
    assert raise_alarm(log.origin, SHRUNKEN, NAME, ["a later seal"]) is first
    assert len(notices()) == 1


def test_another_kind_and_another_witness_are_other_alarms(log: RecordLog) -> None:
    for kind, witness in ((SHRUNKEN, NAME), (SPLIT, NAME), (SPLIT, "third.example/temoin")):
        raise_alarm(log.origin, kind, witness, [kind, witness])
    assert len(open_alarms(log)) == 3
    assert len(notices()) == 3


def test_it_is_over_once_who_found_it_has_cosigned(log: RecordLog) -> None:
    raise_alarm(log.origin, SHRUNKEN, NAME, ["the seal"])
    raise_alarm(log.origin, SPLIT, "third.example/temoin", ["the seal"])
    cosigned_later(log)
    assert [each.found_by for each in open_alarms(log)] == ["third.example/temoin"]
    assert len(alarms_of(log.origin)) == 2


def test_a_new_fault_after_that_is_a_new_alarm(log: RecordLog) -> None:
    raise_alarm(log.origin, SHRUNKEN, NAME, ["the seal"])
    cosigned_later(log)
    with held_at(now() + timedelta(hours=1)):
        raise_alarm(log.origin, SHRUNKEN, NAME, ["a later seal"])
    assert len(open_alarms(log)) == 1
    assert len(notices()) == 2


def test_of_a_log_elsewhere_the_stewards_here_are_told_once_each(
    log: RecordLog, steward: Member
) -> None:
    other = make_community("saint-roch", "Saint-Roch")
    make_member(other, person=steward.person, permissions=("core.steward",))
    make_member(other, "Bernard", "Delpech", permissions=("core.steward",))
    seal_some(other, 1)
    db.session.add(WatchedLog(origin="far.example/registre", verifier="x"))
    raise_alarm("far.example/registre", REWRITTEN, "here.example/temoin", ["two", "seals"])
    told = notices()
    assert [each.member.name for each in told] == ["Sylvie Marty", "Bernard Delpech"]
    assert {each.subject for each in told} == {"Un registre que nous surveillons a été réécrit"}
    assert {each.url for each in told} == {"/temoin"}


def test_what_was_taken_back_was_not_told(log: RecordLog) -> None:
    raise_alarm(log.origin, SHRUNKEN, NAME, ["the seal"])
    db.session.rollback()
    assert db.session.query(RecordAlarm).count() == 0
    assert notices() == []


def test_without_steward_the_alarm_is_kept(app: Flask, community: Community) -> None:
    log = seal_some(community, 1)
    raise_alarm(log.origin, SPLIT, NAME, ["the seal"])
    assert len(open_alarms(log)) == 1
