"""One's household: who shares the baskets, and the persons without e-mail one serves."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.members import households, invitations, proxies
from freeco.members.membership import OnlyInvented
from freeco.members.schemas import HouseholdNameSchema, InvitationSchema, ServedPersonSchema
from freeco.web.forms import Form

pages = Blueprint("households", __name__)


@pages.get("/foyer")
def home() -> ResponseReturnValue:
    """Show my household."""
    return _show()


def _show(
    name: Form | None = None, invitation: Form | None = None, served: Form | None = None
) -> ResponseReturnValue:
    household = households.find_household(g.member)
    forms = {
        "name": name or Form.blank(name=household.name if household else g.member.name),
        "invitation": invitation or Form.blank(),
        "served": served or Form.blank(),
    }
    return (
        render_template(
            "households/home.html",
            household=household,
            people=households.people_of(household) if household else [g.member],
            only_invented=OnlyInvented.reason if g.community.rehearsal else "",
            **forms,
        ),
        max(form.status for form in forms.values()),
    )


@pages.post("/foyer/nom")
def rename() -> ResponseReturnValue:
    """Change the name on the sign-off sheet."""
    form = Form.sent()

    def act(name: str) -> None:
        households.rename(households.household_of(g.member), name)

    if not form.apply(HouseholdNameSchema(), act):
        return _show(name=form)
    flash(str(_("Le nom du foyer est enregistré.")), "good")
    return redirect(url_for("households.home"))


@pages.post("/foyer/inviter")
def invite() -> ResponseReturnValue:
    """Invite somebody to share my household."""
    form = Form.sent()

    def act(email: str) -> None:
        household = households.household_of(g.member)
        invitations.invite(g.community, email, g.member, household)

    if not form.apply(InvitationSchema(), act):
        return _show(invitation=form)
    flash(str(_("L’invitation est partie.")), "good")
    return redirect(url_for("households.home"))


@pages.post("/foyer/quitter")
def leave() -> ResponseReturnValue:
    """Leave the household I share."""
    households.leave_household(kernel().plugins, g.member)
    db.session.commit()
    flash(str(_("Vous avez quitté ce foyer.")), "good")
    return redirect(url_for("households.home"))


@pages.post("/foyer/sans-adresse")
def enter_served() -> ResponseReturnValue:
    """Enter a person without e-mail, for whom I will act."""
    form = Form.sent()

    def act(signed: bool, **who: str) -> None:
        proxies.enter_person_without_email(
            kernel().plugins, g.community, proxy=g.person, charter_paper_signed=signed, **who
        )

    if not form.apply(ServedPersonSchema(), act):
        return _show(served=form)
    flash(str(_("La personne est membre, et vous agissez pour elle depuis votre compte.")), "good")
    return redirect(url_for("accounts.home", _anchor="servis"))
