"""Which function answers which request, and with which typed parameters."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import RefusedUnheard
from .state import Object, State


@dataclass(frozen=True)
class Call:
    """A request that was understood: whose objects, which ones, which parameters."""

    state: State
    account: str
    ids: dict[str, str]
    params: dict[str, Any]


Answer = Callable[[Call], Object]


@dataclass(frozen=True)
class Route:
    """A path of Stripe's, the parameters that the SDK knows for it, and who answers."""

    method: str
    path: re.Pattern[str]
    params: type
    answer: Answer


ROUTES: list[Route] = []


def route(method: str, path: str, params: type) -> Callable[[Answer], Answer]:
    """Have a function answer a path like ``/v1/refunds/{id}``."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

    def keep(answer: Answer) -> Answer:
        ROUTES.append(Route(method, pattern, params, answer))
        return answer

    return keep


def routed(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Return who answers, and the ids in the path."""
    for each in ROUTES:
        found = each.path.fullmatch(path)
        if found and each.method == method:
            return each, found.groupdict()
    raise RefusedUnheard(
        f"Unrecognized request URL ({method}: {path}). The stand-in may not have it.", status=404
    )
