"""The scales: what each piece sold by weight weighs, typed at the table on a telephone."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.errors import Absent
from freeco.i18n import counted
from freeco.members import membership
from freeco.web.forms import Form
from freeco_direct_sales import catalogue, distributions
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.orders import following
from freeco_direct_sales.orders.amounts import amount, quantity
from freeco_direct_sales.orders.following_schemas import (
    shown_field,
    typed_weights,
    weighing_schema,
    weight_field,
    written_weight,
)
from freeco_direct_sales.orders.models import OrderLine
from freeco_direct_sales.permissions import AT_THE_TABLE

pages = Blueprint("direct_sales_weighing", __name__, template_folder="../templates")


@pages.app_template_filter("direct_sales_scales")
def _scales(grams: int | None) -> str:
    return written_weight(grams).replace(" ", "\u00a0")


def _lines(distribution: Distribution) -> list[OrderLine]:
    """Return what may be weighed by the reader: all at the table, their own for a producer."""
    if membership.permissions_of(g.member) & frozenset(AT_THE_TABLE):
        return following.to_weigh(distribution, None)
    mine = catalogue.represented_by(g.community, g.member)
    if not mine:
        raise Absent
    return following.to_weigh(distribution, mine)


@pages.get("/distributions/<int:distribution_id>/pesee")
def page(distribution_id: int) -> ResponseReturnValue:
    """Show a field for each line sold by weight."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    lines = _lines(distribution)
    known = {
        name(each): written_weight(each.weighed_grams)
        for each in lines
        for name in (weight_field, shown_field)
    }
    return _show(distribution, lines, Form.blank(**known))


def _show(distribution: Distribution, lines: list[OrderLine], form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/orders/weighing.html",
            distribution=distribution,
            lines=lines,
            left=sum(line.weighed_grams is None for line in lines),
            form=form,
            field=weight_field,
            shown=shown_field,
            amount=amount,
            quantity=quantity,
        ),
        form.status,
    )


@pages.post("/distributions/<int:distribution_id>/pesee")
def save(distribution_id: int) -> ResponseReturnValue:
    """Note all the weights, or none when one of them cannot be read."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    lines = [each for each in _lines(distribution) if each.order.settled_at is None]
    form = Form.sent()

    def act(**typed: int | None) -> int:
        return following.weigh_all(typed_weights(lines, typed))

    if not form.apply(weighing_schema(lines), act):
        return _show(distribution, _lines(distribution), form)
    flash(counted("%(num)s poids enregistré.", "%(num)s poids enregistrés.", form.result), "good")
    return redirect(url_for("direct_sales_weighing.page", distribution_id=distribution_id))
