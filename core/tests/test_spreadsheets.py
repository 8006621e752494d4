import datetime
import io
import math
import zipfile

import pytest

from freeco import workbooks
from freeco.spreadsheets import Row, Table, UnreadableFile, read_table
from freeco.workbooks import shown

CSV = "Nom;Prénom;Prix\nDurand;Zoé;12,50\n\nLe Goff;Loïc;3,20\n"

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HIDDEN = ' state="hidden"'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def zipped(parts: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def xlsx(*sheets: str, hidden: int = -1, shared: tuple[str, ...] = ()) -> bytes:
    places = range(1, len(sheets) + 1)
    entries = "".join(
        f'<sheet name="Feuille {place}" sheetId="{place}" r:id="rId{place}"'
        f"{HIDDEN if place - 1 == hidden else ''}/>"
        for place in places
    )
    targets = "".join(
        f'<Relationship Id="rId{place}" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet{place}.xml"/>'
        for place in places
    )
    strings = f'<Relationship Id="s" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
        f"{targets}{strings}</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">'
        + "".join(f"<si><t>{text}</t></si>" for text in shared)
        + "</sst>",
    }
    for place, sheet in zip(places, sheets, strict=True):
        parts[f"xl/worksheets/sheet{place}.xml"] = f'<worksheet xmlns="{_MAIN}">{sheet}</worksheet>'
    return zipped(parts)


def text(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


def lines(*rows: str) -> str:
    return f"<sheetData>{''.join(rows)}</sheetData>"


def ods(rows: str, name: str = "Feuille") -> bytes:
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{urn}:office:1.0" '
        f'xmlns:table="{urn}:table:1.0" xmlns:text="{urn}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="{name}">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{urn}:manifest:1.0"/>',
            "content.xml": content,
        }
    )


def cell(words: str, more: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string" {more}><text:p>{words}</text:p>'
        "</table:table-cell>"
    )


def line(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def reason(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read_table("liste.csv", content)
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "mac_roman"])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_french_csv_is_read_whatever_its_encoding(encoding: str, separator: str) -> None:
    table = read_table("liste.csv", CSV.replace(";", separator).encode(encoding))
    assert table == Table(
        ("Nom", "Prénom", "Prix"),
        (Row(2, ("Durand", "Zoé", "12,50")), Row(4, ("Le Goff", "Loïc", "3,20"))),
    )


def test_a_csv_from_an_old_mac_is_read() -> None:
    table = read_table("a.csv", "Nom;Prénom\nLèvre;Gaëlle\n".encode("mac_roman"))
    assert table.rows[0].cells == ("Lèvre", "Gaëlle")


def test_commas_separate_when_they_are_regular() -> None:
    table = read_table("a.csv", b'name,price\n"Carrots, red",2.50\nLeeks,3\n')
    assert table.rows[0].cells == ("Carrots, red", "2.50")


def test_a_quoted_cell_may_hold_several_lines() -> None:
    table = read_table("a.csv", b'Nom;Adresse\r\nDurand;"3 rue\r\ndu Four"\r\nRoy;Die\r\n')
    assert [row.number for row in table.rows] == [2, 3]
    assert table.rows[0].cells == ("Durand", "3 rue\ndu Four")


def test_the_separator_that_excel_declares_is_believed() -> None:
    table = read_table("a.csv", b"sep=,\r\nNom,Prix\r\nPoires,2\r\n")
    assert table.header == ("Nom", "Prix")
    assert table.header_line == 1


def test_titles_above_the_header_are_skipped_and_lines_keep_their_number() -> None:
    table = read_table("a.csv", b"AMAP des Tilleuls;;\n;;\nNom;Prix;\nPoires;2;\n")
    assert table.header == ("Nom", "Prix")
    assert table.header_line == 3
    assert table.rows == (Row(4, ("Poires", "2")),)


def test_a_list_of_one_column_is_a_table() -> None:
    assert read_table("a.csv", b"Nom\nDurand\nRoy\n").rows[1] == Row(3, ("Roy",))


def test_a_line_longer_than_the_header_keeps_its_cells() -> None:
    table = read_table("a.csv", b"Nom;Ville\nDurand;Die;26150\nRoy;Crest\n")
    assert table.header == ("Nom", "Ville", "")
    assert table.rows[0].cells == ("Durand", "Die", "26150")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "Ce fichier est vide."),
        (b" \n ", "Ce fichier est vide."),
        (b";;\n;;\n", "Ce fichier est vide."),
        (
            b"%PDF-1.7 ...",
            "Ce fichier n’est pas un tableau : envoyez un fichier .csv, .xlsx ou .ods.",
        ),
        (b"a\0b;c", "Ce fichier n’est pas un tableau : envoyez un fichier .csv, .xlsx ou .ods."),
        (
            b'Nom;Prix\n"Durand;3\nRoy;2\n',
            "Dans « liste.csv », des guillemets sont mal fermés vers la ligne 3.",
        ),
        (b"x" * 5_000_001, "Le fichier dépasse 5 Mo. Enregistrez une seule feuille, sans images."),
        (
            b"a;b\n" + b"1;2\n" * 5_001,
            "Le tableau dépasse 5 000 lignes. Coupez-le en plusieurs fichiers.",
        ),
        (
            b"a;" * 200 + b"a\n",
            "Le tableau dépasse 200 colonnes. Supprimez celles qui ne servent pas.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(content: bytes, expected: str) -> None:
    assert reason(content) == expected


def test_an_old_or_locked_excel_file_says_what_to_do() -> None:
    assert reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...").startswith("Ancien format Excel")


def test_five_thousand_lines_are_read() -> None:
    assert len(read_table("a.csv", b"a;b\n" + b"1;2\n" * 5_000).rows) == 5_000


def test_an_excel_sheet_is_read_as_it_is_seen() -> None:
    sheet = lines(
        f'<row r="2">{text("A2", "Nos prix")}</row>',
        f'<row r="4">{text("A4", "Produit")}{text("B4", "Prix")}',
        f"{text('C4', 'Le')}{text('D4', 'Bio')}</row>",
        f'<row r="6">{text("A6", "Miel")}<c r="B6"><v>3.3000000000000003</v></c>'
        '<c r="C6" t="d"><v>2026-12-31T00:00:00</v></c><c r="D6" t="b"><v>1</v></c></row>',
        f'<row r="7">{text("A7", "Ail")}<c r="B7"><v>12</v></c>',
        '<c r="C7" t="e"><v>#REF!</v></c></row>',
    )
    table = read_table("prix.xlsx", xlsx(sheet))
    assert table.header_line == 4
    assert table.rows == (
        Row(6, ("Miel", "3.3", "2026-12-31", "oui")),
        Row(7, ("Ail", "12", "#REF!", "")),
    )


def test_a_cell_merged_over_lines_belongs_to_each() -> None:
    sheet = lines(
        f'<row r="1">{text("A1", "Rayon")}{text("B1", "Produit")}</row>',
        f'<row r="2">{text("A2", "Légumes")}{text("B2", "Ail")}</row>',
        f'<row r="3">{text("B3", "Poireau")}</row>',
        f'<row r="5">{text("B5", "Miel")}</row>',
    )
    merged = '<mergeCells count="1"><mergeCell ref="A2:A4"/></mergeCells>'
    expected = [("Légumes", "Ail"), ("Légumes", "Poireau"), ("", "Miel")]
    assert [row.cells for row in read_table("a.xlsx", xlsx(sheet + merged)).rows] == expected
    rows = (
        line(cell("Rayon"), cell("Produit"))
        + line(cell("Légumes", 'table:number-rows-spanned="2"'), cell("Ail"))
        + line("<table:covered-table-cell/>", cell("Poireau"))
        + line("<table:table-cell/>", cell("Miel"))
    )
    assert [row.cells for row in read_table("a.ods", ods(rows)).rows] == expected


def test_an_open_document_sheet_is_read_as_it_is_seen() -> None:
    rows = (
        line("<table:table-cell/>", more='table:number-rows-repeated="3"')
        + line(cell("Produit"), cell("TVA"), cell("Prix"))
        + line(
            cell("Ail"),
            '<table:table-cell office:value-type="percentage" office:value="0.055"/>',
            '<table:table-cell office:value-type="string" office:string-value="">'
            "<text:p>#REF!</text:p></table:table-cell>",
        )
        + line(
            '<table:table-cell table:number-columns-repeated="16384"/>',
            more='table:number-rows-repeated="1048570"',
        )
    )
    table = read_table("a.ods", ods(rows))
    assert (table.header_line, table.sheet) == (4, "Feuille")
    assert table.rows == (Row(5, ("Ail", "0.055", "#REF!")),)


def test_the_first_sheet_that_holds_something_is_read_and_the_others_are_named() -> None:
    full = lines(f'<row r="1">{text("A1", "Nom")}</row><row r="2">{text("A2", "Roy")}</row>')
    table = read_table("a.xlsx", xlsx(full, lines(), full, full, hidden=0))
    assert (table.sheet, table.other_sheets) == ("Feuille 3", ("Feuille 4",))


def test_images_and_macros_are_left_in_the_archive() -> None:
    content = io.BytesIO(xlsx(lines(f'<row r="1">{text("A1", "Nom")}</row>')))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("xl/media/image1.png", b"...")
        archive.writestr("xl/vbaProject.bin", b"...")
    assert read_table("a.xlsx", content.getvalue()).header == ("Nom",)


def test_an_encoding_nobody_knows_is_not_believed() -> None:
    sheet = '<?xml version="1.0" encoding="UTF-9"?><worksheet/>'
    assert reason(zipped({"xl/worksheets/sheet1.xml": sheet})).startswith("Ce classeur est abîmé")


def test_an_empty_workbook_is_refused() -> None:
    assert reason(xlsx(lines())) == "Ce fichier est vide."


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("XFD1048576", "Le tableau dépasse 200 colonnes."),
        ("A1048576", "Une case est remplie très loin sous le tableau."),
        ("GS2", "Le tableau dépasse 200 colonnes."),
    ],
)
def test_a_cell_at_the_end_of_the_sheet_does_not_take_all_the_memory(
    place: str, expected: str
) -> None:
    sheet = lines(f'<row r="1">{text("A1", "Nom")}</row>', f"<row>{text(place, 'x')}</row>")
    assert reason(xlsx(sheet)).startswith(expected)


def test_a_line_repeated_a_million_times_does_not_take_all_the_memory() -> None:
    rows = line(cell("x"), more='table:number-rows-repeated="1000000"')
    assert reason(ods(rows)).startswith("Une case est remplie très loin")
    rows = line(cell("x", 'table:number-columns-repeated="16384"'))
    assert reason(ods(rows)).startswith("Le tableau dépasse 200 colonnes.")
    rows = line(
        cell("x" * 1_000, 'table:number-columns-repeated="200"'),
        more='table:number-rows-repeated="10000"',
    )
    assert reason(ods(rows)) == "Ce classeur contient trop de cases. Gardez une seule feuille."


def test_a_long_text_shared_by_many_cells_does_not_take_all_the_memory() -> None:
    shared = '<c t="s"><v>0</v></c>'
    small = lines("<row>" + shared * 2 + "</row>")
    assert read_table("a.xlsx", xlsx(small, shared=("Nom",))).header == ("Nom", "Nom")
    big = lines(*["<row>" + shared * 100 + "</row>"] * 100)
    assert reason(xlsx(big, shared=("x" * 10_000,))).startswith("Ce classeur contient trop")


def test_a_far_cell_does_not_hide_under_another_name() -> None:
    evil = lines(f'<row r="1">{text("XFD1", "x")}</row>')
    with zipfile.ZipFile(io.BytesIO(xlsx(evil))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        "sheet1.xml", "sheet1.rels"
    )
    parts["xl/worksheets/sheet1.rels"] = parts.pop("xl/worksheets/sheet1.xml")
    assert reason(zipped(parts)).startswith("Le tableau dépasse 200 colonnes.")
    assert reason(zipped(parts | {"content.xml": "<a/>"})).startswith("Le tableau dépasse 200")


def test_many_sheets_each_full_of_nothing_do_not_take_all_the_memory() -> None:
    corner = lines(f'<row r="1">{text("A1", "x")}</row><row>{text("GR10000", "x")}</row>')
    assert reason(xlsx(corner, corner, corner)).startswith("Ce classeur contient trop")


def test_a_zip_bomb_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    too_big = "Une fois ouvert, ce classeur est trop gros."
    assert reason(zipped({"xl/workbook.xml": " " * 50_000_001})).startswith(too_big)
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 10_000)
    honest = bytearray(zipped({"xl/workbook.xml": " " * 40_000}))
    size = (40_000).to_bytes(4, "little")
    assert honest.count(size) == 2
    lying = bytes(honest.replace(size, (9_000).to_bytes(4, "little")))
    assert reason(lying).startswith("Ce classeur est abîmé")


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 not a zip",
        zipped({"readme.txt": "bonjour"}),
        zipped({"content.xml": "<office:document-content"}),
        zipped({"content.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}),
        xlsx(lines('<row r="x"></row>')),
        xlsx(lines('<row r="1"><c r="1A"><v>2</v></c></row>')),
        xlsx(lines('<row r="1"><c t="s"><v>x</v></c></row>')),
        xlsx(lines(f'<row r="1">{text("A1", "x")}</row>'))[:900],
    ],
)
def test_a_damaged_workbook_is_refused(content: bytes) -> None:
    assert reason(content).startswith("Ce classeur est abîmé")


def test_overlapping_merges_are_refused() -> None:
    rows = line(*[cell("x", 'table:number-rows-spanned="999999"')] * 5)
    assert reason(ods(rows)).startswith("Ce classeur est abîmé")


def test_values_are_shown_as_in_the_spreadsheet() -> None:
    day = datetime.date(2026, 12, 31)
    assert shown(datetime.datetime(2026, 12, 31, 18, 30, tzinfo=None)) == "2026-12-31 18:30"  # noqa: DTZ001
    assert shown(day) == "2026-12-31"
    assert shown(datetime.time(18, 30)) == "18:30"
    assert shown(datetime.timedelta(hours=30, minutes=5)) == "30:05"
    assert shown(33612345678.0) == "33612345678"
    assert shown(0.00001) == "0.00001"
    assert shown(math.nan) == "nan"
    assert shown(False) == "non"
