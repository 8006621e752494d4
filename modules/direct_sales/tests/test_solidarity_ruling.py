"""The rules of solidarity that members vote: the pool's alarm, and the bounds of prices."""

import pytest

from freeco import settable
from freeco.db import db
from freeco.errors import Invalid
from freeco.members.models import Community
from freeco.record import parameters
from freeco.record.parameter_words import label_of, words_of
from freeco_direct_sales.models import ContractState, SeasonContract
from freeco_direct_sales.solidarity.models import ContractRule, Kind
from freeco_direct_sales.solidarity.ruling import NoLongerDraft

DECIDED = "project_decisions:decision:4"


@pytest.fixture
def bounds(opened: None, community: Community, vegetables: SeasonContract) -> str:
    """Give the number of a draft whose price each chooses, from 70 to 130 %."""
    vegetables.state = ContractState.DRAFT
    rule = ContractRule(contract=vegetables, kind=Kind.FREE, least=7000, most=13_000)
    db.session.add(rule)
    db.session.commit()
    return str(vegetables.id)


def test_the_bounds_of_a_draft_are_set_with_the_decision_behind_them(
    community: Community, vegetables: SeasonContract, bounds: str
) -> None:
    for name, typed, code in (
        (f"direct_sales.least.{bounds}", "60 %", "6000"),
        (f"direct_sales.most.{bounds}", "150 %", "15000"),
    ):
        rule = settable.find(community, name)
        assert rule.take(typed) == code
        settable.put(community, name, code, decided=DECIDED)
        (last, _entry), *_rest = parameters.history(community, name)
        assert (last.after, last.decided) == (code, DECIDED)
        assert vegetables.name in label_of(name)
    assert words_of(f"direct_sales.least.{bounds}", "6000") == "60\u202f% du prix de base"


@pytest.mark.parametrize(
    ("name", "typed"), [("least", "120 %"), ("most", "90 %"), ("most", "400 %"), ("least", "peu")]
)
def test_bounds_out_of_reason_are_refused(
    community: Community, bounds: str, name: str, typed: str
) -> None:
    with pytest.raises(Invalid):
        settable.find(community, f"direct_sales.{name}.{bounds}").take(typed)


def test_a_contract_that_opened_meanwhile_keeps_its_bounds(
    community: Community, vegetables: SeasonContract, bounds: str
) -> None:
    rule = settable.find(community, f"direct_sales.least.{bounds}")
    vegetables.state = ContractState.OPEN
    db.session.flush()
    with pytest.raises(NoLongerDraft):
        rule.parameter.write(community, bounds, "6000", DECIDED)
    with pytest.raises(settable.NotSettable):
        settable.put(community, rule.name, "6000")


def test_another_community_sees_none_of_it(elsewhere: Community, bounds: str) -> None:
    with pytest.raises(settable.NotSettable):
        settable.find(elsewhere, f"direct_sales.least.{bounds}")
