"""Every invoice passes the schema and the EN 16931 and French schematrons; mutants do not."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from lxml import etree

from freeco.accounting.books import open_book
from freeco.accounting.models import Book
from freeco.db import db
from freeco.documents.amounts import RATES, InvoiceLine, at_rates, line_of, nets_of, parts_of
from freeco.documents.facturx import invoice_xml
from freeco.documents.issuing import Terms, issue_credit_note, issue_invoice
from freeco.documents.models import Document
from freeco.documents.sellers import Buyer
from freeco.members.models import Community, Member
from freeco.money import Money, total
from freeco.organisations.billing import Billing, VatRegime
from freeco.organisations.models import Organisation

CHECK = Path(__file__).parent / "schematrons" / "check.py"
DAY = date(2026, 11, 30)
HOUSEHOLD = Buyer("core:household:7", "Foyer Fabre", "3 rue Haute", "46320", "Assiac")
ASSOCIATION = Buyer(
    "core:organisation:9",
    "AMAP des Trois Ponts",
    "Mairie",
    "46320",
    "Assiac",
    siren="443061841",
    siret="44306184100047",
)
SIREN = "732829320"
PLAIN = Terms()


def make_book(
    community: Community, regime: VatRegime, name: str, kind: str = "company", iban: str = ""
) -> Book:
    seller = Organisation(
        kind=kind,
        name=name,
        siren=SIREN,
        siret=f"{SIREN}00074",
        address="Les Vergnes",
        postal_code="46320",
        commune="Assiac",
    )
    db.session.add(Member(community=community, organisation=seller))
    number = "FR44732829320" if regime == VatRegime.CHARGED else ""
    mandate = date(2026, 1, 1)
    db.session.add(
        Billing(
            organisation=seller,
            vat_regime=regime,
            vat_number=number,
            iban=iban,
            self_billing_since=mandate,
        )
    )
    db.session.flush()
    return open_book(seller)


def nasty() -> list[InvoiceLine]:
    """Return quantities and prices that no rounding likes."""
    return [
        InvoiceLine("Carottes", Money(333), Decimal("1.3337"), "kilogram", 550),
        InvoiceLine("Œufs", Money(100), Decimal(7), "piece", 550),
        InvoiceLine("Fromage", Money(1), Decimal(3), "piece", 550),
        InvoiceLine("Miel", Money(10), Decimal("0.0001"), "kilogram", 550),
        InvoiceLine("Savon", Money(99), Decimal(13), "piece", 2000, "goods"),
        InvoiceLine("Atelier", Money(101), Decimal("0.75"), "hour", 2000, "service"),
        InvoiceLine("Journal", Money(47), Decimal(3), "piece", 210, "goods"),
        line_of("Panier non livré", Money(-33), 2, vat_basis_points=550),
    ]


def invoices(community: Community) -> dict[str, Document]:
    """Issue one of each sort."""
    iban = "FR7630006000011234567890189"
    farm = make_book(community, VatRegime.CHARGED, "GAEC des Vergnes", iban=iban)
    small = make_book(community, VatRegime.FRANCHISE, "Le Fournil de Lise", "independent")
    club = make_book(community, VatRegime.OUTSIDE, "Les Amis du Four", "association")
    town = make_book(community, VatRegime.OUTSIDE, "Commune d’Assiac", "commune")

    def issue(
        book: Book,
        key: str,
        lines: list[InvoiceLine],
        buyer: Buyer = HOUSEHOLD,
        terms: Terms = PLAIN,
    ) -> Document:
        return issue_invoice(book, buyer=buyer, lines=lines, day=DAY, key=key, terms=terms)

    basket = [line_of("Petit panier", Money(1150), 10, vat_basis_points=550)]
    found = {
        "basket": issue(
            farm,
            "basket",
            basket,
            terms=Terms(date(2026, 12, 31), reference="RF18539007547034"),
        ),
        "franchise": issue(small, "franchise", [line_of("Pain", Money(450), 8)]),
        "outside": issue(club, "outside", [line_of("Cuisson", Money(500), nature="service")]),
        "commune": issue(town, "commune", [line_of("Halle", Money(2500), nature="service")]),
        "mixed": issue(
            farm,
            "mixed",
            [
                *basket,
                line_of("Repas", Money(1200), 3, vat_basis_points=1000, nature="service"),
                line_of("Cabas", Money(500), vat_basis_points=2000, nature="goods"),
                line_of("Journal", Money(250), vat_basis_points=210, nature="goods"),
            ],
        ),
        "nasty": issue(farm, "nasty", nasty(), terms=Terms(period=(date(2026, 11, 1), DAY))),
        "mandate": issue(
            farm, "mandate", basket, terms=Terms(by_mandate=True, notes=("Merci & à jeudi",))
        ),
        "paid": issue(farm, "paid", basket, terms=Terms(paid=Money(11500))),
        "partly_paid": issue(farm, "partly", basket, ASSOCIATION, Terms(paid=Money(5000))),
        "cost_share": issue_invoice(
            open_book(None),
            buyer=ASSOCIATION,
            lines=[
                line_of(
                    "Participation aux frais, novembre 2026",
                    Money(1753),
                    vat_basis_points=2000,
                    nature="service",
                )
            ],
            day=DAY,
            key="share",
            terms=Terms(anatomy=(("Hébergement", Money(1000)), ("Assurance", Money(753)))),
        ),
    }
    some = [line_of("Petit panier", Money(1150), 3, vat_basis_points=550)]
    found["credit"] = issue_credit_note(
        found["basket"], some, reason="Trois livraisons annulées par la grêle", day=DAY, key="c1"
    )
    found["credit_rest"] = issue_credit_note(found["basket"], reason="Arrêt", day=DAY, key="c2")
    found["credit_franchise"] = issue_credit_note(
        found["franchise"], reason="Fournil en panne", day=DAY, key="c3"
    )
    return found


def wrong(content: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(content))
    return copy | changes


MUTANTS: dict[str, tuple[Callable[[Mapping[str, Any]], dict[str, Any]], str]] = {
    "total_too_high": (lambda said: wrong(said, total=said["total"] + 100), "BR-CO-15"),
    "net_too_high": (lambda said: wrong(said, net=said["net"] + 1), "BR-CO-10"),
    "vat_sum": (lambda said: wrong(said, vat=said["vat"] + 1), "BR-CO-14"),
    "vat_of_the_rate": (
        lambda said: wrong(said, rates=[said["rates"][0] | {"vat": said["vat"] + 150}]),
        "BR-CO-17",
    ),
    "siren": (
        lambda said: wrong(said, seller=said["seller"] | {"siren": "12345", "siret": ""}),
        "BR-FR-10",
    ),
    "no_legal_notes": (lambda said: wrong(said, legal={}), "BR-FR-05"),
    "another_rate": (
        lambda said: wrong(said, lines=[said["lines"][0] | {"rate": 1830}]),
        "BR-FR-16",
    ),
    "no_vat_number": (
        lambda said: wrong(
            said, seller=said["seller"] | {"vat_number": "", "siren": "", "rna": ""}
        ),
        "BR-S-02",
    ),
    "another_century": (lambda said: wrong(said, day="1926-11-30"), "BR-FR-03"),
    "spaces_in_the_number": (lambda said: wrong(said, number="F 2026 1"), "BR-FR-02"),
}


def verdicts(folder: Path, papers: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    names = []
    for name, xml in papers.items():
        names.append(str(folder / f"{name}.xml"))
        Path(names[-1]).write_bytes(xml)
    done = subprocess.run([sys.executable, str(CHECK), *names], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def test_every_sort_of_invoice_is_right_and_every_mutant_is_seen(
    community: Community, tmp_path: Path
) -> None:
    issued = invoices(community)
    papers = {name: document.xml for name, document in issued.items()}
    basket = issued["basket"].content
    mutants = {name: invoice_xml(change(basket)) for name, (change, _rule) in MUTANTS.items()}
    francs = papers["basket"].replace(b">EUR<", b">FRF<")
    found = verdicts(tmp_path, papers | mutants | {"francs": francs})
    for name in papers:
        assert not found[name]["failed"], name
        assert found[name]["xsd"], name
        assert min(found[name]["fired"]) > 20, name
    for name, (_change, rule) in MUTANTS.items():
        assert any(rule in each for each in found[name]["failed"]), (name, found[name])
    assert found["francs"]["failed"]


def amounts(xml: bytes) -> dict[str, list[Decimal]]:
    space = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
    tree = etree.fromstring(xml)
    return {
        name: [Decimal(each.text or "0") for each in tree.iter(space + name)]
        for name in ("CalculatedAmount", "BasisAmount", "GrandTotalAmount", "DuePayableAmount")
    }


def test_the_paper_and_the_books_say_the_same_cents(community: Community) -> None:
    for document in invoices(community).values():
        said = amounts(document.xml)
        assert said["GrandTotalAmount"] == [Decimal(document.total.cents) / 100]
        assert sum(said["CalculatedAmount"]) == Decimal(document.vat.cents) / 100
        whole = document.total - document.vat
        assert sum(said["BasisAmount"]) == Decimal(whole.cents) / 100


def random_line(random: Random) -> InvoiceLine:
    return InvoiceLine(
        "Panier",
        Money(random.choice([random.randint(1, 300), random.randint(1, 30_000)])),
        Decimal(random.randint(1, 500_000)) / random.choice([1, 10, 1000, 10_000]),
        vat_basis_points=random.choice(RATES),
        nature=random.choice(["product", "goods", "service", "fee"]),
    )


def test_thousands_of_baskets_add_up_at_every_level() -> None:
    random = Random(20261130)
    for _ in range(5_000):
        lines = [random_line(random) for _ in range(random.randint(1, 12))]
        rates, nets, parts = at_rates(lines), nets_of(lines), parts_of(lines)
        assert total([each.vat for each in rates]) == total([each.vat for each in parts])
        assert total(list(nets)) == total([each.net for each in rates])
        assert total([each.gross for each in rates]) == total([each.amount for each in lines])
        for at in rates:
            mine = [
                net
                for net, line in zip(nets, lines, strict=True)
                if line.vat_basis_points == at.vat_basis_points
            ]
            assert total(mine) == at.net
            # EN 16931 computes the other way round: never more than a cent a nature away.
            exact = Decimal(at.net.cents * at.vat_basis_points) / 10_000
            natures = {
                each.nature for each in parts if each.vat_basis_points == at.vat_basis_points
            }
            assert abs(exact - at.vat.cents) <= Decimal("0.6") * len(natures)


def test_hundreds_of_random_baskets_pass_the_schema(app: Flask) -> None:
    random = Random(7)
    book = open_book(None)
    for number in range(60):
        lines = [
            line for line in (random_line(random) for _ in range(8)) if line.vat_basis_points
        ] or [line_of("Panier", Money(100), vat_basis_points=550)]
        document = issue_invoice(book, buyer=HOUSEHOLD, lines=lines, day=DAY, key=f"r{number}")
        said = amounts(document.xml)
        assert said["DuePayableAmount"] == [Decimal(document.total.cents) / 100]
