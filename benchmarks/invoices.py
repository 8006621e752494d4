"""A thousand invoices, issued and printed: XML, PDF/A-3 and their entries.

Run by ``make bench``. Counts CPU seconds of this process; nothing is asserted: a machine under
load would lie. The bar is 60 s of CPU (B15); one transaction issues them, as a month does.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import undefer

from freeco.accounting.books import open_book
from freeco.db import db
from freeco.documents.amounts import line_of
from freeco.documents.issuing import Terms, issue_invoice
from freeco.documents.models import Document
from freeco.documents.printing import pdf_of
from freeco.documents.sellers import Buyer
from freeco.money import Money
from freeco.testing import migrated_app, settings_for

MANY = 1_000
DAY = date(2026, 11, 30)


def timed(work: Callable[[], object]) -> float:
    """Return the CPU seconds that some work took."""
    start = time.process_time()
    work()
    return time.process_time() - start


def issue(many: int) -> None:
    """Issue invoices of a month: one to eight lines each, three rates of VAT."""
    random = Random(1)  # noqa: S311
    book = open_book(None)
    for number in range(many):
        lines = [
            line_of(
                f"Panier du {day} novembre",
                Money(random.randint(300, 4_000)),
                random.randint(1, 3),
                vat_basis_points=random.choice((550, 1000, 2000)),
            )
            for day in range(1, random.randint(2, 9))
        ]
        buyer = Buyer(f"core:household:{number + 1}", f"Foyer {number}", commune="Assiac")
        terms = Terms(period=(date(2026, 11, 1), DAY), reference="RF18539007547034")
        issue_invoice(book, buyer=buyer, lines=lines, day=DAY, key=f"bench:{number}", terms=terms)
    db.session.commit()


def print_all() -> None:
    """Print each of them, and keep the paper."""
    whole = db.session.query(Document).options(undefer(Document.xml), undefer(Document.pdf))
    for document in whole:
        document.pdf = pdf_of(document)
    db.session.commit()


def main() -> None:
    """Measure, and show a table."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        app = migrated_app(settings_for(f"sqlite:///{home / 'freeco.sqlite'}", home))
        with app.app_context():
            issued = timed(lambda: issue(many))
            printed = timed(print_all)
            db.session.remove()
            db.engine.dispose()
    table = Table("Work", "CPU s", "ms each")
    for words, seconds in (
        (f"issue {many} invoices (entry, number, XML)", issued),
        (f"print {many} Factur-X PDF/A-3", printed),
        ("both", issued + printed),
    ):
        table.add_row(words, f"{seconds:.1f}", f"{1000 * seconds / many:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
