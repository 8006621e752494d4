"""A charge that so many people may have, and not one more."""

import pytest

from freeco.members import membership
from freeco.members.models import Community
from freeco.testing.people import make_member

READS = "garden.reads_seeds"


def test_one_more_than_may_have_a_charge_is_told_who_has_it(community: Community) -> None:
    ada, bea, cleo = (make_member(community, name, "R") for name in ("Ada", "Bea", "Cleo"))
    for each in (ada, bea):
        for _twice in range(2):
            membership.grant(each, READS, 2)
    with pytest.raises(membership.HeldAlready) as refused:
        membership.grant(cleo, READS, 2)
    assert "Ada R et Bea R" in str(refused.value)
    assert list(refused.value.fields) == ["permission"]
    membership.revoke(ada, READS)
    membership.grant(cleo, READS, 2)
    assert membership.holding(community, READS) == [bea, cleo]


def test_a_charge_without_a_limit_is_given_to_as_many_as_one_likes(community: Community) -> None:
    for name in ("Ada", "Bea", "Cleo"):
        membership.grant(make_member(community, name, "R"), READS)
    assert len(membership.holding(community, READS)) == 3
