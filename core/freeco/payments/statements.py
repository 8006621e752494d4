"""Taking a bank statement: whole or not at all, each movement once however often it is seen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select, update
from stdnum import iban

from freeco.cells import plain
from freeco.clock import now, today
from freeco.columns import Notice, Problem
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.i18n import _, said
from freeco.members.membership import holds
from freeco.members.models import TREASURER, Community, Member
from freeco.money import Money
from freeco.organisations import services as organisations
from freeco.organisations.being_paid import MONEY_ROLES, billing_of, keeps_money
from freeco.organisations.models import Organisation, OrganisationRole
from freeco.payments.statement_formats import Reading, ReadLine
from freeco.payments.statement_models import Aside, BankLine, BankStatement, LineState
from freeco.signing import drawn

KEPT_DAYS = 30
"""How long the words of a line are kept once it was dealt with: time to see a mistake."""
OPEN_KEPT_DAYS = 400
"""And of one that nobody dealt with: thirteen months, in which a debit may still come back."""
_FEES = frozenset({"frais", "commission", "commissions", "cotis", "agios", "tenue", "entgelt"})
_RETURNS = frozenset(
    {"impaye", "impayes", "rejet", "rejete", "rejetes", "retour", "retourne", "rucklastschrift"}
)


class NotWhole(Refusal):
    """Something in the file cannot be taken, and a statement is taken whole."""

    reason = _("Ce relevé ne peut pas être repris tel quel : voyez les lignes à corriger.")


class OnlyRehearsed(Refusal):
    """A statement bears real people's words: it has no place among what is invented."""

    reason = _(
        "Dans une répétition, tout est inventé : le relevé d’une vraie banque se reprend dans la "
        "communauté elle-même."
    )


@dataclass(frozen=True)
class Taken:
    """What taking a statement did."""

    statement: BankStatement
    new: int
    known: int


def may_keep(organisation: Member, member: Member) -> bool:
    """Whether a member sees an organisation's money: they keep the payments, or act for it."""
    return holds(member, TREASURER) or keeps_money(organisation, member)


def readable(member: Member) -> ColumnElement[bool]:
    """Return which lines a member may read, among those of the accounts that they keep.

    All those of an organisation whose money is theirs to keep; of the others, what a treasurer
    of the community brought, never what the organisation itself did.
    """
    return BankLine.statement_id.in_(select(BankStatement.id).where(open_to(member)))


def open_to(member: Member) -> ColumnElement[bool]:
    """Return which statements hold lines that a member may read: see ``readable``."""
    theirs = select(OrganisationRole.organisation_id).where(
        OrganisationRole.person_id == member.person_id, OrganisationRole.role.in_(MONEY_ROLES)
    )
    return or_(BankStatement.organisation_id.in_(theirs), BankStatement.own.is_(False))


def kept_by(community: Community, member: Member) -> list[Member]:
    """Return the organisations of a community whose money a member sees."""
    found = organisations.organisations_of(community)
    if holds(member, TREASURER):
        return found
    return [each for each in found if may_keep(each, member)]


def problems(organisation: Organisation, reading: Reading) -> list[Problem]:
    """Return what prevents taking a statement, its account being another's among it."""
    found = list(reading.problems)
    billing = billing_of(organisation)
    ours = billing.iban if billing is not None else ""
    if ours and iban.is_valid(reading.account) and reading.account != ours:
        reason = said(
            "Ce relevé est celui d’un autre compte : il finit par %(theirs)s, celui de "
            "l’organisation par %(ours)s.",
            theirs=reading.account[-4:],
            ours=ours[-4:],
        )
        found.append(Problem(1, "IBAN", reason))
    return found


def notices(community: Community, organisation: Organisation, reading: Reading) -> list[Notice]:
    """Return what to know before taking it: other files that cover the same days otherwise."""
    found = list(reading.notices)
    if not reading.lines:
        return found
    other = db.session.scalar(
        select(BankStatement.id)
        .where(
            BankStatement.community_id == community.id,
            BankStatement.organisation_id == organisation.id,
            BankStatement.kind != reading.kind,
            BankStatement.first_day <= reading.last_day,
            BankStatement.last_day >= reading.first_day,
        )
        .limit(1)
    )
    if other is not None:
        found.append(
            Notice(
                said(
                    "Ces jours ont déjà été repris d’un fichier d’un autre format : les mêmes "
                    "mouvements paraîtraient deux fois. Gardez toujours le même format."
                )
            )
        )
    return found


def new_lines(
    community: Community, organisation: Organisation, reading: Reading
) -> list[tuple[ReadLine, str]]:
    """Return the lines not seen before, each with its fingerprint."""
    known = set(
        db.session.scalars(
            select(BankLine.fingerprint).where(
                BankLine.community_id == community.id,
                BankLine.organisation_id == organisation.id,
            )
        )
    )
    marked = zip(reading.lines, fingerprints(organisation, reading.lines), strict=True)
    return [(line, mark) for line, mark in marked if mark not in known]


def fingerprints(organisation: Organisation, lines: Sequence[ReadLine]) -> list[str]:
    """Return what makes each line itself: its bank's number, else its words and its turn.

    Two like movements of one day are two: the second of a file is the second of the next file.
    """
    turns: Counter[tuple[object, ...]] = Counter()
    marks = []
    for line in lines:
        words = line.bank_reference or plain(line.label)
        like = (line.day.isoformat(), line.amount.cents, words)
        turns[like] += 1
        marks.append(drawn("core.bank_line", organisation.id, *like, turns[like], length=40))
    return marks


def take_in(
    community: Community, organisation: Organisation, reading: Reading, by: Member | None
) -> Taken:
    """Take a statement, whole; what was seen before is not taken again.

    Raises NotWhole, OnlyRehearsed.
    """
    if community.rehearsal:
        raise OnlyRehearsed
    lock(organisation)
    if problems(organisation, reading) or not reading.lines:
        raise NotWhole
    statement = BankStatement(
        community=community,
        organisation=organisation,
        kind=reading.kind,
        first_day=reading.first_day,
        last_day=reading.last_day,
        line_count=len(reading.lines),
        by=by,
        own=by is not None and _keeps(organisation, by),
    )
    db.session.add(statement)
    db.session.flush()
    fresh = new_lines(community, organisation, reading)
    if not statement.own:
        _share(statement, reading)
    for sequence, (line, mark) in enumerate(fresh, 1):
        db.session.add(_line(statement, sequence, line, mark))
    db.session.flush()
    return Taken(statement, len(fresh), len(reading.lines) - len(fresh))


def _keeps(organisation: Organisation, by: Member) -> bool:
    query = select(OrganisationRole.id).where(
        OrganisationRole.organisation_id == organisation.id,
        OrganisationRole.person_id == by.person_id,
        OrganisationRole.role.in_(MONEY_ROLES),
    )
    return db.session.scalar(query.limit(1)) is not None


def _share(statement: BankStatement, reading: Reading) -> None:
    """Let a treasurer read the lines that the organisation had brought: they hold the file."""
    marks = fingerprints(statement.organisation, reading.lines)
    own = select(BankStatement.id).where(BankStatement.own)
    db.session.execute(
        update(BankLine)
        .where(
            BankLine.community_id == statement.community_id,
            BankLine.organisation_id == statement.organisation_id,
            BankLine.fingerprint.in_(marks),
            BankLine.statement_id.in_(own),
        )
        .values(statement_id=statement.id)
    )


def _line(statement: BankStatement, sequence: int, line: ReadLine, mark: str) -> BankLine:
    aside = _left_aside(line)
    return BankLine(
        community=statement.community,
        organisation=statement.organisation,
        statement=statement,
        sequence=sequence,
        day=line.day,
        amount=line.amount,
        label=line.label,
        fingerprint=mark,
        return_code=line.return_code,
        state=LineState.ASIDE if aside else LineState.OPEN,
        aside=aside,
        dealt_at=now() if aside else None,
    )


def _left_aside(line: ReadLine) -> Aside | None:
    """Return why a line needs nobody: money that goes out, unless a payment came back."""
    words = frozenset(plain(line.label).split())
    if line.amount > Money(0) or line.return_code or words & _RETURNS:
        return None
    return Aside.FEE if words & _FEES else Aside.EXPENSE


def forget_words(community: Community) -> None:
    """Erase the payers' words of lines that are done with; day, amount and proof stay."""
    db.session.execute(
        update(BankLine)
        .where(
            BankLine.community_id == community.id,
            BankLine.label != "",
            or_(
                (BankLine.state != LineState.OPEN)
                & (BankLine.dealt_at < now() - timedelta(days=KEPT_DAYS)),
                BankLine.day < today(community.timezone) - timedelta(days=OPEN_KEPT_DAYS),
            ),
        )
        .values(label="")
        .execution_options(synchronize_session=False)
    )
