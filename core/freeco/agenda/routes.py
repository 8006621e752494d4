"""The agenda of a member, three months of it, and the private address for their calendar."""

from datetime import timedelta

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.agenda import feeds, lines
from freeco.clock import now
from freeco.db import db
from freeco.doors import before_charter, open_here
from freeco.errors import Absent
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.members.models import Community
from freeco.offline.kept import kept_offline

pages = Blueprint("agenda", __name__)
SHOWN = timedelta(days=92)


@pages.get("/agenda")
@kept_offline
def home() -> ResponseReturnValue:
    """Show what is coming for me, month by month."""
    since = now()
    items = kernel().plugins.agenda(open_here(), g.community, g.member, since, since + SHOWN)
    feed = None if g.acting_for else feeds.feed_of(g.member)
    token = feeds.token_of(feed) if feed is not None else None
    return render_template(
        "agenda/home.html",
        months=lines.by_month(items, g.community),
        feed=feed,
        address=_address(g.community, token) if token else None,
        until=(since + SHOWN).date(),
    )


def _address(community: Community, token: str) -> str:
    site = kernel().settings.base_url
    return site + url_for("agenda_feed.read", circle=community.slug, token=token)


@pages.post("/agenda/adresse")
def renew() -> ResponseReturnValue:
    """Give me a private address, or another one in its place."""
    _only_for_myself()
    had = feeds.feed_of(g.member) is not None
    feeds.renew(g.member)
    db.session.commit()
    flash(
        str(
            _("La nouvelle adresse est prête ; l’ancienne ne fonctionne plus.")
            if had
            else _("Votre adresse est prête. Copiez-la dans votre calendrier.")
        ),
        "good",
    )
    return redirect(url_for("agenda.home", _anchor="adresse"))


@pages.post("/agenda/adresse/fin")
@before_charter
def revoke() -> ResponseReturnValue:
    """Take my address away from every calendar that follows it."""
    _only_for_myself()
    feeds.revoke(g.member)
    db.session.commit()
    flash(str(_("L’adresse ne fonctionne plus. Les calendriers qui la suivaient se videront.")))
    return redirect(url_for("agenda.home", _anchor="adresse"))


def _only_for_myself() -> None:
    """Refuse to draw an address for a person served: it would outlive the charge."""
    if g.acting_for is not None:
        raise Absent
