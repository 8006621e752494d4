"""A trustee in a real browser: makes a key in three visits, and opens the sum when it is over.

Two others do their part with the command line’s code; two of the three are enough.
"""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from freeco.db import db
from freeco.members.models import Member
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.verifying import verify
from freeco_project_decisions.sealed.writing import compact
from freeco_project_decisions.secret import counting, filing, preparing, rounds, trustees
from freeco_project_decisions.secret.models import Way
from freeco_project_decisions.secret.playing import Keepers, open_with_codes

from .secret_hall import Hall, Reader, saved

pytestmark = pytest.mark.browser
PASSPHRASE = "un panier de quatre courges"


def test_a_trustee_makes_a_key_and_opens_the_sum_in_the_browser(
    hall_driver: WebDriver, hall: Hall, kept_folder: Path
) -> None:
    poll, trustee = hall.draft(Way.AUTHORITY), hall.people[1]
    group = trustees.group_of(poll)
    for member in hall.people[1:4]:
        trustees.name_member(group, member)
    preparing.announce(poll)
    keepers, number = Keepers(), poll.id
    db.session.commit()
    reader = Reader(hall_driver, hall, trustee)
    page = f"votes/{number}/cle"

    reader.open(page)
    reader.write("#f-new", PASSPHRASE)
    reader.write("#f-again", PASSPHRASE)
    reader.act("make")
    file = saved(kept_folder, "cle-*.json")
    reader.shown("[data-made]")
    reader.look()
    use(reader, file, "une autre phrase")
    reader.says("n’ouvre pas ce fichier")
    use(reader, file)
    reader.says("On attend")
    the_others(keepers, number, trustee)
    for title in ("Donner leur part aux autres", "Vérifier les parts reçues"):
        reader.open(page)
        reader.says(title)
        # 128 bits: nobody finds two groups that are read out alike.
        assert reader.shown("[data-group]").text.replace(" ", "") == group_read(number)
        use(reader, file)
        reader.says("On attend")
        the_others(keepers, number, trustee)
    reader.open(page)
    reader.says("Votre clé est prête")

    poll = db.session.get_one(Poll, number)
    voters = open_with_codes(poll, keepers)
    for voter in range(3):
        voters.cast(voter, [[0, 0, 0, 1, 0, 0]] * 5)
    voters.close()
    db.session.commit()
    reader.open(page)
    use(reader, file)
    compare(reader, poll)
    reader.says("Votre part est faite")
    keepers.open(poll, (2,))
    voters.count()
    db.session.commit()
    assert counting.rows_of(poll) == [[0, 0, 0, 3, 0, 0]] * 5
    reader.open(f"votes/{number}/resultat")
    reader.says("Les commandes, pour qui veut recompter")
    secret = json.loads(file.read_text())["content"]
    assert secret.encode() not in hall.wire.sent
    assert PASSPHRASE.encode() not in hall.wire.sent


def use(reader: Reader, file: Path, passphrase: str = PASSPHRASE) -> None:
    """Open one's file, and let the page do the step."""
    reader.shown("#f-file").send_keys(str(file))
    reader.shown("#f-passphrase").clear()
    reader.write("#f-passphrase", passphrase)
    reader.act("use")


def group_read(number: int) -> str:
    """Return what trustees read to each other, made of what the site has."""
    group = trustees.group_of(db.session.get_one(Poll, number))
    certificates = rounds.task_of(group.trustees[0])["certificates"]
    db.session.rollback()
    return sha256(compact(certificates).encode()).hexdigest()[:32]


def compare(reader: Reader, poll: Poll) -> None:
    """See what the file holds, and open only once it was said to be what the record has."""
    reader.shown("[data-compare]")
    shown = {
        name: reader.shown(f"[data-shown={name}]").text
        for name in ("ballots", "codes", "setup", "end")
    }
    found = verify(filing.archive_of(poll))
    assert shown == {
        "ballots": "3",
        "codes": str(found.enrolled),
        "setup": found.setup_digest,
        "end": found.closed_digest,
    }
    reader.look()
    for name, refusal in (("same", "Comparez d’abord"), ("few", "combien de bulletins")):
        reader.act("use")
        reader.says(refusal)
        reader.shown(f"label[for=f-{name}]").click()
    assert not any(each.opening for each in trustees.group_of(poll).trustees)
    db.session.rollback()
    reader.act("use")


def the_others(keepers: Keepers, number: int, trustee: Member) -> None:
    """Have the other trustees do their step."""
    group = trustees.group_of(db.session.get_one(Poll, number))
    for each in rounds.waited_for(group):
        if each.member is not trustee:
            keepers.step(each)
    db.session.commit()
