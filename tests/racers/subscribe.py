"""One process of the race for places: subscribes its share of the households, all at once.

Arguments: settings as JSON, household ids, contract id, "locked" or "unlocked", a file to wait for.
"""

import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy.exc import OperationalError

from freeco.app import create_app
from freeco.config import Settings
from freeco.db import db, is_busy
from freeco.members.models import Household
from freeco_direct_sales import holding, subscriptions
from freeco_direct_sales.contracting import waiting
from freeco_direct_sales.errors import ContractFull
from freeco_direct_sales.models import SeasonContract

THREADS = 5


def main() -> None:
    environment, households, contract_id, locking, start = sys.argv[1:]
    app = create_app(Settings.from_environment(json.loads(environment)))
    if locking == "unlocked":
        # What the test must notice: the same code, reading the contract without its lock.
        holding.lock = waiting.lock = db.session.refresh

    def take(household_id: int) -> str:
        """Take a place; who is told that too many write tries again, as a person would."""
        try:
            return take_once(household_id)
        except OperationalError as error:
            if not is_busy(error):
                raise
            return take(household_id)

    def take_once(household_id: int) -> str:
        with app.app_context():
            household = db.session.get_one(Household, household_id)
            contract = db.session.get_one(SeasonContract, int(contract_id))
            basket = subscriptions.same_basket(contract, {contract.products[0].id: 1})
            member = household.people[0].member
            try:
                subscriptions.subscribe(
                    contract, household, member, basket, 1, charter_text_id=None, signed_by="test"
                )
            except ContractFull:
                return "full"
            db.session.commit()
            return "taken"

    while not Path(start).exists():
        time.sleep(0.005)
    with ThreadPoolExecutor(THREADS) as pool:
        print(json.dumps(Counter(pool.map(take, json.loads(households)))))


main()
