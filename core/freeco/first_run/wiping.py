"""Wiping a rehearsal: every row that hangs on it, in every table there is, and nothing else.

The tables are read from the database, not from the models: a module that was taken away has
left its rows behind.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    column,
    delete,
    inspect,
    select,
    table,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.expression import TableClause

from freeco.db import db
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.members.models import Community, Member, Person

ABOVE = frozenset({"community", "territory", "person", "organisation"})
"""Tables that no community owns: a row that points at one does not take them along."""
CHUNK = 500
TRIES = 3
Key = Any
"""A row's primary key: a value, or a tuple of several."""
Doomed = Mapping[str, set[Key]]
"""The rows to delete: their keys, by table."""


class NotARehearsal(Refusal):
    """Only what was invented is wiped."""

    reason = _("Cette communauté n’est pas une répétition : elle ne s’efface pas.")


class StillBusy(Refusal):
    """Somebody kept writing while it was being wiped."""

    reason = _("Quelqu’un écrit encore dans la répétition. Réessayez dans un instant.")


@dataclass(frozen=True)
class Reference:
    """A foreign key: columns of a child that point at columns of its parent."""

    child: str
    columns: tuple[str, ...]
    parent: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """The tables of a database, their keys, and what points at what."""

    keys: Mapping[str, tuple[str, ...]]
    below: Mapping[str, list[Reference]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, connection: Connection) -> "Ground":
        """Read the ground of a database."""
        inspector = inspect(connection)
        names = inspector.get_table_names()
        ground = cls(
            {
                each: tuple(inspector.get_pk_constraint(each)["constrained_columns"])
                for each in names
            }
        )
        for name in names:
            for found in inspector.get_foreign_keys(name):
                parent = str(found["referred_table"])
                ground.below[parent].append(
                    Reference(
                        name,
                        tuple(found["constrained_columns"]),
                        parent,
                        tuple(found["referred_columns"]),
                    )
                )
        return ground

    def table(self, name: str) -> TableClause:
        """Return a table with the columns that matter here."""
        columns = {*self.keys[name]}
        for references in self.below.values():
            for each in references:
                columns.update(each.columns if each.child == name else ())
                columns.update(each.targets if each.parent == name else ())
        return table(name, *(column(each) for each in sorted(columns)))

    def bound(self) -> set[str]:
        """Return the tables whose rows belong to one community: those below it."""
        found: set[str] = set()
        waiting = ["community"]
        while waiting:
            for each in self.below[waiting.pop()]:
                if each.child not in found | ABOVE:
                    found.add(each.child)
                    waiting.append(each.child)
        return found

    def children_first(self) -> Iterable[str]:
        """Return the tables so that a row is deleted before those it points at."""
        order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(self.keys, ()))
        for parent, references in self.below.items():
            for each in references:
                if each.child != parent:
                    order.add(parent, each.child)
        return order.static_order()


def wipe(rehearsal: Community) -> None:
    """Delete a rehearsal with all that was done in it. Raises NotARehearsal, StillBusy.

    Whoever writes there at this instant comes before, and goes with it, or after, and finds
    nothing: the whole is tried again when a row appeared meanwhile.
    """
    db.session.flush()
    db.session.refresh(rehearsal, with_for_update=True)
    if not rehearsal.rehearsal:
        raise NotARehearsal
    for _try in range(TRIES):
        try:
            with db.session.begin_nested():
                _wipe(db.session.connection(), rehearsal.id)
        except IntegrityError:
            continue
        db.session.expire_all()
        return
    raise StillBusy


def _wipe(connection: Connection, community_id: int) -> None:
    ground = Ground.of(connection)
    people = _nobody(connection, _only_here(connection, Member.person_id, community_id))
    bodies = _only_here(connection, Member.organisation_id, community_id)
    doomed = _below(connection, ground, {"community": {community_id}})
    bodies |= _known_by(connection, ground, doomed)
    _delete(connection, ground, doomed)
    people -= _pointed_at(connection, ground, "person", people)
    for some in _chunks(people):
        served = update(Person).where(Person.proxy_id.in_(some))
        connection.execute(served.values(proxy_id=None))
    bodies -= _pointed_at(connection, ground, "organisation", bodies)
    roots = {"person": people, "organisation": bodies}
    _delete(connection, ground, _below(connection, ground, roots))


def _only_here(connection: Connection, who: Any, community_id: int) -> set[int]:
    """Return the persons or organisations who are, or were, members of this community alone."""
    elsewhere = select(who).where(Member.community_id != community_id, who.is_not(None))
    here = select(who).where(Member.community_id == community_id, who.is_not(None))
    return set(connection.scalars(here.where(who.not_in(elsewhere))))


def _known_by(connection: Connection, ground: Ground, doomed: Doomed) -> set[int]:
    """Return the organisations without any member that these rows point at: who was to be paid."""
    found: set[int] = set()
    for each in ground.below["organisation"]:
        child = ground.table(each.child)
        body = child.c[each.columns[0]]
        for some in _chunks(doomed.get(each.child, set())):
            query = select(body).where(_one(child, ground.keys[each.child]).in_(some))
            found.update(connection.scalars(query.where(body.is_not(None))))
    for some in _chunks(set(found)):
        members = select(Member.organisation_id).where(Member.organisation_id.in_(some))
        found.difference_update(connection.scalars(members))
    return found


def _nobody(connection: Connection, people: set[int]) -> set[int]:
    """Return those of the persons with whose account nobody has ever come in."""
    found: set[int] = set()
    for some in _chunks(people):
        invented = select(Person.id).where(Person.id.in_(some), Person.confirmed_at.is_(None))
        found.update(connection.scalars(invented))
    return found


def _pointed_at(connection: Connection, ground: Ground, name: str, keys: set[int]) -> set[int]:
    """Return those that another community, or somebody who stays, still points at."""
    kept: set[int] = set()
    bound = ground.bound()
    for each in ground.below[name]:
        if each.child not in bound and each.child != name:
            continue
        if each.columns == ground.keys[each.child]:
            continue  # a page of the row itself, such as how an organisation is paid
        child = ground.table(each.child)
        pointing = child.c[each.columns[0]]
        for some in _chunks(keys):
            query = select(pointing).where(pointing.in_(some))
            if each.child == name:
                query = query.where(_one(child, ground.keys[name]).not_in(keys))
            kept.update(connection.scalars(query))
    return kept


def _below(connection: Connection, ground: Ground, roots: Doomed) -> Doomed:
    """Return the roots and every row that hangs on them, however far down."""
    doomed: defaultdict[str, set[Key]] = defaultdict(set)
    waiting: list[tuple[str, set[Key]]] = [(name, set(keys)) for name, keys in roots.items()]
    while waiting:
        name, keys = waiting.pop()
        keys -= doomed[name]
        doomed[name] |= keys
        for each in ground.below[name]:
            if keys and each.child not in ABOVE:
                waiting.append((each.child, _hanging(connection, ground, each, keys)))
    return doomed


def _hanging(
    connection: Connection, ground: Ground, reference: Reference, keys: set[Key]
) -> set[Key]:
    """Return the keys of a child's rows that point at these rows of its parent."""
    child, parent = ground.table(reference.child), ground.table(reference.parent)
    key, parent_key = ground.keys[reference.child], ground.keys[reference.parent]
    found: set[Key] = set()
    for some in _chunks(keys):
        targets: Any = some
        if reference.targets != parent_key:
            pointed_at = (parent.c[each] for each in reference.targets)
            targets = select(*pointed_at).where(_one(parent, parent_key).in_(some))
        rows = connection.execute(
            select(*(child.c[each] for each in key)).where(
                _one(child, reference.columns).in_(targets)
            )
        )
        found.update(tuple(row) if len(key) > 1 else row[0] for row in rows)
    return found


def _one(among: TableClause, names: tuple[str, ...]) -> ColumnElement[Any]:
    """Return a column, or several as one value."""
    columns = [among.c[each] for each in names]
    return columns[0] if len(columns) == 1 else tuple_(*columns)


def _delete(connection: Connection, ground: Ground, doomed: Doomed) -> None:
    for name in ground.children_first():
        gone = ground.table(name)
        for some in _chunks(doomed.get(name, set())):
            connection.execute(delete(gone).where(_one(gone, ground.keys[name]).in_(some)))


def _chunks(keys: set[Key]) -> Iterator[list[Key]]:
    """Cut a set into parts that both engines take in one statement."""
    # The latest first: a row that points at another of its own table goes before it.
    whole = sorted(keys, reverse=True)
    for start in range(0, len(whole), CHUNK):
        yield whole[start : start + CHUNK]
