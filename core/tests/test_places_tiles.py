"""Tiles: only what the operator configured, on just one page."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask

from freeco.config import BadConfiguration, Settings
from freeco.db import db
from freeco.members.models import Community
from freeco.places.projection import View
from freeco.places.tiles import tiles_of
from freeco.plugins import Plugins
from freeco.testing import (
    Visitor,
    make_community,
    migrated_app,
)

SVG = re.compile(r'<svg class="ground".*?</svg>', re.DOTALL)


def tiled_app(home: Path, **extra: str) -> Flask:
    """Return an application with tiles configured."""
    environment = {
        "FREECO_HOME": str(home),
        "FREECO_DATABASE_URL": f"sqlite:///{home / 'freeco.sqlite'}",
        "FREECO_TILES_URL": "https://{s}.tuiles.example.org/{z}/{x}/{y}.png",
        "FREECO_TILES_ATTRIBUTION": "© les contributeurs <b>OSM</b>",
        **extra,
    }
    return migrated_app(Settings.from_environment(environment), Plugins())


def test_only_the_map_may_show_pictures_of_the_tiles_host(tmp_path: Path) -> None:
    app = tiled_app(tmp_path)
    with app.app_context():
        make_community("lavergne", "Amis de Lavergne")
        client = app.test_client()
        page = client.get("/lavergne/carte")
        other = client.get("/lavergne/")
        db.session.remove()
        db.engine.dispose()
    policy = page.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://*.tuiles.example.org;" in policy
    assert policy.count("tuiles") == 1
    assert "<b>OSM" not in page.text
    assert "&lt;b&gt;OSM" in page.text
    assert "tuiles" not in other.headers["Content-Security-Policy"]
    drawn = SVG.search(page.text)
    assert drawn is not None
    pictures = [
        each
        for each in ElementTree.fromstring(drawn.group()).iter()  # noqa: S314 - our own page
        if each.tag.endswith("}img")
    ]
    assert pictures
    assert {each.get("alt") for each in pictures} == {""}


def test_without_tiles_nothing_is_asked_of_another_host(
    client: Visitor, community: Community
) -> None:
    page = client.get("/lavergne/carte")
    assert "<img" not in page.text
    assert "https://" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "url",
    [
        "http://tuiles.example.org/{z}/{x}/{y}.png",
        "https://tuiles.example.org/tile.png",
        "https://tuiles.example.org; script-src *;/{z}/{x}/{y}.png",
        "https://a b/{z}/{x}/{y}.png",
    ],
)
def test_an_unsound_address_of_tiles_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(BadConfiguration, match="FREECO_TILES_URL"):
        Settings.from_environment({"FREECO_TILES_URL": url, "FREECO_TILES_ATTRIBUTION": "OSM"})


def test_tiles_without_thanks_are_refused_at_the_start() -> None:
    with pytest.raises(BadConfiguration, match="FREECO_TILES_ATTRIBUTION"):
        Settings.from_environment({"FREECO_TILES_URL": "https://a.example.org/{z}/{x}/{y}.png"})


def test_tiles_cover_the_frame_and_fall_where_their_numbers_say() -> None:
    view = View(44.6, 1.95, 11)
    tiles = tiles_of(view, "https://t.example.org/{z}/{x}/{y}.png")
    assert min(each.x for each in tiles) <= 0 < max(each.x for each in tiles) + 256
    assert max(each.x for each in tiles) + 256 >= view.width
    assert max(each.y for each in tiles) + 256 >= view.height
    # Where Cajarc is, by the formula every tile server documents.
    zoom, column, row = "https://t.example.org/11/1034/740.png"[22:-4].split("/")
    (cajarc,) = [each for each in tiles if each.url.endswith(f"/{zoom}/{column}/{row}.png")]
    x, y = view.point(44.4846, 1.8427)
    assert cajarc.x <= x < cajarc.x + 256
    assert cajarc.y <= y < cajarc.y + 256


def test_at_the_end_of_the_world_no_tile_is_invented() -> None:
    tiles = tiles_of(View(84.9, 179.9, 5), "https://t.example.org/{z}/{x}/{y}.png")
    numbers = [[int(part) for part in each.url[22:-4].split("/")] for each in tiles]
    assert {row for _zoom, _column, row in numbers} >= {0, 1}
    assert all(0 <= column < 32 and 0 <= row < 32 for _zoom, column, row in numbers)
