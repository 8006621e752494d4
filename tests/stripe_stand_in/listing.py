"""Lists, searches and expansions: what all of Stripe's objects have in common."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from .errors import Refused, RefusedUnheard
from .routing import Call
from .state import Object

SORTING_OUT = ("limit", "starting_after", "ending_before", "expand")
CLAUSE = re.compile(
    r"(metadata\['(?P<key>[^']+)'\]|(?P<field>\w+)):(?P<quote>['\"])(?P<value>.*?)(?P=quote)"
)


def listed(call: Call, found: Iterable[Object], url: str, **own: Callable[[Object], Any]) -> Object:
    """Return a page of the objects, the newest first, that are as the parameters ask.

    ``own`` says how to read a parameter off an object when it is no field of the same name.
    """
    asked = {key: each for key, each in call.params.items() if key not in SORTING_OUT}
    kept = [each for each in found if _is_as_asked(each, asked, own)]
    return {"object": "list", "url": url, **_page(call, kept)}


def _is_as_asked(
    each: Object, asked: dict[str, Any], own: dict[str, Callable[[Object], Any]]
) -> bool:
    for key, wanted in asked.items():
        value: Any = own[key](each) if key in own else each.get(key)
        if isinstance(wanted, dict):
            if not _is_within(value, wanted):
                return False
        elif value != wanted:
            return False
    return True


def _is_within(value: int, bounds: dict[str, int]) -> bool:
    return (
        value > bounds.get("gt", -1)
        and value >= bounds.get("gte", 0)
        and value < bounds.get("lt", value + 1)
        and value <= bounds.get("lte", value)
    )


def _page(call: Call, kept: list[Object]) -> Object:
    limit = call.params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise RefusedUnheard("Invalid limit: between 1 and 100.", param="limit")
    ids = [each["id"] for each in kept]
    after, before = call.params.get("starting_after"), call.params.get("ending_before")
    if before is not None:
        rest = kept[: _place(ids, before, "ending_before")]
        return {"data": rest[-limit:], "has_more": len(rest) > limit}
    rest = kept if after is None else kept[_place(ids, after, "starting_after") + 1 :]
    return {"data": rest[:limit], "has_more": len(rest) > limit}


def _place(ids: list[str], wanted: str, param: str) -> int:
    if wanted not in ids:
        raise Refused(f"No such object: '{wanted}'", code="resource_missing", param=param)
    return ids.index(wanted)


def searched(call: Call, found: Iterable[Object], url: str) -> Object:
    """Return what a query like ``metadata['key']:'value' AND status:'succeeded'`` finds.

    As at Stripe what is fresh may not be found yet: ``StandIn.search_lags`` says for how long.
    """
    clauses = [_clause(each) for each in call.params["query"].split(" AND ")]
    until = call.state.now() - call.state.search_lag
    kept = [
        each
        for each in found
        if each["created"] <= until and all(read(each) == value for read, value in clauses)
    ]
    limit = call.params.get("limit", 10)
    start = int(call.params.get("page", 0))
    more = len(kept) > start + limit
    return {
        "object": "search_result",
        "url": url,
        "data": kept[start : start + limit],
        "has_more": more,
        "next_page": str(start + limit) if more else None,
    }


def _clause(written: str) -> tuple[Callable[[Object], Any], str]:
    found = CLAUSE.fullmatch(written.strip())
    if found is None:
        raise RefusedUnheard(f"We were unable to parse your search query: {written}", param="query")
    key, field = found["key"], found["field"]
    if key is not None:
        return (lambda each: each["metadata"].get(key)), found["value"]
    return (lambda each: str(each.get(field))), found["value"]


def expanded(call: Call, shown: Object) -> Object:
    """Put whole objects in the place of ids, where ``expand`` asks for it."""
    for path in call.params.get("expand", ()):
        _expand(call, shown, path.split("."), path)
    return shown


def _expand(call: Call, here: Any, steps: list[str], path: str) -> None:
    if isinstance(here, list):
        for each in here:
            _expand(call, each, steps, path)
        return
    if here is None or not steps:
        return
    key = steps[0]
    if not isinstance(here, dict) or key not in here:
        raise Refused(f"This property cannot be expanded ({path}).", param="expand")
    if isinstance(here[key], str):
        found = call.state.any_of(call.account, here[key])
        if found is None:
            raise Refused(f"This property cannot be expanded ({path}).", param="expand")
        here[key] = call.state.shown(found)
    _expand(call, here[key], steps[1:], path)
