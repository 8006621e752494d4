"""What a module is made of: small frozen values, no application and no request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any, Literal, Protocol

import click
from flask import Blueprint


class Text(Protocol):
    """A sentence, or one that is translated when it is shown."""

    def __str__(self) -> str: ...


Colour = Literal["leek", "blue", "beetroot", "ochre", "brick", "teal"]
Hat = Literal["member", "coordinator", "treasurer", "producer"]
"""In what quality somebody reads: the home of each shows another day's work."""
Group = Literal["orders", "decisions", "around", "me"]
"""Commandes, Décisions, Autour de moi, Moi: the navigation beside the home."""
Kind = Literal["amap", "commune", "cooperative", "circle"]
"""What a community is founded as, on the screens of the first run."""
Rhythm = Literal["at_once", "weekly", "never"]
"""When a notice reaches its reader, unless they chose otherwise."""


@dataclass(frozen=True)
class Permission:
    """Something only some members of a community may do, such as ``direct_sales.coordinate``."""

    name: str
    label: Text
    hat: Hat = "coordinator"
    """The hat its holder may put on."""
    rehearses: bool = False
    """Whether its holder may rehearse the community with a false season, as a steward may."""
    most: int | None = None
    """How many may hold it at once; none: as many as one likes."""


@dataclass(frozen=True)
class Topic:
    """Something people are told about, with a switch of its own in each reader's settings.

    ``name`` is prefixed by the module's: ``direct_sales.delivery``.
    """

    name: str
    label: Text
    """On the settings page: « Une livraison change »."""
    reason: Text
    """At the foot of each notice, why it came: « Vous avez souscrit un contrat. »"""
    rhythm: Rhythm = "weekly"


@dataclass(frozen=True)
class Parameter:
    """A rule of a community that a vote of its members may set, or several of one sort.

    ``direct_sales.pool_alarm`` is one; a name that ends with a dot, ``direct_sales.least.``,
    stands for several: what each is about follows, and is what ``about`` holds below.
    """

    name: str
    """Prefixed by the module's name."""
    label: Callable[[str], Text]
    """Says what it is called: takes ``about``."""
    words: Callable[[str], Text]
    """Says what a value means, from its code."""
    read: Callable[[Any, str], str]
    """Gives the code in force: takes the community and ``about``; empty when there is none."""
    take: Callable[[Any, str, str], str]
    """Reads what was typed as a code: takes the community, ``about`` and the text. Raises a
    Refusal, or ``cells.BadCell``, with the bounds in its sentence."""
    write: Callable[[Any, str, str, str], object]
    """Sets it: takes the community, ``about``, the code and the decision behind it, as
    ``module:kind:id``. Raises a Refusal for what can no longer be set."""
    abouts: Callable[[Any], Sequence[str]] = lambda _community: ("",)
    """What there is to set in a community."""
    choices: Callable[[Any, str], Sequence[tuple[str, Text]]] | None = None
    """The codes to choose from, in words; none for what is typed."""
    hint: Text = ""
    """How it is typed, and its bounds."""
    whole_site: bool = False
    """Whether it holds for every community of the site."""


@dataclass(frozen=True)
class OfflineAction:
    """Something that may be typed without network and merged later, whatever the order.

    ``apply(member, values, recorded_at)`` checks and writes in the transaction of the merge, and
    returns a sentence when another device had already said otherwise (a conflict to show), else
    None. It raises a Refusal when the action makes no sense. It is called once for each key.
    """

    kind: str
    """Prefixed by the module's name: ``direct_sales.collected``."""
    apply: Callable[[Any, Mapping[str, Any], datetime], Text | None]
    """``values`` is what the form held, with ``device``: the phone or computer it was typed on."""
    told: Callable[[Any, Mapping[str, Any]], "RefLabel | None"] | None = None
    """Says to a member what such values mean, and where to look: « Foyer Allard : pris »."""
    permissions: tuple[str, ...] = ()
    """Who holds one of these sees what everybody typed and settles conflicts; others see theirs."""


@dataclass(frozen=True)
class LetterKind:
    """A letter that people receive, with what a community needs to put it in its own words.

    Its template is ``folder / <name after the dot>.txt``: what it says only sometimes, and its
    lists, stand there in Jinja blocks, so that all the rest is one text with words in braces.
    """

    name: str
    """Prefixed by the module's name: ``direct_sales.delivery_cancelled``."""
    folder: Path
    title: Text
    """In the list of letters: « Une livraison est annulée »."""
    sent: Text
    """When it leaves, and to whom: « Dès que la livraison est annulée, à chaque foyer. »"""
    words: Mapping[str, Text] = field(default_factory=dict)
    """What may stand in it: values and blocks of its template, by the words shown in braces."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """What the template is given, for a preview that looks like the real one."""
    needed: tuple[str, ...] = ()
    """The words without which it would not do what it is for."""
    topic: str = ""
    """Whose foot it has; none for a letter that goes without switch, as an invitation does."""
    url: str = ""
    """The end of the address it leads to: ``direct-sales/contrats``."""
    keeper: str = ""
    """Who may write it besides the stewards: a permission."""
    kept: Text = ""
    """Why no community changes its words; empty for one that may be written anew."""


@dataclass(frozen=True)
class RecordKind:
    """Something that is stated in the public record, by a name that never changes.

    Two modules never declare the same. What may stand in it is named here: nothing else gets in.
    """

    name: str
    """``contract.signed``: a thing and what happened to it."""
    label: Text
    """On the record's page, to choose by: « Contrats signés »."""
    sentence: Callable[[Mapping[str, Any]], Text]
    """Says to anybody what a statement's public fields mean: « Un contrat a été signé. »"""
    about: tuple[str, ...] = ()
    """Names of its public fields: codes, numbers, digests."""
    sealed: tuple[str, ...] = ()
    """Names of its sealed values, each salted and opened by those whom it concerns."""


@dataclass(frozen=True)
class NavItem:
    """One tab of the navigation; the endpoint takes the community only."""

    title: Text
    endpoint: str
    group: Group = "orders"
    """The entry of the navigation under which it stands."""


@dataclass(frozen=True)
class Job:
    """A sweep run by the worker in each community where its module is open.

    ``run(community)`` asks the database what is due: late or twice is harmless. It commits
    nothing; the worker commits its work together with the row of the sweep.
    """

    name: str
    run: Callable[[Any], None]
    every_minutes: int


@dataclass(frozen=True)
class Demonstration:
    """The community of ``freeco demo``, for a module to fill with a believable season."""

    community: Any
    members: Sequence[Any]
    """Members of every household; the first ones hold the charges."""
    coordinator: Any
    treasurer: Any
    producers: Sequence[Any]
    """Members who keep a farm or a bakery."""
    random: Random
    """Seeded: the same seed gives the same community."""
    year: bool = False
    """Whether a whole year is played before today, with all that goes wrong in one."""


@dataclass(frozen=True)
class Module:
    """A module as it introduces itself: its table of contents."""

    name: str
    """Its import name without ``freeco_``; prefix of its tables, events and permissions."""
    title: Text
    summary: Text
    opens_at: int
    """Number of members from which it opens, unless the community or territory says otherwise."""
    opens_at_in: Mapping[Kind, int] = field(default_factory=dict)
    """Number of members for the kinds of community where it is needed sooner."""
    within: Literal["community", "territory"] = "community"
    """Whose members are counted."""
    requires: tuple[str, ...] = ()
    """Modules that must be open before this one."""
    colour: Colour = "leek"
    blueprints: tuple[Blueprint, ...] = ()
    """Pages, served under ``/<community>/<name-with-dashes>``."""
    api: tuple[Blueprint, ...] = ()
    """JSON, served under ``/api/<community>/<name-with-dashes>``."""
    navigation: tuple[NavItem, ...] = ()
    permissions: tuple[Permission, ...] = ()
    jobs: tuple[Job, ...] = ()
    commands: tuple[click.Command, ...] = ()
    """Commands of ``freeco``; a group such as ``import`` is joined with core's of that name."""
    demonstration: Callable[[Demonstration], Sequence[str]] | None = None
    """Fills the demonstration community; returns sentences to print."""
    topics: tuple[Topic, ...] = ()
    """What it tells people about."""
    letters: tuple[LetterKind, ...] = ()
    """Every letter it writes: each can be put in a community's own words, or says why not."""
    offline: tuple[OfflineAction, ...] = ()
    """What may be typed without network."""
    take_answer: Callable[[str, Any], bool] | None = None
    """Takes what somebody answers by e-mail to one of its letters: the key of the address that
    the module gave as ``reply_to``, and a ``freeco.mail.answers.MailAnswer``. Whether the key is
    one of its own."""
    record: tuple[RecordKind, ...] = ()
    """What it states in the public record."""
    parameters: tuple[Parameter, ...] = ()
    """Its rules that a vote may set."""
    settings: tuple[str, ...] = ()
    """Environment variables it reads, for ``freeco doctor``."""
    publishes: tuple[str, ...] = ()
    """Names of its events; renaming one is a breaking change."""


@dataclass(frozen=True)
class Event:
    """Something that has happened, as another module hears of it."""

    id: int
    name: str
    community_id: int
    at: datetime
    """Aware UTC."""
    payload: Mapping[str, Any]
    """Ids and amounts in cents, no models and no personal text."""


@dataclass(frozen=True)
class Card:
    """One thing that needs the member, or is worth seeing, on the home page."""

    title: Text
    text: Text
    url: str
    action: Text
    """The words of the link."""
    colour: Colour = "leek"
    urgent: bool = False
    """Urgent cards come first: to sign, to vote, to come on Thursday."""
    hat: Hat = "member"
    """On whose home it stands: a coordinator's work is not a member's."""
    account: bool = False
    """A line of “where I stand”, such as what is left to pay, rather than a thing to do."""


@dataclass(frozen=True)
class AgendaItem:
    """A dated thing for the calendar; aware UTC times."""

    title: Text
    starts_at: datetime
    ends_at: datetime
    place: str
    url: str
    key: str = ""
    """Its own name, such as ``library.evening:12``: when it changes its hour, the calendars that
    follow the feed move it instead of keeping both. Without one, its address and beginning."""
    changes: int = 0
    """How often it has changed since it was announced."""
    changed_at: datetime | None = None
    """When it last changed."""


@dataclass(frozen=True)
class Place:
    """A point of the one map, in WGS 84 degrees."""

    name: str
    kind: Text
    latitude: float
    longitude: float
    url: str
    where: str = ""
    """The commune, or how people call the spot, for the list beside the map."""


@dataclass(frozen=True)
class Story:
    """A few lines for the printed gazette and the public page: no private name in them."""

    title: Text
    text: Text
    """Plain text; an empty line parts paragraphs."""
    at: datetime | None = None
    """When it happens or happened, aware UTC; none for what has no date."""
    place: str = ""


@dataclass(frozen=True)
class Found:
    """An answer to a search."""

    title: Text
    text: Text
    url: str


@dataclass(frozen=True)
class Load:
    """Something to carry on a day, from a place to a place; weight in grams."""

    label: str
    origin: str
    destination: str
    weight_grams: int
    day: date


@dataclass(frozen=True)
class Ref:
    """A link to an object of a module that may be closed or gone: ``direct_sales``, kind, id."""

    module: str
    kind: str
    id: int


@dataclass(frozen=True)
class RefLabel:
    """What to show for a Ref."""

    label: str
    url: str


@dataclass(frozen=True)
class Question:
    """A question put to the members; the answer comes back as an event naming ``asked_by``."""

    community_id: int
    title: str
    text: str
    choices: tuple[str, ...]
    """None for yes or no; else two at least, or somebody adds the missing ones."""
    asked_by: Ref
    closes_at: datetime
    """Aware UTC."""
    opens_at: datetime | None = None
    """When one may answer, aware UTC; none: once those who prepare votes had time to read it."""
    secret: bool = False
    """Whether nobody may know who answered what: somebody prepares the keys before it opens."""


@dataclass(frozen=True)
class Asked:
    """Where the question is being decided."""

    ref: Ref


@dataclass(frozen=True)
class Tie:
    """What keeps a member from leaving today, and where to settle it."""

    reason: Text
    url: str


@dataclass(frozen=True)
class Exported:
    """All a module knows about a person, ready for JSON: strings, numbers, lists, mappings."""

    module: str
    content: Mapping[str, Any] = field(default_factory=dict)
