"""A walk over the pages of a site finds them by their links, and asks for those without."""

import pytest
from flask import Flask, Response, redirect, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from freeco.testing.contents import Answer, Contents
from freeco.testing.pages import Walk, pages_of

HOME = """<html lang="fr"><head><title>Accueil – Site</title></head><body>
<h1>Accueil</h1><a href="/fiche/3">Une fiche</a> <a href="/parti">Parti</a>
<a href="https://ailleurs.example/">Ailleurs</a> <a href="mailto:a@example.org">Écrire</a>
<a href="http://site.example/par-lettre">Lien de lettre</a>
<form action="/recherche"><input name="q" type="search"><button name="go" value="1"></button></form>
<form method="post" action="/effacer"><button class="primary">Effacer</button></form>
<main><a class="button primary" href="/vieux">Commencer</a></main></body></html>"""


@pytest.fixture
def walk() -> Walk:
    """Give a walk that has been over a small site."""
    site = Flask("site")
    pages = {
        "/": HOME,
        "/fiche/<int:number>": "<h1>Fiche</h1>",
        "/fiche/<int:number>/dos": "<h1>Dos</h1>",
        "/par-lettre": "<p>lu</p>",
        "/neuf": "<p>neuf</p>",
    }
    for rule, words in pages.items():
        site.add_url_rule(rule, rule.strip("/") or "home", lambda words=words, **_values: words)
    site.add_url_rule("/vieux", "vieux", lambda: redirect("/neuf"))
    site.add_url_rule("/feuille", "feuille", lambda: Response("%PDF-", mimetype="application/pdf"))
    site.add_url_rule("/recherche", "recherche", lambda: f"<p>{request.args['q']}</p>")
    site.add_url_rule("/effacer", "effacer", lambda: "", methods=["POST"])
    visitor = site.test_client()
    found = Walk(site.url_map, lambda address: got(visitor, address), "http://site.example")
    found.follow(["/"])
    return found


def got(visitor: FlaskClient, address: str) -> Answer:
    answer: TestResponse = visitor.get(address, follow_redirects=True)
    query = answer.request.query_string
    reached = answer.request.path + (f"?{query.decode()}" if query else "")
    return Answer(reached, answer.status_code, answer.mimetype, answer.data)


def test_it_follows_each_link_of_the_site_and_no_other(walk: Walk) -> None:
    assert {seen.asked for seen in walk.seen} == {
        "/",
        "/fiche/3",
        "/parti",
        "/par-lettre",
        "/recherche?q=&go=1",
        "/recherche?q=mar&go=1",
        "/vieux",
    }


def test_it_knows_where_it_came_to_and_from_where(walk: Walk) -> None:
    old = next(seen for seen in walk.seen if seen.asked == "/vieux")
    assert (old.endpoint, old.answer.address, old.came_from) == ("neuf", "/neuf", "/")
    gone = next(seen for seen in walk.seen if seen.asked == "/parti")
    assert gone.answer.status == 404


def test_what_no_link_reaches_is_asked_for_with_values_met_on_the_way(walk: Walk) -> None:
    left = {"feuille", "fiche/<int:number>/dos"}
    assert left <= pages_of(walk.url_map) - walk.endpoints
    walk.fill(sorted(left))
    assert left <= walk.endpoints
    assert walk.unlinked == left
    assert "/fiche/3/dos" in {seen.asked for seen in walk.seen}
    assert [seen.contents for seen in walk.seen if seen.asked == "/feuille"] == [None]


def test_a_page_is_read_as_people_are_told_what_it_is() -> None:
    page = Contents.of(Answer("/", 200, "text/html", HOME.encode()))
    assert page.title == "Accueil – Site"
    assert page.headings == ["Accueil"]
    assert page.primaries == ["Commencer"]
    assert page.language == "fr"
    assert "html[lang] body main a.button.primary" not in page.shapes
    assert "html body main a.button.primary" in page.shapes
