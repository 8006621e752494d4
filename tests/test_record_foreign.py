"""Programs that nobody here wrote believe our checkpoints and proofs, and refuse forged ones."""

import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

from freeco.record.checkpoint import check_follows, open_checkpoint
from freeco.record.errors import RecordRefusal
from freeco.record.note import Note, SignerKey
from freeco.record.policy import Group, Policy, Witness
from freeco.record.receipt import Receipt
from freeco.record.tiles import tile_path, widths
from freeco.record.tree import Hash
from freeco.testing.trees import (
    MemoryLog,
    log_of_statements,
    receipt_number,
    statement_number,
    witness_keys,
    witnessed,
)

from .record_verifiers.foreign import Claim, Go, Sigstore, encoded, openssl_believes, ours

MANY = 10_007
SIZES = (1, 2, 3, 255, 256, 257, 4096, 5000, 8191, 8192, 8193, 9999, 10_000, MANY)
PROOFS, GROWTHS, MUTATIONS = 1000, 100, 100
WITNESSES = witness_keys(3)
VERIFY_RECEIPT = Path(__file__).parents[1] / "docs" / "verify_receipt.py"


@pytest.fixture(scope="module")
def log() -> MemoryLog:
    """Give a log of more than ten thousand statements."""
    return log_of_statements(MANY)


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Go:
    """Give Go's packages."""
    return Go.built(tmp_path_factory.mktemp("go"))


@pytest.fixture(scope="module")
def sigstore() -> Sigstore:
    """Give npm's package."""
    return Sigstore.found()


@pytest.fixture(scope="module")
def claims(log: MemoryLog) -> list[Claim]:
    """Give a thousand true claims, under checkpoints of all kinds of sizes."""
    chance = random.Random(2026)
    notes = {size: str(log.note(size, *WITNESSES[:2])) for size in SIZES}
    nodes = {size: log.node(size) for size in SIZES}
    assert len(nodes) == len(SIZES)
    found = []
    for turn in range(PROOFS):
        size = SIZES[turn % len(SIZES)]
        index = chance.choice((0, size - 1, chance.randrange(size), chance.randrange(size)))
        found.append(Claim(notes[size], log.entries[index], index, log.path(index, size)))
    return found


def test_go_believes_a_thousand_proofs_with_their_witnesses(
    go: Go, log: MemoryLog, claims: list[Claim]
) -> None:
    asked = tuple(each.verifier for each in WITNESSES[:2])
    witnessed_claims = [replace(each, witnesses=asked) for each in claims]
    assert all(go.inclusions(witnessed_claims, log.key.verifier))
    assert all(ours(each, log.key.verifier) for each in witnessed_claims[:100])


def test_sigstore_believes_a_thousand_proofs(
    sigstore: Sigstore, log: MemoryLog, claims: list[Claim]
) -> None:
    assert all(sigstore.inclusions(claims, log.key.verifier))


def growth_job(log: MemoryLog, older: str, newer: str, path: tuple[Hash, ...]) -> dict[str, object]:
    """Return what Go is asked."""
    return {
        "job": "consistency",
        "older": older,
        "note": newer,
        "key": str(log.key.verifier),
        "path": [encoded(step) for step in path],
    }


def test_go_believes_a_hundred_growths_and_refuses_each_with_a_step_changed(
    go: Go, log: MemoryLog
) -> None:
    chance = random.Random(2027)
    notes = {size: log.note(size) for size in SIZES}
    true, false = [], []
    for turn in range(GROWTHS):
        new = chance.choice(SIZES[3:])
        old = chance.choice([size for size in SIZES if size <= new] if turn % 4 else [1, new])
        path = log.growth(old, new)
        true.append((old, new, path))
        false.append((old, new, wrong_steps(chance, path)))
    for expected, growths in ((True, true), (False, false)):
        jobs = [growth_job(log, str(notes[o]), str(notes[n]), path) for o, n, path in growths]
        assert go.ask(jobs) == [expected] * GROWTHS
        assert [we_follow(log, notes[o], notes[n], p) for o, n, p in growths] == (
            [expected] * GROWTHS
        )


def we_follow(log: MemoryLog, older: Note, newer: Note, path: tuple[Hash, ...]) -> bool:
    """Whether our own verifier believes it."""
    try:
        before, after = (open_checkpoint(each, log.key.verifier) for each in (older, newer))
        check_follows(before, after, path)
    except RecordRefusal:
        return False
    return True


def wrong_steps(chance: random.Random, path: tuple[Hash, ...]) -> tuple[Hash, ...]:
    """Return another path."""
    steps = list(path)
    change = chance.choice(("bit", "bit", "less", "more", "twice")) if steps else "more"
    at = chance.randrange(len(steps)) if steps else 0
    if change == "bit":
        steps[at] = flipped(chance, steps[at])
    elif change == "less":
        del steps[at]
    elif change == "more":
        steps.insert(at, chance.randbytes(32))
    else:
        steps.insert(at, steps[at])
    return tuple(steps)


def flipped(chance: random.Random, raw: bytes) -> bytes:
    """Return it with one bit changed."""
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]


Mutation = Callable[[random.Random, MemoryLog, Claim], Claim]


def of_note(change: Callable[[random.Random, MemoryLog, Note], Note]) -> Mutation:
    """Return a mutation of the checkpoint."""
    return lambda chance, log, claim: replace(
        claim, note=str(change(chance, log, Note.read(claim.note)))
    )


def _signature(chance: random.Random, _log: MemoryLog, note: Note) -> Note:
    first = note.signatures[0]
    wrong = replace(first, signature=flipped(chance, first.signature))
    return replace(note, signatures=(wrong, *note.signatures[1:]))


def _root(chance: random.Random, log: MemoryLog, note: Note) -> Note:
    size = int(note.text.split("\n")[1])
    return replace(note, text=replace(log.checkpoint(size), root=chance.randbytes(32)).text)


def _line(chance: random.Random, _log: MemoryLog, claim: Claim) -> Claim:
    at = chance.choice([at for at, letter in enumerate(claim.note) if letter == "\n"])
    return replace(claim, note=claim.note[:at] + claim.note[at + 1 :])


MUTATED: dict[str, Mutation] = {
    "an altered statement": lambda chance, _log, claim: replace(
        claim, entry=flipped(chance, claim.entry)
    ),
    "another statement": lambda chance, log, claim: replace(
        claim, entry=log.entries[(claim.index + chance.randrange(1, MANY)) % MANY]
    ),
    "an altered index": lambda chance, _log, claim: replace(
        claim, index=chance.choice((claim.index + 1, claim.index ^ 1, claim.index + 2**20, -1))
    ),
    "an altered path": lambda chance, _log, claim: replace(
        claim, path=wrong_steps(chance, claim.path)
    ),
    "a proof for another leaf": lambda _chance, log, claim: replace(
        claim, path=log.path((claim.index + 1) % 5000, 5000)
    ),
    "an altered size": of_note(
        lambda _chance, _log, note: replace(
            note,
            text=note.text.replace(
                note.text.split("\n")[1], str(int(note.text.split("\n")[1]) + 1)
            ),
        )
    ),
    "an altered root": of_note(_root),
    "another origin": of_note(
        lambda _chance, _log, note: replace(note, text=note.text.replace("lavergne", "chaumes"))
    ),
    "an altered signature": of_note(_signature),
    "a foreign signature": of_note(
        lambda chance, log, note: Note(note.text).signed_by(
            SignerKey(log.key.name, chance.randbytes(32))
        )
    ),
    "an older checkpoint": of_note(lambda _chance, log, _note: log.note(200)),
    "a stripped newline": _line,
}


def test_a_hundred_mutations_are_refused_by_us_by_go_and_by_sigstore(
    go: Go, sigstore: Sigstore, log: MemoryLog, claims: list[Claim]
) -> None:
    chance = random.Random(2028)
    names = list(MUTATED)
    told = [names[turn % len(names)] for turn in range(MUTATIONS)]
    # Under the log's signature alone: sigstore passes over witnesses, false ones too.
    notes = {str(log.note(size, *WITNESSES[:2])): str(log.note(size)) for size in SIZES}
    whole = [
        replace(each, note=notes[each.note])
        for each in claims
        if each.index > 300 and len(each.path) > 2
    ]
    wrong = [MUTATED[name](chance, log, chance.choice(whole)) for name in told]
    everybody = zip(
        told,
        [ours(each, log.key.verifier) for each in wrong],
        go.inclusions(wrong, log.key.verifier),
        sigstore.inclusions(wrong, log.key.verifier),
        strict=True,
    )
    assert [each for each in everybody if any(each[1:])] == []


def test_a_missing_moved_or_altered_co_signature_is_refused_by_go_and_by_us(
    go: Go, log: MemoryLog
) -> None:
    chance = random.Random(2029)
    index, size = 4321, 5000
    true = Claim(
        str(log.note(size, *WITNESSES)),
        log.entries[index],
        index,
        log.path(index, size),
        tuple(each.verifier for each in WITNESSES),
    )
    note = Note.read(true.note)
    last, others = note.signatures[-1], note.signatures[:-1]
    moved = log.note(4096, WITNESSES[2]).signatures[-1]
    stranger = replace(WITNESSES[2], secret=chance.randbytes(32))
    stripped = [at for at, letter in enumerate(true.note) if letter == "\n"]
    wrong = [
        *(true.note[:at] + true.note[at + 1 :] for at in stripped),
        replace(note, signatures=others),
        replace(note, signatures=(*others, moved)),
        replace(note, signatures=(*others, replace(last, signature=last.signature[8:]))),
        witnessed(replace(note, signatures=others), stranger),
        *(
            replace(note, signatures=(*others, replace(last, signature=changed)))
            for changed in (flipped(chance, last.signature) for _turn in range(20))
        ),
    ]
    asked = [true, *(replace(true, note=str(each)) for each in wrong)]
    expected = [True] + [False] * len(wrong)
    assert go.inclusions(asked, log.key.verifier) == expected
    assert [ours(each, log.key.verifier) for each in asked] == expected


def test_go_reads_our_tiles_and_works_out_the_same_paths(
    go: Go, log: MemoryLog, tmp_path: Path
) -> None:
    for level, number, width in widths(MANY):
        file = tmp_path / tile_path(level, number, width)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(log.read_tile(level, number, width))
    indexes = [0, 255, 256, 9983, 9984, MANY - 1]
    job = {
        "job": "tiles",
        "note": str(log.note()),
        "key": str(log.key.verifier),
        "folder": str(tmp_path),
        "indexes": indexes,
        "paths": [[encoded(step) for step in log.path(each, MANY)] for each in indexes],
    }
    assert go.ask([job]) == [True]
    damaged = tmp_path / tile_path(0, 0)
    damaged.write_bytes(flipped(random.Random(1), damaged.read_bytes()))
    assert go.ask([job]) == [False]


def test_openssl_finds_the_log_s_and_the_witness_s_signature_and_no_other(
    log: MemoryLog, tmp_path: Path
) -> None:
    note = log.note(5000, WITNESSES[0])
    text, (first, second) = note.text.encode(), note.signatures
    seconds = int.from_bytes(second.signature[:8], "big")
    cosigned = f"cosignature/v1\ntime {seconds}\n".encode() + text
    log_key, witness = log.key.verifier, WITNESSES[0].verifier
    assert openssl_believes(log_key, text, first.signature, tmp_path)
    assert openssl_believes(witness, cosigned, second.signature[8:], tmp_path)
    assert not openssl_believes(log_key, text[:-1], first.signature, tmp_path)
    assert not openssl_believes(log_key, text.replace(b"5000", b"5001"), first.signature, tmp_path)
    assert not openssl_believes(witness, text, first.signature, tmp_path)
    assert not openssl_believes(witness, text, second.signature[8:], tmp_path)
    wrong = flipped(random.Random(1), first.signature)
    assert not openssl_believes(log_key, text, wrong, tmp_path)


def alone(file: Path, *keys: object) -> subprocess.CompletedProcess[str]:
    """Run docs/verify_receipt.py as a stranger does, without anything of ours."""
    command = [sys.executable, "-I", "-S", str(VERIFY_RECEIPT), str(file), *map(str, keys)]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


def test_the_verifier_in_the_documentation_says_what_a_receipt_says(
    log: MemoryLog, tmp_path: Path
) -> None:
    receipt = receipt_number(log, 4321, *WITNESSES[:2])
    file = tmp_path / "reçu.tlog-proof"
    file.write_text(str(receipt), encoding="utf-8")
    keys = [log.key.verifier, *(each.verifier for each in WITNESSES[:2])]
    done = alone(file, *keys)
    assert done.returncode == 0, done.stderr
    assert "Le 2026-03-04\u00a0: charter.accepted" in done.stdout
    assert 'Scellé, member\u00a0: {"member": 4321, "name": "Zoé 4321"}' in done.stdout
    assert "Registre freeco.example/lavergne/registre, place 4322 sur 10007." in done.stdout
    assert "Signatures vérifiées\u00a0: 3. Tout concorde." in done.stdout
    file.write_text(str(replace(receipt, openings={})), encoding="utf-8")
    assert "pas dans ce reçu" in alone(file, *keys).stdout


def test_the_verifier_in_the_documentation_gives_the_reason_when_it_refuses(
    log: MemoryLog, tmp_path: Path
) -> None:
    whole = str(receipt_number(log, 4321, WITNESSES[0]))
    key, witness = log.key.verifier, WITNESSES[0].verifier
    file = tmp_path / "receipt.tlog-proof"
    stranger = SignerKey.generate(log.key.name).verifier
    refused = [
        (whole.replace("index 4321", "index 4320"), (key,), "l’inscription, sa place ou le chemin"),
        (whole.replace("\n10007\n", "\n10008\n"), (key,), "n’est pas la sienne sur ce sceau"),
        (whole.replace("lavergne", "chaumes"), (key,), "un autre registre"),
        (whole[:-1], (key,), "pas un reçu entier"),
        (whole, (stranger,), "la signature de freeco.example/lavergne/registre manque"),
        (whole, (key, WITNESSES[1].verifier), "village-1.example/temoin manque"),
        (whole, (key, stranger), "bonne sorte"),
        (whole, (str(key).replace("+", "+0", 1),), "mal recopiée"),
        (whole, (witness, witness), "un autre registre"),
        ("bonjour", (key,), "pas un reçu entier"),
    ]
    for text, keys, reason in refused:
        file.write_text(text, encoding="utf-8")
        done = alone(file, *keys)
        assert done.returncode == 1
        assert done.stderr.startswith("Ce reçu ne tient pas\u00a0: ")
        assert reason in done.stderr
    assert "RECEIPT LOG_KEY" in alone(file).stderr


def alone_over(entry: bytes, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Have it check the receipt of a log that holds nothing else, and has signed it."""
    log = MemoryLog(entries=[entry])
    file = tmp_path / "receipt.tlog-proof"
    file.write_text(str(Receipt(entry, 0, (), log.note())), encoding="utf-8")
    return alone(file, log.key.verifier)


def test_the_verifier_in_the_documentation_shows_all_that_was_signed(tmp_path: Path) -> None:
    entry = statement_number(1)[0].entry
    assert alone_over(entry, tmp_path).returncode == 0
    for hidden in (b'"day":"1999-01-01","day"', b'"by":"Camille","day"', b' "day"'):
        done = alone_over(entry.replace(b'"day"', hidden), tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert "n’est pas écrite comme elle doit l’être" in done.stderr


def test_what_a_stranger_wrote_never_speaks_for_the_verifier(
    log: MemoryLog, tmp_path: Path
) -> None:
    receipt = receipt_number(log, 7)
    name = "x\x1b[2K\r\nSignatures vérifiées\u00a0: 1. Tout concorde.\n"
    file = tmp_path / "receipt.tlog-proof"
    forged = replace(receipt, openings={name: receipt.openings["member"]})
    file.write_text(str(forged), encoding="utf-8")
    done = alone(file, log.key.verifier)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr


@pytest.fixture(scope="module")
def documented() -> ModuleType:
    """Give the verifier in the documentation, to ask it often."""
    spec = util.spec_from_file_location("verify_receipt", VERIFY_RECEIPT)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def documented_believes(documented: ModuleType, text: str, keys: list[str]) -> bool:
    """Whether it believes a receipt; what is not of Python's own is a fault of it."""
    try:
        documented.check(text, keys[0], keys[1:])
    except (ValueError, LookupError, TypeError, AttributeError):
        return False
    return True


def we_believe(text: str, policy: Policy) -> bool:
    """Whether our own verifier believes a receipt."""
    try:
        receipt = Receipt.read(text)
        receipt.check()
        policy.check(receipt.checkpoint)
    except RecordRefusal:
        return False
    return True


def test_the_verifier_in_the_documentation_believes_what_we_believe_and_nothing_else(
    log: MemoryLog, documented: ModuleType
) -> None:
    chance = random.Random(2030)
    witness = WITNESSES[0].verifier
    keys = [str(log.key.verifier), str(witness)]
    policy = replace(
        Policy.of(log.key.verifier),
        witnesses=(Witness("w", witness),),
        groups=(Group("g", 1, ("w",)),),
        quorum="g",
    )
    for index in (0, 1, 5000, MANY - 1):
        text = str(receipt_number(log, index, WITNESSES[0]))
        assert documented_believes(documented, text, keys)
        assert we_believe(text, policy)
        for changed in (altered(chance, text) for _turn in range(75)):
            assert not we_believe(changed, policy)
            assert not documented_believes(documented, changed, keys)


def altered(chance: random.Random, text: str) -> str:
    """Return a receipt with one letter changed, lost or said twice."""
    at = chance.randrange(len(text))
    other = chance.choice([each for each in "Az09+/= \n\u2028é\t" if each != text[at]])
    changed = text[:at] + other + text[at + 1 :]
    return chance.choice((changed, text[:at] + text[at + 1 :], text[:at] + other + text[at:]))
