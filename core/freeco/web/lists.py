"""Long lists: fifty lines a page, whatever the search or the folder one is in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import Select, func, select

from freeco.db import db

Row = TypeVar("Row")
LINES = 50


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list."""

    rows: Sequence[Row]
    number: int
    """From 1; a page beyond the last is the last."""
    pages: int
    total: int
    """Lines in the whole list."""

    @property
    def previous_url(self) -> str:
        """The page before, with the same search; empty on the first."""
        return _address(self.number - 1) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        """The page after, with the same search; empty on the last."""
        return _address(self.number + 1) if self.number < self.pages else ""


def _address(number: int) -> str:
    kept: dict[str, Any] = {**request.args.to_dict(flat=False), **(request.view_args or {})}
    return url_for(request.endpoint or "", **kept | {"page": number if number > 1 else None})


def _asked(total: int, size: int) -> tuple[int, int]:
    pages = max(1, -(-total // size))
    typed = request.args.get("page", "1")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1
    return max(1, min(number, pages)), pages


def page_of(rows: Sequence[Row], size: int = LINES) -> Page[Row]:
    """Return the page that the address asks for (``?page=2``) of lines already at hand."""
    number, pages = _asked(len(rows), size)
    return Page(rows[(number - 1) * size : number * size], number, pages, len(rows))


def page_of_query(query: Select[Row], size: int = LINES) -> Page[Row]:
    """Return the page that the address asks for, reading no other line from the database."""
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    total = db.session.scalar(counted) or 0
    number, pages = _asked(total, size)
    found = db.session.scalars(query.limit(size).offset((number - 1) * size)).unique().all()
    return Page(found, number, pages, total)
