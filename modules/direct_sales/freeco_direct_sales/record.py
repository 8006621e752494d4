"""What direct sales state in the public record: that a contract is signed, and that it changed.

Names stand beside what was agreed, never in it: a party may be forgotten, and the other keeps
the words of the contract.
"""

from sqlalchemy import select

from freeco.accords import services as accords
from freeco.db import db
from freeco.i18n import _, day, said, spoken
from freeco.members.membership import membership_of
from freeco.members.models import Member
from freeco.module import RecordKind
from freeco.record import reading
from freeco.record.models import RecordEntry, RecordLog
from freeco.record.stating import Sealed, state
from freeco_direct_sales.contract_paper import contract_paper
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Change, Delivery, Subscription
from freeco_direct_sales.papers import ContractPaper

SIGNED = RecordKind(
    "contract.signed",
    _("Contrats signés"),
    lambda _about: _("Un contrat d’AMAP a été signé par les deux parties."),
    sealed=("first", "second", "terms", "first_by", "second_by"),
)
CHANGED = RecordKind(
    "contract.changed",
    _("Contrats changés"),
    lambda _about: _("Une livraison d’un contrat d’AMAP signé a été changée."),
    sealed=("first", "second", "terms"),
)
KINDS = (SIGNED, CHANGED)


def state_signed(subscription: Subscription, signer: Member | None) -> None:
    """State that both sides have signed, and keep it among the accords of both.

    ``signer`` is who signed on the site in the producer's name; none for a paper.
    """
    if subscription.household_signed_at is None or subscription.producer_signed_at is None:
        return
    producer, eater = subscription.contract.producer, subscription.subscribed_by
    with spoken("fr"):
        paper = contract_paper(subscription, with_address=False)
        words = _words(paper)
    accords.conclude(
        subscription.contract.community,
        accords.Signature(
            eater,
            eater.name,
            subscription.household_signed_at,
            _proxy(subscription),
            subscription.household_signed_way,
        ),
        accords.Signature(
            producer.member,
            producer.name,
            subscription.producer_signed_at,
            signer,
            subscription.producer_signed_way,
        ),
        title=paper.title,
        text=words,
        about=subscription.purpose,
        kind=SIGNED.name,
    )


def state_changed(subscription: Subscription, change: Change, delivery: Delivery) -> None:
    """State that a signed contract was changed for one delivery."""
    if not subscription.is_signed:
        return
    producer, eater = subscription.contract.producer, subscription.subscribed_by
    with spoken("fr"):
        words = said(
            "%(day)s : %(what)s", day=day(local_day(delivery.distribution)), what=change.words
        )
        title = said("Contrat « %(name)s »", name=subscription.contract.name)
    state(
        subscription.contract.community,
        CHANGED.name,
        f"direct_sales:change:{change.id}",
        sealed={
            "first": Sealed({"name": eater.name}, eater),
            "second": Sealed({"name": producer.name}, producer.member),
            "terms": Sealed({"title": title, "text": words, "about": subscription.purpose}),
        },
    )


def statement_for(subscription: Subscription, reader: Member) -> RecordEntry | None:
    """Return the statement that it is signed, to those who may open it."""
    entry = db.session.scalar(
        select(RecordEntry)
        .join(RecordLog, RecordLog.id == RecordEntry.log_id)
        .where(
            RecordLog.community_id == subscription.contract.community_id,
            RecordEntry.key == subscription.purpose,
        )
    )
    return entry if entry is not None and reading.openings_for(reader, entry) else None


def _proxy(subscription: Subscription) -> Member | None:
    """Return who signed for a person without e-mail, if they did."""
    person = subscription.subscribed_by.person
    proxy = person.proxy if person is not None else None
    if proxy is None or not subscription.household_signed_by.startswith(proxy.name):
        return None
    return membership_of(subscription.contract.community, proxy)


def _words(paper: ContractPaper) -> str:
    """Write what the paper says was agreed, without the names of who signs it."""
    products = [
        said(
            "%(name)s : %(quantity)s, %(price)s l’unité, livraisons : %(many)s, total : %(total)s",
            name=each.name,
            quantity=each.quantity,
            price=each.unit_price,
            many=each.deliveries,
            total=each.total,
        )
        for each in paper.products
    ]
    blocks = [
        [
            said("Contrat n° %(code)s, %(season)s", code=paper.code, season=paper.season_text),
            paper.object_text,
        ],
        products,
        [said("Total de la saison : %(total)s", total=paper.total_text), paper.vat_text],
        [*_deliveries(paper), paper.delivery_place],
        [
            said(
                "À régler à partir du %(day)s : %(amount)s",
                day=each.banked_text,
                amount=each.amount,
            )
            for each in paper.cheques
        ],
        list(paper.exceptions),
        list(paper.terms),
        [
            said(
                "%(title)s, version %(version)s (%(language)s), empreinte %(sha256)s",
                title=paper.charter.title,
                version=paper.charter.version,
                language=paper.charter.language,
                sha256=paper.charter.sha256,
            )
        ],
    ]
    return "\n\n".join("\n".join(line for line in block if line) for block in blocks if any(block))


def _deliveries(paper: ContractPaper) -> list[str]:
    """Write the dates: on one line for the same basket every time, else with what each brings."""
    names = [each.name for each in paper.products]
    if any(each.quantities for each in paper.deliveries):
        return [
            said("%(day)s : %(what)s", day=each.date_text, what=_basket(names, each.quantities))
            for each in paper.deliveries
        ]
    return [said("Livraisons : %(days)s", days=", ".join(d.date_text for d in paper.deliveries))]


def _basket(names: list[str], quantities: tuple[str, ...]) -> str:
    taken = zip(quantities, names, strict=True)
    return ", ".join(f"{many} {name}" for many, name in taken if many != "0") or said("rien")
