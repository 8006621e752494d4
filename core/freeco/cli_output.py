"""How the command line speaks: results on one side, progress and problems on the other."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click
from rich.console import Console

from freeco.columns import Notice, Problem

out = Console()
err = Console(stderr=True)
AnyAct = TypeVar("AnyAct", bound=Callable[..., Any])


def anywhere(act: AnyAct) -> AnyAct:
    """Mark a module's command that needs no site: it runs without application nor database."""
    vars(act)["anywhere"] = True
    return act


def tell(problems: Iterable[Problem], notices: Iterable[Notice]) -> None:
    """Print what a file reading found; stop, with nothing written, when a line cannot be taken."""
    for notice in notices:
        err.print(str(notice.text), highlight=False, markup=False, soft_wrap=True)
    wrong = list(problems)
    for problem in wrong:
        err.print(
            f"ligne {problem.line}, {problem.column} : {problem.reason}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    if wrong:
        count = "1 ligne" if len(wrong) == 1 else f"{len(wrong)} lignes"
        raise click.ClickException(f"{count} à corriger dans le fichier ; rien n’a été changé.")
