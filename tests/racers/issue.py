"""One process of the race for numbers: issues invoices, and takes some back before committing.

Arguments: settings as JSON, organisation id, how many, its own name, a file to wait for.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from freeco.accounting.books import open_book
from freeco.app import create_app
from freeco.config import Settings
from freeco.db import db
from freeco.documents.amounts import line_of
from freeco.documents.issuing import issue_invoice
from freeco.documents.sellers import Buyer
from freeco.money import Money
from freeco.organisations.models import Organisation

THREADS = 2
DAY = date(2026, 11, 30)


def main() -> None:
    environment, organisation_id, many, name, start = sys.argv[1:]
    app = create_app(Settings.from_environment(json.loads(environment)))
    buyer = Buyer("core:household:7", "Foyer Fabre")
    lines = [line_of("Panier", Money(1150))]

    def issue(number: int) -> bool:
        with app.app_context():
            book = open_book(db.session.get_one(Organisation, int(organisation_id)))
            # Every third key is everybody's: who comes later finds the invoice there.
            key = f"shared:{number}" if number % 3 == 0 else f"{name}:{number}"
            issue_invoice(book, buyer=buyer, lines=lines, day=DAY, key=key)
            if number % 5 == 4:
                db.session.rollback()
                return False
            db.session.commit()
            return True

    while not Path(start).exists():
        time.sleep(0.005)
    with ThreadPoolExecutor(THREADS) as pool:
        print(json.dumps(sum(pool.map(issue, range(int(many))))))


main()
