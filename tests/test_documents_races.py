"""Numbers of invoices under the rush of several processes: no gap, no duplicate."""

import json
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from freeco.db import db
from freeco.documents.models import Document, DocumentSeries
from freeco.members.models import Member
from freeco.organisations.models import Organisation
from freeco.testing import make_community

from .racing import Nursery

PROCESSES, EACH = 4, 12


def test_invoices_issued_at_once_leave_no_gap_and_no_number_twice(
    shared_app: Flask, nursery: Nursery, environment: str, tmp_path: Path
) -> None:
    farm = Organisation(
        kind="company", name="GAEC", siren="732829320", address="Les Vergnes", commune="Assiac"
    )
    db.session.add(Member(community=make_community("lavergne", "Lavergne"), organisation=farm))
    db.session.commit()
    farm_id = farm.id
    db.session.rollback()
    start = tmp_path / "start"
    racers = [
        nursery.start("issue", environment, str(farm_id), str(EACH), f"p{n}", str(start))
        for n in range(PROCESSES)
    ]
    start.touch()
    for racer in racers:
        assert json.loads(racer.finish()) == sum(number % 5 != 4 for number in range(EACH))
    numbers = [number for number in range(EACH) if number % 5 != 4]
    shared = [number for number in numbers if number % 3 == 0]
    expected = len(shared) + PROCESSES * (len(numbers) - len(shared))
    positions = list(db.session.scalars(select(Document.position).order_by(Document.position)))
    assert positions == list(range(1, expected + 1))
    assert db.session.scalars(select(DocumentSeries.last)).one() == expected
    assert len(set(db.session.scalars(select(Document.number)))) == expected
    assert len(set(db.session.scalars(select(Document.entry_id)))) == expected
