"""Who orders at cost price: admitted by a sworn reader, or by a code that nobody else reads."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco_direct_sales.solidarity import admitting, declaring, own, sweeps
from freeco_direct_sales.solidarity.cost_models import Admission, ReferralCode
from freeco_direct_sales.solidarity.declaring import Said
from freeco_direct_sales.solidarity.errors import NoSuchCode, NotSworn


def test_only_a_sworn_reader_admits_and_only_who_declared(
    reader: Member, coordinator: Member, member: Member
) -> None:
    household = households.household_of(member)
    with pytest.raises(Absent):
        admitting.admit(reader, household)
    declaring.declare(household, member, Said(Money(900_000), 1, 0))
    with pytest.raises(NotSworn):
        admitting.admit(coordinator, household)
    admitting.admit(reader, household)
    assert admitting.admission_of(household) is not None


def test_a_code_admits_once_and_the_database_says_neither_who_gave_it_nor_who_used_it(
    reader: Member, member: Member, neighbour: Member, community: Community
) -> None:
    admitting.make_codes(community, reader, "Mme Bonnet, CCAS", 3, "lot")
    admitting.make_codes(community, reader, "Mme Bonnet, CCAS", 3, "lot")
    (lot,) = admitting.lots(community, reader)
    assert (len(lot.codes), lot.used) == (3, 0)
    code = lot.codes[0]
    admitting.use(households.household_of(member), f" {admitting.spaced(code).lower()} ")
    with pytest.raises(NoSuchCode):
        admitting.use(households.household_of(neighbour), code)
    with pytest.raises(NoSuchCode):
        admitting.use(households.household_of(neighbour), "AAAAA AAAAA")
    db.session.commit()
    rows = [str(vars(each)) for each in db.session.scalars(select(ReferralCode))]
    rows += [str(vars(each)) for each in db.session.scalars(select(Admission))]
    assert not any("Bonnet" in row or code in row for row in rows)
    (known,) = admitting.admitted(community, reader)
    assert (known.household, known.giver) == (households.household_of(member), "Mme Bonnet, CCAS")


def test_codes_and_admissions_are_forgotten_after_a_year(
    reader: Member, member: Member, community: Community, monday: datetime
) -> None:
    admitting.make_codes(community, reader, "CCAS", 2, "lot")
    (lot,) = admitting.lots(community, reader)
    household = households.household_of(member)
    admitting.use(household, lot.codes[0])
    with held_at(monday + timedelta(days=366)):
        assert admitting.admission_of(household) is None
        with pytest.raises(NoSuchCode):
            admitting.use(household, lot.codes[1])
    with held_at(monday + timedelta(days=366) + admitting.KEPT_AFTER):
        sweeps.tell_due(community)
    assert db.session.scalars(select(ReferralCode)).all() == []
    assert db.session.scalars(select(Admission)).all() == []


def test_who_leaves_takes_the_admission_along(reader: Member, member: Member) -> None:
    household = households.household_of(member)
    declaring.declare(household, member, Said(Money(900_000), 1, 0))
    admitting.admit(reader, household)
    assert own.exported(member, household)["orders_at_cost_price_until"] == "2027-11-02"
    own.forget(member, household)
    assert admitting.admission_of(household) is None
