"""The navigation: at most five entries, the pages of each under it, and where the reader is.

An entry that would lead nowhere is not shown.
"""

from dataclasses import dataclass, replace
from typing import Literal

from flask import current_app, g, request, url_for

from freeco.doors import door_of, held_here, open_here
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.members.hats import hat_worn
from freeco.members.models import STEWARD, TREASURER
from freeco.module import Group, Module, Text

Part = Literal["home", "orders", "decisions", "around", "me"]
PARTS: dict[Part, Text] = {
    "home": _("Accueil"),
    "orders": _("Commandes"),
    "decisions": _("Décisions"),
    "around": _("Autour de moi"),
    "me": _("Moi"),
}
PART_OF_PAGE: dict[str, Part] = {
    "circle.home": "home",
    "circle.search": "home",
    "circle.directory": "around",
    "circle.member_page": "around",
    "circle.openings": "around",
    "circle.me": "me",
    "documents.organisation": "around",
    "circle.leave_page": "me",
    "circle.leave": "me",
    "cards.account_page": "around",
    "cards.connect": "around",
}
PART_OF_ROOM: dict[str, Part] = {
    "stewards": "home",
    "post_office": "home",
    "wordings": "home",
    "organisations": "around",
    "places": "around",
    "households": "me",
    "agenda": "me",
    "notifications": "me",
    "charter": "me",
    "own_payments": "me",
    "treasury": "home",
    "payments": "home",
    "slips": "home",
    "statements": "home",
    "debits": "home",
    "producer_payments": "around",
    "organisation_books": "around",
    "billing": "around",
    "receipts": "around",
    "cards": "me",
    "documents": "me",
    "accords": "me",
    "record": "around",
    "record_parameters": "around",
    "record_receipts": "me",
}

ACCOUNTS = ("statements", "debits")
"""Rooms of whoever keeps the payments, and of those who act for an organisation."""
TREASURY = ("treasury", "payments", "slips", *ACCOUNTS)
"""Rooms of whoever keeps the payments."""
UNDER: dict[str, tuple[str, ...]] = {
    "treasury.home": TREASURY,
    "organisations.index": ("producer_payments", "organisation_books", "billing", "receipts"),
    "own_payments.home": ("cards",),
}
"""Rooms that have no link of their own, under the page one comes to them from."""
UNDER_PAGE = {
    "circle.member_page": "circle.directory",
    "documents.organisation": "organisations.index",
    "cards.account_page": "organisations.index",
    "cards.connect": "organisations.index",
}


@dataclass(frozen=True)
class Link:
    """One page of the navigation."""

    title: Text
    endpoint: str
    colour: str = "ink"
    here: bool = False
    """Whether the reader is on this page, or on one below it."""

    @property
    def url(self) -> str:
        """Its address in the community in view."""
        return url_for(self.endpoint)


@dataclass(frozen=True)
class Entry:
    """An entry of the bar, and its pages; the first is where it leads."""

    part: str
    title: Text
    links: tuple[Link, ...]
    here: bool

    @property
    def url(self) -> str:
        """Where it leads."""
        return self.links[0].url

    @property
    def colour(self) -> str:
        """The colour of its pages when they have one only."""
        colours = {link.colour for link in self.links}
        return colours.pop() if len(colours) == 1 else "ink"


def entries() -> list[Entry]:
    """Return the entries for this reader, at most five; none outside a community."""
    if g.get("community") is None:
        return []
    if g.get("member") is None:
        return _for_visitors()
    here = _part_of_this_page()
    found = []
    for part, title in PARTS.items():
        links = _links(part)
        if links:
            found.append(Entry(part, title, tuple(_mark(links, part == here)), part == here))
    return found


def _for_visitors() -> list[Entry]:
    """Return the public pages, each an entry of its own."""
    links: list[tuple[Text, str, str]] = [
        (_("Qui nous sommes"), "circle.home", "home"),
        (_("La carte"), "places.map_page", "around"),
        (_("Ce qui ouvre"), "circle.openings", "openings"),
        (_("La charte"), "charter.read", "charter"),
    ]
    public = [
        (item.title, item.endpoint, "board")
        for module in kernel().plugins.titled(open_here())
        for item in module.navigation
        if door_of(current_app, item.endpoint).public
    ]
    links[2:2] = public[:1]  # five entries in all
    return [
        Entry(part, title, (Link(title, endpoint),), request.endpoint == endpoint)
        for title, endpoint, part in links
    ]


def _links(part: Part) -> list[Link]:
    if part == "home":
        return _home_links()
    modules = _module_links(part)
    if part == "around":
        return [
            Link(_("La carte"), "places.map_page"),
            *modules,
            Link(_("Membres"), "circle.directory"),
            Link(_("Organisations"), "organisations.index"),
            Link(_("Ce qui ouvre"), "circle.openings"),
            Link(_("Le registre"), "record.home"),
        ]
    if part == "me":
        return [
            Link(_("Moi"), "circle.me"),
            Link(_("Mon agenda"), "agenda.home"),
            Link(_("Mon foyer"), "households.home"),
            Link(_("Mes paiements"), "own_payments.home"),
            Link(_("Mes factures"), "documents.home"),
            Link(_("Mes accords"), "accords.index"),
            Link(_("Mon historique"), "record_receipts.home"),
            Link(_("Mes avis"), "notifications.home"),
            *modules,
        ]
    return modules


def _home_links() -> list[Link]:
    links = [Link(PARTS["home"], "circle.home")]
    managing = (request.endpoint or "").startswith("stewards.")
    if STEWARD in held_here() and (managing or hat_worn() == "coordinator"):
        links.append(Link(_("Gérer"), "stewards.home"))
    keeping = (request.endpoint or "").rpartition(".")[0] in TREASURY
    if TREASURER in held_here() and (keeping or hat_worn() == "treasurer"):
        links.append(Link(_("Trésorerie"), "treasury.home"))
    return links


def _module_links(group: Group) -> list[Link]:
    return [
        Link(item.title, item.endpoint, module.colour)
        for module in kernel().plugins.titled(open_here())
        for item in module.navigation
        if item.group == group
    ]


def _part_of_this_page() -> Part | None:
    endpoint = request.endpoint or ""
    room = endpoint.rpartition(".")[0]
    if _of_an_organisation(room):
        return "around"
    found = PART_OF_PAGE.get(endpoint) or PART_OF_ROOM.get(room)
    if found is not None:
        return found
    module = _module_of(room)
    return module.navigation[0].group if module is not None and module.navigation else None


def _of_an_organisation(room: str) -> bool:
    """Tell whether somebody reads their organisation's accounts, who keeps no treasury."""
    return room in ACCOUNTS and TREASURER not in held_here()


def _module_of(room: str) -> Module | None:
    return next(
        (
            module
            for module in kernel().plugins.modules.values()
            if any(blueprint.name == room for blueprint in module.blueprints)
        ),
        None,
    )


def _mark(links: list[Link], here: bool) -> list[Link]:
    """Mark the one link where the reader is: its page, else the first of its room or module."""
    if not here:
        return links
    endpoint = request.endpoint or ""
    room = endpoint.rpartition(".")[0]
    module = _module_of(room)
    rooms = {blueprint.name for blueprint in module.blueprints} if module else {room}
    endpoint = UNDER_PAGE.get(endpoint) or next(
        (above for above, below in UNDER.items() if room in below), endpoint
    )
    if _of_an_organisation(room):
        endpoint = "organisations.index"
    exact = [link for link in links if link.endpoint == endpoint]
    near = [
        link for link in links if link.endpoint.rpartition(".")[0] in rooms and room != "circle"
    ]
    own = [link for link in near if link.endpoint.rpartition(".")[0] == room]
    marked = next(iter(exact or own or near), None)
    return [replace(link, here=link is marked) for link in links]
