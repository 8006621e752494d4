"""The papers, opened by an independent reader; their codes photographed by another."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from freeco.db import db
from freeco.i18n import spoken
from freeco.members.models import Member
from freeco.paper import render_thumbnail
from freeco_bulletin import notices, papers
from freeco_bulletin.models import BulletinNotice, Level

Write = Callable[..., BulletinNotice]
SITE = "https://freeco.example"
A4, A5 = (595, 842), (420, 595)
LONG = "Réunion publique extraordinaire sur l’aménagement de la place du bourg"
"""Seventy characters."""


def opened(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def words(pdf: bytes) -> str:
    pages = [page.extract_text().replace("\u200b", "") for page in opened(pdf).pages]
    return " ".join(" ".join(pages).split())


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    return [(round(p.mediabox.width), round(p.mediabox.height)) for p in opened(pdf).pages]


def largest_type(pdf: bytes) -> float:
    found: list[float] = []

    def note(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            found.append(abs(size * tm[3]))

    opened(pdf).pages[0].extract_text(visitor_text=note)
    return max(found)


def codes(notice: BulletinNotice, form: str) -> list[str]:
    with spoken("fr"):
        content = papers.content_of(notice, f"{SITE}/lavergne/bulletin/{notice.id}")
    drawn = render_thumbnail(papers.TEMPLATES / papers.FORMS[form], content, points_per_inch=110)
    return [each.text for each in zxingcpp.read_barcodes(Image.open(BytesIO(drawn)))]


@pytest.mark.parametrize(
    ("form", "size"), [("affiche", A4), ("tract", A5), ("tracts", (A4[1], A4[0]))]
)
def test_a_notice_stands_on_one_sheet_with_its_address(
    write: Write, form: str, size: tuple[int, int]
) -> None:
    notice = write(
        level=Level.URGENT,
        happens_at=datetime(2026, 11, 14, 8, 0, tzinfo=UTC),
        place="Halle de Lavergne",
    )
    pdf = papers.print_notice(notice, form, SITE)
    assert sizes(pdf) == [size]
    said = words(pdf)
    for each in (
        "Amis de Lavergne",
        "URGENT",
        "Foire aux plants",
        "samedi 14 novembre 2026 à 9 h",
        "Halle de Lavergne",
        "Sous la halle, de neuf heures à midi.",
        f"freeco.example/lavergne/bulletin/{notice.id}",
        "À retirer après le lundi 16 novembre 2026.",
    ):
        assert each in said, each
    assert ("Ne pas jeter sur la voie publique" in said) == (form != "affiche")
    many = 2 if form == "tracts" else 1
    assert codes(notice, form) == [f"{SITE}/lavergne/bulletin/{notice.id}"] * many


def test_an_ordinary_notice_wears_no_band(write: Write) -> None:
    said = words(papers.print_notice(write(), "affiche", SITE))
    assert "URGENT" not in said
    assert "IMPORTANT" not in said


@pytest.mark.parametrize("form", list(papers.FORMS))
@pytest.mark.parametrize(
    ("title", "text"),
    [
        (LONG, "Venez nombreux.\n\n" + "Il sera question de la place, des arbres. " * 47),
        ("x" * 70, "y" * 2000),
        ("سوق النباتات تحت القاعة", "خبز وخضار.\n\nSous la halle."),
        ("#set page() *gras* _x_ @y $z$ `code`", "#panic(1) <b>\n\\"),
        ("Œuvre à Ïs, où l’été s’achève… 10 €", "« Ça »\u00a0: été\n- un\n- deux"),
    ],
)
def test_whatever_is_typed_fits_on_one_sheet(
    write: Write, form: str, title: str, text: str, photograph: bytes
) -> None:
    notice = write(title, text, asks_help=True)
    notices.set_picture(notice, photograph, "Une halle")
    pdf = papers.print_notice(notice, form, SITE)
    assert len(opened(pdf).pages) == 1
    assert "À retirer après" in words(pdf)
    if title.startswith("#"):
        assert "*gras*" in words(pdf)


def test_a_short_title_is_read_from_across_the_street(write: Write) -> None:
    short = papers.print_notice(write("Foire"), "affiche", SITE)
    long = papers.print_notice(write(LONG), "affiche", SITE)
    assert largest_type(short) > 70
    assert 30 < largest_type(long) < largest_type(short)


def test_the_picture_is_printed_and_described(
    write: Write, photograph: bytes, clerk: Member
) -> None:
    notice = write()
    notices.set_picture(notice, photograph, "Une halle")
    db.session.commit()
    page = opened(papers.print_notice(notice, "affiche", SITE)).pages[0]
    assert any(each.image is not None and each.image.width == 1600 for each in page.images)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Bonjour", False), ("12 سوق", True), ("שוק", True), ("...", False), ("", False)],
)
def test_the_first_letter_gives_the_direction(text: str, expected: bool) -> None:
    assert papers.is_right_to_left(text) == expected
