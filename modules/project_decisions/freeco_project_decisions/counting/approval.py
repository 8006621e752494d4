"""Approval: tick everything that suits you; what suits most people is chosen."""

from freeco_project_decisions.counting.lots import Lot
from freeco_project_decisions.counting.outcomes import Outcome, first_places
from freeco_project_decisions.counting.profiles import Profile


def approval(profile: Profile, places: int = 1, lot: Lot | None = None) -> Outcome:
    """Choose the options with most ticks. Each mark is 1 for a tick, else 0."""
    profile.require(highest=1)
    ticks = [int(profile.many[column == 1].sum()) for column in profile.marks.T]
    ranking = _ordered(ticks)
    first = first_places(ranking, places, lot)
    return Outcome(
        method="approval",
        chosen=first.options,
        tied=first.tied,
        places_left=first.places_left,
        ranking=ranking,
        derivation={
            "ballots": profile.ballots,
            "ticks": ticks,
            "places": places,
            "ties": list(first.drawn),
        },
    )


def _ordered(ticks: list[int]) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(option for option, many in enumerate(ticks) if many == level)
        for level in sorted(set(ticks), reverse=True)
    )
