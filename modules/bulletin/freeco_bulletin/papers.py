"""The papers of the bulletin: poster, flyer, gazette; in French, as the notices are."""

import base64
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from freeco.i18n import counted, day, month, said, spoken
from freeco.members.models import Community
from freeco.paper import render_pdf, render_thumbnail
from freeco.record.heads import Head, head_of
from freeco_bulletin import addresses, telling, wording
from freeco_bulletin.gazette import Choice
from freeco_bulletin.local import local, moment, when
from freeco_bulletin.models import BulletinNotice, Gazette, Level, NoticePicture

TEMPLATES = Path(__file__).parent / "papers"
FORMS = {"affiche": "poster.typ", "tract": "flyer.typ", "tracts": "flyers.typ"}
"""What a notice may be printed as: A4, A5, and two A5 on a sheet of A4."""
SHORT_TEXT = 140
"""A dated story as short as this stands in the agenda alone."""


def print_notice(notice: BulletinNotice, form: str, base_url: str) -> bytes:
    """Print a notice as one of FORMS, with the code of its page."""
    with spoken("fr"):
        content = content_of(notice, base_url + telling.path_of(notice))
    return render_pdf(TEMPLATES / FORMS[form], content)


def draw_notice(notice: BulletinNotice, form: str, base_url: str) -> bytes:
    """Draw what print_notice prints, small, as PNG: to see before publishing."""
    with spoken("fr"):
        content = content_of(notice, base_url + telling.path_of(notice))
    return render_thumbnail(TEMPLATES / FORMS[form], content)


def content_of(notice: BulletinNotice, address: str) -> dict[str, object]:
    """Return what the templates of FORMS are filled with."""
    pressing = notice.level != Level.ORDINARY
    until = local(notice.community, notice.visible_until)
    return {
        "title": notice.title,
        "title_rtl": is_right_to_left(notice.title),
        "speaker": notice.speaker,
        "level": str(wording.LEVELS[notice.level]) if pressing else "",
        "urgent": notice.level == Level.URGENT,
        "when_label": said("Quand"),
        "when": when(notice),
        "place_label": said("Où"),
        "place": notice.place,
        "place_rtl": is_right_to_left(notice.place),
        "paragraphs": paragraphs(notice.text),
        "picture": _drawing(notice.picture) if notice.picture is not None else "",
        "picture_width": notice.picture.width if notice.picture is not None else 1,
        "picture_height": notice.picture.height if notice.picture is not None else 1,
        "alternative": notice.picture.alternative if notice.picture is not None else "",
        "help": said("Vous pouvez aider ? Dites-le sur la page.") if notice.asks_help else "",
        "code": addresses.code(address),
        "address": addresses.in_letters(address),
        "page_label": said("La page, avec les changements s’il y en a :"),
        "until": said("À retirer après le %(day)s.", day=day(until.date())),
        "litter": said("Ne pas jeter sur la voie publique."),
    }


def _drawing(picture: NoticePicture) -> str:
    """Wrap the photograph in a drawing: a paper receives letters only, never files."""
    data = base64.b64encode(picture.full).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{picture.width}" '
        f'height="{picture.height}"><image width="{picture.width}" height="{picture.height}" '
        f'href="data:image/jpeg;base64,{data}"/></svg>'
    )


def paragraphs(text: str) -> list[dict[str, object]]:
    """Part a text at its empty lines; each part knows its direction."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    return [{"text": part, "rtl": is_right_to_left(part)} for part in parts]


def is_right_to_left(text: str) -> bool:
    """Whether the first letter belongs to a script written from right to left."""
    for letter in text:
        way = unicodedata.bidirectional(letter)
        if way in {"L", "R", "AL"}:
            return way != "L"
    return False


def print_gazette(
    community: Community, gazette: Gazette, chosen: Sequence[Choice], base_url: str
) -> bytes:
    """Print the gazette of a month with the stories that were kept."""
    with spoken("fr"):
        content = _pages(community, gazette, [each for each in chosen if each.kept], base_url)
    return render_pdf(TEMPLATES / "gazette.typ", content)


def _pages(
    community: Community, gazette: Gazette, kept: Sequence[Choice], base_url: str
) -> dict[str, object]:
    named = month(gazette.month)
    page = base_url + telling.page_of(community)
    return {
        "title": said("La gazette, %(month)s", month=named),
        "speaker": community.name,
        "foot": said("%(name)s, la gazette, %(month)s", name=community.name, month=named),
        "editorial": paragraphs(gazette.editorial),
        "empty": "" if kept else said("Rien n’est annoncé pour %(month)s.", month=named),
        "agenda_title": said("L’agenda"),
        "agenda": [_date(community, each) for each in in_order(kept)],
        "sections": _sections(community, kept),
        "join_title": said("Nous rejoindre, nous parler"),
        "join": _join(community, base_url),
        "relay_label": said("Sans internet, appelez :"),
        "relay": gazette.relay_phone,
        "contact": paragraphs(gazette.contact),
        "code": addresses.code(page),
        "address": addresses.in_letters(page),
        "seal": _seal(head_of(community)),
    }


def _seal(head: Head | None) -> Mapping[str, object] | None:
    """Say the head of the record, in groups that two people can compare aloud."""
    if head is None:
        return None
    return {
        "title": said("Le sceau du registre"),
        "said": counted(
            "%(origin)s, le %(day)s : %(num)s inscription. Empreinte :",
            "%(origin)s, le %(day)s : %(num)s inscriptions. Empreinte :",
            head.size,
            origin=head.origin,
            day=day(head.day),
        ),
        "groups": head.groups,
        "why": said("Gardez ce numéro : il permet de montrer que le registre n’a pas été réécrit."),
    }


def in_order(chosen: Sequence[Choice]) -> list[Choice]:
    """Return the dated stories, the soonest first."""
    dated = [each for each in chosen if each.story.at is not None]
    return sorted(dated, key=lambda each: (each.story.at, str(each.story.title)))


def _date(community: Community, choice: Choice) -> Mapping[str, object]:
    story, text = choice.story, str(choice.story.text)
    return {
        "when": moment(community, story.at),
        "title": str(story.title),
        "rtl": is_right_to_left(str(story.title)),
        "place": story.place,
        "text": text if len(text) <= SHORT_TEXT else "",
    }


def _sections(community: Community, kept: Sequence[Choice]) -> list[Mapping[str, Any]]:
    """Return the longer stories and those without a date, under the module that tells them."""
    found: dict[str, list[Mapping[str, object]]] = {}
    for each in kept:
        text = str(each.story.text)
        if each.story.at is not None and len(text) <= SHORT_TEXT:
            continue
        found.setdefault(each.source, []).append(
            {
                "title": str(each.story.title),
                "rtl": is_right_to_left(str(each.story.title)),
                "when": moment(community, each.story.at),
                "paragraphs": paragraphs(text),
            }
        )
    return [{"title": source, "stories": stories} for source, stories in found.items()]


def _join(community: Community, base_url: str) -> list[str]:
    if community.is_closed:
        return [said("On entre dans ce cercle sur invitation : parlez-en à un membre.")]
    return [
        said(
            "Tout le monde peut rejoindre %(name)s : il suffit de lire la charte et de l’accepter.",
            name=community.name,
        ),
        addresses.in_letters(f"{base_url}/{community.slug}/"),
    ]
