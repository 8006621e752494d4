"""Whoever acts while a rehearsal is wiped comes before, and goes with it, or after, and is told."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from freeco.db import db
from freeco.first_run.rehearsal import rehearsal_of, rehearse
from freeco.first_run.wiping import wipe
from freeco.kernel_models import Intention
from freeco.members import households
from freeco.members.models import Community, HouseholdMember, Member, Person
from freeco.plugins import Plugins

A_WHILE = 0.4


@pytest.fixture
def copy(community: Community) -> Community:
    copy = rehearse(Plugins(), community, "fr")
    db.session.commit()
    return copy


def somebody(copy: Community) -> int:
    """Return the id of a member who shares nobody's table."""
    alone = select(Member.id).where(
        Member.community_id == copy.id,
        Member.person_id.is_not(None),
        Member.id.not_in(select(HouseholdMember.member_id)),
    )
    found = db.session.scalars(alone.limit(1)).one()
    db.session.commit()
    return found


def say(member: Member) -> None:
    """Write a row that hangs on the member only: the wipe learns of it at the last moment."""
    db.session.add(Intention(member=member, module="garden"))


def sit_down(member: Member) -> None:
    """Write rows that hang on the community itself."""
    households.household_of(member)


def act(
    app: Flask, member_id: int, begun: Event, wait: float, deed: Callable[[Member], None]
) -> str:
    """Let a member act in another thread's transaction."""
    with app.app_context():
        try:
            deed(db.session.get_one(Member, member_id))
            db.session.flush()
            begun.set()
            time.sleep(wait)
            db.session.commit()
        except (IntegrityError, InvalidRequestError):  # refused, or no longer there
            db.session.rollback()
            return "refused"
        return "written"


def left(*models: type) -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


@pytest.mark.parametrize("deed", [say, sit_down])
def test_what_is_written_meanwhile_goes_with_it(
    app: Flask, community: Community, copy: Community, deed: Callable[[Member], None]
) -> None:
    member_id, begun = somebody(copy), Event()
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(act, app, member_id, begun, A_WHILE, deed)
        assert begun.wait(10)
        wipe(copy)
        db.session.commit()
        assert done.result() == "written"
    assert rehearsal_of(community) is None
    assert left(Member, Person, Intention, HouseholdMember) == [0, 0, 0, 0]


@pytest.mark.parametrize("deed", [say, sit_down])
def test_who_comes_after_is_refused_by_the_database(
    app: Flask, copy: Community, deed: Callable[[Member], None]
) -> None:
    member_id = somebody(copy)
    wipe(copy)
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(act, app, member_id, Event(), 0, deed)
        time.sleep(A_WHILE)
        db.session.commit()
        assert done.result() == "refused"
    assert left(Member, Person, Intention, HouseholdMember) == [0, 0, 0, 0]


def test_two_who_begin_at_once_make_one(app: Flask, community: Community) -> None:
    community_id = community.id
    db.session.commit()

    def begin() -> str:
        with app.app_context():
            copy = rehearse(Plugins(), db.session.get_one(Community, community_id), "fr")
            db.session.commit()
            return copy.slug

    with ThreadPoolExecutor(2) as pool:
        slugs = {done.result() for done in [pool.submit(begin) for _each in range(2)]}
    assert slugs == {"lavergne-repetition"}
    assert left(Community) == [2]
