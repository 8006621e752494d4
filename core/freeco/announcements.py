"""What members are told of their community: a module has opened, the charter has changed.

Each is told once, whoever asks and however often: a notice is told once to a member, and when
all are told, a mark is left in the sweeps' table. A few are told in one transaction, for on
SQLite nobody else writes meanwhile.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from freeco.activation import count_members
from freeco.charter import services as charter
from freeco.db import db
from freeco.kernel_models import Activation, SweepRun
from freeco.members.models import Community, Member
from freeco.notifications.notices import notify
from freeco.notifications.topics import CHARTER, OPENING
from freeco.plugins import Plugins

AT_ONCE = 20
"""As many are told in one transaction."""
ONCE = 0
"""The slot of what is done once and not again; sweeps forget other slots after a while."""


def announce(plugins: Plugins) -> int:
    """Write the notices that are due, a few in a transaction; return how many."""
    communities = db.session.scalars(select(Community.id).order_by(Community.id)).all()
    db.session.rollback()
    told = 0
    for community_id in communities:
        for module in _unannounced(community_id, plugins):
            told += _once(community_id, f"core.opened:{module}", plugins, module)
        community = db.session.get_one(Community, community_id)
        version = charter.current_version(community)
        db.session.rollback()
        told += _once(community_id, f"core.charter:{version}", plugins, None)
    return told


def _unannounced(community_id: int, plugins: Plugins) -> list[str]:
    told = select(SweepRun.job).where(SweepRun.community_id == community_id, SweepRun.slot == ONCE)
    marks = set(db.session.scalars(told))
    opened = db.session.scalars(
        select(Activation.module).where(Activation.community_id == community_id)
    ).all()
    db.session.rollback()
    return [
        name for name in opened if name in plugins.modules and f"core.opened:{name}" not in marks
    ]


def _once(community_id: int, mark: str, plugins: Plugins, module: str | None) -> int:
    already = select(SweepRun.id).where(
        SweepRun.community_id == community_id, SweepRun.job == mark, SweepRun.slot == ONCE
    )
    if db.session.scalar(already) is not None:
        db.session.rollback()
        return 0
    community = db.session.get_one(Community, community_id)
    if module is None:
        told = _tell_new_charter(community, mark)
    else:
        told = _tell_opening(plugins, community, module, mark)
    try:
        db.session.add(SweepRun(job=mark, community_id=community_id, slot=ONCE))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()  # another worker has told the same ones, each once
    return told


def _people(community: Community) -> Iterator[Member]:
    """Give the members who are persons: who acts for an organisation is one of them.

    What was written for some is committed before the next ones come.
    """
    ids = db.session.scalars(
        select(Member.id)
        .where(
            Member.community_id == community.id,
            Member.left_at.is_(None),
            Member.person_id.is_not(None),
        )
        .order_by(Member.id)
    ).all()
    for first in range(0, len(ids), AT_ONCE):
        some = select(Member).where(Member.id.in_(ids[first : first + AT_ONCE]))
        yield from db.session.scalars(some.order_by(Member.id)).all()
        db.session.commit()


def _tell_opening(plugins: Plugins, community: Community, name: str, mark: str) -> int:
    module = plugins.modules[name]
    count = count_members(community, module.within)
    told = 0
    for member in _people(community):
        notify(
            member,
            OPENING.name,
            "module_opened",
            key=mark,
            url=f"/{community.slug}/",
            community=community.name,
            module=module.title,
            member_count=count,
        )
        told += 1
    return told


def _tell_new_charter(community: Community, mark: str) -> int:
    told = 0
    for member in _people(community):
        if charter.has_accepted_current(member):
            continue
        notify(
            member,
            CHARTER.name,
            "new_charter",
            key=mark,
            url=f"/{community.slug}/charte",
            community=community.name,
            version=charter.current_version(community),
        )
        told += 1
    return told
