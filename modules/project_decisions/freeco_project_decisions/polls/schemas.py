"""What may come in through the forms of polls: a poll as it is prepared, and a ballot."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, validates_schema

from freeco import cells
from freeco.clock import now
from freeco.i18n import _
from freeco.members.models import Community
from freeco.money import Money
from freeco.web.forms import Cents, Day, Hour, Ticked, Whole, Words, one_of
from freeco_project_decisions.polls import wording
from freeco_project_decisions.polls.errors import TooManyPlaces
from freeco_project_decisions.polls.marks import BUDGETS, CHOOSING, GRADES, LEVELLED, OF_ONE, RANKED
from freeco_project_decisions.polls.marks import TICKED as TICKING
from freeco_project_decisions.polls.models import Method, Poll, Tie
from freeco_project_decisions.polls.preparing import Choice, Written

NearDay = partial(
    Day, within_days=400, too_far=_("Cette date est trop loin d’aujourd’hui : vérifiez l’année.")
)
MOST_OPTIONS, MOST_OPTION = 50, 200
MOST_ARGUMENT = 2000


class Lines(Words):
    """Choices, one a line; ``costs`` where each ends with what it costs."""

    def __init__(self, *, costs: bool = False, **options: Any) -> None:
        super().__init__(most=20_000, **options)
        self.costs = costs

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        found = [self._choice(line.strip()) for line in text.splitlines() if line.strip()]
        if len(found) > MOST_OPTIONS:
            raise ValidationError(str(_("Cinquante choix au plus.")))
        if len({cells.plain(each.text) for each in found}) < len(found):
            raise ValidationError(str(_("Deux choix portent le même nom.")))
        return found

    def _choice(self, line: str) -> Choice:
        text, cost = line, None
        if self.costs:
            text, _colon, amount = (part.strip() for part in line.rpartition(":"))
            if not text:
                raise ValidationError(
                    str(_("« %(line)s » : il manque le coût, après deux-points.", line=line[:60]))
                )
            try:
                cost = Money(cells.cents(amount))
            except cells.BadCell as error:
                raise ValidationError(str(error)) from error
            if not cost:
                raise ValidationError(str(_("« %(line)s » : ce coût est nul.", line=line[:60])))
        if len(text) > MOST_OPTION:
            raise ValidationError(str(_("Un choix tient en deux cents caractères.")))
        return Choice(text, cost)


class _PollSchema(Schema):
    """What every poll says of itself."""

    title = Words(required=True, most=120)
    text = Words(load_default="", most=40_000)
    opens_on = NearDay(load_default=None)
    opens_hour = Hour(load_default=time(8))
    closes_on = NearDay(required=True)
    closes_hour = Hour(load_default=time(20))
    quorum = Words(load_default="none", validate=one_of(wording.QUORUMS))
    extension_days = Whole(load_default=0, most=60)
    most_proxies = Whole(load_default=0, most=10)
    by_organisation = Ticked()
    subject = Words(load_default="", most=40)
    rests_months = Whole(load_default=0, most=36)

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        opens, closes = values["opens_on"], values["closes_on"]
        if opens is not None and (closes, values["closes_hour"]) <= (opens, values["opens_hour"]):
            raise ValidationError(str(_("La fin vient avant le début.")), "closes_on")
        if "choices" in values and values.get("places", 1) > len(values["choices"]):
            raise ValidationError(str(TooManyPlaces.reason), "places")
        if values["extension_days"] and values["quorum"] == "none":
            raise ValidationError(
                str(_("Une prolongation n’a de sens qu’avec un quorum.")), "extension_days"
            )


def poll_schema(method: Method) -> Schema:
    """Return the schema of a poll's form: only what its method asks."""
    asked: dict[str, Any] = {}
    if method in (Method.ASSENT, Method.HANDS):
        asked["majority"] = Words(load_default="half", validate=one_of(wording.MAJORITIES))
        asked["base"] = Words(load_default="cast", validate=one_of(wording.BASES))
    if method in CHOOSING:
        asked["choices"] = Lines(required=True, costs=method in BUDGETS)
        asked["tie"] = Words(load_default=ties_of(method)[0], validate=one_of(ties_of(method)))
    if method in BUDGETS:
        asked["budget"] = Cents(required=True)
    elif method not in OF_ONE:
        asked["places"] = Whole(load_default=1, least=1, most=MOST_OPTIONS)
    return _PollSchema.from_dict(asked)()


def ties_of(method: Method) -> tuple[str, ...]:
    """Return what may settle a tie for a method."""
    return (Tie.DRAWN, Tie.ANNOUNCED) if method in LEVELLED else tuple(Tie)


def written(community: Community, taken: Mapping[str, Any]) -> tuple[Written, Sequence[Choice]]:
    """Return a poll as it was typed, its hours read on the community's clock.

    Raises ValidationError as a refusal of the form would: it ends in the future.
    """
    _word, share_part, share_whole, more_than = wording.MAJORITIES[taken.get("majority", "half")]
    _word, quorum_part, quorum_whole = wording.QUORUMS[taken["quorum"]]
    closes = _instant(community, taken["closes_on"], taken["closes_hour"])
    opens = now()
    if taken["opens_on"] is not None:
        opens = _instant(community, taken["opens_on"], taken["opens_hour"])
    budget = taken.get("budget")
    poll = Written(
        title=taken["title"],
        text=taken["text"],
        opens_at=min(opens, closes),
        closes_at=closes,
        places=taken.get("places", 1),
        share_part=share_part,
        share_whole=share_whole,
        more_than=more_than,
        base=taken.get("base", "cast"),
        quorum_part=quorum_part,
        quorum_whole=quorum_whole,
        tie=taken.get("tie", Tie.AGAIN),
        by_organisation=taken["by_organisation"],
        most_proxies=taken["most_proxies"],
        extension_days=taken["extension_days"],
        extensions_left=1 if taken["extension_days"] else 0,
        budget=Money(budget) if budget else None,
        subject=taken["subject"],
        rests_months=taken["rests_months"],
    )
    return poll, taken.get("choices", ())


def _instant(community: Community, on: date, at: time) -> datetime:
    return datetime.combine(on, at, ZoneInfo(community.timezone))


def ballot_schema(poll: Poll) -> Schema:
    """Return the schema of a ballot's form: a field for each thing one is asked."""
    method = Method(poll.method)
    asked: dict[str, Any] = {}
    if method in OF_ONE:
        asked["answer"] = _Mark(required=True, most=2)
    if method is Method.CONSENT:
        asked["argument"] = Words(load_default="", most=MOST_ARGUMENT)
    if method in TICKING:
        places = fields.List(Whole(most=len(poll.options) - 1), load_default=list)
        asked["ticks"] = places
    elif method in CHOOSING:
        for place in range(len(poll.options)):
            asked[f"option_{place}"] = _mark_of(method, len(poll.options))
    base = _RankedBallot if method is Method.SEATS else Schema
    return base.from_dict(asked)()


def _mark_of(method: Method, options: int) -> Whole:
    if method in RANKED:
        return Whole(load_default=0, least=1, most=options)
    return _Mark(required=True, most=GRADES - 1)


class _Mark(Whole):
    default_error_messages = Whole.default_error_messages | {
        "required": _("Choisissez une réponse."),
        "range": _("Ce choix n’existe pas."),
        "invalid": _("Ce choix n’existe pas."),
    }


class _RankedBallot(Schema):
    """Ranks for seats: each once, without a gap, as far as one likes; else the count stops."""

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        ranks = {name: rank for name, rank in values.items() if name.startswith("option_") and rank}
        wrong: dict[str, list[str]] = {}
        for name, rank in ranks.items():
            if list(ranks.values()).count(rank) > 1:
                wrong[name] = [str(_("Ce rang est donné deux fois."))]
            elif rank > 1 and rank - 1 not in ranks.values():
                wrong[name] = [str(_("Il manque le rang d’avant."))]
        if wrong:
            raise ValidationError(wrong)


def marks_of(poll: Poll, taken: Mapping[str, Any]) -> list[int]:
    """Return the marks of what was chosen."""
    method = Method(poll.method)
    if method in OF_ONE:
        return [taken["answer"]]
    if method is Method.DRAW:
        return [1]
    places = range(len(poll.options))
    if method in TICKING:
        return [int(place in taken["ticks"]) for place in places]
    return [taken[f"option_{place}"] for place in places]


def typed(poll: Poll, marks: bytes) -> dict[str, Any]:
    """Return a ballot as its form shows it."""
    method = Method(poll.method)
    if method in OF_ONE:
        return {"answer": marks[0]}
    if method is Method.DRAW:
        return {}
    if method in TICKING:
        return {"ticks": [str(place) for place, mark in enumerate(marks) if mark]}
    ranked = method in RANKED
    return {f"option_{p}": "" if ranked and not mark else mark for p, mark in enumerate(marks)}


class ReasonSchema(Schema):
    """Why a poll is given up."""

    reason = Words(required=True, most=500)


class AnswerSchema(Schema):
    """The answer to an objection."""

    words = Words(required=True, most=MOST_ARGUMENT)


class ProxySchema(Schema):
    """To whom one hands one's vote."""

    holder = Whole(required=True)
