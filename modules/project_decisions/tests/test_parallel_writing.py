"""Several write in one paragraph at the same instant: one is first, the others lose nothing."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask

from freeco.clock import held_at, now
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.testing.visitor import Visitor
from freeco_project_decisions.deliberation import discussing, proposing, reading
from freeco_project_decisions.deliberation.paragraphs import Written

AT_ONCE = 6


def _accounts(people: list[Member]) -> list[tuple[int, int]]:
    found = [each.person for each in people if each.person is not None]
    return [(each.id, each.session_number) for each in found]


def _post(app: Flask, account: tuple[int, int], address: str, data: dict[str, str]) -> int:
    browser = app.test_client()
    assert isinstance(browser, Visitor)
    with browser.session_transaction() as session:
        session["person"], session["number"] = account
    return browser.post(address, data=data).status_code


def test_one_of_six_who_write_a_paragraph_at_once_is_kept_and_five_are_shown_it(
    app: Flask, community: Community, people: list[Member]
) -> None:
    proposal = proposing.propose(community, people[0], "Un hangar", "", [Written("", "Ici.")])
    for each in people[1:AT_ONCE]:
        proposing.add_author(proposal, each)
    [paragraph] = reading.standing(proposal)
    address = (
        f"/lavergne/project-decisions/propositions/{proposal.id}/paragraphes/{paragraph.id}"
        "/modifier"
    )
    accounts, began = _accounts(people), now()
    db.session.commit()

    def write(number: int) -> int:
        typed = {"title": "", "text": f"Texte {number}.", "read": "1"}
        return _post(app, accounts[number], address, typed)

    with held_at(began + timedelta(minutes=1)), ThreadPoolExecutor(AT_ONCE) as pool:
        answers = Counter(pool.map(write, range(AT_ONCE)))
    assert answers == {302: 1, 409: AT_ONCE - 1}
    db.session.rollback()
    assert [each.version for each in reading.history(paragraph)] == [1, 2]


def test_the_same_message_sent_six_times_at_once_is_said_once(
    app: Flask, community: Community, people: list[Member]
) -> None:
    talk = discussing.open_discussion(community, people[0], "Où ranger ?", "La salle est pleine.")
    address = f"/lavergne/project-decisions/discussions/{talk.id}/messages"
    account, began = _accounts(people)[1], now()
    db.session.commit()

    def say(_number: int) -> int:
        return _post(app, account, address, {"text": "Chez moi."})

    with held_at(began + timedelta(minutes=1)), ThreadPoolExecutor(AT_ONCE) as pool:
        answers = Counter(pool.map(say, range(AT_ONCE)))
    assert answers == {302: AT_ONCE}
    db.session.rollback()
    assert len(reading.threads(talk)) == 1
