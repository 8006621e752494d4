"""What a database refuses is told to who keeps the site without what somebody had written."""

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from freeco.db import db
from freeco.testing.people import make_community


def test_the_log_of_a_refused_row_says_the_constraint_and_not_the_words(app: Flask) -> None:
    make_community("causse", "Le Causse")
    with pytest.raises(IntegrityError) as refused:
        make_community("causse", "Ce que personne ne doit lire")
    db.session.rollback()
    told = str(refused.value)
    assert "personne ne doit lire" not in told
    # What an operator needs is still there: which table, what it was asked, what it said.
    assert "INSERT INTO community" in told
    assert "slug" in told
