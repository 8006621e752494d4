"""Who coordinates rehearses with a false season; an exercise is ticked by what was really done."""

from datetime import timedelta

import pytest

from freeco.clock import held_at, now
from freeco.db import db
from freeco.first_run import rehearsal
from freeco.mail.models import OutgoingMail
from freeco.mail.wording import catalogue as letters
from freeco.mail.wording import services as wording
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.payments import steps
from freeco.payments.models import Payment, State
from freeco.testing import Visitor, make_member
from freeco.testing.people import sign_in_as
from freeco_direct_sales import contracts, distributions, harvest_lists, subscriptions
from freeco_direct_sales.handover import notes
from freeco_direct_sales.models import ContractState, SeasonContract
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.shifts import planning, signing

EXERCISES = "/lavergne-repetition/direct-sales/saison/exercices"


@pytest.fixture
def lead(community: Community, opened: None) -> Member:
    """Give who coordinates without watching over the community."""
    return make_member(community, "Luc", "Brun", permissions=(COORDINATE.name,))


def test_who_only_eats_does_not_rehearse(client: Visitor, member: Member, lead: Member) -> None:
    assert member.person is not None
    sign_in_as(client, member.person)
    assert client.get("/lavergne/gerer/repetition").status_code == 403
    assert client.post("/lavergne/gerer/repetition").status_code == 403


def test_a_coordinator_rehearses_does_the_exercises_begins_again_and_leaves(
    client: Visitor, community: Community, lead: Member
) -> None:
    kind = letters.find("direct_sales.shift_stand_in")
    subject, body = "Un coup de main", "{permanence} {jour} {heure de début}"
    wording.write(kind, lead, language="fr", subject=subject, body=body, seen=0)
    assert lead.person is not None
    sign_in_as(client, lead.person)
    assert "/lavergne/gerer/repetition" in client.get("/lavergne/direct-sales/saison").text
    begun = client.post("/lavergne/gerer/repetition")
    assert begun.location == "/lavergne-repetition/"
    copy = rehearsal.rehearsal_of(community)
    assert copy is not None
    assert wording.latest_of_all(copy)[0].subject == subject
    for path in ("/", "/direct-sales/saison", "/direct-sales/saison/exercices"):
        page = client.get(f"/lavergne-repetition{path}")
        assert page.status_code == 200, path
        assert "rien n’est vrai ici" in page.text, path
    assert "0 exercice sur 8 est fait" in client.get(EXERCISES).text
    with held_at(now() + timedelta(minutes=5)):
        _do_everything(copy)
    assert "8 exercices sur 8 sont faits" in client.get(EXERCISES).text
    again = client.post("/lavergne-repetition/repetition/recommencer")
    assert again.location == "/lavergne-repetition/"
    assert "0 exercice sur 8 est fait" in client.get(EXERCISES).text
    assert client.get("/lavergne-repetition/repetition/sortir").location == "/lavergne/"
    assert db.session.query(OutgoingMail).filter(OutgoingMail.sent_at.is_not(None)).count() == 0
    assert client.get("/lavergne/direct-sales/saison/exercices").status_code == 404


def _do_everything(copy: Community) -> None:
    draft = next(
        each
        for each in contracts.contracts_of(copy, drafts=True)
        if each.state == ContractState.DRAFT
    )
    contracts.open_contract(draft)
    member = rehearsal.places(copy)[-1]
    _subscribe(draft, member)
    coming = distributions.next_distribution(copy)
    assert coming is not None
    harvest_lists.note_print(coming)
    shifts = planning.shifts_of(coming)
    signup = next(each for shift in shifts for each in shift.on_duty)
    signing.withdraw(signup)
    free = next(each for each in planning.shifts_of(coming) if each.free)
    signing.sign_up(free, member)
    running = next(each for each in contracts.contracts_of(copy) if each.id != draft.id)
    distributions.cancel_delivery(contracts.coming_deliveries(running)[0], "gel")
    banked = db.session.scalars(
        db.select(Payment).where(Payment.community_id == copy.id, Payment.state == State.SETTLED)
    ).all()
    steps.fail(next(each for each in banked if each.slip_id), now(), "no_funds")
    notes.write(member, "Ce que j’ai appris.", seen=1)


def _subscribe(contract: SeasonContract, member: Member) -> None:
    subscriptions.subscribe(
        contract,
        households.household_of(member),
        member,
        subscriptions.same_basket(contract, {contract.products[0].id: 1}),
        1,
        charter_text_id=None,
        signed_by=member.name,
    )
