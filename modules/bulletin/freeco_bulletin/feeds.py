"""The bulletin for feed readers: Atom (RFC 4287)."""

from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree

from freeco.i18n import said
from freeco.members.models import Community
from freeco_bulletin import telling, wording
from freeco_bulletin.local import when
from freeco_bulletin.models import BulletinNotice

ATOM = "http://www.w3.org/2005/Atom"


def atom(
    community: Community, notices: Sequence[BulletinNotice], base_url: str, *, at: datetime
) -> bytes:
    """Return the feed of the notices on the page; ``at`` dates one that is empty."""
    page = base_url + telling.page_of(community)
    feed = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "fr"})
    _say(feed, "title", said("%(name)s : les annonces", name=community.name))
    _say(feed, "id", page)
    _link(feed, "alternate", page, "text/html")
    _link(feed, "self", f"{page}fil.xml", "application/atom+xml")
    updated = max((each.published_at for each in notices if each.published_at), default=at)
    _say(feed, "updated", updated.isoformat())
    _name(feed, community.name)
    for each in sorted(notices, key=lambda notice: -notice.id):
        feed.append(_entry(each, base_url))
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(notice: BulletinNotice, base_url: str) -> ElementTree.Element:
    address = base_url + telling.path_of(notice)
    entry = ElementTree.Element("entry")
    _say(entry, "title", wording.headline(notice))
    _say(entry, "id", address)
    _link(entry, "alternate", address, "text/html")
    published = notice.published_at or notice.created_at
    _say(entry, "published", published.isoformat())
    _say(entry, "updated", published.isoformat())
    _name(entry, notice.speaker)
    facts = [each for each in (when(notice), notice.place) if each]
    _say(entry, "summary", "\n\n".join([", ".join(facts), notice.text] if facts else [notice.text]))
    return entry


def _say(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text


def _name(parent: ElementTree.Element, name: str) -> None:
    _say(ElementTree.SubElement(parent, "author"), "name", name)


def _link(parent: ElementTree.Element, rel: str, href: str, kind: str) -> None:
    ElementTree.SubElement(parent, "link", {"rel": rel, "href": href, "type": kind})
