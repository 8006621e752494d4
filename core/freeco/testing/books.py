"""A book for tests and benchmarks: what happens to a cooperative, at random from a seed."""

import random
from datetime import date, timedelta

from freeco.accounting import facts
from freeco.accounting.models import Book, Entry
from freeco.accounting.recording import record, take_back
from freeco.money import Money

LABELS = (
    "Vente",
    "Panier d’été « découverte »",
    'Vente "au marché"; n° 3 | place de l’Église',
    "Œufs, crème fraîche & cœurs de laitue (5,5 %)",
    "=SOMME(A1) \\ vente à 12 €",
    "! * vente : à reprendre #7",
)
RATES = (0, 550, 1000, 2000)
MEANS: tuple[facts.Means, ...] = ("cheque", "cash", "transfer", "debit", "card")


def fill_book(book: Book, entries: int, first: date, last: date, seed: int = 2026) -> list[Entry]:
    """Record so many entries between two days: sales with VAT, fees, refunds, reversals."""
    chance = random.Random(seed)  # noqa: S311 - a book of tests
    days = sorted(
        first + timedelta(chance.randrange((last - first).days + 1)) for _ in range(entries)
    )
    found: list[Entry] = []
    for number, day in enumerate(days, start=1):
        key = f"random:{first.year}:{seed}:{number}"
        if number % 29 == 0:
            found.append(take_back(found[-1], day, key))
        else:
            fact = _fact(chance)
            piece = chance.choice(("", f"FA-{day.year}-{number:04}", f"=F[{number}]::x,"))
            found.append(record(book, fact, day, key, piece=piece))
    return found


def _fact(chance: random.Random) -> facts.Fact:
    party = f"core:household:{chance.randint(1, 40)}"
    supplier = f"core:organisation:{chance.randint(1, 6)}"
    amount = Money(chance.randint(100, 30_000))
    means = chance.choice(MEANS)
    fee = Money(25 + amount.cents * 15 // 1000) if means == "card" else Money(0)
    part = facts.Part(amount, chance.choice(RATES), chance.choice(("product", "goods", "service")))
    other = facts.Part(Money(chance.randint(1, 999)), 550)
    choices: tuple[facts.Fact, ...] = (
        facts.Sale(party, (part, other), label=chance.choice(LABELS)),
        facts.Sale(party, (part,)),
        facts.Received(party, amount, means, fee),
        facts.Received(party, amount, "transfer"),
        facts.Purchase(supplier, chance.choice(("613", "607", "63", "626")), amount),
        facts.PaidOut(supplier, amount),
        facts.Contribution(party, Money(1500)),
        facts.Gift(party, amount, "card", fee or Money(40)),
        facts.SaleLessened(party, (other,), adjusts_price=True),
        facts.Commitment(party, amount),
    )
    return chance.choice(choices)
