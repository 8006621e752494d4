"""What a farm writes of its season: its calendar, its plan, a bad season, its picture."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import held_here
from freeco.errors import Absent
from freeco.i18n import _
from freeco.module import Text
from freeco.web import pictures
from freeco.web.forms import Form
from freeco_direct_sales import catalogue, wording
from freeco_direct_sales.growing import farm, notices, showing
from freeco_direct_sales.growing.errors import NotOfTheFarm
from freeco_direct_sales.growing.models import PlannedCrop
from freeco_direct_sales.growing.schemas import (
    CropSchema,
    MishapSchema,
    PictureSchema,
    months_schema,
)
from freeco_direct_sales.models import Producer
from freeco_direct_sales.permissions import COORDINATE

pages = Blueprint("direct_sales_farm", __name__, template_folder="../templates")
LABELS = {
    "name": _("Culture"),
    "sown_on": _("Semée ou plantée, semaine du"),
    "first_on": _("Premières récoltes, semaine du"),
    "last_on": _("Dernières récoltes, semaine du"),
    "plot": _("Surface ou rangs"),
    "quantity": _("Quantité espérée"),
    "unit": _("Unité"),
    "note": _("Remarque"),
    "kind": _("Ce qui est arrivé"),
    "happened_on": _("Le"),
    "words": _("En quelques mots"),
    "consequence": _("Ce que cela change pour les paniers"),
    "picture": _("Photo"),
}


@pages.app_template_filter("direct_sales_months")
def _months(months: frozenset[int]) -> str:
    return showing.months_words(months)


@pages.app_template_filter("direct_sales_week")
def _week(monday: date) -> str:
    return showing.week_words(monday)


def _farm(producer_id: int) -> Producer:
    """Return a farm whose season the reader may write. Raises NotOfTheFarm."""
    producer = catalogue.find_producer(g.community, producer_id)
    if COORDINATE.name not in held_here() and not catalogue.acts_for(producer, g.member):
        raise NotOfTheFarm
    return producer


def _back(producer: Producer, words: Text, anchor: str) -> ResponseReturnValue:
    flash(str(words), "good")
    return redirect(url_for("direct_sales.producer", producer_id=producer.id, _anchor=anchor))


@pages.get("/producteurs/<int:producer_id>/calendrier")
def calendar_page(producer_id: int) -> ResponseReturnValue:
    """Show in which months each product comes, to change it."""
    producer = _farm(producer_id)
    known = farm.months_of(producer)
    values = {f"m-{each}": [str(month) for month in months] for each, months in known.items()}
    return _calendar(producer, Form.blank(**values))


def _calendar(producer: Producer, form: Form) -> ResponseReturnValue:
    names = showing.month_names()
    return (
        render_template(
            "direct_sales/growing/calendar.html",
            producer=producer,
            products=catalogue.products_of(producer),
            months=[(str(month), names[month - 1]) for month in farm.MONTHS],
            form=form,
        ),
        form.status,
    )


@pages.post("/producteurs/<int:producer_id>/calendrier")
def set_calendar(producer_id: int) -> ResponseReturnValue:
    """Keep in which months each product comes."""
    producer, form = _farm(producer_id), Form.sent()
    products = catalogue.products_of(producer)

    def act(**ticked: list[int]) -> None:
        farm.set_months(producer, {each.id: ticked[f"m-{each.id}"] for each in products})

    if not form.apply(months_schema(each.id for each in products), act):
        return _calendar(producer, form)
    return _back(producer, _("Le calendrier est enregistré."), "saison")


@pages.get("/producteurs/<int:producer_id>/cultures")
def crops_page(producer_id: int) -> ResponseReturnValue:
    """Show the crop plan, to write it; ``?culture=`` to correct one."""
    producer = _farm(producer_id)
    crop = _asked(producer)
    form = Form.blank(unit="kg")
    if crop is not None:
        form = Form.blank(
            name=crop.name,
            sown_on=crop.sown_on,
            first_on=crop.first_on,
            last_on=crop.last_on,
            plot=crop.plot,
            quantity=crop.quantity,
            unit=crop.unit,
            note=crop.note,
        )
    return _crops(producer, form, crop)


def _asked(producer: Producer) -> PlannedCrop | None:
    typed = request.args.get("culture", "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):
        raise Absent
    return farm.find_crop(producer, int(typed))


def _crops(producer: Producer, form: Form, crop: PlannedCrop | None) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/growing/crops.html",
            producer=producer,
            crops=farm.crops_of(producer, past=True),
            crop=crop,
            form=form,
            labels=LABELS,
            units=[(name, wording.unit(name)) for name in wording.UNITS],
            wording=wording,
        ),
        form.status,
    )


@pages.post("/producteurs/<int:producer_id>/cultures")
def plan_crop(producer_id: int) -> ResponseReturnValue:
    """Write a crop of the plan; ``?culture=`` for one that is corrected."""
    producer, form = _farm(producer_id), Form.sent()
    crop = _asked(producer)

    def act(**values: Any) -> object:
        return farm.plan_crop(producer, crop=crop, **values)

    if not form.apply(CropSchema(), act):
        return _crops(producer, form, crop)
    flash(str(_("La culture est dans le plan.")), "good")
    return redirect(url_for("direct_sales_farm.crops_page", producer_id=producer.id))


@pages.post("/producteurs/<int:producer_id>/cultures/<int:crop_id>/oter")
def drop_crop(producer_id: int, crop_id: int) -> ResponseReturnValue:
    """Take a crop out of the plan."""
    producer = _farm(producer_id)
    farm.drop_crop(farm.find_crop(producer, crop_id))
    db.session.commit()
    flash(str(_("La culture est ôtée du plan.")), "good")
    return redirect(url_for("direct_sales_farm.crops_page", producer_id=producer.id))


@pages.get("/producteurs/<int:producer_id>/mauvaise-saison")
def mishap_page(producer_id: int) -> ResponseReturnValue:
    """Show the form to tell what befell the farm, and what was told."""
    return _mishap(_farm(producer_id), Form.blank())


def _mishap(producer: Producer, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/growing/mishap.html",
            producer=producer,
            notices=farm.notices_of(producer),
            kinds=[(each.value, words) for each, words in showing.MISHAPS.items()],
            mishaps=showing.MISHAPS,
            form=form,
            labels=LABELS,
        ),
        form.status,
    )


@pages.post("/producteurs/<int:producer_id>/mauvaise-saison")
def note_mishap(producer_id: int) -> ResponseReturnValue:
    """Tell the members what befell the farm."""
    producer, form = _farm(producer_id), Form.sent()

    def act(kind: str, happened_on: date, words: str, consequence: str) -> None:
        made = farm.note_mishap(producer, kind, happened_on, words, consequence)
        notices.tell_mishap(made)

    if not form.apply(MishapSchema(), act):
        return _mishap(producer, form)
    return _back(producer, _("C’est dit sur la page de la ferme."), "mauvaise-saison")


@pages.post("/producteurs/<int:producer_id>/mauvaise-saison/<int:notice_id>/finie")
def end_mishap(producer_id: int, notice_id: int) -> ResponseReturnValue:
    """Say that it changes nothing more."""
    producer = _farm(producer_id)
    farm.end_mishap(farm.find_notice(producer, notice_id))
    db.session.commit()
    return _back(producer, _("Noté : ce n’est plus en tête de la page."), "mauvaise-saison")


@pages.get("/producteurs/<int:producer_id>/photo")
def picture_page(producer_id: int) -> ResponseReturnValue:
    """Show the form to choose the farm's picture."""
    return _picture(_farm(producer_id), Form.blank())


def _picture(producer: Producer, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/growing/picture.html",
            producer=producer,
            picture=farm.picture_of(producer),
            form=form,
            labels=LABELS,
            largest=pictures.LARGEST_SIDE,
        ),
        form.status,
    )


@pages.post("/producteurs/<int:producer_id>/photo")
def set_picture(producer_id: int) -> ResponseReturnValue:
    """Keep the farm's picture."""
    producer, form = _farm(producer_id), Form.sent()
    file = request.files.get("picture")
    content = file.read() if file else b""

    def act(words: str) -> object:
        return farm.set_picture(producer, content, words)

    if not form.apply(PictureSchema(), act):
        return _picture(producer, form)
    return _back(producer, _("La photo est enregistrée."), "")


@pages.post("/producteurs/<int:producer_id>/photo/oter")
def drop_picture(producer_id: int) -> ResponseReturnValue:
    """Take the picture away."""
    producer = _farm(producer_id)
    farm.drop_picture(producer)
    db.session.commit()
    return _back(producer, _("La photo est ôtée."), "")


@pages.get("/producteurs/<int:producer_id>/photo.jpg")
def picture(producer_id: int) -> ResponseReturnValue:
    """Give the farm's picture."""
    found = farm.picture_of(catalogue.find_producer(g.community, producer_id))
    if found is None:
        raise Absent
    answer = Response(found.content, content_type=pictures.MEDIA_TYPE)
    answer.set_etag(found.sha256)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    answer.make_conditional(request)
    return answer
