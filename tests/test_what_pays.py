"""An expense of a project is linked to what pays it, chosen in a list or typed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Community
from freeco.testing.forms import fill_in
from freeco.testing.people import make_community, make_member, open_module, sign_in_as
from freeco.testing.visitor import Visitor
from freeco_direct_sales.orders.models import OrderSession, SessionState
from freeco_project_decisions.projects import proposing
from freeco_project_decisions.projects.models import BudgetLine
from freeco_project_decisions.projects.proposing import Described


def group_order(community: Community, name: str, state: str = SessionState.OPEN) -> OrderSession:
    found = OrderSession(
        community=community,
        name=name,
        opens_at=now(),
        closes_at=now() + timedelta(days=3),
        state=state,
    )
    db.session.add(found)
    db.session.commit()
    return found


@pytest.fixture
def budget(community: Community, client: Visitor) -> str:
    """Give the page of a project's budget, open before who carries it."""
    open_module(community, "project_decisions")
    owner = make_member(community, "Awa", "Martin")
    oven = proposing.propose(community, owner, Described(title="Un four", goals="Cuire."))
    db.session.commit()
    assert owner.person is not None
    sign_in_as(client, owner.person)
    return f"/{community.slug}/project-decisions/projets/{oven.id}/budget"


def lines() -> list[BudgetLine]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(BudgetLine)))


def test_what_pays_an_expense_is_chosen_in_a_list(
    budget: str, client: Visitor, community: Community
) -> None:
    bought = group_order(community, "Briques à plusieurs")
    assert "rien de la liste" not in client.get(budget).text
    open_module(community, "direct_sales")
    group_order(community, "Pas encore", SessionState.DRAFT)
    group_order(make_community("ailleurs", "Ailleurs"), "Loin")
    page = client.get(budget)
    assert "Commande groupée «\u00a0Briques à plusieurs\u00a0»" in page.text
    assert "Loin" not in page.text
    assert "Pas encore" not in page.text
    chosen = f"direct_sales:session:{bought.id}"
    typed = {"label": "Briques", "planned": "10", "chosen": chosen}
    both = fill_in(client, page, "/budget", typed | {"about": "kitties:campaign:7"})
    assert "pas les deux" in both.text
    fill_in(client, page, "/budget", typed)
    assert f"/commandes/{bought.id}" in client.get(budget).text
    (line,) = lines()
    again = client.get(f"{budget}/{line.id}")
    fill_in(client, again, f"/budget/{line.id}", {"spent": "1"})
    assert [(each.about, each.spent.cents) for each in lines()] == [(chosen, 100)]


def test_a_code_is_typed_and_one_that_is_nothing_here_is_refused_beside_its_field(
    budget: str, client: Visitor, community: Community
) -> None:
    open_module(community, "direct_sales")
    theirs = group_order(make_community("ailleurs", "Ailleurs"), "Loin")
    draft = group_order(community, "Pas encore", SessionState.DRAFT)
    page, typed = client.get(budget), {"label": "Briques", "planned": "10"}
    for wrong in (
        f"direct_sales:session:{theirs.id}",
        f"direct_sales:session:{draft.id}",
        "direct_sales:contract:999",
        "une campagne",
    ):
        refused = fill_in(client, page, "/budget", typed | {"about": wrong})
        assert refused.status_code == 422
        assert 'id="f-about-error"' in refused.text
        assert f'value="{wrong}"' in refused.text
    assert not lines()
    fill_in(client, page, "/budget", typed | {"about": "kitties:campaign:7"})
    assert [each.about for each in lines()] == ["kitties:campaign:7"]
