"""Stripe's form encoding: ``line_items[0][price_data][unit_amount]=1200``."""

import re
from typing import Any
from urllib.parse import parse_qsl


def parsed(encoded: str) -> dict[str, Any]:
    """Return the parameters of a body or of a query, nested as they were meant."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True, strict_parsing=bool(encoded)):
        steps = re.findall(r"[^\[\]]+|\[\]", name)
        here = found
        for step in steps[:-1]:
            here = here.setdefault(_step(step, here), {})
            if not isinstance(here, dict):
                raise ValueError(f"{name} is a value and a group")
        here[_step(steps[-1], here)] = value
    return {key: _lists(value) for key, value in found.items()}


def _step(step: str, here: dict[str, Any]) -> str:
    return str(len(here)) if step == "[]" else step


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inside = {key: _lists(each) for key, each in value.items()}
    if inside and all(key.isdecimal() for key in inside):
        return [inside[key] for key in sorted(inside, key=int)]
    return inside
