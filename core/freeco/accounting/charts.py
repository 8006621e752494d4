"""Charts of accounts, as data: one TOML file each, beside this one."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class ChartAccount:
    """An account that every book of the chart begins with."""

    code: str
    label: str
    guard: int = 0
    """1: never in credit; -1: never in debit; 0: free."""


@dataclass(frozen=True)
class Chart:
    """The accounts and journals that a book begins with."""

    name: str
    accounts: tuple[ChartAccount, ...]
    journals: tuple[tuple[str, str], ...]
    """Codes and labels."""


@cache
def chart(name: str = "fr") -> Chart:
    """Return a chart by its name. Raises FileNotFoundError for one that is not installed."""
    content = tomllib.loads((files(__package__) / f"chart_{name}.toml").read_text("utf-8"))
    guards = {
        **dict.fromkeys(content["guards"]["never_in_credit"], 1),
        **dict.fromkeys(content["guards"]["never_in_debit"], -1),
    }
    accounts = content["accounts"].items()
    return Chart(
        name,
        tuple(ChartAccount(code, label, guards.get(code, 0)) for code, label in accounts),
        tuple(content["journals"].items()),
    )
