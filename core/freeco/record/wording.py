"""A statement in words: what anybody reads of it, and what those read whom it concerns."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from flask import url_for
from sqlalchemy import or_, select

from freeco.accords.models import Accord
from freeco.db import db
from freeco.i18n import _, counted, moment, said
from freeco.kernel import kernel
from freeco.members.models import Member
from freeco.module import Ref, RefLabel, Text
from freeco.record import reading
from freeco.record.kinds import kinds
from freeco.record.models import ParameterChange, RecordEntry, RecordOpening
from freeco.record.statement import Statement, Value

LINKED = re.compile(r"([a-z][a-z0-9_]*):([a-z][a-z0-9_]*):([0-9]{1,9})")
"""What a field holds that leads to an object of a module."""
LEADING = ("about", "ref")
"""Fields that hold such a code."""
GROUPS: dict[str, Text] = {
    "member": _("Le membre"),
    "first": _("Première partie"),
    "second": _("Seconde partie"),
    "first_by": _("Qui a parlé pour la première"),
    "second_by": _("Qui a parlé pour la seconde"),
    "terms": _("Ce qui est convenu"),
    "reason": _("La raison"),
    "book": _("Le livre de comptes"),
}
FIELDS: dict[str, Text] = {
    "name": _("Nom"),
    "person": _("Personne"),
    "organisation": _("Organisation"),
    "at": _("Le"),
    "way": _("Comment"),
    "title": _("Titre"),
    "text": _("Texte"),
    "reason": _("Raison"),
    "day": _("Jour"),
    "about": _("Objet"),
    "ref": _("Objet"),
    "book": _("Livre"),
    "year": _("Exercice"),
    "entries": _("Écritures"),
    "head": _("Empreinte"),
}
LONG = 60
"""Letters of a line in half the width of a page."""
WAYS: dict[str, Text] = {"online": _("en ligne"), "paper": _("sur papier")}


@dataclass(frozen=True)
class Told:
    """A statement as a page shows it to its reader."""

    entry: RecordEntry
    sentence: Text
    openings: Sequence[RecordOpening] = ()
    """What the reader may open; nothing for anybody else."""
    links: Sequence[RefLabel] = ()
    """What it is about, where a module shows it."""

    @property
    def kind(self) -> Text:
        """The name of its kind; its code, where its module is not installed any more."""
        return label_of(self.entry.kind)

    @property
    def place(self) -> int | None:
        """Its number, from 1; none while it waits for its place."""
        return None if self.entry.leaf_index is None else self.entry.leaf_index + 1


@dataclass(frozen=True)
class Opened:
    """A sealed value: its fields in words, or nothing when it was erased or is not for us."""

    name: str
    title: Text
    fields: Sequence[tuple[Text, Text]] = field(default_factory=tuple)
    opened: bool = False

    @property
    def is_long(self) -> bool:
        """Whether it holds more than a line: it does not fit beside another."""
        return any(len(str(value)) > LONG for _label, value in self.fields)


def told(entries: Iterable[RecordEntry], reader: Member | None) -> list[Told]:
    """Put statements into words: plain ones, concrete for who may open them."""
    rows = list(entries)
    openings = reading.openings_among(reader, rows) if reader is not None else {}
    ours = {each.id for each in reading.speaking_for(reader)} if reader and openings else set()
    links = _parameters(rows) | _accords(openings, ours)
    found = []
    for entry in rows:
        held = openings.get(entry.id, [])
        concrete = _concrete(entry, held, ours, reader) if reader and held else None
        leading = [*links.get(entry.id, []), *_links(held)]
        found.append(Told(entry, concrete or sentence(entry), held, leading))
    return found


def by_day(lines: Iterable[Told]) -> list[tuple[date, list[Told]]]:
    """Put lines that come in order of day under their days."""
    return [(day, list(found)) for day, found in groupby(lines, lambda each: each.entry.day)]


def label_of(kind: str) -> Text:
    """Name a kind, or give its code where its module is not installed any more."""
    known = kinds().get(kind)
    return kind if known is None else known.label


def sentence(entry: RecordEntry) -> Text:
    """Say to anybody what a statement means."""
    kind = kinds().get(entry.kind)
    if kind is None:
        return said("Un module qui n’est plus installé ici a inscrit : %(kind)s.", kind=entry.kind)
    try:
        return str(kind.sentence(Statement.read(entry.entry).about))
    except (KeyError, TypeError, ValueError):
        # A kind may have gained a field since: what was stated before must still be read.
        return kind.label


def opened(entry: RecordEntry, openings: Iterable[RecordOpening]) -> list[Opened]:
    """Return each sealed value of a statement, with its fields where they may be read."""
    held = {opening.name: opening for opening in openings}
    found = []
    for name in Statement.read(entry.entry).sealed:
        title = GROUPS.get(name, name)
        opening = held.get(name)
        if opening is None:
            found.append(Opened(name, title))
            continue
        fields = [
            (FIELDS.get(each, each), _value(each, value)) for each, value in opening.fields.items()
        ]
        found.append(Opened(name, title, fields, opened=True))
    return found


def _value(name: str, value: Value) -> Text:
    label = _label(str(value)) if name in LEADING else None
    if label is not None:
        return said("%(label)s (%(code)s)", label=label.label, code=value)
    if isinstance(value, bool):
        return said("oui") if value else said("non")
    if name == "at":
        try:
            return moment(datetime.fromisoformat(str(value)))
        except ValueError:
            return str(value)
    return WAYS.get(str(value), str(value)) if name == "way" else str(value)


def _concrete(
    entry: RecordEntry, held: Sequence[RecordOpening], ours: Collection[int], reader: Member
) -> str | None:
    """Say a statement with what its reader may open of it; None where nothing is added."""
    openings = {opening.name: opening for opening in held}
    if entry.kind == "charter.accepted" and "member" in openings:
        about, who = Statement.read(entry.entry).about, openings["member"].member
        if who is None or who.id == reader.id:
            return said("Vous avez accepté la charte, version %(version)s.", **about)
        return said("%(name)s a accepté la charte, version %(version)s.", name=who.name, **about)
    if "book" in openings:
        return _book(entry.kind, openings["book"])
    if "terms" not in openings:
        return None
    others = [
        str(openings[side].fields.get("name", ""))
        for side in ("first", "second")
        if side in openings and openings[side].member_id not in ours
    ]
    title = str(openings["terms"].fields.get("title", ""))
    return _agreement(entry.kind, " ".join(others[:1]), title)


def _book(kind: str, opening: RecordOpening) -> str | None:
    name, fields = opening.member.name if opening.member is not None else "", opening.fields
    if kind == "books.closed":
        return said("%(name)s a clos l’exercice %(year)s.", name=name, year=fields.get("year", ""))
    return counted(
        "Livre de comptes, %(name)s : empreinte inscrite, à %(num)s écriture.",
        "Livre de comptes, %(name)s : empreinte inscrite, à %(num)s écritures.",
        int(fields.get("entries", 0)),
        name=name,
    )


def _agreement(kind: str, name: str, title: str) -> str | None:
    if kind != "agreement.made":
        return said("%(title)s, avec %(name)s", title=title, name=name) if title and name else None
    if name and title:
        return said("Accord avec %(name)s : %(title)s", name=name, title=title)
    if name:
        return said("Accord avec %(name)s", name=name)
    return said("Accord : %(title)s", title=title) if title else None


def _parameters(entries: Iterable[RecordEntry]) -> dict[int, list[RefLabel]]:
    """Lead from a changed value to all that has changed it, which anybody may read."""
    changed = [entry.id for entry in entries if entry.kind == "parameter.changed"]
    query = select(ParameterChange).where(ParameterChange.entry_id.in_(changed))
    return {
        each.entry_id: [
            RefLabel(said("son histoire"), url_for("record_parameters.page", name=each.name))
        ]
        for each in (db.session.scalars(query) if changed else ())
        if each.entry_id is not None
    }


def _accords(entries: Iterable[int], ours: Collection[int]) -> dict[int, list[RefLabel]]:
    """Lead from a statement to the accord behind it, for those who have a side in it."""
    named = list(entries)
    if not named:
        return {}
    query = select(Accord).where(
        Accord.entry_id.in_(named),
        or_(Accord.proposer_id.in_(ours), Accord.other_id.in_(ours)),
    )
    return {
        each.entry_id: [RefLabel(said("l’accord"), url_for("accords.page", accord_id=each.id))]
        for each in db.session.scalars(query)
        if each.entry_id is not None
    }


def _links(held: Iterable[RecordOpening]) -> list[RefLabel]:
    """Lead to what the sealed fields are about, each once."""
    codes = dict.fromkeys(
        str(opening.fields[name]) for opening in held for name in LEADING if name in opening.fields
    )
    return [label for label in map(_label, codes) if label is not None]


def _label(code: str) -> RefLabel | None:
    found = LINKED.fullmatch(code)
    if found is None:
        return None
    return kernel().plugins.ref(Ref(found[1], found[2], int(found[3])))
