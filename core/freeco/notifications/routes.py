"""What each reader wants to be told, how and how often."""

from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import BadRequest

from freeco.db import db, lock
from freeco.doors import before_charter, open_here
from freeco.errors import Absent, Invalid
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.mail import bounces
from freeco.members.membership import membership_of
from freeco.members.models import Member
from freeco.module import Rhythm, Topic
from freeco.notifications import choices, phone_relay
from freeco.notifications.choices import Way
from freeco.notifications.models import Notice, PushDevice
from freeco.notifications.push import BadDevice, check_device, public_key
from freeco.notifications.schemas import DeviceSchema, choices_schema, field_of, rhythms_for
from freeco.notifications.topics import DIGEST, topics_of
from freeco.web.forms import Form

pages = Blueprint("notifications", __name__)
LATEST = 30
MOST_DEVICES = 10
RHYTHM_WORDS = {
    "at_once": _("Tout de suite"),
    "weekly": _("Dans la lettre de la semaine"),
    "never": _("Jamais"),
}
DIGEST_WORDS = {"weekly": _("Chaque semaine"), "never": _("Jamais")}


@pages.app_context_processor
def _tell_the_shell() -> dict[str, object]:
    """Let any page show that the reader's address takes no mail."""
    return {"my_failing_address": _my_failing_address}


def _my_failing_address() -> object:
    person = g.get("person")
    return choices.failing_since(person.email) if person is not None else None


def _ways() -> tuple[Way, ...]:
    """Return how this member may be told here, by what the operator configured."""
    if g.member.person is not None and g.member.person.email is None:
        return ("phone",)
    sms: tuple[Way, ...] = ("sms",) if kernel().settings.sms_url else ()
    push: tuple[Way, ...] = ("push",) if kernel().settings.push_key else ()
    return ("email", *sms, *push)


@pages.get("/avis")
def home() -> ResponseReturnValue:
    """Show what I was told, and what I am told about."""
    topics = topics_of(open_here())
    chosen = {field_of(topic): choices.rhythm_of(g.member, topic) for topic in topics}
    ways = {way: "1" if choices.agrees(g.member, way) else "" for way in _ways()}
    return _show(Form.blank(**chosen, **ways))


def _show(form: Form) -> ResponseReturnValue:
    topics = topics_of(open_here())
    latest = db.session.scalars(
        select(Notice)
        .where(Notice.member_id == g.member.id)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(LATEST)
    ).all()
    key = kernel().settings.push_key
    page = render_template(
        "notifications/home.html",
        form=form,
        topics=[(topic, field_of(topic), _rhythms(topic)) for topic in topics],
        labels={field_of(topic): topic.label for topic in topics},
        ways=_ways(),
        latest=latest,
        devices=choices.devices_of(g.member),
        push_key=public_key(key) if key else "",
        relays=phone_relay.may_see(g.community, _myself()),
    )
    return page, form.status


def _rhythms(topic: Topic) -> list[tuple[str, str]]:
    words = DIGEST_WORDS if topic is DIGEST else RHYTHM_WORDS
    return [(each, words[each]) for each in rhythms_for(topic)]


@pages.post("/avis")
@before_charter
def save() -> ResponseReturnValue:
    """Keep my choices."""
    form = Form.sent()
    topics, ways = topics_of(open_here()), _ways()

    def act(**chosen: object) -> None:
        rhythms = {topic.name: cast(Rhythm, chosen[field_of(topic)]) for topic in topics}
        choices.choose(g.member, rhythms, {way: bool(chosen[way]) for way in ways})

    if not form.apply(choices_schema(topics, ways), act):
        return _show(form)
    flash(str(_("C’est noté.")), "good")
    return redirect(url_for("notifications.home"))


@pages.post("/avis/adresse")
@before_charter
def address_works() -> ResponseReturnValue:
    """Believe me: my address takes mail again."""
    if g.person.email is not None:
        bounces.try_again(g.person.email)
        db.session.commit()
    flash(str(_("Les prochains messages partiront de nouveau à votre adresse.")), "good")
    return redirect(url_for("notifications.home"))


@pages.post("/avis/appareil")
@before_charter
def add_device() -> ResponseReturnValue:
    """Let this browser be woken; JSON of its PushSubscription."""
    if not kernel().settings.push_key or "push" not in _ways():
        raise Absent
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise BadRequest
    form = Form(values=sent)
    given = form.take(DeviceSchema())
    if given is None:
        raise Invalid(form.errors)
    try:
        device = check_device(given["endpoint"], given["p256dh"], given["auth"])
    except BadDevice as error:
        raise Invalid({str(error): [str(_("Cet appareil ne peut pas être joint."))]}) from error
    lock(g.member)
    known = {each.endpoint: each for each in choices.devices_of(g.member)}
    row = known.get(device.endpoint)
    if row is not None:
        row.public_key, row.secret = device.public_key, device.secret
    elif len(known) >= MOST_DEVICES:
        raise Invalid({"endpoint": [str(_("Retirez d’abord un ancien appareil."))]})
    else:
        db.session.add(
            PushDevice(
                member_id=g.member.id,
                endpoint=device.endpoint,
                public_key=device.public_key,
                secret=device.secret,
                name=given["name"],
            )
        )
    choices.choose(g.member, {}, {"push": True})
    db.session.commit()
    return "", 204


@pages.post("/avis/appareil/<int:device_id>/retirer")
@before_charter
def remove_device(device_id: int) -> ResponseReturnValue:
    """Leave a browser alone."""
    device = db.session.get(PushDevice, device_id)
    if device is None or device.member_id != g.member.id:
        raise Absent
    choices.forget_device(device.id)
    db.session.commit()
    flash(str(_("Cet appareil ne recevra plus rien.")), "good")
    return redirect(url_for("notifications.home"))


def _myself() -> Member:
    """Return my own place here, also while I act for somebody else."""
    own = membership_of(g.community, g.person)
    if own is None:
        raise Absent
    return own


@pages.get("/avis/telephone")
def phone_list() -> ResponseReturnValue:
    """Show whom I phone, and what I tell them; absent for everybody else."""
    viewer = _myself()
    if not phone_relay.may_see(g.community, viewer):
        raise Absent
    return render_template("notifications/phone.html", calls=phone_relay.calls(g.community, viewer))


@pages.post("/avis/telephone/<int:notice_id>")
def say(notice_id: int) -> ResponseReturnValue:
    """Note that I said it, or take that back."""
    notice = phone_relay.tell(
        g.community, _myself(), notice_id, said=bool(request.form.get("said"))
    )
    db.session.commit()
    return redirect(url_for("notifications.phone_list", _anchor=f"personne-{notice.member_id}"))
