"""The library's promises; they hold before it is installed, too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from freeco_library import plugin

from freeco.members.models import Community
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_member, migrated_app, settings_for
from freeco.testing.people import open_module, sign_in_as


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    plugins = Plugins()
    plugins.add("library", plugin)
    settings = settings_for(f"sqlite:///{tmp_path / 'freeco.sqlite'}", tmp_path)
    app = migrated_app(settings, plugins)
    with app.app_context():
        yield app


def test_a_member_reads_how_many_people_may_lend(client: Visitor, community: Community) -> None:
    member = make_member(community)
    open_module(community, "library")
    assert member.person is not None
    page = sign_in_as(client, member.person).get("/lavergne/library/")
    assert "1 personne peut prêter un livre ici." in page.text
