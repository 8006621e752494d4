"""Votes that execute, on their pages, without JavaScript: named, opened, applied, looked at."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from freeco import settable
from freeco.activation import threshold
from freeco.clock import held_at
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import STEWARD, Community, Member
from freeco.organisations import services as organisations
from freeco.testing.forms import fill_in
from freeco.testing.people import make_member, open_module
from freeco.testing.visitor import Visitor
from freeco_project_decisions.effects import applying, binding
from freeco_project_decisions.polls import closing, colleges, opening, voting
from freeco_project_decisions.polls.binding_errors import MembersLeftOut, VotersUnsaid
from freeco_project_decisions.polls.colleges import Group
from freeco_project_decisions.polls.models import Decision, Method, Poll

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
CLOSES = NOW + timedelta(days=7)
AFTER = CLOSES + timedelta(minutes=1)
THRESHOLD = "threshold.direct_sales"
PAGE = "/lavergne/project-decisions"
QUORUM = {"quorum_part": 1, "quorum_whole": 4}
Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]


def in_force(community: Community) -> int:
    db.session.rollback()
    return threshold(community, kernel().plugins.modules["direct_sales"])


def adopted(poll: Poll, people: list[Member]) -> Decision:
    opening.open_poll(poll)
    for member in people[:5]:
        voting.vote(poll, member, [0])
    db.session.commit()
    with held_at(AFTER):
        closing.close_due(poll.community)
        db.session.commit()
    return db.session.scalars(select(Decision).where(Decision.poll_id == poll.id)).one()


def test_from_the_draft_to_the_parameter_s_own_page(
    ask: Ask, visiting: Visit, clerk: Member, community: Community, people: list[Member]
) -> None:
    poll = ask(opened=False)
    client = visiting(clerk)
    assert f"/votes/{poll.id}/effets" in client.get(f"{PAGE}/votes/{poll.id}/relire").text
    listed = client.get(f"{PAGE}/votes/{poll.id}/effets").text
    assert "Seuil d’ouverture du service" in listed
    page = client.get(f"{PAGE}/votes/{poll.id}/effets/valeur?name={THRESHOLD}")
    assert "24 membres" in page.text
    wrong = fill_in(client, page, "/valeur", {"value": "zéro", "on": "2026-11-01"})
    assert wrong.status_code == 422
    assert 'value="zéro"' in wrong.text
    assert 'value="2026-11-01"' in wrong.text
    kept = fill_in(client, page, "/valeur", {"value": "30", "on": "2026-11-01"})
    rules = client.get(kept.location)
    assert rules.request.path.endswith("/effets/regles")
    said = fill_in(client, rules, "/regles", {"quorum": "quarter"})
    preview = client.get(said.location)
    for words in ("24 membres", "30 membres", "dimanche 1er novembre 2026", "un quart"):
        assert words in preview.text
    fill_in(client, preview, "/ouvrir", {"a_confirmer": []})
    assert "30 membres" in visiting(people[0]).get(f"{PAGE}/votes/{poll.id}").text
    for member in people[:5]:
        voting.vote(poll, member, [0])
    db.session.commit()
    with held_at(AFTER):
        closing.close_due(community)
        db.session.commit()
        applying.apply_due(community)
    client = visiting(people[0])
    assert "S’appliquera" in client.get(f"{PAGE}/votes/{poll.id}/resultat").text
    with held_at(AFTER + timedelta(days=30)):
        applying.apply_due(community)
    assert in_force(community) == 30
    assert "Appliqué le" in client.get(f"{PAGE}/votes/{poll.id}/resultat").text
    assert "appliqué" in client.get(f"{PAGE}/decisions/effets").text
    history = client.get(f"/lavergne/registre/reglages/{THRESHOLD}").text
    assert f"{PAGE}/votes/{poll.id}" in history
    stranger = client.get("/lavergne/registre/reglages").text
    assert "Un hangar pour les outils" in stranger


def test_once_open_every_page_that_edits_says_no(
    ask: Ask, visiting: Visit, clerk: Member, community: Community
) -> None:
    poll = ask(opened=False, **QUORUM)
    binding.bind(poll, THRESHOLD, {"value": "30"})
    opening.open_poll(poll)
    client, before = visiting(clerk), poll.binds
    where = f"{PAGE}/votes/{poll.id}"
    for address, data in (
        (f"{where}/effets/valeur?name={THRESHOLD}", {"value": "2"}),
        (f"{where}/modifier", {"title": "Autre", "closes_on": "2026-10-12"}),
        (f"{where}/choix", {}),
        (f"{where}/colleges", {}),
        (f"{where}/programmer", {}),
    ):
        answer = client.post(address, data=data)
        assert answer.status_code == 409, address
        assert "Ce vote est ouvert" in answer.text
    client.post(f"{where}/effets/retirer", data={"name": THRESHOLD})
    for address in ("effets", f"effets/valeur?name={THRESHOLD}", "colleges", "choix"):
        assert client.get(f"{where}/{address}").status_code == 409
    db.session.rollback()
    db.session.expire_all()
    assert poll.binds == before


def test_among_values_each_option_shows_its_own(ask: Ask, visiting: Visit, clerk: Member) -> None:
    poll = ask(Method.JUDGMENT, "Petit", "Grand", opened=False, tie="announced", **QUORUM)
    client = visiting(clerk)
    page = client.get(f"{PAGE}/votes/{poll.id}/effets/valeur?name={THRESHOLD}")
    kept = fill_in(client, page, "/valeur", {"value_0": "12", "value_1": "48"})
    preview = client.get(kept.location)
    assert "12 membres" in preview.text
    assert "48 membres" in preview.text
    gone = fill_in(client, client.get(f"{PAGE}/votes/{poll.id}/effets"), "/retirer")
    assert "48 membres" not in client.get(gone.location).text


def test_a_vote_that_binds_everybody_says_its_quorum_or_why_there_is_none(
    ask: Ask, visiting: Visit, clerk: Member, people: list[Member]
) -> None:
    poll = ask(opened=False)
    binding.bind(poll, THRESHOLD, {"value": "30"})
    client = visiting(clerk)
    preview = client.get(f"{PAGE}/votes/{poll.id}/relire")
    assert "dites combien doivent voter" in preview.text
    refused = fill_in(client, preview, "/ouvrir", {"a_confirmer": []})
    assert refused.status_code == 422
    page = client.get(f"{PAGE}/votes/{poll.id}/effets/regles")
    assert "checked" not in page.text
    for typed, field in (({}, "quorum"), ({"quorum": "none"}, "without_quorum")):
        wrong = fill_in(client, page, "/regles", typed)
        assert wrong.status_code == 422
        assert f'id="f-{field}-error"' in wrong.text
    why = {"quorum": "none", "without_quorum": "L’article 9 n’en demande pas."}
    kept = fill_in(client, page, "/regles", why)
    fill_in(client, client.get(kept.location), "/ouvrir", {"a_confirmer": []})
    shown = visiting(people[0]).get(f"{PAGE}/votes/{poll.id}")
    assert "L’article 9 n’en demande pas." in shown.text
    db.session.rollback()
    db.session.expire_all()
    assert json.loads(poll.frozen_text)["binds"]["without_quorum"] == why["without_quorum"]


def test_what_binds_everybody_is_voted_by_everybody_one_voice_each_or_says_why(
    ask: Ask, visiting: Visit, clerk: Member, people: list[Member]
) -> None:
    poll = ask(opened=False, **QUORUM)
    binding.bind(poll, THRESHOLD, {"value": "30"})
    groups = [Group("Bureau", 5000, "chosen"), Group("Autres", 5000, "organisations")]
    colleges.arrange(poll, groups)
    colleges.choose(poll.colleges[0], [people[0].id])
    with pytest.raises(VotersUnsaid):
        opening.open_poll(poll)
    client = visiting(clerk)
    page = client.get(f"{PAGE}/votes/{poll.id}/effets/regles")
    assert "8 personnes ne sont dans aucun collège" in page.text
    wrong = fill_in(client, page, "/regles", {"voters": " "})
    assert 'id="f-voters-error"' in wrong.text
    fill_in(client, page, "/regles", {"voters": "Article 12 des statuts."})
    db.session.rollback()
    db.session.expire_all()
    with pytest.raises(MembersLeftOut):
        opening.open_poll(poll)
    colleges.arrange(poll, [groups[0], Group("Autres", 5000, "persons")])
    opening.open_poll(poll)
    db.session.commit()
    assert "Article 12 des statuts." in client.get(f"{PAGE}/votes/{poll.id}").text


def test_organisations_alone_bind_persons_where_that_is_written(
    ask: Ask, community: Community, people: list[Member]
) -> None:
    organisations.register(
        kernel().plugins, community, "association", "La ferme des Vergnes", founder=people[0]
    )
    poll = ask(opened=False, by_organisation=True, **QUORUM)
    binding.bind(poll, THRESHOLD, {"value": "30"})
    with pytest.raises(VotersUnsaid):
        opening.open_poll(poll)
    binding.state_rules(poll, "quarter", "", "Union de coopératives, article 5.")
    opening.open_poll(poll)


def test_a_vote_that_binds_nobody_asks_for_none_of_it(ask: Ask) -> None:
    opening.open_poll(ask(opened=False))


def test_in_an_assembly_the_quorum_is_the_one_of_its_convocation(ask: Ask) -> None:
    poll = ask(opened=False, room="pages")
    binding.bind(poll, THRESHOLD, {"value": "30"})
    binding.state_rules(poll, "", "", "")
    opening.open_poll(poll)


def test_a_steward_looks_at_what_could_not_be_applied(
    ask: Ask, visiting: Visit, community: Community, people: list[Member]
) -> None:
    steward = make_member(community, "Sylvie", "Marty", permissions=(STEWARD,))
    poll = ask(opened=False, **QUORUM)
    binding.bind(poll, THRESHOLD, {"value": "30"})
    decision = adopted(poll, people)
    settable.put(community, THRESHOLD, "40")
    db.session.commit()
    with held_at(AFTER):
        applying.apply_due(community)
    assert visiting(people[1]).get(f"{PAGE}/decisions/{decision.id}/a-regarder").status_code == 403
    client = visiting(steward)
    assert "quelqu’un doit regarder" in client.get(f"{PAGE}/votes/{poll.id}/resultat").text
    page = client.get(f"{PAGE}/decisions/{decision.id}/a-regarder")
    assert "40 membres" in page.text
    wrong = fill_in(client, page, "/laisser", {"reason": " "})
    assert wrong.status_code == 422
    fill_in(client, page, "/laisser", {"reason": "Un autre vote l’a remplacée."})
    assert "Un autre vote l’a remplacée." in client.get(f"{PAGE}/votes/{poll.id}/resultat").text
    assert client.post(f"{PAGE}/decisions/{decision.id}/appliquer").status_code in (302, 409)
    assert in_force(community) == 40


def test_another_community_s_poll_decision_and_rules_are_not_there(
    ask: Ask, visiting: Visit, elsewhere: Community, people: list[Member]
) -> None:
    poll = ask(opened=False, **QUORUM)
    binding.bind(poll, THRESHOLD, {"value": "30"})
    decision = adopted(poll, people)
    open_module(elsewhere, "project_decisions")
    stranger = make_member(
        elsewhere, "Zoé", "Roux", permissions=(STEWARD, "project_decisions.prepare")
    )
    client, there = visiting(stranger), "/ailleurs/project-decisions"
    for address in (f"votes/{poll.id}/effets", f"decisions/{decision.id}/a-regarder"):
        assert client.get(f"{there}/{address}").status_code == 404
    for address in (
        f"votes/{poll.id}/effets/valeur?name={THRESHOLD}",
        f"votes/{poll.id}/effets/regles",
        f"decisions/{decision.id}/appliquer",
        f"decisions/{decision.id}/remettre-au-vote",
    ):
        assert client.post(f"{there}/{address}", data={"value": "2"}).status_code == 404


@pytest.mark.parametrize(
    "address", ["effets", "effets/valeur?name=admission", "effets/regles", "colleges", "choix"]
)
def test_who_does_not_prepare_votes_opens_none_of_it(
    ask: Ask, visiting: Visit, people: list[Member], address: str
) -> None:
    poll = ask(opened=False)
    assert visiting(people[2]).get(f"{PAGE}/votes/{poll.id}/{address}").status_code == 403
