"""Who reads the lines of a bank account: whose account it is, and who brought them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import TREASURER, Community, Member
from freeco.organisations.models import Organisation, OrganisationRole
from freeco.payments import statements
from freeco.payments.statement_formats import Reading, read
from freeco.payments.statement_models import BankLine, LineState
from freeco.payments.statements_matching import open_lines
from freeco.testing import Visitor, make_member, sign_in_as
from freeco.testing.bank_accounts import make_creditor


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with held_at(datetime(2026, 11, 2, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def organisation(community: Community) -> Organisation:
    return make_creditor(community)


@pytest.fixture
def treasurer(community: Community) -> Member:
    return make_member(community, "Bernard", "Delpech", permissions=(TREASURER,))


def own() -> Reading:
    """Return what no treasurer of a community has to know of a farmer's account."""
    lines = "Date;Libellé;Montant", "27/10/2026;VIR SALAIRE CONJOINT;1 850,00"
    return read("releve.csv", "\n".join(lines).encode())


@pytest.fixture
def producer(community: Community, organisation: Organisation) -> Member:
    found = make_member(community, "Denis", "Couderc")
    assert found.person_id is not None
    db.session.add(
        OrganisationRole(organisation=organisation, person_id=found.person_id, role="producer")
    )
    db.session.commit()
    return found


def test_what_an_organisation_brings_of_its_account_is_read_by_its_own_alone(
    client: Visitor,
    community: Community,
    organisation: Organisation,
    treasurer: Member,
    producer: Member,
) -> None:
    statements.take_in(community, organisation, own(), producer)
    db.session.commit()
    (line,) = db.session.query(BankLine)
    place = db.session.scalar(select(Member.id).where(Member.organisation_id == organisation.id))
    here = f"/lavergne/releves/{place}"
    assert treasurer.person is not None
    assert producer.person is not None
    visitor = sign_in_as(client, producer.person)
    assert "SALAIRE" in visitor.get(here).text
    assert "SALAIRE" in visitor.get(f"{here}.csv").text
    visitor = sign_in_as(client, treasurer.person)
    assert "27 octobre" not in visitor.get("/lavergne/releves").text
    for page in (here, f"{here}?dossier=faites", f"{here}?dossier=laissees", f"{here}.csv"):
        answer = visitor.get(page)
        assert answer.status_code == 200
        assert "SALAIRE" not in answer.text
        assert "1 850" not in answer.text
    for act in ("accepter", "refuser", "laisser", "annuler"):
        answer = visitor.post(
            f"/lavergne/releves/lignes/{line.id}/{act}",
            data={"cible": "payment:1", "motif": "other"},
        )
        assert answer.status_code == 404
    assert line.state == LineState.OPEN


def test_a_treasurer_who_holds_the_same_file_reads_it_too(
    community: Community, organisation: Organisation, treasurer: Member, producer: Member
) -> None:
    statements.take_in(community, organisation, own(), producer)
    assert open_lines(community, organisation, treasurer) == []
    taken = statements.take_in(community, organisation, own(), treasurer)
    assert (taken.new, taken.known) == (0, 1)
    assert len(open_lines(community, organisation, treasurer)) == 1
    assert len(open_lines(community, organisation, producer)) == 1
