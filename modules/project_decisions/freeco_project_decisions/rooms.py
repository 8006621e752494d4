"""A room of project decisions: what it brings to the module, and its part of each answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
from flask import Blueprint

from freeco.members.models import Community, Member
from freeco.module import (
    AgendaItem,
    Card,
    Event,
    Found,
    Job,
    LetterKind,
    NavItem,
    Permission,
    RecordKind,
    Ref,
    RefLabel,
    Story,
    Tie,
    Topic,
)


def _none(*_asked: object) -> Sequence[Any]:
    return ()


def _unknown(_ref: Ref) -> None:
    return None


def _empty(_member: Member) -> dict[str, Any]:
    return {}


def _unmoved(_heard: object) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Room:
    """What a room brings, and what it answers to the hooks; by default nothing.

    Each answer is asked for as the hook of that name in ``freeco.hookspecs``.
    """

    blueprints: tuple[Blueprint, ...] = ()
    navigation: tuple[NavItem, ...] = ()
    permissions: tuple[Permission, ...] = ()
    commands: tuple[click.Command, ...] = ()
    jobs: tuple[Job, ...] = ()
    topics: tuple[Topic, ...] = ()
    letters: tuple[LetterKind, ...] = ()
    record: tuple[RecordKind, ...] = ()
    publishes: tuple[str, ...] = ()
    home: Callable[[Community, Member], Sequence[Card]] = _none
    agenda: Callable[[Community, Member, datetime, datetime], Sequence[AgendaItem]] = _none
    find: Callable[[Community, Member, str], Sequence[Found]] = _none
    stories: Callable[[Community, datetime, datetime], Sequence[Story]] = _none
    label: Callable[[Ref], RefLabel | None] = _unknown
    leaving: Callable[[Member], Sequence[Tie]] = _none
    export: Callable[[Member], dict[str, Any]] = _empty
    erase: Callable[[Member], None] = _unmoved
    hear: Callable[[Event], None] = _unmoved
