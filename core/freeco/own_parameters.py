"""The rules of core's own that a vote may set: openings, thresholds, who comes in, the cost."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from freeco import activation, cells
from freeco.clock import today
from freeco.cost_price import keys
from freeco.cost_price.errors import KeyPublished, RatePublished
from freeco.cost_price.models import HIGHEST_BASIS_POINTS, AllocationKey, Basis, Pool
from freeco.cost_price.words import BASES
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.i18n import _, percent, said
from freeco.kernel import kernel
from freeco.kernel_models import Activation
from freeco.members.membership import admit_by
from freeco.members.models import Admission, Community
from freeco.module import Parameter, Text
from freeco.record import parameters
from freeco.record.parameter_names import (
    ADMISSION,
    KEY,
    OPENED,
    RATE,
    THRESHOLD,
    admission_code,
)
from freeco.record.parameter_words import ADMISSIONS, KINDS, OPENINGS

MOST_MEMBERS = 1_000_000
LABELS = {kind.name: kind for kind in KINDS}


class OthersFirst(Refusal):
    """A module that requires another cannot open before it."""

    reason = _("Ce service a besoin d’un autre service, qui n’est pas ouvert ici.")


def _modules(_community: Community) -> Sequence[str]:
    return sorted(kernel().plugins.modules)


def _opening(community: Community, name: str) -> str:
    row = db.session.scalar(
        select(Activation).where(Activation.community_id == community.id, Activation.module == name)
    )
    if row is None:
        return "closed"
    return "open" if row.paused_at is None else "paused"


def _closed(community: Community) -> Sequence[str]:
    opened = activation.open_modules(community)
    return [name for name in _modules(community) if name not in opened]


def _open(community: Community, name: str, _code: str, decided: str) -> None:
    """Open a module whatever its threshold, or end its pause. Raises OthersFirst."""
    lock(community)
    before, module = _opening(community, name), kernel().plugins.modules[name]
    if before == "open":
        return
    if not activation.open_modules(community).issuperset(module.requires):
        raise OthersFirst
    if before == "paused":
        activation.resume(community, name)
    else:
        activation.open_now(community, module)
    parameters.changed(community, f"{OPENED}{name}", before, "open", decided=decided)


def _members(_community: Community, _about: str, typed: str) -> str:
    many = cells.whole(typed)
    if not 1 <= many <= MOST_MEMBERS:
        raise cells.BadCell(said("Un seuil est d’un membre au moins, et d’un million au plus."))
    return str(many)


def _set_threshold(community: Community, name: str, code: str, decided: str) -> None:
    plugins = kernel().plugins
    activation.set_threshold(plugins, community, plugins.modules[name], int(code), decided=decided)


def _admissions(community: Community, _about: str) -> Sequence[tuple[str, Text]]:
    found: list[tuple[str, Text]] = [
        (rule, ADMISSIONS[rule]) for rule in (Admission.OPEN, Admission.INVITATION)
    ]
    if community.email_domain:
        code = f"{Admission.DOMAIN}:{community.email_domain}"
        found.append((code, LABELS[ADMISSION].words(code)))
    return found


def _admit(community: Community, _about: str, code: str, decided: str) -> None:
    rule, _colon, domain = code.partition(":")
    admit_by(community, rule, domain or community.email_domain, decided=decided)


def _points(_community: Community, _about: str, typed: str) -> str:
    points = cells.percent_basis_points(typed)
    if points > HIGHEST_BASIS_POINTS:
        highest = percent(HIGHEST_BASIS_POINTS)
        raise cells.BadCell(said("La plateforme ne prend jamais plus de %(rate)s.", rate=highest))
    return str(points)


def _as_chosen(_community: Community, _about: str, typed: str) -> str:
    return typed


def _publish_rate(_community: Community, _about: str, code: str, decided: str) -> None:
    """Publish a rate from the first day that it may begin: today, or tomorrow."""
    last = keys.rate_in_force(today())
    gift = last.per_gift if last is not None else None
    try:
        keys.publish_rate(int(code), today(), gift, decided=decided)
    except RatePublished:
        keys.publish_rate(int(code), _tomorrow(), gift, decided=decided)


def _publish_key(_community: Community, pool: str, code: str, decided: str) -> None:
    try:
        keys.publish_key(Pool(pool), Basis(code), today(), decided=decided)
    except KeyPublished:
        keys.publish_key(Pool(pool), Basis(code), _tomorrow(), decided=decided)


def _tomorrow() -> date:
    return today() + timedelta(days=1)


def _keyed(_community: Community) -> Sequence[str]:
    pools = select(AllocationKey.pool).distinct().order_by(AllocationKey.pool)
    return db.session.scalars(pools).all()


def _bases(_community: Community, _about: str) -> Sequence[tuple[str, Text]]:
    return [(basis, BASES[basis]) for basis in Basis]


PARAMETERS = (
    Parameter(
        OPENED,
        LABELS[OPENED].label,
        LABELS[OPENED].words,
        _opening,
        _as_chosen,
        _open,
        abouts=_modules,
        choices=lambda _community, _about: [("open", OPENINGS["open"])],
    ),
    Parameter(
        THRESHOLD,
        LABELS[THRESHOLD].label,
        LABELS[THRESHOLD].words,
        lambda community, name: str(
            activation.threshold(community, kernel().plugins.modules[name])
        ),
        _members,
        _set_threshold,
        abouts=_closed,
        hint=_("Un nombre de membres. S’il est déjà atteint, le service s’ouvre."),
    ),
    Parameter(
        ADMISSION,
        LABELS[ADMISSION].label,
        LABELS[ADMISSION].words,
        lambda community, _about: admission_code(community),
        _as_chosen,
        _admit,
        choices=_admissions,
    ),
    Parameter(
        RATE,
        LABELS[RATE].label,
        LABELS[RATE].words,
        lambda _community, _about: keys.codes().get(RATE, ""),
        _points,
        _publish_rate,
        hint=_("Un pourcentage, comme 3,5. Jamais plus de 5 %."),
        whole_site=True,
    ),
    Parameter(
        KEY,
        LABELS[KEY].label,
        LABELS[KEY].words,
        lambda _community, pool: keys.codes().get(f"{KEY}{pool}", ""),
        _as_chosen,
        _publish_key,
        abouts=_keyed,
        choices=_bases,
        whole_site=True,
    ),
)
"""In the order in which they are offered."""
