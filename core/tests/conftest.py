"""A small module of the tests' own: core knows none of the real ones."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Blueprint

from freeco.clock import held_at
from freeco.doors import public, requires
from freeco.module import Job, Module, NavItem, Permission
from freeco.plugins import Plugins
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.noon import NOON


@pytest.fixture
def noon() -> Iterator[datetime]:
    """Hold the clock at noon: what is due today stays so, though the run crosses midnight."""
    with held_at(NOON):
        yield NOON


def garden_pages() -> Blueprint:
    """Return the pages of the garden: one for members, one public, one for gardeners."""
    pages = Blueprint("garden", "garden")

    @pages.get("/")
    def home() -> str:
        return "the garden"

    @pages.post("/")
    def plant() -> str:
        return "planted"

    @pages.get("/fence")
    @public
    def fence() -> str:
        return "over the fence"

    @pages.get("/shed")
    @requires("garden.dig")
    def shed() -> str:
        return "the shed"

    @pages.get("/rows/<int:row_id>")
    def row(row_id: int) -> str:
        return f"row {row_id}"

    return pages


@pytest.fixture
def garden() -> Module:
    """Give the garden, which opens at three members."""
    return Module(
        name="garden",
        title="Jardin",
        summary="Un jardin partagé.",
        opens_at=3,
        blueprints=(garden_pages(),),
        navigation=(NavItem("Jardin", "garden.home"),),
        permissions=(Permission("garden.dig", "Bêcher"),),
        jobs=(Job("water", lambda community: None, 60),),
    )


@pytest.fixture
def garden_plugins(garden: Module) -> Plugins:
    """Give plugins with the garden only."""
    return plugins_with(module_object(garden))
