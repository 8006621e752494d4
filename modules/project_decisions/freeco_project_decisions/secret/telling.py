"""The letters of secret polls: to each trustee whose turn it is, and to stewards on an alarm."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _
from freeco.mail.wording.applying import send_in_words_of
from freeco.members import membership
from freeco.members.models import Community
from freeco.module import LetterKind, Topic
from freeco.notifications import unsubscribing
from freeco.notifications.notices import notify
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls.models import Poll, PollState
from freeco_project_decisions.polls.telling import LETTERS
from freeco_project_decisions.secret.models import SealedPoll, Trustee, TrusteeGroup
from freeco_project_decisions.secret.rounds import Step, step_of, waited_for
from freeco_project_decisions.secret.trustees import FEWEST, token_of

AGAIN = timedelta(days=2)
"""A trustee is told of a step at once, then every two days while it waits."""
LANGUAGE = "fr"
"""Of those who are no member: nobody knows which language they read."""
TURN = "project_decisions.trustee"
ALARM = "project_decisions.alarm"


def tell_due(community: Community) -> None:
    """Tell trustees whose turn it is, and stewards of a file that was refused."""
    for group in _groups(community):
        for trustee in waited_for(group) if len(group.trustees) >= FEWEST else ():
            if trustee.reminded_at is None or _has_waited(trustee):
                _tell(trustee)
    for sealed in _alarms(community):
        _alarm(sealed)


def _groups(community: Community) -> Iterable[TrusteeGroup]:
    return db.session.scalars(
        select(TrusteeGroup)
        .join(TrusteeGroup.poll)
        .where(
            Poll.community_id == community.id,
            Poll.state.in_((PollState.DRAFT, PollState.CLOSED)),
        )
        .order_by(TrusteeGroup.poll_id)
    ).all()


def _has_waited(trustee: Trustee) -> bool:
    return trustee.reminded_at is not None and trustee.reminded_at <= now() - AGAIN


def _tell(trustee: Trustee) -> None:
    poll, opens = trustee.group.poll, step_of(trustee) is Step.OPEN
    trustee.reminded_at = now()
    if trustee.member is not None:
        notify(
            trustee.member,
            TURN,
            "trustee_opens" if opens else "trustee_turn",
            key=f"{TURN}:{trustee.id}:{step_of(trustee)}:{now():%Y%m%d}",
            url=f"/{poll.community.slug}/project-decisions/votes/{poll.id}/cle",
            folder=LETTERS,
            title=poll.title,
        )
    elif trustee.email and not unsubscribing.wants_no_invitation(trustee.email):
        mail = send_in_words_of(
            poll.community,
            trustee.email,
            "trustee_awaited" if opens else "trustee_invited",
            LANGUAGE,
            folder=LETTERS,
            community=poll.community.name,
            slug=poll.community.slug,
            title=poll.title,
            name=trustee.name,
            token=token_of(trustee),
            refusal=unsubscribing.path_for_stranger(trustee.email),
        )
        unsubscribing.allow_refusal(mail, poll.community)


def _alarms(community: Community) -> Iterable[SealedPoll]:
    return db.session.scalars(
        select(SealedPoll)
        .join(SealedPoll.poll)
        .where(
            Poll.community_id == community.id,
            Poll.state == PollState.CLOSED,
            SealedPoll.alarm != "",
        )
    ).all()


def _alarm(sealed: SealedPoll) -> None:
    poll = sealed.poll
    for steward in membership.stewards(poll.community):
        notify(
            steward,
            ALARM,
            "poll_alarm",
            key=f"{ALARM}:{poll.id}",
            url=f"/{poll.community.slug}/project-decisions/votes/{poll.id}",
            folder=LETTERS,
            title=poll.title,
            why=sealed.alarm,
        )


TOPICS = (
    Topic(
        TURN,
        _("On attend ma clé pour un vote secret"),
        _("Vous êtes dépositaire d’une clé de ce vote."),
        rhythm="at_once",
    ),
    Topic(
        ALARM,
        _("La vérification d’un vote secret a échoué"),
        _("Vous veillez sur cette communauté."),
        rhythm="at_once",
    ),
)
TITLE = {"title": _("question du vote")}
EXAMPLE = {"title": "Un hangar pour les outils"}
PAGE = "project-decisions/votes/1"
OUTSIDE = {
    **TITLE,
    "community": _("nom de la communauté"),
    "link": _("adresse de la page"),
}
OUTSIDE_EXAMPLE = {
    **EXAMPLE,
    "community": "Les Trois-Ponts",
    "slug": "trois-ponts",
    "token": "0123456789abcdef",
    "refusal": "/avis/arreter/exemple",
}
KINDS = (
    LetterKind(
        "project_decisions.trustee_turn",
        LETTERS,
        _("Une clé de vote vous attend"),
        _("À chaque étape, au dépositaire dont c’est le tour ; puis tous les deux jours."),
        TITLE,
        EXAMPLE,
        needed=("title",),
        topic=TURN,
        url=f"{PAGE}/cle",
        keeper=PREPARE.name,
    ),
    LetterKind(
        "project_decisions.trustee_opens",
        LETTERS,
        _("Ouvrir le résultat d’un vote secret"),
        _("À la fin du vote, à chaque dépositaire de clé ; puis tous les deux jours."),
        TITLE,
        EXAMPLE,
        needed=("title",),
        topic=TURN,
        url=f"{PAGE}/cle",
        keeper=PREPARE.name,
    ),
    LetterKind(
        "project_decisions.trustee_invited",
        LETTERS,
        _("Une clé de vote confiée à une autre organisation"),
        _("À chaque étape, à l’adresse de l’organisation qui garde une clé."),
        {**OUTSIDE, "name": _("organisation qui garde la clé")},
        {**OUTSIDE_EXAMPLE, "name": "La Coopérative du Lot"},
        needed=("title", "link"),
        keeper=PREPARE.name,
    ),
    LetterKind(
        "project_decisions.trustee_awaited",
        LETTERS,
        _("Une autre organisation ouvre le résultat d’un vote secret"),
        _("À la fin du vote, à l’organisation qui garde une clé ; puis tous les deux jours."),
        OUTSIDE,
        OUTSIDE_EXAMPLE,
        needed=("title", "link"),
        keeper=PREPARE.name,
    ),
    LetterKind(
        "project_decisions.poll_alarm",
        LETTERS,
        _("La vérification d’un vote secret a échoué"),
        _("À qui veille sur la communauté, quand notre vérification refuse le fichier d’un vote."),
        {"title": TITLE["title"], "why": _("ce qui n’est pas juste")},
        {**EXAMPLE, "why": "la signature ne tient pas"},
        topic=ALARM,
        url=PAGE,
        kept=_("Cette lettre dit un fait qui ne doit pas s’adoucir."),
    ),
)
