"""A producer's stock: how many there are, how many are ordered, what is left, and why."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import now
from freeco.errors import Absent
from freeco.i18n import _, counted
from freeco.members import membership
from freeco.web.forms import Form
from freeco.web.lists import page_of_query
from freeco_direct_sales import catalogue, distributions, wording
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders import counting
from freeco_direct_sales.orders.counting import Reason
from freeco_direct_sales.orders.counting_schemas import (
    BY_ITSELF,
    REASONS,
    ApartSchema,
    numbers_schema,
    shown_field,
    typed,
)
from freeco_direct_sales.orders.stock_models import Why
from freeco_direct_sales.permissions import COORDINATE

pages = Blueprint("direct_sales_stock", __name__, template_folder="../templates")
LINES = 20
LABELS = {
    "why": _("Pourquoi"),
    "words": _("En quelques mots"),
    "product": _("Produit"),
    "distribution": _("Pour la distribution du"),
    "first_day": _("Du"),
    "last_day": _("Au"),
    "many": _("Combien il y en a"),
}


def producer_of(producer_id: int) -> Producer:
    """Return a producer whose stock the reader may see and set; raise Absent for any other."""
    producer = catalogue.find_producer(g.community, producer_id)
    if not membership.holds(g.member, COORDINATE.name) and not catalogue.acts_for(
        producer, g.member
    ):
        raise Absent
    return producer


@pages.get("/producteurs/<int:producer_id>/stock")
def page(producer_id: int) -> ResponseReturnValue:
    """Show what is counted of each article, and why it changed."""
    return _show(producer_of(producer_id), Form.blank(), Form.blank())


def _show(producer: Producer, form: Form, apart: Form) -> ResponseReturnValue:
    articles = counting.shown(producer)
    labels = dict(LABELS)
    for each in articles:
        for row in each.rows:
            name = counting.field_of(row) if row else counting.new_field(each.product)
            labels[name] = each.product.name
    return (
        render_template(
            "direct_sales/orders/stock.html",
            producer=producer,
            articles=articles,
            form=form,
            apart=apart,
            labels=labels,
            reasons=list(REASONS.items()),
            words=REASONS | BY_ITSELF,
            shown=page_of_query(counting.movements(producer), LINES),
            distributions=distributions.distributions_of(g.community, since=now()),
            field_of=counting.field_of,
            new_field=counting.new_field,
            shown_field=shown_field,
            wording=wording,
        ),
        max(form.status, apart.status),
    )


@pages.post("/producteurs/<int:producer_id>/stock")
def set_numbers(producer_id: int) -> ResponseReturnValue:
    """Set the numbers that were typed, all or none."""
    producer = producer_of(producer_id)
    articles = counting.shown(producer)
    form = Form.sent()

    def act(why: str, words: str, **taken: Any) -> int:
        rows, new = typed(articles, taken)
        return counting.set_numbers(producer, rows, new, Reason(Why(why), words, g.member))

    if not form.apply(numbers_schema(articles), act):
        return _show(producer, form, Form.blank())
    flash(
        counted("%(num)s nombre est enregistré.", "%(num)s nombres sont enregistrés.", form.result)
        if form.result
        else str(_("Rien n’a changé.")),
        "good" if form.result else "calm",
    )
    return redirect(url_for("direct_sales_stock.page", producer_id=producer_id))


@pages.post("/producteurs/<int:producer_id>/stock/a-part")
def count_apart(producer_id: int) -> ResponseReturnValue:
    """Count an article apart for one distribution, or for some days."""
    producer = producer_of(producer_id)
    form = Form.sent()

    def act(
        product: int,
        distribution: int | None,
        first_day: date | None,
        last_day: date | None,
        many: int,
        why: str,
        words: str,
    ) -> None:
        found = next((each for each in catalogue.products_of(producer) if each.id == product), None)
        if found is None:
            raise Absent
        counting.count_apart(
            found,
            many,
            Reason(Why(why), words, g.member),
            distributions.find_distribution(g.community, distribution) if distribution else None,
            (first_day, last_day) if first_day and last_day else None,
        )

    if not form.apply(ApartSchema(), act):
        return _show(producer, Form.blank(), form)
    flash(str(_("C’est compté à part.")), "good")
    return redirect(url_for("direct_sales_stock.page", producer_id=producer_id))
