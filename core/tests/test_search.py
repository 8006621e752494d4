"""One field finds members, organisations and what the open modules know."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from freeco.db import db
from freeco.members.finding import MOST
from freeco.members.models import Community, Member
from freeco.module import Found, Module
from freeco.organisations import services as organisations
from freeco.plugins import Plugins
from freeco.testing import (
    Visitor,
    make_community,
    make_member,
    migrated_app,
    settings_for,
    sign_in_as,
)
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.people import open_module


def found_in_the_garden(community: Community, member: Member, words: str) -> list[Found]:
    if words == "beaucoup":
        return [Found(f"Semis {number}", "", "/semis") for number in range(MOST + 5)]
    return [Found("Fève", "au carré 3", "/lavergne/garden/rows/3")] if words == "fève" else []


@pytest.fixture
def app(tmp_path: Path, garden: Module) -> Iterator[Flask]:
    """Give an application whose garden finds beans."""
    plugins = plugins_with(module_object(garden, freeco_search=found_in_the_garden))
    settings = settings_for(f"sqlite:///{tmp_path / 'freeco.sqlite'}", tmp_path)
    app = migrated_app(settings, plugins)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def signed_in(client: Visitor, member: Member) -> Visitor:
    """Give the browser of Marie Dupont."""
    assert member.person is not None
    return sign_in_as(client, member.person)


def search(visitor: Visitor, words: str) -> str:
    return visitor.get("/lavergne/recherche", query_string={"q": words}).text


@pytest.mark.parametrize("words", ["helene", "HÉLÈNE", "lagreze hél", "Hélène Lagrèze"])
def test_a_member_is_found_whatever_the_accents_the_case_and_the_order(
    signed_in: Visitor, community: Community, words: str
) -> None:
    make_member(community, "Hélène", "Lagrèze")
    assert ">Hélène Lagrèze</a>" in search(signed_in, words)


def test_an_organisation_leads_to_its_own_page(
    signed_in: Visitor, plugins: Plugins, community: Community, member: Member
) -> None:
    farm = organisations.register(
        plugins, community, "independent", "Ferme du Causse", founder=member
    )
    db.session.commit()
    assert f'href="/lavergne/organisations/{farm.id}">Ferme du Causse' in search(
        signed_in, "causse"
    )


def test_answers_stand_under_the_name_of_who_gave_them(
    signed_in: Visitor, community: Community
) -> None:
    open_module(community, "garden")
    make_member(community, "Jo", "Fève")
    page = search(signed_in, "fève")
    assert page.index("<h2>Jardin</h2>") < page.index("au carré 3") < page.index("Jo Fève")
    assert "2 réponses." in page.replace("\u00a0", " ")


def test_a_closed_module_is_not_asked(signed_in: Visitor, community: Community) -> None:
    assert "Fève" not in search(signed_in, "fève")


def test_at_most_fifty_answers_and_the_page_says_so(
    signed_in: Visitor, community: Community
) -> None:
    open_module(community, "garden")
    page = search(signed_in, "beaucoup")
    assert page.count(">Semis ") == MOST
    assert "Il y en a davantage" in page


def test_nothing_found_suggests_what_to_try(signed_in: Visitor) -> None:
    page = search(signed_in, "zzzz")
    assert "Rien ne correspond." in page
    assert "Ce qui se cherche ici" in page


@pytest.mark.parametrize("words", ["", "d", "   "])
def test_less_than_two_letters_search_nothing(signed_in: Visitor, words: str) -> None:
    page = search(signed_in, words)
    assert "Marie Dupont</a></li>" not in page
    assert "Ce qui se cherche ici" in page


def test_signs_alone_find_nobody(signed_in: Visitor) -> None:
    assert "Rien ne correspond." in search(signed_in, "%_%")


def test_what_is_typed_comes_back_as_text(signed_in: Visitor) -> None:
    page = search(signed_in, '"><script>alert(1)</script>')
    assert "<script>alert" not in page


def test_nobody_of_another_community_is_found(signed_in: Visitor) -> None:
    make_member(make_community("ailleurs", "Ailleurs"), "Hélène", "Lagrèze")
    assert "Lagrèze</a>" not in search(signed_in, "lagrèze")


def test_every_page_of_a_member_holds_the_field(signed_in: Visitor) -> None:
    for address in ("/lavergne/", "/lavergne/membres", "/lavergne/agenda", "/lavergne/moi"):
        assert 'action="/lavergne/recherche"' in signed_in.get(address).text, address
