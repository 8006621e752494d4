"""What is to be done next, in order, as the facts say it: nobody keeps this list by hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import url_for

from freeco.clock import now, today
from freeco.i18n import _, counted, day_and_month, said
from freeco.members.models import Community
from freeco.module import Text
from freeco_direct_sales.handover.seeing import ContractLine, DistributionLine, Season, over
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import ContractState
from freeco_direct_sales.orders.models import SessionState

WEEK = timedelta(days=7)
FORTNIGHT = timedelta(days=14)
MONTH = timedelta(days=31)
RENEWED_BEFORE = timedelta(days=45)
"""How long before its end the next season of a contract is to be prepared."""


@dataclass(frozen=True)
class Task:
    """Something to do, where, and until when."""

    words: str
    url: str
    by: date | None = None


@dataclass(frozen=True)
class Term:
    """The tasks of one stretch of time."""

    title: Text
    tasks: Sequence[Task]


def terms(community: Community, season: Season, held: frozenset[str]) -> list[Term]:
    """Return the tasks of a season, the late ones first; only where there are any."""
    here = today(community.timezone)
    tasks = sorted(
        tasks_of(community, season, held), key=lambda each: (each.by is None, each.by or here)
    )
    found = (
        Term(_("En retard"), [each for each in tasks if each.by is not None and each.by < here]),
        Term(_("Cette semaine"), _between(tasks, here, here + WEEK)),
        Term(_("Ce mois-ci"), _between(tasks, here + WEEK, here + MONTH)),
        Term(_("Plus tard"), [each for each in tasks if each.by and each.by >= here + MONTH]),
        Term(_("Quand vous pourrez"), [each for each in tasks if each.by is None]),
    )
    return [each for each in found if each.tasks]


def _between(tasks: Sequence[Task], since: date, until: date) -> list[Task]:
    return [each for each in tasks if each.by is not None and since <= each.by < until]


def tasks_of(community: Community, season: Season, held: frozenset[str]) -> Iterator[Task]:
    """Return all that is to be done, in no order; what the reader cannot open is left out."""
    here = today(community.timezone)
    yield from _of_distributions(season, here)
    for line in season.contracts:
        yield from _of_contract(line, here)
    yield from _of_sessions(community, season)
    if season.incidents:
        yield Task(
            counted(
                "Répondre à %(num)s signalement",
                "Répondre à %(num)s signalements",
                season.incidents,
            ),
            url_for("direct_sales_incidents.index"),
            here,
        )
    late = season.payments.get("en-retard", 0)
    if late and "core.treasurer" in held:
        yield Task(
            counted("Relancer %(num)s paiement", "Relancer %(num)s paiements", late),
            url_for("treasury.home", dossier="en-retard"),
            here,
        )


def _of_distributions(season: Season, here: date) -> Iterator[Task]:
    if not season.coming:
        yield Task(
            said("Écrire les dates des prochaines distributions"),
            url_for("direct_sales_distributions.new_page"),
        )
    for number, line in enumerate(season.coming):
        on = local_day(line.distribution)
        if on > here + MONTH:
            break
        if line.missing and on <= here + FORTNIGHT:
            yield Task(
                counted(
                    "Trouver %(num)s personne pour le %(day)s",
                    "Trouver %(num)s personnes pour le %(day)s",
                    line.missing,
                    day=day_and_month(on),
                ),
                url_for("direct_sales_shift_planning.duty", distribution_id=line.distribution.id),
                on - timedelta(days=1),
            )
        if number == 0 and not line.printed and on <= here + WEEK:
            yield _sheet(line, on)
    unplanned = [each for each in season.coming if not each.shifts and each.deliveries]
    if unplanned:
        yield Task(
            counted(
                "Préparer les permanences de %(num)s distribution",
                "Préparer les permanences de %(num)s distributions",
                len(unplanned),
            ),
            url_for("direct_sales_shift_planning.prepare_page"),
            local_day(unplanned[0].distribution) - WEEK,
        )


def _sheet(line: DistributionLine, on: date) -> Task:
    return Task(
        said("Imprimer la feuille du %(day)s", day=day_and_month(on)),
        url_for("direct_sales_distributions.sheet", distribution_id=line.distribution.id),
        on,
    )


def _of_contract(line: ContractLine, here: date) -> Iterator[Task]:
    contract = line.contract
    page = url_for("direct_sales_contracts.manage", contract_id=contract.id)
    if contract.state == ContractState.DRAFT:
        yield Task(
            said("Finir de préparer « %(contract)s », et l’ouvrir", contract=contract.name),
            page,
            contract.season_start,
        )
        return
    if line.unsigned:
        yield Task(
            counted(
                "Faire signer %(num)s contrat par %(producer)s",
                "Faire signer %(num)s contrats par %(producer)s",
                line.unsigned,
                producer=contract.producer.name,
            ),
            page,
            max(contract.season_start, here + WEEK),
        )
    if line.waiting and line.left:
        yield Task(
            said(
                "Des foyers attendent « %(contract)s », où il reste de la place",
                contract=contract.name,
            ),
            url_for("direct_sales_waiting.of_contract", contract_id=contract.id),
            here,
        )
    if not line.renewed and contract.season_end - RENEWED_BEFORE <= here:
        yield Task(
            said("Préparer la saison suivante de « %(contract)s »", contract=contract.name),
            url_for("direct_sales_seasons.renew_page", contract_id=contract.id),
            contract.season_end,
        )


def _of_sessions(community: Community, season: Season) -> Iterator[Task]:
    zone = ZoneInfo(community.timezone)
    for line in season.sessions:
        session = line.session
        closes = session.closes_at.astimezone(zone).date()
        if session.state == SessionState.DRAFT:
            yield Task(
                said("Publier les commandes « %(session)s »", session=session.name),
                url_for("direct_sales_sessions.manage", session_id=session.id),
                session.opens_at.astimezone(zone).date(),
            )
        elif session.state == SessionState.CLOSED and session.closes_at < now():
            yield Task(
                said("Dire ce qui vient des commandes « %(session)s »", session=session.name),
                url_for("direct_sales_following.index", session_id=session.id),
                local_day(line.pickup) if line.pickup is not None else closes,
            )
        elif session.state == SessionState.ALLOTTED and over(line) and line.pickup is not None:
            yield Task(
                said("Arrêter les montants des commandes « %(session)s »", session=session.name),
                url_for("direct_sales_weighing.page", distribution_id=line.pickup.id),
                local_day(line.pickup) + timedelta(days=2),
            )
