"""Modules open with the membership: thresholds, openings, pauses, intentions.

``open`` is a row per community, read on each request, so that every process follows at once.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.events import ModuleOpened, publish
from freeco.i18n import _
from freeco.kernel_models import Activation, Intention, ModuleThreshold
from freeco.members.models import Community, Member, Territory
from freeco.module import Module
from freeco.plugins import Plugins
from freeco.record import facts, parameters
from freeco.record.parameter_names import THRESHOLD


class ReasonMissing(Refusal):
    """A pause without a reason."""

    reason = _("Une mise en pause demande un motif, que tous les membres pourront lire.")


class NotOpenYet(Refusal):
    """A module that never opened cannot be paused or resumed."""

    reason = _("Ce module n’est pas encore ouvert ici.")


def threshold(community: Community, module: Module) -> int:
    """Return the members a module needs here: the community's number, territory's, or its own."""
    return (
        _own_threshold(ModuleThreshold.community_id == community.id, module)
        or (
            _own_threshold(ModuleThreshold.territory_id == community.territory_id, module)
            if community.territory_id
            else None
        )
        or module.opens_at
    )


def _own_threshold(where: ColumnElement[bool], module: Module) -> int | None:
    return db.session.scalar(
        select(ModuleThreshold.members).where(where, ModuleThreshold.module == module.name)
    )


def set_threshold(
    plugins: Plugins,
    community: Community,
    module: Module,
    members: int,
    *,
    by: Member | None = None,
    reason: str = "",
    decided: str = "",
) -> None:
    """Give the community its own number, and open what that makes due.

    ``by``, ``reason`` and ``decided``: who changes it, why, and by which decision, for the
    history of that number.
    """
    lock(community)
    before = threshold(community, module)
    row = db.session.scalar(
        select(ModuleThreshold).where(
            ModuleThreshold.community_id == community.id, ModuleThreshold.module == module.name
        )
    )
    if row is None:
        db.session.add(
            ModuleThreshold(module=module.name, members=members, community_id=community.id)
        )
    else:
        row.members = members
    db.session.flush()
    name = f"{THRESHOLD}{module.name}"
    parameters.changed(
        community, name, str(before), str(members), member=by, reason=reason, decided=decided
    )
    open_due(plugins, community)


def count_members(community: Community, within: str = "community") -> int:
    """Count the persons who are members: of the community, or of its whole territory."""
    query = select(func.count(Member.id.distinct())).where(
        Member.left_at.is_(None), Member.person_id.is_not(None)
    )
    if within == "territory" and community.territory_id is not None:
        query = select(func.count(Member.person_id.distinct())).where(
            Member.left_at.is_(None),
            Member.community_id.in_(
                select(Community.id).where(Community.territory_id == community.territory_id)
            ),
        )
    else:
        query = query.where(Member.community_id == community.id)
    return db.session.scalar(query) or 0


def open_modules(community: Community) -> frozenset[str]:
    """Return the names of the modules open here and not paused."""
    return frozenset(
        db.session.scalars(
            select(Activation.module).where(
                Activation.community_id == community.id, Activation.paused_at.is_(None)
            )
        )
    )


def is_open(community: Community, name: str) -> bool:
    """Whether a module is open here, now."""
    return name in open_modules(community)


def open_due(plugins: Plugins, community: Community) -> list[str]:
    """Open the modules whose threshold is reached; called where a member joins, and nightly.

    The territory's and community's rows are locked before counting: of two members joining
    at the same instant the second counts the first, so that no opening is missed.
    """
    communities = [community]
    if community.territory_id is not None:
        db.session.execute(
            select(Territory.id)
            .where(Territory.id == community.territory_id)
            .with_for_update(key_share=True)
        )
        communities = list(
            db.session.scalars(
                select(Community)
                .where(Community.territory_id == community.territory_id)
                .order_by(Community.id)
            )
        )
    opened = []
    for each in communities:
        opened += _open_due_here(plugins, each)
    return opened


def _open_due_here(plugins: Plugins, community: Community) -> list[str]:
    db.session.execute(
        select(Community.id).where(Community.id == community.id).with_for_update(key_share=True)
    )
    already = set(
        db.session.scalars(select(Activation.module).where(Activation.community_id == community.id))
    )
    opened: list[str] = []
    waiting = [module for name, module in sorted(plugins.modules.items()) if name not in already]
    for module in _required_first(waiting):
        if not already.issuperset(module.requires):
            continue
        if count_members(community, module.within) < threshold(community, module):
            continue
        open_now(community, module)
        already.add(module.name)
        opened.append(module.name)
    db.session.flush()
    return opened


def _required_first(modules: list[Module]) -> list[Module]:
    """Order so that a module comes after those it requires; a circle of requirements waits."""
    names = {module.name for module in modules}
    done: list[Module] = []
    while ready := [
        module
        for module in modules
        if module not in done
        and not (names.intersection(module.requires) - {each.name for each in done})
    ]:
        done += ready
    return done


def open_now(community: Community, module: Module) -> None:
    """Open a module that never was: its threshold is reached, or the members decided so."""
    count = count_members(community, module.within)
    activation = Activation(
        community=community,
        module=module.name,
        threshold=threshold(community, module),
        member_count=count,
    )
    db.session.add(activation)
    db.session.flush()
    facts.module_opened(activation)
    publish(ModuleOpened(community_id=community.id, module=module.name, member_count=count))


def pause(community: Community, name: str, steward: Member, reason: str) -> None:
    """Pause a module, with a reason every member can read. Raises NotOpenYet, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    row = _activation(community, name)
    if row.paused_at is not None and row.reason == reason.strip():
        return  # a second click
    row.paused_at, row.paused_by_id, row.reason = now(), steward.id, reason.strip()
    facts.module_paused(row, steward)


def resume(community: Community, name: str) -> None:
    """Open a paused module again, as it was. Raises NotOpenYet."""
    row = _activation(community, name)
    if row.paused_at is None:
        return
    row.paused_at, row.paused_by_id, row.reason = None, None, ""
    facts.module_resumed(row)


def _activation(community: Community, name: str) -> Activation:
    row = db.session.scalar(
        select(Activation).where(Activation.community_id == community.id, Activation.module == name)
    )
    if row is None:
        raise NotOpenYet
    lock(row)
    return row


@dataclass(frozen=True)
class Opening:
    """A line of the page “what opens next”."""

    module: Module
    threshold: int
    count: int
    """Members counted so far."""
    interested: int
    """Members who said “I would use it”."""
    i_am_interested: bool
    activation: Activation | None

    @property
    def missing(self) -> int:
        """How many members are still missing."""
        return max(0, self.threshold - self.count)


def openings(plugins: Plugins, community: Community, member: Member | None) -> list[Opening]:
    """Return every installed module with its threshold here, the nearest to open first."""
    rows = {
        row.module: row
        for row in db.session.scalars(
            select(Activation).where(Activation.community_id == community.id)
        )
    }
    intentions = db.session.execute(
        select(Intention.module, Intention.member_id)
        .join(Member, Member.id == Intention.member_id)
        .where(Member.community_id == community.id, Member.left_at.is_(None))
    ).all()
    interested: dict[str, set[int]] = {}
    for name, member_id in intentions:
        interested.setdefault(name, set()).add(member_id)
    board = [
        Opening(
            module=module,
            threshold=threshold(community, module),
            count=count_members(community, module.within),
            interested=len(interested.get(name, ())),
            i_am_interested=member is not None and member.id in interested.get(name, ()),
            activation=rows.get(name),
        )
        for name, module in sorted(plugins.modules.items())
    ]
    return sorted(board, key=lambda line: (line.activation is not None, line.missing))


def toggle_intention(member: Member, module: Module) -> bool:
    """Say “I would use it”, or take it back; return whether it now stands."""
    lock(member)
    row = db.session.scalar(
        select(Intention).where(Intention.member_id == member.id, Intention.module == module.name)
    )
    if row is not None:
        db.session.delete(row)
        return False
    db.session.add(Intention(member=member, module=module.name))
    return True
