"""The SDK's own typed parameters, as the judge of every request.

``stripe.params`` says, for each call, which parameters there are and of what type. Two things
are stricter here than there: ``Literal['a', 'b']|str`` admits its words only (the API refuses
others), and what the SDK keeps for itself (``api_key``, ``stripe_account``) is no parameter.
"""

import types
from difflib import get_close_matches
from functools import cache
from typing import (
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import TypeAdapter, ValidationError
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import TypedDict, is_typeddict

from .errors import RefusedUnheard

KEPT_BY_THE_SDK = frozenset(RequestOptions.__annotations__)


def checked(params: dict[str, Any], asked: type) -> dict[str, Any]:
    """Return the parameters with their types; raise as Stripe does when one is not right."""
    try:
        given: dict[str, Any] = _adapter(asked).validate_python(params, extra="forbid")
    except ValidationError as error:
        raise _as_stripe_says(error, asked) from None
    return given


@cache
def _adapter(asked: type) -> TypeAdapter[Any]:
    return TypeAdapter(_plain(asked))


@cache
def _plain(hint: Any) -> Any:
    """Return a type that admits what the API admits."""
    if is_typeddict(hint):
        return _plain_dict(hint)
    origin, inside = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return NotRequired[_plain(inside[0])]
    if origin in {Union, types.UnionType}:
        return Union[tuple(_plain(each) for each in _members(inside))]  # noqa: UP007
    if origin is list:
        return list[_plain(inside[0])]  # type: ignore[misc]
    if origin is dict:
        return dict[str, _plain(inside[1])]  # type: ignore[misc]
    return hint


def _plain_dict(hint: Any) -> Any:
    own = {key: hint.__annotations__[key] for key in names_of(hint)}
    bearer = type(hint.__name__, (), {"__annotations__": own, "__module__": hint.__module__})
    hints = get_type_hints(bearer, include_extras=True)
    make: Any = TypedDict
    return make(hint.__name__, {key: _plain(each) for key, each in hints.items()})


def _members(union: tuple[Any, ...]) -> list[Any]:
    members = [each for each in union if get_origin(each) is not UntypedStripeObject]
    words = any(get_origin(each) is Literal and get_args(each) != ("",) for each in members)
    return [each for each in members if not (words and each is str)]


def _as_stripe_says(error: ValidationError, asked: type) -> RefusedUnheard:
    found = error.errors(include_url=False)
    # What is unknown first; of the branches of a union, the one that was gone furthest into.
    first = max(found, key=lambda each: (each["type"] == "extra_forbidden", len(each["loc"])))
    steps = [str(step) for step in first["loc"] if _is_ours(step)]
    name = steps[0] + "".join(f"[{step}]" for step in steps[1:]) if steps else "?"
    match first["type"]:
        case "extra_forbidden":
            known = get_close_matches(steps[-1], names_of(asked), 1)
            hint = f". Did you mean {known[0]}?" if known and len(steps) == 1 else ""
            said, code = f"Received unknown parameter: {name}{hint}", "parameter_unknown"
        case "missing":
            said, code = f"Missing required param: {name}.", "parameter_missing"
        case "int_parsing" | "int_type" | "int_from_float":
            said, code = f"Invalid integer: {first['input']}", "parameter_invalid_integer"
        case _:
            said, code = f"Invalid {name}: {first['msg']}", "parameter_invalid"
    return RefusedUnheard(said, code=code, param=name)


def names_of(asked: type) -> list[str]:
    """Return the names of a call's parameters."""
    return [name for name in asked.__annotations__ if name not in KEPT_BY_THE_SDK]


def _is_ours(step: str | int) -> bool:
    """Whether a step of a place names a parameter, not a branch of a union."""
    if isinstance(step, int):
        return True
    return step.isidentifier() and step == step.lower() and step not in {"str", "int", "bool"}
