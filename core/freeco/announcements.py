"""What members are told of their community: a module has opened, the charter has changed.

Each is told once, whoever asks and however often: the mark is a row of the sweeps' table,
unique, written with the letters.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from freeco.activation import count_members
from freeco.charter import services as charter
from freeco.db import db
from freeco.kernel_models import Activation, SweepRun
from freeco.members.models import Community, Member, Person
from freeco.notifications.services import send_mail
from freeco.plugins import Plugins

ONCE = 0
"""The slot of what is done once and not again; sweeps forget other slots after a while."""


def announce(plugins: Plugins) -> int:
    """Write the letters that are due, each community in a transaction; return how many."""
    communities = db.session.scalars(select(Community.id).order_by(Community.id)).all()
    db.session.rollback()
    letters = 0
    for community_id in communities:
        for module in _unannounced(community_id, plugins):
            letters += _once(community_id, f"core.opened:{module}", plugins, module)
        version = charter.current_version()
        letters += _once(community_id, f"core.charter:{version}", plugins, None)
    return letters


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
    try:
        db.session.add(SweepRun(job=mark, community_id=community_id, slot=ONCE))
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        return 0
    community = db.session.get_one(Community, community_id)
    if module is None:
        letters = _tell_new_charter(community)
    else:
        letters = _tell_opening(plugins, community, module)
    db.session.commit()
    return letters


def _readers(community: Community) -> Iterator[tuple[Member, Person, str]]:
    for member in db.session.scalars(
        select(Member).where(
            Member.community_id == community.id,
            Member.left_at.is_(None),
            Member.person_id.is_not(None),
        )
    ):
        if member.person is not None and member.person.email is not None:
            yield member, member.person, member.person.email


def _tell_opening(plugins: Plugins, community: Community, name: str) -> int:
    module = plugins.modules[name]
    count = count_members(community, module.within)
    letters = 0
    for _member, person, address in _readers(community):
        send_mail(
            address,
            "module_opened",
            person.language,
            first_name=person.first_name,
            community=community.name,
            module=module.title,
            member_count=count,
            page=f"/{community.slug}/",
        )
        letters += 1
    return letters


def _tell_new_charter(community: Community) -> int:
    letters = 0
    for member, person, address in _readers(community):
        if charter.has_accepted_current(member):
            continue
        send_mail(
            address,
            "new_charter",
            person.language,
            first_name=person.first_name,
            community=community.name,
            version=charter.current_version(),
            page=f"/{community.slug}/charte",
        )
        letters += 1
    return letters
