"""The table at the door: who has taken their basket. The paper sheet's twin on a screen."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.doors import requires
from freeco.offline.kept import kept_offline
from freeco.web.forms import Form
from freeco_direct_sales import collection, distributions
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.permissions import AT_THE_TABLE
from freeco_direct_sales.schemas import CollectionSchema

pages = Blueprint("direct_sales_collection", __name__, template_folder="templates")


@pages.get("/distributions/<int:distribution_id>/table")
@requires(*AT_THE_TABLE)
@kept_offline
def page(distribution_id: int) -> ResponseReturnValue:
    """Show who is expected and who has come; ``?nom=`` finds by first letters."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    return _show(distribution, Form.blank())


def _show(distribution: Distribution, form: Form) -> ResponseReturnValue:
    letters = request.args.get("nom", "").strip()[:40]
    everyone = collection.table_of(distribution)
    only_left = request.args.get("reste") == "1"
    rows = [row for row in everyone if row.answers_to(letters) and not (only_left and row.taken)]
    return (
        render_template(
            "direct_sales/collection.html",
            distribution=distribution,
            rows=rows,
            total=len(everyone),
            taken=sum(row.taken for row in everyone),
            letters=letters,
            only_left=only_left,
            when=collection.when,
            form=form,
        ),
        form.status,
    )


@pages.post("/distributions/<int:distribution_id>/table")
@requires(*AT_THE_TABLE)
def mark(distribution_id: int) -> ResponseReturnValue:
    """Note that a household took its basket, or undo it."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    form = Form.sent()

    def act(distribution: int, household: int, **said: Any) -> int:
        there = distributions.find_distribution(g.community, distribution)
        collection.mark(there, household, g.member, **said)
        return household

    if not form.apply(CollectionSchema(), act):
        return _show(distribution, form)
    return redirect(
        url_for(
            "direct_sales_collection.page",
            distribution_id=distribution.id,
            nom=request.args.get("nom") or None,
            reste=request.args.get("reste") or None,
            _anchor=f"foyer-{form.result}",
        )
    )
