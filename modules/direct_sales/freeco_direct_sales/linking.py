"""What others may link to here: group orders and contracts, as all members see them."""

from flask import url_for
from sqlalchemy import select

from freeco.db import db
from freeco.i18n import said
from freeco.members.models import Community
from freeco.module import Ref, RefLabel
from freeco_direct_sales import contracts
from freeco_direct_sales.models import ContractState, SeasonContract
from freeco_direct_sales.orders.models import OrderSession, SessionState

SESSION, CONTRACT = "session", "contract"
KINDS = (SESSION, CONTRACT)
MOST = 30


def linkable(community: Community) -> list[Ref]:
    """Return the latest group orders, then the contracts, those that are open first."""
    sessions = db.session.scalars(
        select(OrderSession)
        .where(OrderSession.community_id == community.id, OrderSession.state != SessionState.DRAFT)
        .order_by(OrderSession.closes_at.desc(), OrderSession.id)
        .limit(MOST)
    )
    found = [Ref("direct_sales", SESSION, each.id) for each in sessions]
    known = contracts.contracts_of(community)[:MOST]
    return found + [Ref("direct_sales", CONTRACT, each.id) for each in known]


def label(ref: Ref) -> RefLabel | None:
    """Name a group order or a contract; none for a draft."""
    if ref.kind == SESSION:
        session = db.session.get(OrderSession, ref.id)
        if session is None or session.state == SessionState.DRAFT:
            return None
        slug = session.community.slug
        return RefLabel(
            said("Commande groupée « %(name)s »", name=session.name),
            url_for("direct_sales_orders.shop", community=slug, session_id=session.id),
        )
    contract = db.session.get(SeasonContract, ref.id)
    if contract is None or contract.state == ContractState.DRAFT:
        return None
    slug = contract.community.slug
    return RefLabel(
        said("Contrat « %(name)s »", name=contract.name),
        url_for("direct_sales_contracts.page", community=slug, contract_id=contract.id),
    )
