"""The weekly letter: what waits, and what comes, in one message."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from freeco.activation import open_modules
from freeco.clock import now
from freeco.db import db, lock
from freeco.i18n import counted, day, hour, said, spoken
from freeco.mail.letters import OWN_LETTERS, SITE, one_line
from freeco.mail.wording.applying import worded
from freeco.members.models import Community, Member
from freeco.members.proxies import members_served_by
from freeco.module import AgendaItem
from freeco.notifications import choices, notices
from freeco.notifications.choices import Reader
from freeco.notifications.models import DigestTime, Notice
from freeco.notifications.sweeps import Round, agenda_of
from freeco.notifications.topics import DIGEST, REMINDER
from freeco.plugins import Plugins
from freeco.record.heads import head_of

USUAL_WEEKDAY, USUAL_HOUR = 6, 18
WEEK = timedelta(days=7)
LOOKED_BACK = timedelta(days=15)
"""A letter that was missed is made up for, two weeks at most."""


def chosen_time(community: Community) -> DigestTime | None:
    """Return when a community chose to have its weekly letter leave; none for the usual time."""
    return db.session.scalar(select(DigestTime).where(DigestTime.community_id == community.id))


def digest_time(community: Community) -> tuple[int, int]:
    """Return the weekday (0 is Monday) and the hour of the weekly letter."""
    row = chosen_time(community)
    return (row.weekday, row.hour) if row is not None else (USUAL_WEEKDAY, USUAL_HOUR)


def choose_digest_time(community: Community, weekday: int, hour: int) -> None:
    """Have the weekly letter leave at another time, from the next one on."""
    lock(community)
    row = chosen_time(community)
    if row is None:
        db.session.add(DigestTime(community=community, weekday=weekday, hour=hour))
    elif (row.weekday, row.hour) != (weekday, hour):
        row.weekday, row.hour, row.chosen_at = weekday, hour, now()
    db.session.flush()


def digest_slot(community: Community) -> datetime | None:
    """Return the last instant at which the weekly letter was to leave; none before the first."""
    chosen = chosen_time(community)
    weekday, at = digest_time(community)
    zone = ZoneInfo(community.timezone)
    local = now().astimezone(zone)
    back = (local.weekday() - weekday) % 7
    slot = datetime.combine(local.date() - timedelta(days=back), time(at), zone)
    if slot > local:
        slot = datetime.combine(slot.date() - WEEK, time(at), zone)
    return slot if chosen is None or slot >= chosen.chosen_at else None


def due(plugins: Plugins, community: Community) -> Round | None:
    """Prepare to write the letter of the week that has just begun."""
    slot = digest_slot(community)
    if slot is None:
        return None
    opened = open_modules(community)

    def write(member: Member) -> None:
        reader = choices.reader_of(member)
        if reader is not None and reader.member is member:
            _write_digest(plugins, opened, reader, slot)

    return Round(DIGEST.name, slot.date().toordinal(), slot, write)


def _write_digest(plugins: Plugins, opened: frozenset[str], reader: Reader, slot: datetime) -> None:
    """Gather what waits for a reader, and for those they serve; nothing to say, nothing sent."""
    if choices.rhythm_of(reader.member, DIGEST) == "never" or not choices.takes_mail(reader):
        return
    with spoken(reader.person.language):
        lines, told = _part(plugins, opened, reader.member, slot)
        for served in members_served_by(reader.person, reader.member.community):
            more, also = _part(plugins, opened, served, slot)
            if more:
                title = said("Pour %(name)s", name=served.name)
                lines += [*_heading(title), *more]
                told += also
        if not lines:
            return
        hello = [said("Bonjour %(name)s,", name=reader.person.first_name), ""]
        seal = _seal(reader.member.community)
    community = reader.member.community
    week = {"community": community.name, "week": "\n".join(lines).strip()}
    letter = worded(community, "digest", reader.person.language, OWN_LETTERS, week)
    words = [*hello, letter.body]
    mail = notices.noticed_mail(reader, reader.member, DIGEST, letter.subject, words, at_foot=seal)
    db.session.add(mail)
    for notice in told:
        notice.told_at = now()


def _part(
    plugins: Plugins, opened: frozenset[str], member: Member, slot: datetime
) -> tuple[list[str], list[Notice]]:
    zone = ZoneInfo(member.community.timezone)
    lines: list[str] = []
    coming = agenda_of(plugins, opened, member, slot, slot + WEEK)
    if coming:
        lines += _heading(said("Dans l’agenda, cette semaine"))
        lines += [_agenda_line(item, zone) for item in coming] + [""]
    waiting = _waiting_notices(member, slot)
    if waiting:
        lines += _heading(said("Ce qu’il faut savoir"))
        for notice in waiting:
            lines += _notice_lines(notice)
    return lines, waiting


def _seal(community: Community) -> list[str]:
    """Say the head of the record: a letter that somebody kept is not rewritten."""
    head = head_of(community)
    if head is None:
        return []
    return [
        counted(
            "Sceau du registre, le %(day)s : %(num)s inscription, empreinte %(root)s.",
            "Sceau du registre, le %(day)s : %(num)s inscriptions, empreinte %(root)s.",
            head.size,
            day=day(head.day),
            root=head.root,
        )
    ]


def _heading(words: str) -> list[str]:
    return [words, "-" * max(3, len(words)), ""]


def _agenda_line(item: AgendaItem, zone: ZoneInfo) -> str:
    starts = item.starts_at.astimezone(zone)
    words = {
        "day": day(starts.date()),
        "hour": hour(starts.time()),
        "what": one_line(str(item.title)),
        "place": one_line(item.place),
    }
    if item.place:
        return "- " + said("%(day)s, %(hour)s, %(place)s – %(what)s", **words)
    return "- " + said("%(day)s, %(hour)s – %(what)s", **words)


def _notice_lines(notice: Notice) -> list[str]:
    lines = [notice.subject, "", notice.body, ""]
    if notice.url:
        lines += [
            said(
                "Ouvrir « %(what)s » : %(address)s",
                what=notice.subject,
                address=SITE + notice.url,
            ),
            "",
        ]
    return lines


def _waiting_notices(member: Member, slot: datetime) -> list[Notice]:
    """Return what has not been told yet and is still wanted, the oldest first."""
    found = db.session.scalars(
        select(Notice)
        .where(
            Notice.member_id == member.id,
            Notice.told_at.is_(None),
            Notice.topic != REMINDER.name,  # by then it is past
            Notice.created_at <= slot,
            Notice.created_at > slot - LOOKED_BACK,
        )
        .order_by(Notice.created_at, Notice.id)
    )
    return [notice for notice in found if choices.wants(member, notice.topic)]
