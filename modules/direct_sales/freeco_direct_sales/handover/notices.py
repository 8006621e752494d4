"""What is told to the newcomer to whom a charge is passed on."""

from collections.abc import Sequence
from datetime import date

from freeco.i18n import _, listed
from freeco.members.models import Member
from freeco.module import Topic
from freeco.notifications.notices import notify
from freeco_direct_sales.handover.models import HandingOver
from freeco_direct_sales.handover.passing import PASSED
from freeco_direct_sales.notices import LETTERS
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.telling.notices import Later

HANDOVER = Topic(
    "direct_sales.handover",
    _("Une charge m’est confiée"),
    _("Une charge de cette communauté vous est confiée."),
    "at_once",
)
TOPICS = (HANDOVER,)


def tell_newcomer(rows: Sequence[HandingOver], by: Member, until: date) -> None:
    """Tell a newcomer which charges they hold from now on, and until when they are two."""
    if not rows:
        return
    names = [each.permission for each in rows]
    home = f"/{by.community.slug}"
    notify(
        rows[0].to_member,
        HANDOVER.name,
        "charge_passed",
        key=f"{HANDOVER.name}:{'-'.join(str(each.id) for each in rows)}:{until}",
        url=f"{home}/direct-sales/saison" if COORDINATE.name in names else home,
        folder=LETTERS,
        name=by.name,
        charges=Later(lambda: listed([str(PASSED[each]) for each in names])),
        until=until,
    )
