"""A believable French community, for ``freeco demo``: one seed, one community."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from sqlalchemy import select

from freeco.accords import demonstration as accords
from freeco.activation import set_threshold
from freeco.clock import now, today
from freeco.cost_price import demonstration as platform
from freeco.db import db
from freeco.demonstration_names import COMMUNES, FIRST_NAMES, LAST_NAMES, STREETS
from freeco.members import households, membership
from freeco.members.models import STEWARD, Community, Member, Person, Territory
from freeco.members.passwords import hash_password
from freeco.module import Demonstration
from freeco.organisations import services as organisations
from freeco.organisations.models import OrganisationKind, Role
from freeco.payments import demonstration as treasurer_desk
from freeco.plugins import Plugins

PASSWORD = "trois-ponts-et-un-panier"  # noqa: S105 - printed for whoever tries the demonstration
SLUG = "trois-ponts"
DOMAIN = "example.org"
"""Reserved by RFC 2606: nobody reads its mail."""
FEWEST_MEMBERS = 12
A_SEASON = timedelta(weeks=8)
A_SEASON_AND_A_YEAR = timedelta(weeks=64)
PRODUCERS = (
    ("Denis", "Couderc", OrganisationKind.COMPANY, "GAEC des Vergnes"),
    ("Lise", "Puech", OrganisationKind.INDEPENDENT, "Le Fournil de Lise"),
    ("Karine", "Rouquet", OrganisationKind.INDEPENDENT, "Chèvrerie du Causse"),
    ("Michel", "Salgues", OrganisationKind.INDEPENDENT, "Les Ruchers du Célé"),
)
AROUND = (
    (0.031, 0.105, "Assiac"),
    (-0.012, 0.014, "Lavergne-sur-Célé"),
    (-0.118, -0.145, "Le Mas-du-Causse"),
    (0.042, -0.05, "Saint-Loup-le-Pont"),
    (0.001, 0.003, "Lavergne-sur-Célé"),
)
"""Where the farms and the commune stand: degrees northwards and eastwards of the community."""
CHARGES = (
    ("Sylvie", "Marty", "coordinatrice"),
    ("Bernard", "Delpech", "trésorier"),
    ("Camille", "Fabre", "membre, sans charge"),
)


@dataclass(frozen=True)
class SignIn:
    """A way into the demonstration."""

    name: str
    charge: str
    email: str


@dataclass(frozen=True)
class Staged:
    """What was made, to print."""

    community: Community
    sign_ins: Sequence[SignIn]
    sentences: Sequence[str]


@dataclass(frozen=True)
class Casting:
    """How the invented people come in: where their addresses lead, and whether they sign in."""

    plugins: Plugins
    community: Community
    random: Random
    domain: str = DOMAIN
    password_hash: str | None = None
    """Without one nobody ever signs in with these accounts."""
    language: str = "fr"
    met: set[tuple[str, str]] = field(default_factory=set)
    """First and last names of who came in: nobody comes twice."""


def staged_community() -> Community | None:
    """Return the demonstration community, if it has been made."""
    return db.session.scalar(select(Community).where(Community.slug == SLUG))


def stage(
    plugins: Plugins,
    members: int,
    seed: int,
    advance: Callable[[int], None],
    *,
    year: bool = False,
) -> Staged:
    """Make the community with its members, and let each module fill it; commits nothing.

    ``advance(count)`` is called as members come in; ``year`` plays a whole year before today.
    """
    chance = Random(seed)  # noqa: S311 - a believable village, not a secret
    password = hash_password(PASSWORD)
    territory = Territory(slug="vallee-du-cele", name="Vallée du Célé")
    db.session.add(territory)
    db.session.flush()
    community = Community(
        slug=SLUG,
        name="AMAP des Trois Ponts",
        commune="Lavergne-sur-Célé",
        latitude=44.6,
        longitude=1.95,
        presentation=(
            "Depuis 2011, nous partageons chaque jeudi les récoltes de quatre fermes à moins de "
            "vingt kilomètres. On s’engage pour une saison, on vient chercher son panier, et on "
            "tient une permanence deux fois par an."
        ),
        territory_id=territory.id,
    )
    db.session.add(community)
    db.session.flush()
    casting = Casting(plugins, community, chance, password_hash=password)
    since = today() - (A_SEASON_AND_A_YEAR if year else A_SEASON)
    platform.publish(since, members)
    staging = replace(settle(casting, members, advance), year=year)
    sentences = fill(plugins, staging)
    treasurer_desk.stage(staging)
    accords.stage(staging)
    platform.settle(since)
    return Staged(community, list(sign_ins()), sentences)


def settle(casting: Casting, members: int, advance: Callable[[int], None]) -> Demonstration:
    """Bring invented people into a community that is open, and open every module there."""
    plugins, community, chance = casting.plugins, casting.community, casting.random
    names = _names(chance)
    people = [_join(casting, first, last) for first, last, _charge in CHARGES]
    steward, treasurer, _ordinary = people
    membership.grant(steward, STEWARD)
    farmers = [_join(casting, first, last) for first, last, _kind, _name in PRODUCERS]
    farms = [
        organisations.register(plugins, community, kind, name, founder=farmer, role=Role.PRODUCER)
        for farmer, (_first, _last, kind, name) in zip(farmers, PRODUCERS, strict=True)
    ]
    town_hall = organisations.register(
        plugins,
        community,
        OrganisationKind.COMMUNE,
        "Commune de Lavergne-sur-Célé",
        founder=steward,
    )
    _stand_around(community, [*farms, town_hall])
    advance(len(people) + len(farmers))
    while len(people) + len(farmers) < members:
        first, last = next(each for each in names if each not in casting.met)
        people.append(_join(casting, first, last))
        _share(casting, people, names)
        advance(1)
    _serve_without_email(plugins, community, steward, people)
    for module in plugins.modules.values():
        if module.opens_at > members:
            set_threshold(plugins, community, module, max(1, members // 2))
    return Demonstration(
        community=community,
        members=people,
        coordinator=steward,
        treasurer=treasurer,
        producers=farms,
        random=chance,
    )


def _stand_around(community: Community, bodies: Sequence[Member]) -> None:
    """Put the farms and the commune on the map, as far from the community as their sheets say."""
    if community.latitude is None or community.longitude is None:
        return
    for body, (north, east, commune) in zip(bodies, AROUND, strict=True):
        if body.organisation is not None:
            body.organisation.commune = commune
            body.organisation.latitude = community.latitude + north
            body.organisation.longitude = community.longitude + east


def fill(plugins: Plugins, staging: Demonstration) -> Sequence[str]:
    """Let each module fill the community with a season; return what to try first."""
    return [
        sentence
        for module in plugins.modules.values()
        if module.demonstration is not None
        for sentence in module.demonstration(staging)
    ]


def sign_ins() -> Iterator[SignIn]:
    """Return who can sign in, all with the same password."""
    for first, last, charge in CHARGES:
        yield SignIn(f"{first} {last}", charge, _address(first, last))
    first, last, _kind, farm = PRODUCERS[0]
    yield SignIn(f"{first} {last}", f"producteur, {farm}", _address(first, last))


def _names(chance: Random) -> Iterator[tuple[str, str]]:
    """Return names that do not repeat, however many are asked for."""
    taken = {(first, last) for first, last, *_rest in (*CHARGES, *PRODUCERS)}
    pairs = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    chance.shuffle(pairs)
    yield from (pair for pair in pairs if pair not in taken)
    for number, (first, last) in enumerate(pairs):
        yield first, f"{last}-{LAST_NAMES[number % len(LAST_NAMES)]}"


def _address(first: str, last: str, domain: str = DOMAIN) -> str:
    plain = f"{first}.{last}".lower()
    for accents, letter in (
        ("àâä", "a"),
        ("éèêë", "e"),
        ("îï", "i"),
        ("ôö", "o"),
        ("ùûü", "u"),
        ("ç", "c"),
    ):
        for accent in accents:
            plain = plain.replace(accent, letter)
    return f"{plain}@{domain}"


def _join(casting: Casting, first: str, last: str) -> Member:
    chance = casting.random
    casting.met.add((first, last))
    postal_code, commune = chance.choice(COMMUNES)
    person = Person(
        first_name=first,
        last_name=last,
        email=_address(first, last, casting.domain),
        phone=f"06 {chance.randint(10, 99)} {chance.randint(10, 99)} {chance.randint(10, 99)} 00",
        address=f"{chance.randint(1, 60)} {chance.choice(STREETS)}",
        postal_code=postal_code,
        commune=commune,
        language=casting.language,
        password_hash=casting.password_hash,
        confirmed_at=now() if casting.password_hash is not None else None,
    )
    db.session.add(person)
    db.session.flush()
    return membership.join(casting.plugins, casting.community, person, person, invented=True)


def _share(casting: Casting, people: list[Member], names: Iterator[tuple[str, str]]) -> None:
    """Give one household in four two people under one name."""
    if casting.random.random() > 1 / 4:
        return
    first = people[-1]
    if first.person is None:
        return
    last = first.person.last_name
    name = next(name for name, _other in names if (name, last) not in casting.met)
    partner = _join(casting, name, first.person.last_name)
    household = households.household_of(first)
    households.rename(household, f"{first.person.last_name}, {first.person.first_name} et {name}")
    households.add_to_household(casting.plugins, household, partner)


def _serve_without_email(
    plugins: Plugins, community: Community, steward: Member, people: list[Member]
) -> None:
    """Add two elders without e-mail, whom the coordinator serves."""
    if steward.person is None:
        return
    for first, last in (("Yvonne", "Fraysse"), ("Marcel", "Garrigue")):
        person = Person(
            first_name=first,
            last_name=last,
            phone="05 65 00 00 00",
            commune="Lavergne-sur-Célé",
            language=steward.person.language,
            proxy_id=steward.person.id,
        )
        db.session.add(person)
        db.session.flush()
        people.append(membership.join(plugins, community, person, steward.person, invented=True))
