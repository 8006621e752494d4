from collections.abc import Callable, Mapping, Sequence

import pytest

from freeco.db import db
from freeco.members.models import Community, Member
from freeco.payments.models import State
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import contracts, subscriptions
from freeco_direct_sales.models import (
    ContractState,
    Delivery,
    Distribution,
    Producer,
    SeasonContract,
    Subscription,
)

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
CHARGES = ("direct_sales.coordinate", "core.treasurer")
READ_BY_ALL = ("contrats/{contract}", "distributions/{distribution}", "producteurs/{producer}")
COORDINATORS_READ = (
    "contrats/nouveau",
    "contrats/{contract}/preparer",
    "distributions/nouvelles",
    "distributions/{distribution}/emargement",
    "distributions/{distribution}/emargement.pdf",
    "producteurs/nouveau",
    "producteurs/{producer}/modifier",
    "producteurs/{producer}/importer",
    "souscriptions/{subscription}/livraisons/{delivery}",
)
COORDINATORS_DO = (
    "contrats/nouveau",
    "contrats/{contract}/contenu",
    "contrats/{contract}/places",
    "contrats/{contract}/ouvrir",
    "contrats/{contract}/clore",
    "distributions/nouvelles",
    "distributions/{distribution}/imprimee",
    "distributions/{distribution}/livraisons/{delivery}/annuler",
    "distributions/{distribution}/livraisons/{delivery}/retablir",
    "producteurs/nouveau",
    "producteurs/{producer}/modifier",
    "producteurs/{producer}/produits",
    "producteurs/{producer}/importer",
    "producteurs/{producer}/importer/enregistrer",
    "souscriptions/{subscription}/signature-papier",
    "souscriptions/{subscription}/livraisons/{delivery}",
    "souscriptions/{subscription}/echeancier",
)
OF_ONE_HOUSEHOLD = ("souscriptions/{subscription}", "souscriptions/{subscription}/contrat.pdf")
OF_ONE_PRODUCER = (
    "distributions/{distribution}/recolte/{producer}",
    "distributions/{distribution}/recolte/{producer}.pdf",
)
DONE_BY_THE_TWO_SIDES = (
    "souscriptions/{subscription}/signer",
    "souscriptions/{subscription}/retirer",
)
NAMES_AN_OBJECT = [
    path
    for path in READ_BY_ALL + COORDINATORS_READ + OF_ONE_HOUSEHOLD + OF_ONE_PRODUCER
    if "{" in path
]


@pytest.fixture
def subscription(vegetables: SeasonContract, member: Member, take: Take) -> Subscription:
    """Give the contract of Marie's household."""
    return take(vegetables, member, {"Petit panier": 1})


@pytest.fixture
def delivery(vegetables: SeasonContract) -> Delivery:
    """Give the vegetables of Thursday the 5th."""
    return contracts.deliveries_of(vegetables)[0]


@pytest.fixture
def ids(subscription: Subscription, delivery: Delivery, producer: Producer) -> Mapping[str, int]:
    """Give the numbers that stand in the addresses."""
    return {
        "subscription": subscription.id,
        "contract": subscription.contract_id,
        "delivery": delivery.id,
        "distribution": delivery.distribution_id,
        "producer": producer.id,
    }


@pytest.fixture
def address(ids: Mapping[str, int]) -> Callable[[str, str], str]:
    """Give what writes the address of a page, here or with our numbers elsewhere."""

    def write(path: str, community: str) -> str:
        return f"/{community}/direct-sales/{path.format(**ids)}"

    return write


@pytest.mark.parametrize("path", READ_BY_ALL)
def test_any_member_reads_what_is_offered(
    address: Callable[[str, str], str], neighbour: Member, visiting: Visit, path: str
) -> None:
    assert visiting(neighbour).get(address(path, "lavergne")).status_code == 200


@pytest.mark.parametrize("path", COORDINATORS_READ)
def test_a_member_without_charge_does_not_read_what_coordinators_read(
    address: Callable[[str, str], str], neighbour: Member, visiting: Visit, path: str
) -> None:
    answer = visiting(neighbour).get(address(path, "lavergne"))
    assert answer.status_code == 403
    assert "Marie" not in answer.text


@pytest.mark.parametrize("path", COORDINATORS_READ)
def test_a_coordinator_reads_them(
    address: Callable[[str, str], str], coordinator: Member, visiting: Visit, path: str
) -> None:
    assert visiting(coordinator).get(address(path, "lavergne")).status_code == 200


@pytest.mark.parametrize("path", COORDINATORS_DO)
def test_a_member_without_charge_does_nothing_of_what_coordinators_do(
    address: Callable[[str, str], str],
    subscription: Subscription,
    delivery: Delivery,
    neighbour: Member,
    visiting: Visit,
    path: str,
) -> None:
    data = {"reason": "gel", "capacity": "1"}
    answer = visiting(neighbour).post(address(path, "lavergne"), data=data)
    assert answer.status_code == 403
    assert subscription.contract.state == ContractState.OPEN
    assert subscription.contract.capacity == 2
    assert subscription.payments[0].state == State.EXPECTED
    assert subscription.producer_signed_at is None
    assert delivery.cancelled_at is None


@pytest.mark.parametrize("path", OF_ONE_HOUSEHOLD)
def test_the_contract_of_another_household_does_not_exist(
    address: Callable[[str, str], str], neighbour: Member, visiting: Visit, path: str
) -> None:
    assert visiting(neighbour).get(address(path, "lavergne")).status_code == 404


@pytest.mark.parametrize("path", OF_ONE_HOUSEHOLD)
def test_the_two_sides_and_those_in_charge_read_a_contract(
    address: Callable[[str, str], str],
    member: Member,
    farmer: Member,
    coordinator: Member,
    treasurer: Member,
    visiting: Visit,
    path: str,
) -> None:
    for each in (member, farmer, coordinator, treasurer):
        assert visiting(each).get(address(path, "lavergne")).status_code == 200


@pytest.mark.parametrize("path", DONE_BY_THE_TWO_SIDES)
def test_nobody_signs_or_withdraws_for_another_household(
    address: Callable[[str, str], str],
    subscription: Subscription,
    neighbour: Member,
    visiting: Visit,
    path: str,
) -> None:
    assert visiting(neighbour).post(address(path, "lavergne")).status_code == 404
    assert (subscription.producer_signed_at, subscription.withdrawn_at) == (None, None)


def test_a_household_does_not_sign_for_the_farm(
    address: Callable[[str, str], str],
    subscription: Subscription,
    member: Member,
    visiting: Visit,
) -> None:
    answer = visiting(member).post(address("souscriptions/{subscription}/signer", "lavergne"))
    assert answer.status_code == 403
    assert subscription.producer_signed_at is None


def test_the_farm_does_not_withdraw_for_a_household(
    address: Callable[[str, str], str],
    subscription: Subscription,
    farmer: Member,
    visiting: Visit,
) -> None:
    answer = visiting(farmer).post(address("souscriptions/{subscription}/retirer", "lavergne"))
    assert answer.status_code == 404
    assert subscription.withdrawn_at is None


@pytest.mark.parametrize("path", OF_ONE_PRODUCER)
def test_a_harvest_list_is_for_its_producer_and_the_coordinators(
    address: Callable[[str, str], str],
    farmer: Member,
    coordinator: Member,
    neighbour: Member,
    visiting: Visit,
    path: str,
) -> None:
    assert visiting(farmer).get(address(path, "lavergne")).status_code == 200
    assert visiting(coordinator).get(address(path, "lavergne")).status_code == 200
    assert visiting(neighbour).get(address(path, "lavergne")).status_code == 404


def test_the_treasurer_keeps_payments_and_no_contracts(
    address: Callable[[str, str], str], treasurer: Member, visiting: Visit
) -> None:
    client = visiting(treasurer)
    assert client.get("/lavergne/tresorerie").status_code == 200
    assert client.get(address("contrats/{contract}/preparer", "lavergne")).status_code == 403


@pytest.mark.parametrize("path", NAMES_AN_OBJECT)
def test_our_objects_do_not_exist_in_another_community(
    address: Callable[[str, str], str], elsewhere: Community, visiting: Visit, path: str
) -> None:
    foreigner = make_member(elsewhere, "Ève", "Blanc", permissions=CHARGES)
    assert visiting(foreigner).get(address(path, "ailleurs")).status_code == 404


@pytest.mark.parametrize(
    "path", [path for path in (*COORDINATORS_DO, *DONE_BY_THE_TWO_SIDES) if "{" in path]
)
def test_nothing_is_done_to_our_objects_from_another_community(
    address: Callable[[str, str], str],
    subscription: Subscription,
    delivery: Delivery,
    elsewhere: Community,
    visiting: Visit,
    path: str,
) -> None:
    foreigner = make_member(elsewhere, "Ève", "Blanc", permissions=CHARGES)
    data = {"reason": "gel", "capacity": "1"}
    answer = visiting(foreigner).post(address(path, "ailleurs"), data=data)
    assert answer.status_code == 404
    assert subscription.contract.state == ContractState.OPEN
    assert subscription.contract.capacity == 2
    assert subscription.payments[0].state == State.EXPECTED
    assert (subscription.producer_signed_at, subscription.withdrawn_at) == (None, None)
    assert delivery.cancelled_at is None


def test_a_producer_of_another_community_gets_no_contract_of_ours(
    elsewhere: Community, producer: Producer, visiting: Visit
) -> None:
    foreigner = make_member(elsewhere, "Ève", "Blanc", permissions=CHARGES)
    data = {
        "producer": str(producer.id),
        "name": "Légumes",
        "kind": "fixed",
        "season_start": "2026-11-01",
        "season_end": "2027-03-31",
    }
    answer = visiting(foreigner).post("/ailleurs/direct-sales/contrats/nouveau", data=data)
    assert answer.status_code == 404
    assert contracts.contracts_of(elsewhere, drafts=True) == []


def test_a_stranger_is_sent_to_sign_in_and_back(
    address: Callable[[str, str], str], client: Visitor, opened: None
) -> None:
    answer = client.get(address("contrats/{contract}", "lavergne"))
    assert answer.status_code == 302
    assert answer.location.startswith("/connexion?suite=")


def test_the_basket_of_a_thursday_is_that_of_ones_own_household(
    subscription: Subscription,
    thursdays: Sequence[Distribution],
    member: Member,
    neighbour: Member,
    visiting: Visit,
) -> None:
    address = f"/lavergne/direct-sales/distributions/{thursdays[0].id}/mon-panier"
    assert "Petit panier" in visiting(member).get(address).text
    assert "Petit panier" not in visiting(neighbour).get(address).text


def test_asking_twice_for_the_producers_signature_is_said(
    subscription: Subscription, farmer: Member, visiting: Visit
) -> None:
    subscriptions.sign_for_producer(subscription, farmer)
    db.session.commit()
    address = f"/lavergne/direct-sales/souscriptions/{subscription.id}/signer"
    answer = visiting(farmer).post(address)
    assert answer.status_code == 409
    assert "déjà signé" in answer.text
