"""Who serves a person without e-mail reads for them: their refusals and their erasure hold too."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from freeco.clock import now
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members import privacy, proxies
from freeco.members.models import Community, Member, Person
from freeco.notifications import choices, push
from freeco.notifications.models import OutgoingSignal, PushDevice, TopicChoice
from freeco.notifications.topics import CHARTER
from freeco.notifications.unsubscribing import token_for
from freeco.offline.models import Outcome, QueuedAction
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_member, make_person
from freeco.testing.notices import tell


@pytest.fixture(autouse=True)
def means(app: Flask, tmp_path: Path) -> Iterator[None]:
    """Give the operator a gateway for SMS and a key for push."""
    held = app.extensions["freeco"]
    means = replace(held.settings, sms_url=f"file:{tmp_path}", push_key=push.new_key())
    app.extensions["freeco"] = replace(held, settings=means)
    yield
    app.extensions["freeco"] = held


@pytest.fixture
def served(community: Community, member: Member, person: Person) -> Member:
    """Give Inès, whom Marie serves; Marie agreed to every way."""
    ines = make_person("Inès", "Roy")
    ines.proxy_id, person.phone = person.id, "06 12 34 56 78"
    found = make_member(community, person=ines)
    db.session.add(PushDevice(member_id=member.id, endpoint="x", public_key="a", secret="b"))
    choices.choose(member, {}, {"sms": True, "push": True})
    db.session.commit()
    return found


def waiting() -> tuple[int, int]:
    db.session.rollback()
    return db.session.query(OutgoingMail).count(), db.session.query(OutgoingSignal).count()


def test_nothing_at_all_means_nothing_about_whom_i_serve_either(
    client: Visitor, served: Member
) -> None:
    tell(served)
    assert waiting() == (1, 2)
    address = f"/desabonnement/{token_for(served, CHARTER.name)}"
    client.post(address, data={"everything": "1"}, token=False)
    assert waiting() == (0, 0)
    tell(served, "twice")
    assert waiting() == (0, 0)
    client.post(address, data={"again": "1"}, token=False)
    tell(served, "thrice")
    assert waiting() == (1, 0)


def test_what_waits_about_whom_i_serve_is_taken_back_with_the_way(
    served: Member, member: Member
) -> None:
    tell(served)
    choices.choose(member, {}, {"email": False, "push": False})
    db.session.commit()
    assert waiting() == (0, 1)


def test_who_served_somebody_is_erased_with_their_phone_and_devices(
    served: Member, member: Member, person: Person, community: Community, plugins: Plugins
) -> None:
    tell(served)
    other = make_member(community, "Jean", "Martin")
    assert served.person is not None
    assert other.person is not None
    proxies.hand_over(served.person, other.person)
    privacy.erase(plugins, person)
    db.session.commit()
    assert waiting() == (0, 0)
    assert db.session.query(PushDevice).count() == 0


def test_a_token_of_somebody_erased_names_nobody(
    client: Visitor, member: Member, person: Person, plugins: Plugins
) -> None:
    address = f"/desabonnement/{token_for(member, CHARTER.name)}"
    privacy.erase(plugins, person)
    db.session.commit()
    assert client.get(address).status_code == 404
    assert client.post(address, token=False).status_code == 404
    assert db.session.query(TopicChoice).count() == 0


def test_a_name_that_others_typed_without_network_is_erased_with_its_bearer(
    member: Member, person: Person, community: Community, plugins: Plugins
) -> None:
    helper = make_member(community, "Jean", "Martin")
    line = QueuedAction(
        community=community,
        member=helper,
        device=str(uuid4()),
        key=str(uuid4()),
        position=1,
        kind="garden.watered",
        values={"bed": "leeks", "taken_by": "Marie Dupont"},
        recorded_at=now(),
        outcome=Outcome.CONFLICT,
    )
    db.session.add(line)
    db.session.commit()
    privacy.erase(plugins, person)
    db.session.commit()
    assert line.values == {"bed": "leeks", "taken_by": "Personne effacée"}
