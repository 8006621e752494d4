from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader

from freeco.clock import held_at
from freeco.members.models import Community, Member
from freeco.module import Story
from freeco.organisations.models import Organisation
from freeco.plugins import Plugins
from freeco.record.heads import head_of
from freeco.testing.forms import fill_in, form_of
from freeco.testing.people import make_community
from freeco.testing.record import seal_some
from freeco.testing.visitor import Visitor
from freeco_bulletin import gazette, papers
from freeco_bulletin.models import BulletinNotice, Gazette

Write = Callable[..., BulletinNotice]
Visit = Callable[[Member], Visitor]
NOVEMBER = date(2026, 11, 1)
PAGE = "/lavergne/bulletin/gazette"


def words(pdf: bytes) -> str:
    pages = [page.extract_text().replace("\u200b", "") for page in PdfReader(BytesIO(pdf)).pages]
    return " ".join(" ".join(pages).split())


def told(plugins: Plugins, community: Community, month: date = NOVEMBER) -> list[str]:
    return [str(each.story.title) for each in gazette.choices(plugins, community, month)]


def test_near_the_end_of_a_month_one_prepares_the_next(community: Community) -> None:
    assert gazette.usual_month(community) == NOVEMBER
    with held_at(datetime(2026, 12, 20, 9, tzinfo=UTC)):
        assert gazette.usual_month(community) == date(2027, 1, 1)


@pytest.mark.parametrize("text", ["2026-13", "demain", "2026-1", "2050-01", "", "2026-11-01"])
def test_a_month_that_is_none_is_not_read(community: Community, text: str) -> None:
    assert gazette.read_month(community, text) is None


def test_it_tells_the_notices_of_the_month_and_no_draft(
    show: Write, write: Write, plugins: Plugins, community: Community, opened: None
) -> None:
    show("Foire aux plants", happens_at=datetime(2026, 11, 14, 8, tzinfo=UTC))
    write("Brouillon")
    assert told(plugins, community) == ["Foire aux plants"]
    assert told(plugins, community, date(2027, 1, 1)) == []


def test_it_names_no_author(
    show: Write, plugins: Plugins, community: Community, opened: None
) -> None:
    show()
    for choice in gazette.choices(plugins, community, NOVEMBER):
        assert "Awa" not in f"{choice.story.title} {choice.story.text}"


def test_what_is_past_is_left_out_until_it_is_ticked(
    show: Write, plugins: Plugins, community: Community, opened: None
) -> None:
    show("Hier", happens_at=datetime(2026, 11, 1, 8, tzinfo=UTC))
    show("Bientôt", happens_at=datetime(2026, 11, 14, 8, tzinfo=UTC))
    kept = {str(e.story.title): e.kept for e in gazette.choices(plugins, community, NOVEMBER)}
    assert kept == {"Hier": False, "Bientôt": True}


def test_what_was_chosen_is_kept(
    visiting: Visit, clerk: Member, show: Write, plugins: Plugins, community: Community
) -> None:
    show("Foire", happens_at=datetime(2026, 11, 14, 8, tzinfo=UTC), place="La halle")
    show("Serre", "Une matinée. " * 20)
    client = visiting(clerk)
    page = client.get(client.get(PAGE).location)
    keys = form_of(page, "/2026-11").values["stories"]
    assert len(keys) == 2
    made = fill_in(
        client,
        page,
        "/2026-11",
        {
            "stories": [keys[1]],
            "editorial": "Voici novembre.",
            "relay_phone": "05 65 00 00 00",
            "contact": "Le jeudi à la salle",
        },
    )
    pdf = client.get(made.location)
    said = words(pdf.data)
    assert pdf.content_type == "application/pdf"
    for each in ("La gazette, novembre 2026", "Voici novembre.", "05 65 00 00 00", "Serre"):
        assert each in said
    assert "Le jeudi à la salle" in said
    assert "localhost/lavergne" in said
    assert "Foire" not in said
    again = form_of(client.get(f"{PAGE}/2026-11"), "/2026-11").values
    assert again["stories"] == [keys[1]]
    assert again["editorial"] == ["Voici novembre."]
    december = form_of(client.get(f"{PAGE}/2026-12"), "/2026-12").values
    assert (december["relay_phone"], december["editorial"]) == (["05 65 00 00 00"], [""])


def test_one_click_makes_it_with_everything(visiting: Visit, clerk: Member, show: Write) -> None:
    show("Foire", happens_at=datetime(2026, 11, 14, 8, tzinfo=UTC), place="La halle")
    said = words(visiting(clerk).get(f"{PAGE}/2026-11.pdf").data)
    assert "samedi 14 novembre 2026 à 9 h Foire, La halle" in said


def test_an_empty_month_says_so(visiting: Visit, clerk: Member) -> None:
    client = visiting(clerk)
    assert "Rien n’est annoncé pour février 2027" in client.get(f"{PAGE}/2027-02").text
    said = words(client.get(f"{PAGE}/2027-02.pdf").data)
    assert "Rien n’est annoncé pour février 2027." in said


def test_a_text_too_long_for_the_editorial_loses_no_tick(
    visiting: Visit, clerk: Member, show: Write
) -> None:
    show("Foire")
    show("Serre")
    client = visiting(clerk)
    page = client.get(f"{PAGE}/2026-11")
    (first, _second) = form_of(page, "/2026-11").values["stories"]
    refused = fill_in(client, page, "/2026-11", {"stories": [first], "editorial": "x" * 1501})
    assert refused.status_code == 422
    assert form_of(refused, "/2026-11").values["stories"] == [first]


def test_a_month_that_does_not_exist_is_absent(visiting: Visit, clerk: Member) -> None:
    client = visiting(clerk)
    for address in ("2026-13", "2026-13.pdf", "x"):
        assert client.get(f"{PAGE}/{address}").status_code == 404
    assert client.get(f"{PAGE}?mois=2026-99").status_code == 404


def choices_of(many: int) -> list[gazette.Choice]:
    text = "On monte la serre, on bâche, on partage la soupe. " * 11
    return [
        gazette.Choice(str(n), Story(f"Nouvelle {n}", text, None), "Bulletin", True, False)
        for n in range(many)
    ]


@pytest.mark.parametrize(("many", "pages"), [(2, 1), (9, 2), (18, 4)])
def test_it_has_the_pages_of_its_stories(
    app: Flask, community: Community, many: int, pages: int
) -> None:
    paper = Gazette(community=community, month=NOVEMBER, relay_phone="05 65 00 00 00")
    pdf = papers.print_gazette(community, paper, choices_of(many), "https://freeco.example")
    said = words(pdf)
    assert all(f"Nouvelle {n}" in said for n in range(many))
    assert "Nous rejoindre" in said
    reader = PdfReader(BytesIO(pdf))
    assert len(reader.pages) <= pages
    assert {round(page.mediabox.height) for page in reader.pages} == {842}


def test_its_type_is_large(app: Flask, community: Community) -> None:
    paper = Gazette(community=community, month=NOVEMBER, editorial="Bonjour à tous.")
    pdf = papers.print_gazette(community, paper, choices_of(4), "https://freeco.example")
    sizes: list[float] = []

    def note(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.append(round(abs(size * tm[3]), 1))

    PdfReader(BytesIO(pdf)).pages[0].extract_text(visitor_text=note)
    assert max(set(sizes), key=sizes.count) == 12.5


def test_a_closed_circle_asks_for_an_invitation(app: Flask, community: Community) -> None:
    community.admission = "invitation"
    paper = Gazette(community=community, month=NOVEMBER)
    said = words(papers.print_gazette(community, paper, [], "https://freeco.example"))
    assert "sur invitation" in said


def test_the_seal_of_the_record_is_printed_at_the_foot(app: Flask, community: Community) -> None:
    seal_some(community, 3)
    head = head_of(community)
    assert head is not None
    said = words(
        papers.print_gazette(community, Gazette(community=community, month=NOVEMBER), [], "")
    )
    sealed = f"{head.origin}, le lundi 2 novembre 2026 : {head.size} inscriptions."
    assert " ".join(head.groups) in said
    assert "".join(head.groups) == head.root
    assert sealed in said
    assert "Gardez ce numéro" in said


@pytest.mark.parametrize("rehearsal", [False, True])
def test_an_empty_record_and_a_rehearsal_have_no_seal(
    app: Flask, community: Community, rehearsal: bool
) -> None:
    if rehearsal:
        seal_some(community, 1)
        community.admission = "invitation"
        community.rehearsal_of_id = make_community("vraie", "La vraie").id
    said = words(
        papers.print_gazette(community, Gazette(community=community, month=NOVEMBER), [], "")
    )
    assert "registre" not in said


def test_a_long_notice_is_cut_and_its_organisation_named(
    show: Write, plugins: Plugins, community: Community, opened: None
) -> None:
    notice = show("Long", "Une phrase entière. " * 60)
    notice.organisation = Organisation(kind="commune", name="Commune de Lavergne")
    (choice,) = gazette.choices(plugins, community, NOVEMBER)
    text = str(choice.story.text)
    assert len(text) < 640
    assert text.endswith("…\n(Commune de Lavergne)")


def test_what_lasts_the_whole_day_is_told_without_an_hour(
    visiting: Visit, clerk: Member, show: Write
) -> None:
    show("Foire", happens_at=datetime(2026, 11, 13, 23, tzinfo=UTC))
    said = words(visiting(clerk).get(f"{PAGE}/2026-11.pdf").data)
    assert "samedi 14 novembre 2026 Foire" in said
