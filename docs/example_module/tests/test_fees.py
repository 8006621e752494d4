"""What docs/payments.md says of asking for money, done for real."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from freeco_library import fees, plugin
from sqlalchemy import select

from freeco.accounting.reading import party_balance
from freeco.accounting.recording import book_of
from freeco.db import db
from freeco.kernel_models import PublishedEvent
from freeco.members.models import Community
from freeco.money import Money
from freeco.payments import steps
from freeco.payments.events import PaymentSettled
from freeco.payments.models import Method
from freeco.payments.parties import party_of
from freeco.plugins import Plugins
from freeco.testing import migrated_app, settings_for
from freeco.testing.payments import household, organisation

FEE = Money(1200)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    plugins = Plugins()
    plugins.add("library", plugin)
    settings = settings_for(f"sqlite:///{tmp_path / 'freeco.sqlite'}", tmp_path)
    app = migrated_app(settings, plugins)
    with app.app_context():
        yield app


def test_a_fee_is_owed_once_then_paid_and_the_module_hears_of_it(community: Community) -> None:
    library, table = organisation(community, "La Bibliothèque"), household(community, "Fabre")
    asked = fees.ask_fee(7, table, library, FEE)
    assert fees.ask_fee(7, table, library, FEE) is asked
    book = book_of(library, community)
    assert party_balance(book, "411", party_of(table)) == FEE

    steps.change_method(asked, Method.CASH)
    steps.receive(asked, None)
    assert party_balance(book, "411", party_of(table)) == Money(0)
    heard = db.session.scalars(select(PublishedEvent)).all()
    told = [each.payload for each in heard if each.name == PaymentSettled.name]
    assert [(each["purpose"], each["amount_cents"]) for each in told] == [("library:card:7", 1200)]


def test_the_guide_quotes_this_example_to_the_letter() -> None:
    docs = Path(__file__).parents[2]
    example = (docs / "example_module/freeco_library/fees.py").read_text("utf-8")
    assert f"```python\n{example}```" in (docs / "payments.md").read_text("utf-8")
