from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales import changing, contract_paper, contracts, distributions, subscriptions
from freeco_direct_sales.contracting import notices, renewal, rules, trials, waiting
from freeco_direct_sales.contracting.errors import NoTrial, RestDecided, TooLate
from freeco_direct_sales.contracting.models import ContractRules, Trial
from freeco_direct_sales.models import Distribution, Product, SeasonContract, Subscription

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
TUESDAY = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
"""Between the first Thursday and the deadline of the second."""


@pytest.fixture
def tried(vegetables: SeasonContract) -> SeasonContract:
    """Give the farm's contract, of which the first delivery may be tried."""
    db.session.add(ContractRules(contract_id=vegetables.id, trial_deliveries=1, notice_days=1))
    db.session.commit()
    return vegetables


def begin(contract: SeasonContract, member: Member) -> Trial:
    basket = subscriptions.same_basket(contract, {contract.products[0].id: 1})
    done = trials.begin(
        contract,
        households.household_of(member),
        member,
        basket,
        1,
        charter_text_id=None,
        signed_by=member.name,
    )
    db.session.commit()
    found = trials.trial_of(done)
    assert found is not None
    return found


def test_a_trial_commits_to_its_own_deliveries_only(tried: SeasonContract, member: Member) -> None:
    trial = begin(tried, member)
    assert trial.subscription.total == Money(1150)
    assert trials.price_of_rest(trial) == Money(2300)
    assert contracts.places_left(tried) == 1


def test_the_rest_is_confirmed_and_the_payments_follow(
    tried: SeasonContract, member: Member
) -> None:
    trial = begin(tried, member)
    with held_at(TUESDAY):
        for _twice in range(2):
            trials.confirm(trial)
    assert trial.subscription.total == Money(3450)
    assert changing.to_settle(trial.subscription) == Money(0)
    assert sum(each.amount.cents for each in trial.subscription.payments) == 3450
    with pytest.raises(RestDecided):
        trials.drop(trial)


def test_the_place_of_a_dropped_trial_goes_to_who_waits(
    tried: SeasonContract, member: Member, neighbour: Member
) -> None:
    tried.capacity = 1
    trial = begin(tried, member)
    wish = waiting.wait(tried, households.household_of(neighbour), neighbour)
    with held_at(TUESDAY):
        trials.drop(trial)
        assert wish.reserved_until is not None
    with pytest.raises(RestDecided):
        trials.confirm(trial)
    assert trial.subscription.total == Money(1150)


def test_silence_commits_to_nothing(
    tried: SeasonContract, community: Community, member: Member
) -> None:
    trial = begin(tried, member)
    with held_at(datetime(2026, 11, 9, 9, 0, tzinfo=UTC)):
        for _twice in range(2):
            notices.tell_trials(community)
        (letter,) = db.session.query(OutgoingMail).filter(OutgoingMail.subject.contains("essai"))
        assert "Sans réponse" in letter.body
    with held_at(datetime(2026, 11, 12, 9, 0, tzinfo=UTC)):
        with pytest.raises(TooLate):
            trials.confirm(trial)
        for _again in range(2):
            trials.end_due(community)
    assert trial.dropped_at is not None


def test_there_is_no_trial_where_none_is_foreseen(
    vegetables: SeasonContract, member: Member
) -> None:
    with pytest.raises(NoTrial):
        begin(vegetables, member)


def test_a_trial_is_signed_and_confirmed_on_the_site(
    tried: SeasonContract, member: Member, visiting: Visit
) -> None:
    client = visiting(member)
    page = client.get(f"{HERE}/contrats/{tried.id}")
    typed = {f"q-{tried.products[0].id}": "1", "trial": "1", "cheques": "1"}
    read = fill_in(client, page, "/relire", typed)
    assert "C’est un essai" in read.text
    assert "11,50" in read.text
    signed = fill_in(client, read, "/signer", {"agreed": "1"})
    shown = client.get(signed.location)
    assert "La période d’essai" in shown.text
    assert fill_in(client, shown, "/continuer", {}).status_code == 302
    assert "la saison est confirmée" in client.get(signed.location).text


@pytest.fixture
def spring(community: Community, thursdays: Sequence[Distribution]) -> Sequence[Distribution]:
    """Give two Thursdays of April at the same place."""
    found = distributions.create_distributions(
        community,
        [date(2027, 4, 1), date(2027, 4, 8)],
        time(18, 30),
        time(19, 30),
        "Salle des fêtes",
    )
    db.session.commit()
    return found


def renewed(contract: SeasonContract) -> SeasonContract:
    draft = renewal.renew(contract, "Légumes de printemps", date(2027, 4, 1), date(2027, 6, 30))
    db.session.commit()
    return draft


def test_a_new_season_has_the_prices_of_today_and_the_rules_of_before(
    tried: SeasonContract, products: Sequence[Product], spring: Sequence[Distribution]
) -> None:
    products[0].price = Money(1250)
    draft = renewed(tried)
    assert [each.price for each in draft.products] == [Money(1250), Money(1800)]
    assert [each.distribution for each in contracts.deliveries_of(draft)] == list(spring)
    assert rules.rules_of(draft).trial_deliveries == 1
    assert (draft.state, draft.capacity) == ("draft", 2)
    assert renewal.before(draft) == tried


def test_households_are_invited_to_take_the_same_basket_again(
    tried: SeasonContract,
    member: Member,
    take: Take,
    spring: Sequence[Distribution],
    visiting: Visit,
) -> None:
    take(tried, member, {"Grand panier": 2})
    draft = renewed(tried)
    contracts.open_contract(draft)
    notices.tell_renewed(draft.id)
    (letter,) = db.session.query(OutgoingMail).filter(OutgoingMail.subject.contains("Reprendre"))
    assert f"/contrats/{draft.id}/reprendre" in letter.body
    client = visiting(member)
    read = client.get(f"{HERE}/contrats/{draft.id}/reprendre")
    assert "72,00" in read.text
    assert fill_in(client, read, "/signer", {"agreed": "1"}).status_code == 302
    held = subscriptions.standing_subscription(draft, households.household_of(member))
    assert held is not None
    assert held.total == Money(7200)


def test_a_coordinator_prepares_the_next_season(
    tried: SeasonContract, coordinator: Member, visiting: Visit
) -> None:
    client = visiting(coordinator)
    address = f"{HERE}/contrats/{tried.id}/renouveler"
    typed = {"name": "Printemps", "first": "2027-04-01", "last": "2027-03-01"}
    refused = fill_in(client, client.get(address), "/renouveler", typed)
    assert refused.status_code == 422
    done = fill_in(client, refused, "/renouveler", typed | {"last": "2027-06-30"})
    assert done.status_code == 302
    assert done.location.endswith("/preparer")


def test_who_comes_in_the_middle_pays_what_is_to_come_and_the_paper_says_so(
    vegetables: SeasonContract, member: Member, neighbour: Member, take: Take, visiting: Visit
) -> None:
    early = take(vegetables, member, {"Petit panier": 1})
    with held_at(TUESDAY):
        page = visiting(neighbour).get(f"{HERE}/contrats/{vegetables.id}")
        assert "La saison est commencée" in page.text
        late = take(vegetables, neighbour, {"Petit panier": 1})
        assert late.total == Money(2300)
        said = [contract_paper.contract_paper(each, with_address=False) for each in (early, late)]
    assert ["en cours de saison" in " ".join(each.terms) for each in said] == [False, True]
