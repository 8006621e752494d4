"""What people are told about shifts, incidents and leftovers."""

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from freeco.i18n import _, listed, said
from freeco.members.membership import holding
from freeco.members.models import Community, Member
from freeco.module import Topic
from freeco.notifications.notices import notify
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.shifts.incident_models import Incident, IncidentAnswer
from freeco_direct_sales.shifts.leftover_models import Leftover
from freeco_direct_sales.shifts.models import Shift, ShiftSignup
from freeco_direct_sales.shifts.signing import Taken

LETTERS = Path(__file__).parent.parent / "letters"
SHIFT = Topic(
    "direct_sales.shift",
    _("Rappels et changements de mes permanences"),
    _("Vous êtes inscrit à une permanence."),
    "at_once",
)
STAND_IN = Topic(
    "direct_sales.stand_in",
    _("Un remplaçant est cherché pour une permanence"),
    _("Votre foyer a encore des permanences à faire, ou quelqu’un pense à vous."),
    "at_once",
)
DUTY = Topic(
    "direct_sales.duty",
    _("Il manque du monde à une distribution"),
    _("Vous coordonnez les distributions."),
    "at_once",
)
INCIDENT = Topic(
    "direct_sales.incident",
    _("Un problème avec un panier est signalé, ou reçoit une réponse"),
    _("Ce signalement vous concerne."),
    "at_once",
)
LEFTOVER = Topic(
    "direct_sales.leftover",
    _("Un partenaire vient chercher ce qui reste"),
    _("Vous coordonnez les distributions, ou vous avez proposé ces restes."),
    "at_once",
)
TOPICS = (SHIFT, STAND_IN, DUTY, INCIDENT, LEFTOVER)


def coordinators(community: Community) -> list[Member]:
    """Return who is told of a gap."""
    return holding(community, COORDINATE.name)


def _home(distribution: Distribution) -> str:
    return f"/{distribution.community.slug}/direct-sales"


def _page(shift: Shift) -> str:
    return f"{_home(shift.distribution)}/permanences/{shift.id}"


def _told(shift: Shift) -> dict[str, object]:
    zone = ZoneInfo(shift.distribution.community.timezone)
    return {
        "role": shift.role.name,
        "date": local_day(shift.distribution),
        "starts": shift.starts_at.astimezone(zone).time(),
        "ends": shift.ends_at.astimezone(zone).time(),
        "place": shift.distribution.place,
    }


def stand_in_key(signup: ShiftSignup) -> str:
    """Say what those are told who are asked to come instead of who cannot."""
    return f"{STAND_IN.name}:{signup.id}"


def asked_key(shift: Shift) -> str:
    """Say what somebody is told whom a coordinator asks to come."""
    return f"{STAND_IN.name}:asked:{shift.id}"


def ask_to_come(shift: Shift, member: Member) -> None:
    """Ask a member to take a place that is free, whether or not anybody had it before."""
    notify(
        member,
        STAND_IN.name,
        "shift_stand_in",
        key=asked_key(shift),
        url=_page(shift),
        folder=LETTERS,
        **_told(shift),
    )


def ask_for_stand_in(signup: ShiftSignup, people: Iterable[Member]) -> None:
    """Ask members to come instead of who cannot; who it is, is nobody's business."""
    for member in people:
        notify(
            member,
            STAND_IN.name,
            "shift_stand_in",
            key=stand_in_key(signup),
            url=_page(signup.shift),
            folder=LETTERS,
            **_told(signup.shift),
        )


def ask_by_name(signup: ShiftSignup) -> None:
    """Tell a member that somebody asks them to take a shift over."""
    if signup.offered_to is not None:
        notify(
            signup.offered_to,
            STAND_IN.name,
            "shift_offered",
            key=f"{STAND_IN.name}:offer:{signup.id}",
            url=_page(signup.shift),
            folder=LETTERS,
            name=signup.member.name,
            **_told(signup.shift),
        )


def tell_declined(signup: ShiftSignup, by: Member) -> None:
    """Tell who asked that the other cannot: they are still expected."""
    notify(
        signup.member,
        SHIFT.name,
        "shift_declined",
        key=f"{SHIFT.name}:declined:{signup.id}:{by.id}",
        url=_page(signup.shift),
        folder=LETTERS,
        name=by.name,
        **_told(signup.shift),
    )


def tell_replaced(taken: Taken) -> None:
    """Tell who could not come that somebody does."""
    freed = taken.freed_by
    if freed is not None and freed.id != taken.signup.member_id:
        notify(
            freed,
            SHIFT.name,
            "shift_replaced",
            key=f"{SHIFT.name}:replaced:{taken.signup.id}",
            url=_page(taken.signup.shift),
            folder=LETTERS,
            name=taken.signup.member.name,
            **_told(taken.signup.shift),
        )


def tell_moved(shift: Shift) -> None:
    """Tell who is on duty that the hours have changed."""
    for each in shift.on_duty:
        notify(
            each.member,
            SHIFT.name,
            "shift_moved",
            key=f"{SHIFT.name}:moved:{shift.id}:{shift.changes}",
            url=_page(shift),
            folder=LETTERS,
            **_told(shift),
        )


def remind(signup: ShiftSignup) -> None:
    """Remind a member some days before, while a stand-in is easily found."""
    notify(
        signup.member,
        SHIFT.name,
        "shift_reminder",
        key=f"{SHIFT.name}:reminder:{signup.id}",
        url=_page(signup.shift),
        folder=LETTERS,
        **_told(signup.shift),
    )


def tell_gaps(distribution: Distribution, gaps: list[Shift], late: int) -> None:
    """Tell the coordinators who is missing; again when somebody took their word back since."""
    what = [said("%(role)s : %(num)s", role=shift.role.name, num=shift.free) for shift in gaps]
    for member in coordinators(distribution.community):
        notify(
            member,
            DUTY.name,
            "shift_gaps",
            key=f"{DUTY.name}:{distribution.id}:{late}",
            url=f"{_home(distribution)}/distributions/{distribution.id}/permanences",
            folder=LETTERS,
            date=local_day(distribution),
            what=listed(what),
        )


def _about(incident: Incident) -> dict[str, object]:
    return {
        "producer": incident.producer.name,
        "household": incident.household.name,
        "date": local_day(incident.distribution),
    }


def _incident_page(incident: Incident) -> str:
    return f"{_home(incident.distribution)}/signalements/{incident.id}"


def _concerned(incident: Incident) -> list[Member]:
    farm = [incident.producer.member] if incident.producer.member is not None else []
    found = [*farm, *coordinators(incident.distribution.community)]
    return list({each.id: each for each in found}.values())


def tell_incident(incident: Incident) -> None:
    """Tell the producer and the coordinators what was wrong."""
    for member in _concerned(incident):
        if member.id != incident.reported_by_id:
            notify(
                member,
                INCIDENT.name,
                "incident",
                key=f"{INCIDENT.name}:{incident.id}",
                url=_incident_page(incident),
                folder=LETTERS,
                words=incident.words,
                **_about(incident),
            )


def tell_answer(answer: IncidentAnswer) -> None:
    """Tell the household and the others concerned what was answered."""
    incident = answer.incident
    people = [each.member for each in incident.household.people] + _concerned(incident)
    for member in {each.id: each for each in people}.values():
        if member.id != answer.member_id and member.left_at is None:
            notify(
                member,
                INCIDENT.name,
                "incident_answer",
                key=f"{INCIDENT.name}:answer:{answer.id}",
                url=_incident_page(incident),
                folder=LETTERS,
                name=answer.member.name,
                words=answer.words,
                **_about(incident),
            )


def tell_fetched(leftover: Leftover) -> None:
    """Tell who offered the leftovers, and the coordinators, which partner comes."""
    distribution = leftover.distribution
    people = [leftover.offered_by, *coordinators(distribution.community)]
    partner = leftover.partner
    for member in {each.id: each for each in people}.values():
        if partner is not None:
            notify(
                member,
                LEFTOVER.name,
                "leftovers_fetched",
                key=f"{LEFTOVER.name}:{leftover.id}",
                url=f"{_home(distribution)}/distributions/{distribution.id}/restes",
                folder=LETTERS,
                partner=partner.name,
                phone=partner.phone,
                words=leftover.words,
            )
