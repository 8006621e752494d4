from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from freeco.clock import held_at
from freeco.paper import PaperFailed, render_pdf

THURSDAY = datetime(2026, 12, 3, 17, 30, tzinfo=UTC)
TEMPLATE = """
#let content = json(bytes(sys.inputs.content))
#set document(title: content.name)
#content.name
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "card.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def read(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


@pytest.mark.parametrize(
    "name",
    [
        '#let x = 1 "Zoé" *gras* _fin_',
        "$ 45,00 € = @moi <toi> `œuf` \\ //",
        "= L’Œuf d’Hélène ~ [a] {b} - ½",
        "'; #panic() ]",
    ],
)
def test_a_name_prints_as_typed(template: Path, name: str) -> None:
    assert name in read(render_pdf(template, {"name": name}, made_at=THURSDAY))


def test_the_same_content_at_the_same_instant_gives_the_same_bytes(template: Path) -> None:
    with held_at(THURSDAY):
        first = render_pdf(template, {"name": "Amarantes"})
    assert render_pdf(template, {"name": "Amarantes"}, made_at=THURSDAY) == first


def test_the_paper_remembers_when_it_was_made(template: Path) -> None:
    pdf = render_pdf(template, {"name": "Amarantes"}, made_at=THURSDAY)
    made = PdfReader(BytesIO(pdf)).metadata
    assert made is not None
    assert made.creation_date == THURSDAY


def test_an_instant_without_a_zone_is_refused(template: Path) -> None:
    with pytest.raises(ValueError, match="aware"):
        render_pdf(template, {"name": "Amarantes"}, made_at=THURSDAY.replace(tzinfo=None))


def test_a_template_that_fails_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "broken.typ"
    broken.write_text("#unheard-of", encoding="utf-8")
    with pytest.raises(PaperFailed, match="unknown variable: unheard-of"):
        render_pdf(broken, {})


def test_text_that_is_not_text_fails_as_paper(template: Path) -> None:
    with pytest.raises(PaperFailed):
        render_pdf(template, {"name": "\ud800"})


def test_a_template_sees_its_own_folder_only(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("clé", encoding="utf-8")
    inside = tmp_path / "papers"
    inside.mkdir()
    nosy = inside / "nosy.typ"
    nosy.write_text('#read("../secret.txt")', encoding="utf-8")
    with pytest.raises(PaperFailed):
        render_pdf(nosy, {})


def test_the_machines_fonts_are_left_aside(tmp_path: Path) -> None:
    template = tmp_path / "sans.typ"
    template.write_text('#set text(font: "DejaVu Sans")\nAmarantes', encoding="utf-8")
    pdf = render_pdf(template, {}, fonts=[tmp_path], made_at=THURSDAY)
    assert b"DejaVuSans" not in pdf
    assert b"LibertinusSerif" in pdf
