"""The feed, read by a calendar that signs in nowhere: its address is the whole key.

It stands outside the guard's communities: a closed circle's members follow their agenda too,
and who does not hold the address cannot tell the circle from one that does not exist.
"""

from datetime import timedelta

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from freeco.activation import open_modules
from freeco.agenda import feeds, icalendar_text
from freeco.clock import now
from freeco.db import db
from freeco.doors import public
from freeco.i18n import spoken
from freeco.kernel import kernel
from freeco.members.limits import bound

pages = Blueprint("agenda_feed", __name__)
BEFORE = timedelta(days=31)
AFTER = timedelta(days=365)
READINGS_AN_HOUR = 60


@pages.get("/<circle>/agenda/<token>.ics")
@public
def read(circle: str, token: str) -> ResponseReturnValue:
    """Give a member's agenda as iCalendar; nothing new costs a line (304)."""
    feed = feeds.find_feed(circle, token)
    subject = f"calendar:{feed.id}"
    db.session.commit()  # the count below is a transaction of its own: this page only reads
    bound(subject, READINGS_AN_HOUR, 60)
    db.session.commit()
    member, plugins = feed.member, kernel().plugins
    g.community = member.community  # whose zone and name the modules write in
    with spoken(member.person.language if member.person is not None else "fr"):
        items = plugins.agenda(
            open_modules(member.community),
            member.community,
            member,
            now() - BEFORE,
            now() + AFTER,
        )
        content = icalendar_text.write(
            member.community, items, kernel().settings.base_url, feed.created_at
        )
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = "inline; filename=agenda.ics"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.add_etag()
    return answer.make_conditional(request)
