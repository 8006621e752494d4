from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PageObject, PdfReader

from freeco_direct_sales import papers

Paper = papers.SignOffSheet | papers.HarvestList | papers.ContractPaper
EVENING = datetime(2026, 12, 2, 19, 0, tzinfo=UTC)
FINGERPRINT = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
LONG_NAME = "Montgolfier-de-la-Rochefoucauld-Châteaubriand-d’Entraigues-sur-Sorgues"
GOODS = (
    papers.SheetColumn("Légumes", "31 petits · 22 grands", "Ferme des Amarantes"),
    papers.SheetColumn("Pain", "40 miches", "Fournil du Vercors"),
    papers.SheetColumn("Œufs", "47 boîtes", "La Basse-Cour"),
    papers.SheetColumn("Fromage de chèvre", "29 tommes", "Chèvrerie du Col"),
)
TAKEN = ("1 petit + 1 grand", "1 miche 1 kg", "12 œufs", "2 tommes")


def sheet_of(households: int, columns: int = 4) -> papers.SignOffSheet:
    more = tuple(papers.SheetColumn(f"Produit {n}", f"{n} kg") for n in range(5, columns + 1))
    baskets = (*TAKEN, *(f"{n} kg" for n in range(5, columns + 1)))[:columns]
    return papers.SignOffSheet(
        title="Jeudi 3 décembre 2026 – distribution à la salle des fêtes",
        community="AMAP des Amarantes",
        place="Salle des fêtes de Saillans",
        starts_at_text="18 h 30 – 19 h 30",
        columns=(*GOODS, *more)[:columns],
        rows=tuple(
            papers.SheetRow(f"Foyer{n}", "Anne-Sophie et Jean-Baptiste", baskets)
            for n in range(1, households + 1)
        ),
        notices=("Rendez les boîtes d’œufs vides, merci.",),
        printed_at_text="le mercredi 2 décembre 2026 à 20 h",
        code="E7K4",
        cheque_total="7 chèques",
    )


HARVEST = papers.HarvestList(
    title="À récolter pour le jeudi 3 décembre 2026",
    producer="Ferme des Amarantes",
    community="l’AMAP des Amarantes",
    day_text="jeudi 3 décembre 2026, à livrer avant 18 h",
    place="Salle des fêtes de Saillans",
    sizes=("Petit panier × 31", "Grand panier × 22"),
    lines=(
        papers.HarvestLine("Poireaux", "53 bottes", "42,4 kg", ("1 botte", "1 botte"), "50 bottes"),
        papers.HarvestLine("Mâche", "22 sachets", "", ("", "1 sachet")),
    ),
    notices=("Un panier est donné à l’épicerie solidaire.",),
    printed_at_text="le mardi 1er décembre 2026 à 18 h",
    code="R4BK",
)

MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin")
CONTRACT = papers.ContractPaper(
    title="Contrat de légumes et d’œufs, de janvier à juin 2027",
    code="C8M2",
    community="AMAP des Amarantes",
    season_text="du jeudi 7 janvier au lundi 28 juin 2027",
    household=papers.Party(
        "Foyer Dubois",
        ("12 rue du Temple, 26340 Saillans",),
        signed_by="Anne Dubois",
        signed_at_text="le 2 décembre 2026 à 21 h 14",
        signed_how="en ligne",
    ),
    producer=papers.Party("EARL des Amarantes", ("SIRET 123 456 789 00012",), "Lina Faure"),
    object_text="des légumes de saison et des œufs de plein air",
    products=(
        papers.ContractProduct("Petit panier", "1 panier", "24", "15,00 €", "5,5 %", "360,00 €"),
        papers.ContractProduct("Œufs", "1 boîte", "12", "2,40 €", "5,5 %", "28,80 €"),
    ),
    deliveries=tuple(papers.Delivery(f"le {day} {m}") for m in MONTHS for day in (7, 14, 21, 28)),
    delivery_place="Salle des fêtes de Saillans, le jeudi à 18 h 30",
    exceptions=("Pas de livraison le jeudi de l’Ascension.",),
    total_text="388,80 €",
    vat_text="dont TVA 20,27 €",
    cheques=tuple(papers.Cheque("64,80 €", f"le 5 {month} 2027") for month in MONTHS),
    charter=papers.CharterReference("Charte fondatrice", "1", "français", FINGERPRINT),
    printed_at_text="le mercredi 2 décembre 2026 à 20 h",
    terms=("Deux livraisons peuvent être reportées, sept jours avant.",),
)


def printed(paper: Paper, *, large_type: bool = False) -> bytes:
    if isinstance(paper, papers.SignOffSheet):
        return papers.print_sign_off_sheet(paper, large_type=large_type, made_at=EVENING)
    if isinstance(paper, papers.HarvestList):
        return papers.print_harvest_list(paper, made_at=EVENING)
    return papers.print_contract(paper, made_at=EVENING)


def pages(pdf: bytes) -> list[str]:
    """Read the text of each page, with line ends and joining spaces made plain."""
    return [
        " ".join(page.extract_text().replace("\u200b", "").split())
        for page in PdfReader(BytesIO(pdf)).pages
    ]


def smallest_type(pdf: bytes) -> float:
    sizes: list[float] = []

    def note(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.append(abs(size * tm[3]))

    for page in PdfReader(BytesIO(pdf)).pages:
        page.extract_text(visitor_text=note)
    return min(sizes)


def is_upright(page: PageObject) -> bool:
    return bool(page.mediabox.height > page.mediabox.width)


def test_sixty_households_stand_on_one_upright_page() -> None:
    pdf = printed(sheet_of(60))
    (page,) = pages(pdf)
    assert all(f"Foyer{n} " in page for n in range(1, 61))
    assert "Rendez les boîtes d’œufs vides, merci." in page
    assert smallest_type(pdf) >= 7.5
    assert is_upright(PdfReader(BytesIO(pdf)).pages[0])


def test_people_give_way_before_the_sheet_takes_a_second_page() -> None:
    many = "Anne-Sophie, Jean-Baptiste, Marie-Charlotte et Pierre-Emmanuel"
    rows = tuple(replace(row, people=many) for row in sheet_of(60).rows)
    (page,) = pages(printed(replace(sheet_of(60), rows=rows)))
    assert "Foyer60" in page
    assert "Pierre-Emmanuel" not in page


def test_large_type_takes_several_pages_and_no_small_letter() -> None:
    pdf = printed(sheet_of(60), large_type=True)
    assert len(pages(pdf)) > 1
    assert smallest_type(pdf) >= 11


def test_every_page_repeats_the_headings_and_says_where_it_stands() -> None:
    sheets = pages(printed(sheet_of(150)))
    for number, page in enumerate(sheets, start=1):
        assert "Foyer Légumes" in page
        assert "Signature" in page
        assert f"Code E7K4 page {number} / {len(sheets)}" in page
        assert "imprimée le mercredi 2 décembre 2026 à 20 h" in page


def test_the_totals_stand_at_the_foot_of_the_last_page() -> None:
    *before, last = pages(printed(sheet_of(150)))
    for total in ("150 foyers", "31 petits · 22 grands", "40 miches", "47 boîtes", "29 tommes"):
        assert total in last
        assert all(total not in page for page in before)


def test_a_row_that_changed_and_a_cheque_to_give_are_said_in_words() -> None:
    calm, other = sheet_of(2).rows
    rows = (calm, replace(other, changed=True, cheque_note="Chèque à donner"))
    (page,) = pages(printed(replace(sheet_of(2), rows=rows)))
    assert page.count("modifié") == 1
    assert page.count("Chèque à donner") == 1
    assert "7 chèques" in page
    (calm_page,) = pages(printed(sheet_of(2)))
    assert not [word for word in ("modifié", "Chèque") if word in calm_page]


@pytest.mark.parametrize("large_type", [False, True])
@pytest.mark.parametrize(
    "name",
    ['#panic() "Zoé" *gras* _fin_', "$x$ <toi> @moi \\ // = [a] {b}", LONG_NAME, "W" * 70],
)
def test_a_name_prints_as_typed(name: str, large_type: bool) -> None:
    (row,) = sheet_of(1).rows
    sheet = replace(sheet_of(1), rows=(replace(row, household=name, people=""),))
    (page,) = pages(printed(sheet, large_type=large_type))
    assert "".join(name.split()) in "".join(page.split()), "lines may end anywhere in a name"


@pytest.mark.parametrize("name", ["عائلة الحسن", "משפחת לוי", "Nguyễn Thị Ánh", "Лесюк"])
def test_a_name_of_any_script_is_printed(name: str) -> None:
    (row,) = sheet_of(1).rows
    sheet = replace(sheet_of(1), rows=(replace(row, household=name),))
    assert len(pages(printed(sheet))) == 1


def test_a_dozen_columns_turn_the_page_on_its_side() -> None:
    pdf = printed(sheet_of(20, columns=12))
    assert not any(is_upright(page) for page in PdfReader(BytesIO(pdf)).pages)
    assert "Produit 12" in pages(pdf)[0]


def test_past_a_dozen_columns_each_household_has_the_list_of_what_it_takes() -> None:
    *rows, last = sheet_of(6, columns=13).rows
    sheet = replace(sheet_of(6, columns=13), rows=(*rows, replace(last, baskets=("",) * 13)))
    pdf = printed(sheet)
    (page,) = pages(pdf)
    assert is_upright(PdfReader(BytesIO(pdf)).pages[0])
    assert page.count("Pain : 1 miche 1 kg · Œufs : 12 œufs") == 5
    assert "Totaux" in page
    assert "Fromage de chèvre 29 tommes" in page


def test_the_harvest_list_says_what_to_bring_and_what_it_was() -> None:
    (page,) = pages(printed(HARVEST))
    assert "Poireaux 53 bottes avant : 50 bottes" in page
    assert "42,4 kg" in page
    assert "Grand panier × 22" in page
    assert "épicerie solidaire" in page
    assert "Code R4BK page 1 / 1" in page


def test_a_harvest_without_weight_size_or_change_says_nothing_of_them() -> None:
    bread = (papers.HarvestLine("Miche", "53"),)
    (page,) = pages(printed(replace(HARVEST, sizes=(), lines=bread)))
    assert not [word for word in ("Poids", "taille", "avant :", "Avant") if word in page]


def test_thirty_products_stand_on_one_page() -> None:
    assert len(pages(printed(replace(HARVEST, lines=HARVEST.lines * 15)))) == 1


def test_an_ordinary_contract_takes_two_pages_with_everything_agreed() -> None:
    both = pages(printed(CONTRACT))
    whole = " ".join(both)
    assert len(both) == 2
    assert FINGERPRINT in both[1], "the signatures never stand alone"
    for words in (
        "SIRET 123 456 789 00012",
        "15,00 € 5,5 % 360,00 €",
        "toutes taxes comprises (dont TVA 20,27 €) 388,80 €",
        "24 livraisons",
        "le 28 juin",
        "Pas de livraison le jeudi de l’Ascension.",
        "Les aléas sont partagés.",
        "Quand une livraison est annulée",
        "6. 64,80 €, le 5 juin 2027",
        "« Charte fondatrice », version 1, en français",
        "Deux livraisons peuvent être reportées",
    ):
        assert words in whole


def test_a_signature_given_online_is_told_and_the_other_is_awaited() -> None:
    whole = " ".join(pages(printed(CONTRACT)))
    assert "Signé en ligne, le 2 décembre 2026 à 21 h 14 par Anne Dubois" in whole
    assert whole.count("Date et signature :") == 1


def test_a_contract_without_cheques_numbers_its_articles_without_a_hole() -> None:
    bare = replace(CONTRACT, cheques=(), exceptions=(), terms=(), vat_text="")
    whole = " ".join(pages(printed(bare)))
    assert "5. Les engagements réciproques" in whole
    assert "6. La charte" in whole
    assert "chèque" not in whole


def test_quantities_that_vary_are_written_date_by_date() -> None:
    days = (papers.Delivery("le 7 janvier", ("1 panier", "")),)
    whole = " ".join(pages(printed(replace(CONTRACT, deliveries=days))))
    assert "le 7 janvier : 1 panier · –" in whole


EVERY_PAPER = pytest.mark.parametrize("paper", [sheet_of(60), HARVEST, CONTRACT], ids=type)


@EVERY_PAPER
def test_the_same_content_gives_the_same_bytes(paper: Paper) -> None:
    assert printed(paper) == printed(paper)


@EVERY_PAPER
def test_a_screen_reader_finds_title_community_language_and_structure(paper: Paper) -> None:
    reader = PdfReader(BytesIO(printed(paper)))
    assert reader.metadata is not None
    assert reader.metadata.title
    assert "AMAP des Amarantes" in (reader.metadata.author or "")
    assert str(reader.root_object["/Lang"]).startswith("fr")
    assert "/StructTreeRoot" in reader.root_object


@pytest.mark.parametrize(("columns", "fewest", "most"), [(4, 15, 35), (60, 100, 200)])
def test_a_thousand_households_all_have_their_row(columns: int, fewest: int, most: int) -> None:
    pdf = printed(sheet_of(1000, columns))
    sheets = PdfReader(BytesIO(pdf)).pages
    assert fewest <= len(sheets) <= most
    assert "Foyer1000" in sheets[-1].extract_text() + sheets[-2].extract_text()


def test_texts_that_do_not_match_their_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="one basket text for each column"):
        replace(sheet_of(1), columns=GOODS[:2])
    with pytest.raises(ValueError, match="one text for each basket size"):
        replace(HARVEST, sizes=())
    with pytest.raises(ValueError, match="one quantity for each product"):
        replace(CONTRACT, deliveries=(papers.Delivery("le 7 janvier", ("1 panier",)),))
