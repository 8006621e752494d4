"""The search: members and organisations by name, then what each open module knows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import url_for

from freeco.cells import plain
from freeco.i18n import said
from freeco.kernel import kernel
from freeco.members import directory
from freeco.members.models import Community, Member
from freeco.module import Found, Text

SHORTEST = 2
MOST = 50
"""Answers on one page; a longer list asks for one more word."""


@dataclass(frozen=True)
class Findings:
    """The answers, gathered under the name of who gave them."""

    groups: Sequence[tuple[Text, Sequence[Found]]]
    more: bool = False
    """Whether some were left out."""

    @property
    def count(self) -> int:
        """How many answers are shown."""
        return sum(len(found) for _title, found in self.groups)


def find(opened: Iterable[str], community: Community, member: Member, words: str) -> Findings:
    """Look for words of two characters or more among what this member may see."""
    if len(words) < SHORTEST:
        return Findings([])
    plugins = kernel().plugins
    asked: list[tuple[Text, Sequence[Found]]] = [
        (module.title, plugins.search([module.name], community, member, words))
        for module in plugins.titled(opened)
    ]
    asked.append((said("Les membres"), _members(community, words)))
    groups: list[tuple[Text, Sequence[Found]]] = []
    left = MOST
    for title, found in asked:
        if found and left:
            groups.append((title, found[:left]))
            left -= len(found[:left])
    return Findings(groups, more=sum(len(found) for _title, found in asked) > MOST)


def _members(community: Community, words: str) -> list[Found]:
    """Find people by any order of their names, accents and case apart; one more than is shown."""
    found = directory.in_order(community, words)[: MOST + 1] if plain(words) else []
    return [
        Found(each.name, _kind(each), _address(each, community))
        for each in directory.members_with(found)
    ]


def _kind(member: Member) -> str:
    return said("Organisation") if member.organisation is not None else ""


def _address(member: Member, community: Community) -> str:
    page = "organisations.page" if member.organisation is not None else "circle.member_page"
    return url_for(page, community=community.slug, member_id=member.id)
