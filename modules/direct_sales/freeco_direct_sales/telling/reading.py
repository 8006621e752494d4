"""What is missing, as one household reads it: of what it takes, and nothing else."""

from freeco.members.models import Household
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.telling import showing
from freeco_direct_sales.telling.concerned import concerned


def for_household(household: Household, distribution: Distribution) -> list[str]:
    """Say what is missing of what a household takes at a distribution still to come."""
    found = []
    for shortage in showing.shortages_at(distribution):
        products = [each.product for each in shortage.products]
        mine = concerned(shortage.producer, products, [distribution]).get(household)
        if mine is not None:
            found.append(showing.line(shortage, mine[1]))
    return found
