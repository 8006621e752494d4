"""An organisation's own account at the provider: opened, completed there, looked at."""

from sqlalchemy import select

from freeco.clock import now
from freeco.config import Settings
from freeco.db import db, lock
from freeco.members.models import Community
from freeco.organisations.models import Organisation
from freeco.payments.card import reading
from freeco.payments.card.errors import CardNotOffered, NoAnswerYet, SaidNo
from freeco.payments.card.models import PROVIDER, ProviderAccount
from freeco.payments.card.stripe_client import answered, as_dict, client, options
from freeco.payments.card.truth import AccountTruth, Declined, Question, Source, Unanswered

COUNTRY = "FR"


def of(organisation: Organisation) -> ProviderAccount | None:
    """Return an organisation's account, if it has asked for one."""
    query = select(ProviderAccount).where(
        ProviderAccount.organisation_id == organisation.id, ProviderAccount.provider == PROVIDER
    )
    return db.session.scalars(query).one_or_none()


def connect(settings: Settings, organisation: Organisation, community: Community, back: str) -> str:
    """Return the provider's address where an organisation opens or completes its account.

    The account is the organisation's: it signs with the provider, pays its fees and bears its
    own losses. Commits. Raises CardNotOffered in a rehearsal, NoAnswerYet, SaidNo.
    """
    if not settings.stripe_key or community.rehearsal:
        raise CardNotOffered
    account = _written(organisation, community)
    try:
        ref = account.ref or _opened(settings, account)
        db.session.rollback()
        with answered():
            link = client(settings).v1.account_links.create(
                {
                    "account": ref,
                    "type": "account_onboarding",
                    "return_url": back,
                    "refresh_url": back,
                }
            )
            return str(link.url)
    except Unanswered as error:
        raise NoAnswerYet from error
    except Declined as error:
        raise SaidNo from error


def _written(organisation: Organisation, community: Community) -> ProviderAccount:
    lock(organisation)
    account = of(organisation)
    if account is None:
        account = ProviderAccount(organisation=organisation, community=community)
        db.session.add(account)
    db.session.commit()
    return account


def _opened(settings: Settings, account: ProviderAccount) -> str:
    """Open it by the key of our row; what the organisation is, it tells the provider itself."""
    account_id, key = account.id, account.idempotency_key
    db.session.rollback()
    with answered():
        found = client(settings).v1.accounts.create(
            {
                "country": COUNTRY,
                "capabilities": {"card_payments": {"requested": True}},
                "controller": {
                    "fees": {"payer": "account"},
                    "losses": {"payments": "stripe"},
                    "requirement_collection": "stripe",
                    "stripe_dashboard": {"type": "full"},
                },
                "metadata": {reading.KEY: key},
            },
            options(None, key),
        )
        truth = reading.account(as_dict(found))
    note(account_id, truth)
    return truth.ref


def note(account_id: int, truth: AccountTruth | None) -> None:
    """Write what the provider says of an account. Commits."""
    account = db.session.get_one(ProviderAccount, account_id)
    lock(account)
    account.checked_at = now()
    if truth is not None:
        account.ref = truth.ref
        account.ready = truth.ready
        account.requirements = list(truth.requirements)
    db.session.commit()


def refresh(source: Source, account: ProviderAccount) -> bool:
    """Ask how an account stands; say whether there was an answer. Commits."""
    account_id = account.id
    about = Question(account.idempotency_key, account.ref or "", account.asked_at)
    db.session.rollback()
    try:
        truth = source.of_account(about)
    except Unanswered:
        return False
    except Declined:
        # It took our access away, or is closed: nothing can be charged there.
        truth = AccountTruth(about.account, ready=False) if about.account else None
    note(account_id, truth)
    return True
