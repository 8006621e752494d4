"""One's account: sign up, sign in, what is known about me, and the way out."""

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from freeco.activation import open_modules
from freeco.db import db, leave_no_trace
from freeco.doors import act_for, public, safe_next, sign_in, sign_out
from freeco.errors import Absent
from freeco.i18n import LANGUAGE_NAMES, _, language
from freeco.kernel import kernel
from freeco.members import accounts, invitations, limits, links, membership, privacy, proxies
from freeco.members.models import Member
from freeco.members.schemas import (
    ContactSchema,
    HandOverSchema,
    InvitationSchema,
    KeptKeysSchema,
    LinkSchema,
    PasswordSchema,
    SignInSchema,
    SignUpSchema,
)
from freeco.members.ties import ties_of
from freeco.programs.revoking import standing
from freeco.web.forms import Form

pages = Blueprint("accounts", __name__)
MOST_FROM_ONE_PLACE = 100
ONE_PLACE_MINUTES = 15


def _bound_origin() -> None:
    """Bound what one place tries over all addresses: a shared office stays far below."""
    limits.bound(f"from:{request.remote_addr}", MOST_FROM_ONE_PLACE, ONE_PLACE_MINUTES)


@pages.get("/inscription")
@public
def sign_up_page() -> ResponseReturnValue:
    """Show the form to open an account."""
    form = Form.blank(suite=request.args.get("suite", ""))
    return render_template("accounts/sign_up.html", form=form)


@pages.post("/inscription")
@public
def sign_up() -> ResponseReturnValue:
    """Open an account; an address already known gets the same answer."""
    form = Form.sent()

    def act(suite: str, password: str, **who: str) -> None:
        _bound_origin()
        accounts.sign_up(**who, password=password or None, language=language(), next_page=suite)

    if not form.apply(SignUpSchema(), act, counted=True):
        return render_template("accounts/sign_up.html", form=form), form.status
    return redirect(url_for("accounts.check_mail", adresse=form.values["email"]))


@pages.get("/courrier-envoye")
@public
def check_mail() -> ResponseReturnValue:
    """Say that a message is on its way, whether the address was known or not."""
    return render_template("accounts/check_mail.html", address=request.args.get("adresse", ""))


def _next_page(asked: str | None) -> str:
    """Return the page that was asked for; else the home of the one community one belongs to."""
    memberships = membership.memberships_of(g.person)
    if not asked and len(memberships) == 1:
        return url_for("circle.home", community=memberships[0].community.slug)
    return safe_next(asked)


@pages.get("/connexion")
@public
def sign_in_page() -> ResponseReturnValue:
    """Show the two ways in: a password, or a link by e-mail."""
    suite = request.args.get("suite", "")
    if g.person is not None:
        return redirect(_next_page(suite))
    return _sign_in(Form.blank(suite=suite), Form.blank(suite=suite))


def _sign_in(form: Form, link: Form) -> ResponseReturnValue:
    return (
        render_template("accounts/sign_in.html", form=form, link=link),
        max(form.status, link.status),
    )


@pages.post("/connexion")
@public
def sign_in_by_password() -> ResponseReturnValue:
    """Sign in by password."""
    form = Form.sent()

    def act(email: str, password: str, suite: str) -> None:
        _bound_origin()
        sign_in(accounts.sign_in(email, password))

    if not form.apply(SignInSchema(), act, counted=True):
        form.values.pop("password", None)
        return _sign_in(form, Form.blank(suite=form.values.get("suite")))
    return redirect(_next_page(form.values.get("suite")))


@pages.post("/connexion/lien")
@public
def send_link() -> ResponseReturnValue:
    """Send a link that works once; an unknown address gets the same answer."""
    form = Form.sent()

    def act(email: str, suite: str) -> None:
        _bound_origin()
        accounts.send_sign_in_link(email, suite)

    if not form.apply(LinkSchema(), act, counted=True):
        return _sign_in(Form.blank(suite=form.values.get("suite")), form)
    return redirect(url_for("accounts.check_mail", adresse=form.values["email"]))


@pages.get("/lien/<secret>")
@public
def open_link(secret: str) -> ResponseReturnValue:
    """Show a button: programs that read mail open every link, and must not use it up."""
    link = links.peek(secret)
    return render_template("accounts/link.html", link=link, secret=secret)


@pages.post("/lien/<secret>")
@public
def use_link(secret: str) -> ResponseReturnValue:
    """Use the link up and sign in."""
    following = links.peek(secret).next_page
    person = links.consume(secret)
    db.session.commit()
    sign_in(person)
    session["by_link"] = True
    return redirect(_next_page(following))


@pages.post("/deconnexion", endpoint="sign_out")
@public
def sign_out_page() -> ResponseReturnValue:
    """End this session."""
    sign_out()
    flash(str(_("Vous êtes déconnecté.")), "good")
    return redirect(url_for("site.home"))


@pages.get("/moi")
def home() -> ResponseReturnValue:
    """Show my account."""
    return _account(_contact_form())


def _contact_form() -> Form:
    return Form.blank(**{name: getattr(g.person, name) for name in ContactSchema().fields})


def _account(
    form: Form,
    password: Form | None = None,
    address: Form | None = None,
    devices: Form | None = None,
) -> ResponseReturnValue:
    memberships = membership.memberships_of(g.person)
    return (
        render_template(
            "accounts/home.html",
            form=form,
            password=password or Form.blank(),
            address=address or Form.blank(),
            devices=devices or Form.blank(),
            memberships=memberships,
            opened={each.id: len(open_modules(each.community)) for each in memberships},
            served=[
                place
                for each in proxies.people_served_by(g.person)
                for place in membership.memberships_of(each)
            ],
            languages=LANGUAGE_NAMES.items(),
            keys=standing(g.person),
            forgotten=_has_forgotten(),
        ),
        max(each.status for each in (form, password, address, devices) if each is not None),
    )


@pages.post("/moi")
def change_contact() -> ResponseReturnValue:
    """Correct how I am reached."""
    form = Form.sent()
    if not form.apply(
        ContactSchema(), lambda **values: accounts.change_contact(g.person, **values)
    ):
        return _account(form)
    flash(str(_("Vos coordonnées sont enregistrées.")), "good")
    return redirect(url_for("accounts.home"))


def _has_forgotten() -> bool:
    """Whether one came in by a letter for want of one's password: no key of a program stays."""
    return bool(session.get("by_link")) and g.person.password_hash is not None


@pages.post("/moi/mot-de-passe")
def change_password() -> ResponseReturnValue:
    """Choose a password; other sessions end, and the keys of programs but those kept."""
    form, forgotten = Form.sent(), _has_forgotten()

    def act(password: str, keep: list[int]) -> None:
        accounts.set_password(g.person, password, () if forgotten else keep)

    if not form.apply(PasswordSchema(), act):
        form.values.pop("password", None)
        return _account(_contact_form(), form)
    sign_in(g.person)
    flash(str(_("Votre mot de passe est changé.")), "good")
    return redirect(url_for("accounts.home"))


@pages.post("/moi/adresse")
def change_email() -> ResponseReturnValue:
    """Send a link to a new address; it counts once the link is opened."""
    form = Form.sent()
    if not form.apply(
        InvitationSchema(), lambda email: accounts.change_email(g.person, email), counted=True
    ):
        return _account(_contact_form(), address=form)
    return redirect(url_for("accounts.check_mail", adresse=form.values["email"]))


@pages.post("/moi/deconnecter-partout")
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session, this one too, and the keys of programs but those kept."""
    form = Form.sent()
    if not form.apply(KeptKeysSchema(), lambda keep: accounts.sign_out_everywhere(g.person, keep)):
        return _account(_contact_form(), devices=form)
    sign_out()
    flash(str(_("Vous êtes déconnecté de tous vos appareils.")), "good")
    return redirect(url_for("accounts.sign_in_page"))


@pages.get("/moi/mes-donnees.json")
def export() -> ResponseReturnValue:
    """Give all that is known about me."""
    answer = jsonify(privacy.export(kernel().plugins, g.person))
    answer.headers["Content-Disposition"] = "attachment; filename=mes-donnees-freeco.json"
    return answer


@pages.get("/moi/effacer")
def erase_page() -> ResponseReturnValue:
    """Say what erasing does, and what keeps me from it today."""
    ties = [
        tie
        for each in membership.memberships_of(g.person)
        for tie in ties_of(kernel().plugins, each)
    ]
    return render_template("accounts/erase.html", ties=ties)


@pages.post("/moi/effacer")
def erase() -> ResponseReturnValue:
    """Forget me; amounts and proofs stay, without a name."""
    privacy.erase(kernel().plugins, g.person)
    db.session.commit()
    leave_no_trace()
    sign_out()
    flash(str(_("Votre compte est effacé.")), "good")
    return redirect(url_for("site.home"))


@pages.get("/invitation/<secret>")
@public
def invitation_page(secret: str) -> ResponseReturnValue:
    """Show who invites, and the way in."""
    invitation = invitations.find(secret)
    return render_template("accounts/invitation.html", invitation=invitation, secret=secret)


@pages.post("/invitation/<secret>")
def accept_invitation(secret: str) -> ResponseReturnValue:
    """Take the invitation: the charter is next."""
    invitation = invitations.accept(kernel().plugins, secret, g.person)
    slug = invitation.community.slug
    db.session.commit()
    return redirect(url_for("circle.join_page", community=slug))


@pages.post("/moi/agir-pour/<int:member_id>")
def act_for_served(member_id: int) -> ResponseReturnValue:
    """Act in the name of a person without e-mail whom I serve."""
    member = db.session.get(Member, member_id)
    if member is None or not proxies.may_act_for(g.person, member):
        raise Absent
    act_for(member)
    return redirect(url_for("circle.home", community=member.community.slug))


def _served(member_id: int) -> Member:
    """Return a member without e-mail whom I serve; raise Absent for anybody else."""
    member = db.session.get(Member, member_id)
    if member is None or member.person is None or member.person.proxy_id != g.person.id:
        raise Absent
    return member


@pages.get("/moi/confier/<int:member_id>")
def hand_over_page(member_id: int) -> ResponseReturnValue:
    """Show to whom I may hand over a person without e-mail whom I serve."""
    return _hand_over(_served(member_id), Form.blank())


def _hand_over(served: Member, form: Form) -> ResponseReturnValue:
    others = [
        (each.id, each.name)
        for each in membership.members_of(served.community)
        if each.person is not None and each.person.email and each.person_id != g.person.id
    ]
    return (
        render_template("accounts/hand_over.html", served=served, form=form, members=others),
        form.status,
    )


@pages.post("/moi/confier/<int:member_id>")
def hand_over(member_id: int) -> ResponseReturnValue:
    """Let another member serve a person without e-mail."""
    served = _served(member_id)
    form = Form.sent()

    def act(member: int) -> None:
        other = membership.find_member(served.community, member)
        if served.person is None or other.person is None:
            raise Absent
        proxies.hand_over(served.person, other.person)

    if not form.apply(HandOverSchema(), act):
        return _hand_over(served, form)
    flash(str(_("C’est confié. Prévenez les deux personnes.")), "good")
    return redirect(url_for("accounts.home"))


@pages.get("/moi/servis/<int:member_id>/donnees.json")
def export_served(member_id: int) -> ResponseReturnValue:
    """Give all that is known about a person I serve, who has the same right to it."""
    served = _served(member_id)
    if served.person is None:
        raise Absent
    answer = jsonify(privacy.export(kernel().plugins, served.person))
    answer.headers["Content-Disposition"] = "attachment; filename=donnees-freeco.json"
    return answer


@pages.post("/moi/servis/<int:member_id>/effacer")
def erase_served(member_id: int) -> ResponseReturnValue:
    """Forget a person I serve, who asked for it."""
    served = _served(member_id)
    if served.person is None:
        raise Absent
    form = Form.sent()
    if not form.values.get("asked"):
        form.errors = {"asked": [str(_("Cochez la case si la personne l’a demandé."))]}
        form.status = 422
        return _hand_over(served, form)
    privacy.erase(kernel().plugins, served.person)
    db.session.commit()
    leave_no_trace()
    act_for(None)
    flash(str(_("Le compte est effacé.")), "good")
    return redirect(url_for("accounts.home"))


@pages.post("/moi/agir-pour-moi")
def act_for_myself() -> ResponseReturnValue:
    """Act in my own name again."""
    act_for(None)
    return redirect(safe_next(request.form.get("suite")))
