import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from pypdf import PdfReader

from freeco.db import db
from freeco.kernel import Kernel
from freeco.members.models import Member
from freeco_direct_sales import catalogue, commands
from freeco_direct_sales.models import Distribution, Producer, SeasonContract, Subscription

Take = Callable[..., Subscription]
GOOD = "Référence;Produit;Prix;Unité\nCAR;Carottes;3,20 €;kg\nRAD;Radis;1,80;botte\n"
BROKEN = """Produit;Prix;TVA
Carottes;trois euros;5,5 %
Radis;1,80;5,5 %
;2,00;5,5 %
Poireaux;-3;5,5 %
"""


@pytest.fixture
def listed(tmp_path: Path) -> Callable[[str], str]:
    """Give what writes a producer's list to a file."""

    def write(text: str) -> str:
        file = tmp_path / "produits.csv"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


def run_import(file: str, producer_id: int, *options: str) -> Result:
    arguments = ["products", file, "--producer", str(producer_id), *options]
    return CliRunner().invoke(commands.imports, arguments)


def freeco(app: Flask, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command line on the database of the test."""
    kernel: Kernel = app.extensions["freeco"]
    db.session.commit()
    return subprocess.run(
        [sys.executable, "-c", "from freeco.cli import main; main()", *arguments],
        env=os.environ
        | {
            "FREECO_HOME": str(kernel.settings.home),
            "FREECO_DATABASE_URL": kernel.settings.database_url,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def names(producer: Producer) -> list[str]:
    db.session.rollback()
    return [product.name for product in catalogue.products_of(producer)]


def text_of(content: bytes) -> str:
    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_list_is_taken_and_counted(producer: Producer, listed: Callable[[str], str]) -> None:
    result = run_import(listed(GOOD), producer.id)
    assert result.exit_code == 0, result.output
    assert "2 produits ajoutés, 0 modifié et 0 inchangé" in result.output
    assert names(producer) == ["Carottes", "Radis"]


def test_the_same_list_again_changes_nothing(
    producer: Producer, listed: Callable[[str], str]
) -> None:
    run_import(listed(GOOD), producer.id)
    result = run_import(listed(GOOD), producer.id)
    assert "0 produit ajouté, 0 modifié et 2 inchangés" in result.output


def test_a_dry_run_says_what_it_read_and_writes_nothing(
    producer: Producer, listed: Callable[[str], str]
) -> None:
    result = run_import(listed(GOOD), producer.id, "--dry-run")
    assert result.exit_code == 0
    assert "2 produits" in result.output
    assert names(producer) == []


def test_three_broken_lines_are_named_and_nothing_is_taken(
    producer: Producer, listed: Callable[[str], str]
) -> None:
    result = run_import(listed(BROKEN), producer.id)
    assert result.exit_code == 1
    for line in ("ligne 2, Prix", "ligne 4, Produit", "ligne 5, Prix"):
        assert line in result.output.replace("\u00a0", " ")
    assert "ligne 3," not in result.output
    assert "3 lignes à corriger" in result.output
    assert names(producer) == []


def test_a_dry_run_names_the_broken_lines_too(
    producer: Producer, listed: Callable[[str], str]
) -> None:
    result = run_import(listed(BROKEN), producer.id, "--dry-run")
    assert result.exit_code == 1
    assert "3 lignes à corriger" in result.output


def test_a_producer_who_is_not_there_is_said(
    producer: Producer, listed: Callable[[str], str]
) -> None:
    result = run_import(listed(GOOD), producer.id + 1)
    assert result.exit_code == 1
    assert f"Le producteur {producer.id + 1} n’existe pas." in result.output


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "٣", "a"])
def test_a_number_no_producer_has_is_refused(
    app: Flask, listed: Callable[[str], str], number: str
) -> None:
    file = listed(GOOD)
    result = CliRunner().invoke(commands.imports, ["products", file, "--producer", number])
    assert result.exit_code != 0
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_a_sheet_is_written_as_pdf(
    vegetables: SeasonContract,
    thursdays: Sequence[Distribution],
    member: Member,
    take: Take,
    tmp_path: Path,
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    file = tmp_path / "feuille.pdf"
    arguments = [str(thursdays[0].id), "--output", str(file)]
    result = CliRunner().invoke(commands.sheet, arguments)
    assert result.exit_code == 0, result.output
    text = text_of(file.read_bytes())
    assert "Dupont Marie" in text
    assert "1 Petit panier" in text


def test_a_sheet_of_no_distribution_writes_no_file(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "feuille.pdf"
    result = CliRunner().invoke(commands.sheet, ["7", "--output", str(file)])
    assert result.exit_code == 1
    assert "La distribution 7 n’existe pas." in result.output
    assert not file.exists()


def test_the_command_line_imports_then_prints(
    app: Flask,
    producer: Producer,
    thursdays: Sequence[Distribution],
    listed: Callable[[str], str],
    tmp_path: Path,
) -> None:
    output = tmp_path / "feuille.pdf"
    producer_id, thursday_id = str(producer.id), str(thursdays[0].id)
    taken = freeco(app, "import", "products", listed(GOOD), "--producer", producer_id)
    assert (taken.returncode, names(producer)) == (0, ["Carottes", "Radis"]), taken.stderr
    printed = freeco(app, "sheet", thursday_id, "--output", str(output))
    assert printed.returncode == 0, printed.stderr
    assert "Salle des fêtes" in text_of(output.read_bytes())


def test_the_command_line_says_a_file_it_cannot_read_in_one_line(
    app: Flask, producer: Producer, tmp_path: Path
) -> None:
    file = tmp_path / "produits.xlsx"
    file.write_bytes(b"not a workbook")
    producer_id = str(producer.id)
    done = freeco(app, "import", "products", str(file), "--producer", producer_id)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Error" in done.stderr
