"""What is missing: written once, read again with who is told, sent, corrected, taken back."""

import secrets
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _, counted
from freeco.members import membership
from freeco.web.forms import Form
from freeco_direct_sales import catalogue, distributions, wording
from freeco_direct_sales.models import Producer
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.schemas import row_id
from freeco_direct_sales.telling import shortages, showing
from freeco_direct_sales.telling.concerned import coming_dates, concerned, products_at
from freeco_direct_sales.telling.models import HowShort, Shortage
from freeco_direct_sales.telling.reach import reach
from freeco_direct_sales.telling.routes import find_own
from freeco_direct_sales.telling.schemas import ShortageSchema
from freeco_direct_sales.telling.shortages import Words

pages = Blueprint("direct_sales_shortages", __name__, template_folder="../templates")
LABELS = {
    "dates": _("Pour quelle distribution"),
    "products": _("Ce qui manque"),
    "how": _("Combien il en manque"),
    "instead": _("À la place"),
    "instead_product": _("Un autre produit"),
    "instead_quantity": _("Quantité par foyer"),
    "words": _("Une phrase pour les foyers"),
}
HOW = (
    (HowShort.NONE.value, _("Il n’y en a pas")),
    (HowShort.LESS.value, _("Il y en a moins que prévu")),
    (HowShort.OTHERWISE.value, _("Cela vient, mais autrement : un panier sans courgettes")),
)


@pages.get("/producteurs/<int:producer_id>/manque")
def new_page(producer_id: int) -> ResponseReturnValue:
    """Show the form; the next distribution is ticked, or the one in ``?distribution=``."""
    producer = find_own(producer_id)
    coming = [each.id for each in coming_dates(producer)]
    asked = row_id(request.args.get("distribution", ""))
    first = [asked] if asked in coming else coming[:1]
    form = Form.blank(key=secrets.token_urlsafe(12), dates=first, how=_usual_how(producer))
    return _form(producer, None, form)


def _usual_how(producer: Producer) -> str:
    """Return what is most likely: a basket comes all the same, without something.

    Nothing is ticked for who brings baskets and goods: a wrong word would go to everybody.
    """
    units = {each.unit == "basket" for each in products_at(producer, coming_dates(producer))}
    if len(units) != 1:
        return ""
    return HowShort.OTHERWISE.value if True in units else HowShort.NONE.value


def _form(producer: Producer, shortage: Shortage | None, form: Form) -> ResponseReturnValue:
    dates = list(coming_dates(producer))
    if shortage is not None:
        kept = [each.distribution for each in shortage.dates if each.distribution not in dates]
        dates = kept + dates
    offered = products_at(producer, dates)
    return (
        render_template(
            "direct_sales/telling/shortage_form.html",
            producer=producer,
            shortage=shortage,
            form=form,
            labels=LABELS,
            dates=dates,
            offered=offered,
            others=catalogue.products_of(producer),
            how=HOW,
            wording=wording,
        ),
        form.status,
    )


@pages.post("/producteurs/<int:producer_id>/manque")
def new(producer_id: int) -> ResponseReturnValue:
    """Show who would be told; then tell them, once."""
    producer = find_own(producer_id)
    form = Form.sent()
    if form.values.get("step") != "send":
        return _preview(producer, None, form)

    def act(key: str, version: int, step: str, **typed: Any) -> tuple[Shortage, int]:
        return shortages.announce(producer, g.member, _words(producer, typed), key)

    if not form.apply(ShortageSchema(), act):
        return _form(producer, None, form)
    shortage, many = form.result
    _say_told(many)
    return redirect(url_for("direct_sales_shortages.page", shortage_id=shortage.id))


def _say_told(many: int) -> None:
    flash(
        counted(
            "C’est dit : %(num)s foyer est prévenu.",
            "C’est dit : %(num)s foyers sont prévenus.",
            many,
        )
        if many
        else str(_("C’est noté. Personne n’avait à être prévenu de plus.")),
        "good",
    )


def _words(producer: Producer, typed: dict[str, Any]) -> Words:
    other = typed["instead_product"]
    return Words(
        [catalogue.find_product(producer, each) for each in typed["products"]],
        [distributions.find_distribution(g.community, each) for each in typed["dates"]],
        typed["how"],
        typed["words"],
        typed["instead"],
        catalogue.find_product(producer, other) if other else None,
        typed["instead_quantity"],
    )


def _preview(producer: Producer, shortage: Shortage | None, form: Form) -> ResponseReturnValue:
    """Show the message, who is told and how; nothing is written yet."""
    step = form.values.get("step")
    taken = form.take(ShortageSchema())
    if taken is None or step == "edit":
        return _form(producer, shortage, form)
    words = _words(producer, taken)
    told = concerned(producer, words.products, words.dates)
    if shortage is not None:
        before = shortages.words_of(shortage)
        told = concerned(producer, before.products, before.dates) | told
    return render_template(
        "direct_sales/telling/shortage_preview.html",
        producer=producer,
        shortage=shortage,
        words=words,
        how=dict(HOW),
        instead=showing.instead_in_words(
            words.instead, words.instead_product, words.instead_quantity
        ),
        reach=reach(told),
        named=list(told) if _coordinates() else [],
        sent=_carried(form),
    )


def _carried(form: Form) -> list[tuple[str, Any]]:
    """Return what was typed as pairs, to send it again unseen."""
    return [
        (name, each)
        for name, value in form.values.items()
        if name != "step"
        for each in (value if isinstance(value, list) else [value])
    ]


def _coordinates() -> bool:
    return COORDINATE.name in membership.permissions_of(g.member)


def _find(shortage_id: int) -> Shortage:
    shortage = shortages.find_shortage(g.community, shortage_id)
    find_own(shortage.producer_id)
    return shortage


@pages.get("/manques/<int:shortage_id>")
def page(shortage_id: int) -> ResponseReturnValue:
    """Show what was said, how many were told, and what may still be done."""
    shortage = _find(shortage_id)
    words = shortages.words_of(shortage)
    return render_template(
        "direct_sales/telling/shortage.html",
        shortage=shortage,
        line=showing.line(shortage),
        told=len(shortages.told_households(shortage)),
        past=all(each.ends_at <= now() for each in words.dates),
        offers=shortages.offered_in(shortage) if shortage.taken_back_at is None else [],
        coordinates=_coordinates(),
    )


@pages.get("/manques/<int:shortage_id>/corriger")
def correct_page(shortage_id: int) -> ResponseReturnValue:
    """Show the form with what was said."""
    shortage = _find(shortage_id)
    form = Form.blank(
        key="-",
        version=shortage.version,
        dates=[each.distribution_id for each in shortage.dates],
        products=[each.product_id for each in shortage.products],
        how=shortage.how,
        words=shortage.words,
        instead=shortage.instead,
        instead_product=shortage.instead_product_id,
        instead_quantity=shortage.instead_quantity,
    )
    return _form(shortage.producer, shortage, form)


@pages.post("/manques/<int:shortage_id>/corriger")
def correct(shortage_id: int) -> ResponseReturnValue:
    """Show who would be told of the correction; then tell them, once."""
    shortage = _find(shortage_id)
    form = Form.sent()
    if form.values.get("step") != "send":
        return _preview(shortage.producer, shortage, form)

    def act(key: str, version: int, step: str, **typed: Any) -> int:
        return shortages.correct(shortage, _words(shortage.producer, typed), version)

    if not form.apply(ShortageSchema(), act):
        return _form(shortage.producer, shortage, form)
    _say_told(form.result)
    return redirect(url_for("direct_sales_shortages.page", shortage_id=shortage.id))


@pages.post("/manques/<int:shortage_id>/retirer")
def take_back(shortage_id: int) -> ResponseReturnValue:
    """Take the message back: it comes after all, and those who were told hear it."""
    many = shortages.take_back(_find(shortage_id))
    db.session.commit()
    _say_told(many)
    return redirect(url_for("direct_sales_shortages.page", shortage_id=shortage_id))
