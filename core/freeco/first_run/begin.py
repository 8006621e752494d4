"""Founding what the five screens described, in one transaction."""

from flask import g

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.first_run import drafts
from freeco.first_run.models import FoundingDraft
from freeco.first_run.presets import BY_NAME
from freeco.first_run.screens import SCREENS, Values, language_read, read
from freeco.first_run.zones import zone_of
from freeco.i18n import _, language
from freeco.mail.letters import send_mail
from freeco.members import founding, people_entry
from freeco.members.founding import Plan
from freeco.members.links import Purpose, create_link
from freeco.members.membership import membership_of
from freeco.members.models import Community, Person
from freeco.plugins import Plugins


class NotAllAnswered(Refusal):
    """A screen has become wrong since it was sent: an address was taken, a charter changed."""

    reason = _("Une réponse est à revoir avant de fonder la communauté.")


def answers(draft: FoundingDraft, person: Person | None) -> dict[str, Values]:
    """Return what was answered on each screen. Raises NotAllAnswered."""
    found = {screen.name: read(screen, draft, person)[1] for screen in SCREENS}
    whole = {name: values for name, values in found.items() if values is not None}
    if len(whole) < len(SCREENS):
        raise NotAllAnswered
    return whole


def plan_of(name: Values, place: Values, kind: Values) -> Plan:
    """Return what would be founded after the first three screens."""
    preset = BY_NAME[kind["kind"]]
    return Plan(
        slug=name["slug"],
        name=name["name"],
        commune=place["commune"],
        postal_code=place["postal_code"],
        territory=place["territory"],
        timezone=zone_of(place["timezone"], place["postal_code"]),
        presentation=kind[f"presentation_{preset.name}"],
        admission=preset.admission,
        kind=preset.name,
        organisation=preset.organisation,
        organisation_name=place["commune"] if preset.named_after_place else name["name"],
        hats=preset.hats,
    )


def found(plugins: Plugins, draft: FoundingDraft, person: Person | None) -> Person | None:
    """Found the community of a draft; return the founder, to sign in, or None for a second click.

    Raises NotAllAnswered, and what ``found_as_planned`` and ``enter_people`` raise.
    """
    lock(draft)
    if draft.community_id is not None:
        return None
    whole = answers(draft, person)
    charter = whole["charter"]
    founder, new = (person, False) if person is not None else (_founder(draft, charter), True)
    unproved = new and not drafts.is_new_site()
    if new and not unproved:
        # Nobody else is here yet whom this address could mislead, and mail may not work yet.
        founder.confirmed_at = now()
    community = founding.found_as_planned(
        plugins,
        plan_of(whole["name"], whole["place"], whole["kind"]),
        founder,
        language_read(charter["sha256"]) or "",
        charter["sha256"],
    )
    if unproved:
        _ask_for_confirmation(founder, community)
    member = membership_of(community, founder)
    if member is not None:
        people = whole["people"]["people"]
        people_entry.enter_people(plugins, community, people, member, signed=False)
    drafts.close(draft, community)
    return founder


def _founder(draft: FoundingDraft, charter: Values) -> Person:
    return Person(
        first_name=charter["first_name"],
        last_name=charter["last_name"],
        email=charter["email"],
        password_hash=draft.password_hash,
        language=language(),
    )


def _ask_for_confirmation(founder: Person, community: Community) -> None:
    """Mail the link that proves the address: until it is opened, this session is the only one."""
    secret = create_link(founder, Purpose.CONFIRM, f"/{community.slug}/")
    send_mail(
        founder.email or "",
        "confirm",
        founder.language,
        first_name=founder.first_name,
        secret=secret,
    )


def founded_by_reader(draft: FoundingDraft) -> Community | None:
    """Return what a draft founded, for a reader who is a member of it."""
    community = db.session.get(Community, draft.community_id or 0)
    if community is None or g.person is None or membership_of(community, g.person) is None:
        return None
    return community
