"""What payments say on the home page: where a table stands, the treasurer's work, a producer's."""

from calendar import monthrange
from collections.abc import Collection, Iterator

from flask import url_for

from freeco.clock import today
from freeco.i18n import counted, day_and_month, money, said
from freeco.members.models import TREASURER, Community, Member
from freeco.module import Card
from freeco.organisations.being_paid import keeps_money
from freeco.organisations.services import acting_for
from freeco.payments import own, producer, treasury


def cards_for(community: Community, member: Member, held: Collection[str]) -> list[Card]:
    """Give the lines and cards of a reader's home."""
    found = list(_of_payer(community, member))
    if TREASURER in held:
        found += _of_treasurer(community)
    found += _of_producer(community, member)
    return found


def _of_payer(community: Community, member: Member) -> Iterator[Card]:
    stands = own.standing(member)
    if stands is None:
        return
    yield Card(
        title=said("À payer"),
        text=_left(stands),
        url=url_for("own_payments.home", community=community.slug),
        action=said("Mes paiements"),
        account=True,
    )


def _left(stands: own.Standing) -> str:
    if stands.next_on is None:
        return said("Vous n’avez plus rien à payer.")
    words = {"sum": money(stands.left), "day": day_and_month(stands.next_on)}
    if stands.late:
        return counted(
            "%(sum)s, attendus depuis le %(day)s.",
            "%(sum)s en %(num)s paiements, le premier attendu depuis le %(day)s.",
            stands.many,
            **words,
        )
    return counted(
        "%(sum)s, pour le %(day)s.",
        "%(sum)s en %(num)s paiements, le premier pour le %(day)s.",
        stands.many,
        **words,
    )


def _of_treasurer(community: Community) -> Iterator[Card]:
    counts = treasury.counts(community)
    if counts["en-retard"]:
        yield Card(
            title=counted(
                "%(num)s paiement en retard", "%(num)s paiements en retard", counts["en-retard"]
            ),
            text=said("À noter s’ils sont arrivés, ou à rappeler aux foyers."),
            url=_folder(community, "en-retard"),
            action=said("Voir qui est en retard"),
            hat="treasurer",
        )
    if counts["a-encaisser"]:
        yield Card(
            title=counted(
                "%(num)s chèque à encaisser", "%(num)s chèques à encaisser", counts["a-encaisser"]
            ),
            text=said("Leur date est venue : ils peuvent aller à la banque."),
            url=_folder(community, "a-encaisser"),
            action=said("Faire le bordereau"),
            hat="treasurer",
        )
    if counts["a-recevoir"]:
        yield Card(
            title=counted(
                "%(num)s paiement à recevoir", "%(num)s paiements à recevoir", counts["a-recevoir"]
            ),
            text=said("Chèques, virements et espèces attendus des foyers."),
            url=_folder(community, "a-recevoir"),
            action=said("Noter les paiements reçus"),
            hat="treasurer",
        )


def _of_producer(community: Community, member: Member) -> Iterator[Card]:
    mine = {
        each.organisation.id: each
        for each in acting_for(member)
        if each.organisation is not None and keeps_money(each, member)
    }
    if not mine:
        return
    first = today(community.timezone).replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    for number, waits in producer.waiting_of(community, mine, last).items():
        yield Card(
            title=said("Ce mois-ci pour %(name)s", name=mine[number].name),
            text=_waits(waits),
            url=url_for(
                "producer_payments.home", community=community.slug, member_id=mine[number].id
            ),
            action=said("Voir les paiements"),
            hat="producer",
        )


def _waits(waits: producer.Waiting) -> str:
    words = []
    if waits.due:
        words.append(said("Attendu : %(sum)s.", sum=money(waits.due)))
    if waits.cheques:
        words.append(
            counted(
                "%(num)s chèque à encaisser : %(sum)s.",
                "%(num)s chèques à encaisser : %(sum)s.",
                waits.cheques,
                sum=money(waits.handed),
            )
        )
    return " ".join(words)


def _folder(community: Community, folder: treasury.Folder) -> str:
    return url_for("treasury.home", community=community.slug, dossier=folder)
