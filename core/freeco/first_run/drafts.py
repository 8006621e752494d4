"""The draft of a founding: its link, and what has been answered so far.

The link is the operator's word: only who reads the machine's terminal can print one, and sends
it to whoever will found. Its secret is drawn from the site's key and the draft's nonce, so that
it can be printed again while nothing in the database gives it away.
"""

from datetime import timedelta
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import delete, func, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.first_run.models import FoundingDraft
from freeco.members.models import Community
from freeco.signing import drawn

LASTS = timedelta(days=14)
PATH = "/commencer/"


def is_new_site() -> bool:
    """Whether nothing has been founded here yet."""
    return not db.session.scalar(select(func.count(Community.id)))


def open_drafts() -> list[FoundingDraft]:
    """Return the drafts that have not founded anything and still have time, the oldest first."""
    return list(
        db.session.scalars(
            select(FoundingDraft)
            .where(FoundingDraft.community_id.is_(None), FoundingDraft.expires_at > now())
            .order_by(FoundingDraft.id)
        )
    )


def links(*, another: bool = False) -> list[str]:
    """Return the paths under which something can be founded, one at least; they last anew.

    ``another`` begins one more. What nobody finished in time is forgotten.
    """
    forget_old()
    drafts = open_drafts()
    if another or not drafts:
        drafts.append(FoundingDraft(nonce=token_urlsafe(24), expires_at=now() + LASTS))
        db.session.add(drafts[-1])
    for draft in drafts:
        draft.expires_at = now() + LASTS
    db.session.flush()
    return [PATH + secret_of(draft) for draft in drafts]


def forget_old() -> None:
    """Forget what nobody finished in time: names and addresses were typed there."""
    db.session.execute(delete(FoundingDraft).where(FoundingDraft.expires_at <= now()))


def secret_of(draft: FoundingDraft) -> str:
    """Return the secret of a draft's link."""
    return drawn("founding draft", draft.nonce, length=48)


def find(secret: str) -> FoundingDraft:
    """Return the draft of a link. Raises Absent for one that is wrong or too old.

    The link of a draft that has founded is still recognised: it opens nothing, but who founded
    and clicks twice is led to their community.
    """
    drafts = db.session.scalars(select(FoundingDraft).where(FoundingDraft.expires_at > now()))
    for draft in drafts:
        if compare_digest(secret_of(draft).encode(), secret.encode()):
            return draft
    raise Absent


def keep(draft: FoundingDraft, screen: str, typed: dict[str, Any]) -> None:
    """Keep what was typed on a screen, right or wrong, and give the draft time again.

    What has founded keeps nothing more.
    """
    lock(draft)
    if draft.community_id is not None:
        return
    draft.answers = {**draft.answers, screen: typed}
    draft.expires_at = now() + LASTS


def close(draft: FoundingDraft, community: Community) -> None:
    """Note what was founded, and forget everything that was typed."""
    draft.community_id = community.id
    draft.answers = {}
    draft.password_hash = None
