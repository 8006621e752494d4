"""The rules of solidarity that a community may vote: its pool's alarm, and the bounds of prices."""

from collections.abc import Sequence

from sqlalchemy import select

from freeco import cells
from freeco.db import db, lock
from freeco.errors import Absent, Refusal
from freeco.i18n import _, money, percent, said
from freeco.members.models import Community
from freeco.module import Parameter, Text
from freeco.money import Money
from freeco_direct_sales.models import ContractState, SeasonContract
from freeco_direct_sales.solidarity import pool
from freeco_direct_sales.solidarity.models import ContractRule, Kind

WHOLE = 10_000
HIGHEST = 30_000


class NoLongerDraft(Refusal):
    """Households have signed with other bounds."""

    reason = _("Ce contrat est ouvert : les bornes de son prix ne changent plus.")


def _alarm(community: Community, _about: str) -> str:
    found = pool.find_pool(community)
    return str((found.alarm_below if found is not None else Money(5000)).cents)


def _take_alarm(_community: Community, _about: str, typed: str) -> str:
    return str(cells.cents(typed))


def _set_alarm(community: Community, _about: str, code: str, _decided: str) -> None:
    found = pool.pool_of(community)
    lock(found)
    found.alarm_below = Money(int(code))


def _bounded(community: Community) -> Sequence[str]:
    """Return the drafts of contracts whose price each chooses around the base price."""
    query = (
        select(ContractRule.contract_id)
        .join(ContractRule.contract)
        .where(
            SeasonContract.community_id == community.id,
            SeasonContract.state == ContractState.DRAFT,
            ContractRule.kind == Kind.FREE,
        )
        .order_by(ContractRule.contract_id)
    )
    return [str(each) for each in db.session.scalars(query)]


def _rule(community: Community, contract_id: str) -> ContractRule:
    found = db.session.scalar(
        select(ContractRule)
        .join(ContractRule.contract)
        .where(
            SeasonContract.community_id == community.id,
            ContractRule.contract_id == int(contract_id),
        )
    )
    if found is None:
        raise Absent
    return found


def _share(code: str) -> Text:
    return said("%(share)s du prix de base", share=percent(int(code)))


def _take_least(_community: Community, _about: str, typed: str) -> str:
    points = cells.percent_basis_points(typed)
    return str(points)


def _take_most(_community: Community, _about: str, typed: str) -> str:
    points = cells.decimal(typed.strip().removesuffix("%").strip(), grouped=False) * 100
    if points != points.to_integral_value() or not WHOLE <= points <= HIGHEST:
        raise cells.BadCell(said("Du prix de base, la plus haute part va de 100 à 300 %."))
    return str(int(points))


def _set_least(community: Community, contract_id: str, code: str, _decided: str) -> None:
    _draft(community, contract_id).least = int(code)


def _set_most(community: Community, contract_id: str, code: str, _decided: str) -> None:
    _draft(community, contract_id).most = int(code)


def _draft(community: Community, contract_id: str) -> ContractRule:
    found = _rule(community, contract_id)
    lock(found.contract)
    if found.contract.state != ContractState.DRAFT:
        raise NoLongerDraft
    lock(found)
    found.to_confirm = False
    return found


def _contract(contract_id: str) -> str:
    found = db.session.get(SeasonContract, int(contract_id))
    return found.name if found is not None else contract_id


PARAMETERS = (
    Parameter(
        "direct_sales.pool_alarm",
        lambda _about: _("Caisse de solidarité : prévenir en dessous de"),
        lambda code: money(Money(int(code))),
        _alarm,
        _take_alarm,
        _set_alarm,
        hint=_("Un montant en euros, 100 000 au plus."),
    ),
    Parameter(
        "direct_sales.least.",
        lambda about: said("Plus basse part du prix, « %(contract)s »", contract=_contract(about)),
        _share,
        lambda community, about: str(_rule(community, about).least),
        _take_least,
        _set_least,
        abouts=_bounded,
        hint=_("Une part du prix de base, comme 70 %, et 100 % au plus."),
    ),
    Parameter(
        "direct_sales.most.",
        lambda about: said("Plus haute part du prix, « %(contract)s »", contract=_contract(about)),
        _share,
        lambda community, about: str(_rule(community, about).most),
        _take_most,
        _set_most,
        abouts=_bounded,
        hint=_("Une part du prix de base, comme 130 %, entre 100 et 300 %."),
    ),
)
