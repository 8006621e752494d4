"""A believable French community, for ``freeco demo``: one seed, one community."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from sqlalchemy import select

from freeco.activation import set_threshold
from freeco.clock import now
from freeco.db import db
from freeco.demonstration_names import COMMUNES, FIRST_NAMES, LAST_NAMES, STREETS
from freeco.members import households, membership, proxies
from freeco.members.models import STEWARD, Community, Member, Person, Territory
from freeco.members.passwords import hash_password
from freeco.module import Demonstration
from freeco.organisations import services as organisations
from freeco.organisations.models import OrganisationKind, Role
from freeco.plugins import Plugins

PASSWORD = "trois-ponts-et-un-panier"  # noqa: S105 - printed for whoever tries the demonstration
SLUG = "trois-ponts"
FEWEST_MEMBERS = 12
PRODUCERS = (
    ("Denis", "Couderc", OrganisationKind.COMPANY, "GAEC des Vergnes"),
    ("Lise", "Puech", OrganisationKind.INDEPENDENT, "Le Fournil de Lise"),
    ("Karine", "Rouquet", OrganisationKind.INDEPENDENT, "Chèvrerie du Causse"),
    ("Michel", "Salgues", OrganisationKind.INDEPENDENT, "Les Ruchers du Célé"),
)
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


def staged_community() -> Community | None:
    """Return the demonstration community, if it has been made."""
    return db.session.scalar(select(Community).where(Community.slug == SLUG))


def stage(plugins: Plugins, members: int, seed: int, advance: Callable[[int], None]) -> Staged:
    """Make the community with its members, and let each module fill it; commits nothing.

    ``advance(count)`` is called as members come in.
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
        presentation=(
            "Depuis 2011, nous partageons chaque jeudi les récoltes de quatre fermes à moins de "
            "vingt kilomètres. On s’engage pour une saison, on vient chercher son panier, et on "
            "tient une permanence deux fois par an."
        ),
        territory_id=territory.id,
    )
    db.session.add(community)
    db.session.flush()
    names = _names(chance)
    people = [
        _join(plugins, community, first, last, password, chance) for first, last, _charge in CHARGES
    ]
    steward, treasurer, _ordinary = people
    membership.grant(steward, STEWARD)
    farmers = [
        _join(plugins, community, first, last, password, chance)
        for first, last, _kind, _name in PRODUCERS
    ]
    farms = [
        organisations.register(plugins, community, kind, name, founder=farmer, role=Role.PRODUCER)
        for farmer, (_first, _last, kind, name) in zip(farmers, PRODUCERS, strict=True)
    ]
    organisations.register(
        plugins,
        community,
        OrganisationKind.COMMUNE,
        "Commune de Lavergne-sur-Célé",
        founder=steward,
    )
    advance(len(people) + len(farmers))
    while len(people) + len(farmers) < members:
        first, last = next(names)
        people.append(_join(plugins, community, first, last, password, chance))
        _share(plugins, people, names, password, chance)
        advance(1)
    _serve_without_email(plugins, community, steward, people)
    for module in plugins.modules.values():
        if module.opens_at > members:
            set_threshold(plugins, community, module, max(1, members // 2))
    staging = Demonstration(
        community=community,
        members=people,
        coordinator=steward,
        treasurer=treasurer,
        producers=farms,
        random=chance,
    )
    sentences = [
        sentence
        for module in plugins.modules.values()
        if module.demonstration is not None
        for sentence in module.demonstration(staging)
    ]
    return Staged(community, list(sign_ins()), sentences)


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


def _address(first: str, last: str) -> str:
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
    return f"{plain}@example.org"


def _join(
    plugins: Plugins, community: Community, first: str, last: str, password: str, chance: Random
) -> Member:
    postal_code, commune = chance.choice(COMMUNES)
    person = Person(
        first_name=first,
        last_name=last,
        email=_address(first, last),
        phone=f"06 {chance.randint(10, 99)} {chance.randint(10, 99)} {chance.randint(10, 99)} 00",
        address=f"{chance.randint(1, 60)} {chance.choice(STREETS)}",
        postal_code=postal_code,
        commune=commune,
        password_hash=password,
        confirmed_at=now(),
    )
    db.session.add(person)
    db.session.flush()
    return membership.join(plugins, community, person, person)


def _share(
    plugins: Plugins,
    people: list[Member],
    names: Iterator[tuple[str, str]],
    password: str,
    chance: Random,
) -> None:
    """Give one household in four two people under one name."""
    if chance.random() > 1 / 4:
        return
    first = people[-1]
    if first.person is None:
        return
    name, _other = next(names)
    partner = _join(plugins, first.community, name, first.person.last_name, password, chance)
    household = households.household_of(first)
    households.rename(household, f"{first.person.last_name}, {first.person.first_name} et {name}")
    households.add_to_household(plugins, household, partner)


def _serve_without_email(
    plugins: Plugins, community: Community, steward: Member, people: list[Member]
) -> None:
    """Add two elders without e-mail, whom the coordinator serves."""
    if steward.person is None:
        return
    for first, last in (("Yvonne", "Fraysse"), ("Marcel", "Garrigue")):
        people.append(
            proxies.enter_person_without_email(
                plugins,
                community,
                first,
                last,
                proxy=steward.person,
                charter_paper_signed=True,
                phone="05 65 00 00 00",
                commune="Lavergne-sur-Célé",
            )
        )
