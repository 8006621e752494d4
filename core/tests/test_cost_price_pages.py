"""The public page of the cost price, its data, its commands, and the rate computed by others."""

import csv
import io
import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask, render_template_string

from freeco.accounting.exports import export
from freeco.accounting.recording import platform_book
from freeco.clock import held_at
from freeco.cost_price import commands
from freeco.cost_price.billing import bill_all
from freeco.cost_price.items import add_item, note_hours
from freeco.cost_price.keys import publish_key, publish_rate
from freeco.cost_price.models import Basis, Pool
from freeco.cost_price.price import PriceParts
from freeco.cost_price.shares import charge
from freeco.cost_price.true_up import true_up
from freeco.db import db
from freeco.errors import Refusal
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.testing.visitor import Visitor

SCRIPT = Path(__file__).parents[2] / "docs" / "recompute_rate.py"
SPRING = datetime(2027, 3, 4, 9, tzinfo=UTC)


def a_year_at_cost(community: Community, sellers: int = 3) -> None:
    """Publish, sell, bill and settle 2026: 4 % taken, a little less spent."""
    with held_at(datetime(2026, 1, 2, 9, tzinfo=UTC)):
        publish_rate(400, date(2026, 1, 1), Money(20))
        for pool, basis in ((Pool.SERVERS, Basis.EURO), (Pool.AUDIT, Basis.ORGANISATION)):
            publish_key(pool, basis, date(2026, 1, 1))
        add_item(Pool.SERVERS, "Hébergeur", "2026-07", date(2026, 7, 1), Money(24_000))
        add_item(Pool.AUDIT, "Cabinet", "88", date(2026, 11, 2), Money(9_000))
        note_hours(Pool.MAINTENANCE, "2026", date(2026, 12, 1), 6_000)
    for number in range(sellers):
        garden = Organisation(kind="association", name=f"Ferme {number}")
        db.session.add(Member(community=community, organisation=garden))
        db.session.flush()
        charge(
            f"direct_sales:subscription:{number + 1}",
            garden,
            community,
            date(2026, 5, 10),
            Money(400_000),
            transport=Money(8_000),
            payment_fee=Money(1_234),
        )
    with held_at(SPRING):
        bill_all(date(2026, 5, 1))
        true_up(2026)
        publish_rate(350, date(2027, 1, 1))
    db.session.commit()


def words(page: str) -> str:
    """Return what a page says, tags and spaces apart."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u202f", " ").split())


def test_before_any_year_the_page_says_that_nothing_is_taken(client: Visitor) -> None:
    page = client.get("/prix-coutant")
    assert page.status_code == 200
    assert "Freeco ne prend rien sur aucun prix" in words(page.text)
    assert json.loads(client.get("/prix-coutant.json").text)["years"] == []


def test_anybody_reads_the_rate_the_pools_and_what_was_given_back(
    client: Visitor, community: Community
) -> None:
    a_year_at_cost(community)
    with held_at(SPRING):
        said = words(client.get("/prix-coutant").text)
    assert "2026, année régularisée 2,75 %" in said
    assert "Taux provisoire : 3,5 %" in said
    assert "Serveurs 240,00 €" in said
    assert "selon les euros échangés" in said
    assert "100 h" in said
    assert "Porté par la coopérative" in said
    assert "Hébergeur" not in said


def test_ten_euros_are_shown_to_the_cent(client: Visitor, community: Community) -> None:
    a_year_at_cost(community)
    with held_at(SPRING):
        said = words(client.get("/prix-coutant").text)
    shown = said.partition("Ce qu’ont fait vos 10 €")[2].partition("Les coûts")[0]
    amounts = [int(each.replace(",", "")) for each in re.findall(r"(\d+,\d\d) €", shown)]
    assert sum(amounts[:-1]) == amounts[-1] == 1000


def test_twenty_five_percent_is_compared_on_both_bases(
    client: Visitor, community: Community
) -> None:
    a_year_at_cost(community)
    with held_at(SPRING):
        said = words(client.get("/prix-coutant").text)
    assert "À 25 %, paiement compris 3 000,00 €" in said.replace("\xa0", " ")
    assert "20 % de revenu en plus" in said


def test_the_volume_of_one_or_two_sellers_is_not_told(
    client: Visitor, community: Community
) -> None:
    a_year_at_cost(community, sellers=2)
    with held_at(SPRING):
        said = words(client.get("/prix-coutant").text)
        data = client.get("/prix-coutant.json").json
    assert "Moins de 3 organisations vendent ici" in said
    assert "Ce qu’ont fait vos 10 €" not in said
    assert data is not None
    assert "volume_cents" not in data["years"][1]


def test_the_table_and_the_json_say_what_the_page_says(
    client: Visitor, community: Community
) -> None:
    a_year_at_cost(community)
    with held_at(SPRING):
        text = client.get("/prix-coutant.csv").text
        data = client.get("/prix-coutant.json").json
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    real = next(each for each in rows if each["quoi"] == "cout_reel_total")
    assert (real["annee"], real["centimes"], real["points_de_base"]) == ("2027", "0", "")
    assert data is not None
    year = data["years"][1]
    assert (year["real_cents"], year["real_basis_points"]) == (33_000, 275)
    assert year["rates"][0]["per_gift_cents"] == 20
    assert [each["pool"] for each in data["keys"]] == ["servers", "audit"]


def test_anybody_computes_the_published_rate_again_from_the_book_alone(
    client: Visitor, community: Community, tmp_path: Path
) -> None:
    a_year_at_cost(community)
    assert len(SCRIPT.read_text("utf-8").splitlines()) <= 30
    file = tmp_path / "livre.csv"
    file.write_bytes(export(platform_book(), "csv").content)
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(file), "2026"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    with held_at(SPRING):
        data = client.get("/prix-coutant.json").json
    assert data is not None
    year = data["years"][1]
    whole, hundredths = divmod(year["real_basis_points"], 100)
    first, collected, _after = done.stdout.splitlines()
    assert first == f"réel : {year['real_cents']} centimes, {whole},{hundredths:02} %"
    assert collected.startswith(f"perçu : {year['collected_cents']} centimes")


def test_a_price_shows_its_parts(app: Flask) -> None:
    parts = PriceParts(Money(1015), Money(40), Money(0), Money(43), Money(52))
    with app.test_request_context():
        shown = words(
            render_template_string(
                '{% import "cost_price/_parts.html" as cost %}{{ cost.price_parts(parts) }}',
                parts=parts,
            )
        )
    assert "Plateforme, au prix coûtant 0,43 €" in shown
    assert "Solidarité" not in shown
    assert "Ce que vous payez 11,50 €" in shown


def run(*words: str) -> Result:
    return CliRunner().invoke(commands.cost, words)


def test_the_treasurer_keeps_the_cost_price_by_commands(app: Flask) -> None:
    with held_at(datetime(2026, 3, 4, 9, tzinfo=UTC)):
        assert run("rate", "3,75", "--from", "2026-01-01", "--per-gift", "0,20").exit_code == 0
        assert run("key", "servers", "euro", "--from", "2026-01-01").exit_code == 0
        added = run("add", "servers", "Hébergeur", "F 1", "120,50", "--day", "2026-02-03")
        assert "120,50" in added.output
        assert run("hours", "maintenance", "février", "2.5").exit_code == 0
        assert "Hébergeur" in run("list", "--year", "2026").output
        number = re.search(r"n° (\d+)", added.output)
        assert number is not None
        assert "reprise" in run("take-back", number[1]).output
        assert "0 facture" in run("bill", "--month", "2026-02").output


def test_a_year_is_shown_before_it_is_settled(app: Flask) -> None:
    with held_at(datetime(2027, 3, 4, 9, tzinfo=UTC)):
        assert "Rien n’est écrit" in run("true-up", "2026", "--dry-run").output
        assert "coût réel" in run("true-up", "2026").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rate", "5,01", "--from", "2027-01-01"), "5 %"),
        (("rate", "cinq", "--from", "2027-01-01"), "pourcentage"),
        (("rate", "3", "--from", "demain"), "2026-12-03"),
        (("add", "servers", "Hébergeur", "1", "12,3456"), "deux décimales"),
        (("add", "servers", "Hébergeur", "1", "0"), "plus grand que zéro"),
        (("add", "coffee", "Hébergeur", "1", "3"), "coffee"),
    ],
)
def test_what_is_typed_wrong_is_said(app: Flask, words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert done.exit_code != 0
    assert said in done.output.replace("\xa0", " ")


def test_a_refusal_of_a_command_is_a_sentence(app: Flask) -> None:
    done = run("take-back", "99")
    assert isinstance(done.exception, Refusal)
