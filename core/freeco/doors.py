"""Who may come in: the community in the URL, and the one guard before every page.

Default deny, in this order: signed in, member here, charter accepted (to act), module open,
permission held. A page marks what it needs less, or more; a module cannot forget the guard.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, func, select

from freeco.activation import open_modules
from freeco.charter import services as charter
from freeco.clock import now
from freeco.db import db
from freeco.door import Door, Link, View, mark_door
from freeco.errors import Absent, CharterNotAccepted, NotAllowed, show, wants_json
from freeco.first_run import rehearsal
from freeco.i18n import _
from freeco.members import membership, proxies
from freeco.members.founding import SLUG
from freeco.members.models import Admission, Community, Invitation, Member, Person
from freeco.programs import keys
from freeco.programs.forgery import secret_shown
from freeco.programs.models import Scope
from freeco.sessions import NOBODY_S, Sessions, leave_names_outside
from freeco.web import unfinished

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def public(view: View) -> View:
    """Open a page to anybody; a closed circle's pages stay invisible to strangers."""
    return mark_door(view, public=True)


def by_link(holds: Link) -> Callable[[View], View]:
    """Open a page to anybody whose link this site signed, a closed circle's pages too."""

    def mark(view: View) -> View:
        return mark_door(view, public=True, link=holds)

    return mark


def outsiders(view: View) -> View:
    """Open a page to signed-in persons who are not members here."""
    return mark_door(view, outsiders=True)


def before_charter(view: View) -> View:
    """Let a member act before accepting the current charter: accept it, leave, sign out."""
    return mark_door(view, before_charter=True)


def earlier_charter(view: View) -> View:
    """Let a member act who accepted a charter, be it an earlier one.

    For what one was given before: a version adopted since takes nobody's vote away.
    """
    return mark_door(view, earlier_charter=True)


def requires(*permissions: str) -> Callable[[View], View]:
    """Ask for a permission; any one of those named is enough."""

    def mark(view: View) -> View:
        return mark_door(view, permissions=frozenset(permissions))

    return mark


def ordering(view: View) -> View:
    """Let a program whose key may order change what this address changes."""
    return mark_door(view, ordering=True)


def nameless(view: View) -> View:
    """Take what is sent in nobody's name: a secret ballot.

    Of the session, which a forged form could abuse, the page sees the language and the forms'
    token, and no cookie goes back: nothing the page keeps can be about who sent it.
    """
    return mark_door(view, nameless=True)


def door_of(app: Flask, endpoint: str) -> Door:
    """Return what a page asks; the conformance suite walks the URL map with it."""
    door: Door = getattr(app.view_functions[endpoint], "freeco_door", Door())
    return door


def open_here() -> frozenset[str]:
    """Return the modules open in the community in view; asked once a request."""
    if "open_modules" not in g:
        g.open_modules = open_modules(g.community) if g.community is not None else frozenset()
    opened: frozenset[str] = g.open_modules
    return opened


def held_here() -> frozenset[str]:
    """Return what the reader may do in the community in view; asked once a request."""
    if "permissions_held" not in g:
        g.permissions_held = membership.permissions_of(g.member)
    held: frozenset[str] = g.permissions_held
    return held


def sign_in(person: Person) -> None:
    """Begin a session for this person, whatever the cookie held before."""
    kept = {name: session[name] for name in ("language", "unfinished") if name in session}
    session.clear()
    session.update(kept)
    session["person"] = person.id
    session["number"] = person.session_number
    session.permanent = True
    g.person = person


def sign_out() -> None:
    """End this session, and forget the form that an earlier one's end had interrupted."""
    unfinished.forget_kept()
    session.clear()
    g.person = None


def act_for(member: Member | None) -> None:
    """Act in the name of a person without e-mail whom one serves; None to stop.

    Forms that stand open in another tab were written for the former name: their token is
    worth nothing from now on.
    """
    session.pop("csrf_token", None)
    if member is None:
        session.pop("acting_for", None)
    else:
        session["acting_for"] = member.id


def safe_next(address: str | None) -> str:
    """Return a page of this site to go to next, never another site's."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return url_for("accounts.home")
    return address if address.isprintable() else url_for("accounts.home")


def may_see(community: Community, person: Person | None) -> bool:
    """Whether a circle exists for somebody who is not a member of it."""
    if not community.is_closed:
        return True
    if person is None or person.email is None or person.confirmed_at is None:
        return False
    domain = person.email.rpartition("@")[2]
    if community.admission == Admission.DOMAIN and domain == community.email_domain:
        return True
    return (
        db.session.scalar(
            select(func.count(Invitation.id)).where(
                Invitation.community_id == community.id,
                (Invitation.email == person.email) | (Invitation.claimed_by_id == person.id),
                Invitation.accepted_at.is_(None),
                Invitation.expires_at > now(),
            )
        )
        or 0
    ) > 0


def init_doors(app: Flask, module_of_blueprint: dict[str, str]) -> None:
    """Put the guard before every page; modules are known by the blueprints they bring."""
    app.session_interface = Sessions()

    @app.url_value_preprocessor
    def _enter(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.community_slug = values.pop("community", None) if values else None

    @app.url_defaults
    def _stay(endpoint: str, values: dict[str, Any]) -> None:
        if "community" in values or not app.url_map.is_endpoint_expecting(endpoint, "community"):
            return
        if g.get("community") is not None:
            values["community"] = g.community.slug

    @app.before_request
    def _guard() -> ResponseReturnValue | None:
        endpoint, g.program = request.endpoint, None
        g.nameless = endpoint is not None and door_of(current_app, endpoint).nameless
        if endpoint in NOBODY_S:
            # Kept by caches: no cookie goes with them, not even the renewal of a session.
            g.person = g.member = g.community = g.acting_for = g.behind = None
            return None
        again = _recognise_comer()
        if again is not None or endpoint is None:
            return again
        door = door_of(current_app, endpoint)
        blueprint = (request.blueprints or [""])[-1]
        return _ask(door, module_of_blueprint.get(blueprint))


def _recognise_comer() -> ResponseReturnValue | None:
    """Say who comes, and where; to a page that asks nobody's name, nobody does."""
    if g.nameless:
        leave_names_outside()
    elif secret := secret_shown():
        return _recognise_program(secret)
    return _recognise_or_keep()


def _recognise_program(secret: str) -> ResponseReturnValue | None:
    """Say for whom a program comes; its key opens one community, and no session counts."""
    g.person = g.member = g.community = g.acting_for = g.behind = None
    key = keys.recognise(secret)
    if key is None:
        answer = make_response(show(401, _("Cette clé n’ouvre rien, ou n’ouvre plus rien.")))
        answer.headers["WWW-Authenticate"] = 'Bearer realm="freeco", error="invalid_token"'
        return answer
    keys.count(key)
    g.program, g.member, g.community = key, key.member, key.member.community
    g.person = key.member.person
    if g.get("community_slug") != g.community.slug:
        raise Absent
    return None


def _recognise_or_keep() -> ResponseReturnValue | None:
    """Recognise who comes; where they see nothing, keep what an ended session interrupted.

    Whether there is such a circle or none changes nothing in the answer.
    """
    try:
        recognise()
    except Absent:
        lost = request.method not in READING and unfinished.was_somebody()
        following = unfinished.keep_for_later() if lost else ""
        if not following:
            raise
        return redirect(url_for("accounts.sign_in_page", suite=following))
    return None


def recognise() -> None:
    """Say who is at the door, and where."""
    g.person = g.member = g.community = g.acting_for = g.behind = None
    person_id, number = session.get("person"), session.get("number")
    if isinstance(person_id, int):
        person = db.session.get(Person, person_id)
        if person and person.erased_at is None and person.session_number == number:
            g.person = person
    if g.get("community_slug") is None:
        return
    if not SLUG.fullmatch(g.community_slug):
        raise Absent
    community, member = _here(g.community_slug, g.person)
    member = _served_member(community, g.person) or member or _rehearsed_place(community)
    if member is None and not may_see(community, g.person) and not _holds_link(community):
        raise Absent
    g.community, g.member = community, member


def _holds_link(community: Community) -> bool:
    """Whether the page is opened by a signed link; asked before the circle shows that it exists."""
    if request.endpoint is None:
        return False
    holds = door_of(current_app, request.endpoint).link
    return holds is not None and holds(community, request.view_args or {})


def _here(slug: str, person: Person | None) -> tuple[Community, Member | None]:
    """Return the community, and the person's own standing membership of it, in one query.

    Nobody is a member of nothing: without a person no membership is even asked for, since
    ``person_id = NULL`` would be that of an organisation.
    """
    if person is None:
        community = db.session.scalar(select(Community).where(Community.slug == slug))
        if community is None:
            raise Absent
        return community, None
    own = and_(
        Member.community_id == Community.id,
        Member.person_id == person.id,
        Member.left_at.is_(None),
    )
    found = db.session.execute(
        select(Community, Member).outerjoin(Member, own).where(Community.slug == slug)
    ).first()
    if found is None:
        raise Absent
    return found[0], found[1]


def _served_member(community: Community, person: Person | None) -> Member | None:
    """Return the member in whose name this person acts here, if that may be."""
    served = session.get("acting_for")
    if person is None or not isinstance(served, int):
        return None
    member = db.session.get(Member, served)
    if (
        member is None
        or member.community_id != community.id
        or member.person_id == person.id
        or not proxies.may_act_for(person, member)
    ):
        if member is None or member.community_id == community.id:
            act_for(None)  # the charge was handed over meanwhile
        return None
    g.acting_for = member
    return member


def _rehearsed_place(community: Community) -> Member | None:
    """Put a steward who rehearses on an invented member's place, as if that member had come.

    ``g.behind`` is who really reads; the site's own pages, their account too, stay theirs.
    """
    if not community.rehearsal or g.person is None:
        return None
    member = rehearsal.place_of(community, g.person, session.get("rehearsal_place"))
    if member is not None:
        g.behind, g.person = g.person, member.person
    return member


def take_place(member: Member) -> None:
    """Stand on an invented member's place from now on; the guard asks each time whether one may."""
    session.pop("csrf_token", None)
    session["rehearsal_place"] = member.id


def _ask(door: Door, module: str | None) -> ResponseReturnValue | None:
    if door.public and module is None:
        return None
    if g.person is None and not door.public:
        return _send_to_sign_in()
    if g.community is None:
        return None
    if g.member is None and not (door.outsiders or door.public):
        return _send_to_join()
    _check(door, module)
    return None


def _check(door: Door, module: str | None) -> None:
    if module is not None and module not in open_here():
        raise Absent
    acting = request.method not in READING and g.member is not None
    if acting and g.get("program") is not None and not _may_order(door):
        raise keys.NotForPrograms
    accepted = charter.acceptances if door.earlier_charter else charter.has_accepted_current
    if acting and not door.before_charter and not accepted(g.member):
        raise CharterNotAccepted
    if door.permissions and not door.permissions & held_here():
        raise NotAllowed


def _may_order(door: Door) -> bool:
    return door.ordering and g.program.scope == Scope.ORDER


def _send_to_join() -> ResponseReturnValue:
    if request.method not in READING or wants_json():
        raise NotAllowed
    return redirect(url_for("circle.join_page", suite=request.full_path.rstrip("?")))


def _send_to_sign_in() -> ResponseReturnValue:
    if wants_json():
        return show(401, _("Il faut se connecter pour continuer."))
    following = (
        request.full_path.rstrip("?") if request.method in READING else unfinished.keep_for_later()
    )
    # Who wants to join most likely has no account yet; either page leads to the other.
    joining = request.endpoint == "circle.join_page"
    page = "accounts.sign_up_page" if joining else "accounts.sign_in_page"
    return redirect(url_for(page, suite=following or None))
