"""Policies: whom one believes, read strictly and applied strictly."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from freeco.record.checkpoint import Checkpoint, cosign
from freeco.record.errors import (
    BadSignature,
    Malformed,
    NotSigned,
    OtherOrigin,
    RecordRefusal,
    TooFewWitnesses,
)
from freeco.record.note import COSIGNATURE, Note, SignerKey
from freeco.record.policy import Policy
from freeco.record.tree import EMPTY
from freeco.testing.trees import MemoryLog, key_for, witness_keys, witnessed

LOG = MemoryLog(entries=(b"entry %d" % each for each in range(5)))
WITNESSES = witness_keys(6)
X, Y = WITNESSES[:3], WITNESSES[3:]
LINE = f"log {LOG.key.verifier}"
NAMED = "\n".join(
    f"witness {letter}{at} {key.verifier} https://{key.name}"
    for letter, keys in (("X", X), ("Y", Y))
    for at, key in enumerate(keys, start=1)
)
EXAMPLE = f"""# The example of the specification, with keys.
{LINE} https://freeco.example/lavergne/registre

\t{NAMED}
group X-witnesses  2\tX1 X2 X3
group Y-witnesses any Y1 Y2 Y3\u0020
group X-and-Y all X-witnesses Y-witnesses
  # Here it is:
quorum X-and-Y
"""


def test_the_example_of_the_specification_is_read() -> None:
    policy = Policy.read(EXAMPLE)
    assert policy.log_keys == (LOG.key.verifier,)
    assert policy.logs[0].url == "https://freeco.example/lavergne/registre"
    assert [each.name for each in policy.witnesses] == ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
    assert policy.witnesses[0].key == X[0].verifier
    assert policy.witnesses[0].url == "https://village-0.example/temoin"
    assert [(each.name, each.threshold, each.members) for each in policy.groups] == [
        ("X-witnesses", 2, ("X1", "X2", "X3")),
        ("Y-witnesses", 1, ("Y1", "Y2", "Y3")),
        ("X-and-Y", 2, ("X-witnesses", "Y-witnesses")),
    ]
    assert policy.quorum == "X-and-Y"


@pytest.mark.parametrize(
    ("signing", "enough"),
    [
        ((), False),
        (X, False),
        (Y, False),
        ((X[0], Y[0]), False),
        ((X[0], X[2]), False),
        ((X[0], X[2], Y[1]), True),
        (WITNESSES, True),
        ((X[0], X[0], Y[0], Y[0]), False),
    ],
)
def test_the_quorum_is_counted_as_the_groups_say(
    signing: tuple[SignerKey, ...], *, enough: bool
) -> None:
    policy, note = Policy.read(EXAMPLE), LOG.note(None, *signing)
    assert policy.quorum_met(note) is enough
    if enough:
        assert policy.check(note) == LOG.checkpoint()
    else:
        with pytest.raises(TooFewWitnesses):
            policy.check(note)


def test_too_few_witnesses_are_named_as_how_many_of_how_many() -> None:
    policy = Policy.read(EXAMPLE)
    with pytest.raises(TooFewWitnesses) as refusal:
        policy.check(LOG.note(None, X[0]))
    said = str(refusal.value)
    assert said.startswith("Témoins sous ce sceau\u00a0: 1 sur 6. ")
    assert said.endswith("«\u00a0X-and-Y\u00a0» n’est pas remplie\u00a0: il en faut au moins 3.")
    assert policy.witnessed_by(LOG.note(None, Y[2], X[0])) == ("X1", "Y3")


def test_a_single_witness_may_be_the_quorum() -> None:
    policy = Policy.read(f"{LINE}\n{NAMED}\nquorum X2")
    policy.check(LOG.note(None, X[1]))
    with pytest.raises(TooFewWitnesses, match=r"0 sur 1.*au moins 1"):
        policy.check(LOG.note(None, X[0]))


def test_without_quorum_the_log_alone_is_enough() -> None:
    for policy in (Policy.read(f"{LINE}\nquorum none\n"), Policy.of(LOG.key.verifier)):
        assert policy.check(LOG.note()) == LOG.checkpoint()
        assert policy.quorum_met(LOG.note())


def test_several_logs_are_each_believed_under_their_own_name_only() -> None:
    other = MemoryLog("freeco.example/chaumes/registre")
    policy = Policy.of(LOG.key.verifier, other.key.verifier)
    assert policy.check(LOG.note()).origin == LOG.key.name
    assert policy.check(other.note()).origin == other.key.name
    with pytest.raises(NotSigned):
        policy.check(LOG.checkpoint().signed_by(other.key))
    with pytest.raises(OtherOrigin):
        policy.check(MemoryLog("freeco.example/ailleurs/registre").note())


def test_a_log_may_have_two_keys_and_either_is_enough() -> None:
    after = SignerKey.generate(LOG.key.name)
    policy = Policy.of(LOG.key.verifier, after.verifier)
    for keys in ((LOG.key,), (after,), (LOG.key, after)):
        policy.check(LOG.checkpoint().signed_by(*keys))
    forged = LOG.checkpoint().signed_by(LOG.key, after)
    bad = replace(forged.signatures[1], signature=bytes(64))
    with pytest.raises(BadSignature):
        policy.check(replace(forged, signatures=(forged.signatures[0], bad)))


def test_without_any_log_nothing_is_believed_until_one_is_named() -> None:
    policy = Policy.read(f"{NAMED}\nquorum X1\n")
    note = LOG.note(None, X[0])
    with pytest.raises(NotSigned):
        policy.check(note)
    assert policy.for_log(LOG.key.verifier).check(note) == LOG.checkpoint()
    assert policy.quorum_met(note)


def test_a_false_signature_of_a_known_witness_refuses_the_whole_and_never_counts() -> None:
    policy = Policy.read(f"{LINE}\n{NAMED}\ngroup all 1 X1 X2\nquorum all\n")
    good = LOG.note(None, X[0], X[1])
    last = good.signatures[-1]
    false = replace(good, signatures=(*good.signatures[:-1], replace(last, signature=bytes(72))))
    assert policy.witnessed_by(false) == ("X1",)
    assert policy.quorum_met(false)
    with pytest.raises(BadSignature):
        policy.check(false)
    stranger = witnessed(LOG.note(None, X[0]), key_for("stranger.example/temoin", 4))
    assert policy.check(stranger) == LOG.checkpoint()


def test_a_co_signature_moved_from_another_checkpoint_does_not_count() -> None:
    policy = Policy.read(f"{LINE}\n{NAMED}\nquorum X1\n")
    older = LOG.note(4, X[0]).signatures[-1]
    moved = replace(LOG.note(), signatures=(*LOG.note().signatures, older))
    assert not policy.quorum_met(moved)
    with pytest.raises(BadSignature):
        policy.check(moved)


def test_what_is_no_checkpoint_is_refused_even_when_it_is_signed() -> None:
    with pytest.raises(Malformed):
        Policy.of(LOG.key.verifier).check(Note("hello\n").signed_by(LOG.key))


def test_names_addresses_and_comments_are_opaque_bytes() -> None:
    kelvin = "\u212a"
    lines = (
        "# \u2028 is no end of line, \u00a0 no space, \u0085 no end either",
        f"witness K{kelvin}\u00a0\u2028 {X[0].verifier} https://épeautre.example",
        f"witness K {X[1].verifier}",
        "quorum K",
    )
    policy = Policy.read("\n".join(lines).encode())
    assert [each.name for each in policy.witnesses] == [f"K{kelvin}\u00a0\u2028", "K"]
    assert policy.witnesses[0].url == "https://épeautre.example"
    raw = Policy.read(b"witness \xff " + str(X[0].verifier).encode() + b"\nquorum \xff\n")
    assert raw.quorum == raw.witnesses[0].name
    assert raw.quorum_met(LOG.note(None, X[0]))


def test_thirty_two_of_each_are_taken() -> None:
    lines = [f"log {key_for(f'log-{each}.example').verifier}" for each in range(32)]
    keys = witness_keys(32)
    lines += [f"witness w{at} {each.verifier}" for at, each in enumerate(keys)]
    lines += [f"group g0 any {' '.join(f'w{at}' for at in range(32))}"]
    lines += [f"group g{each} all g{each - 1}" for each in range(1, 32)]
    policy = Policy.read("\n".join([*lines, "quorum g31", ""]))
    assert (len(policy.logs), len(policy.witnesses), len(policy.groups)) == (32, 32, 32)
    assert policy.quorum_met(LOG.note(None, keys[17]))


BROKEN: dict[str, tuple[int, str]] = {
    "nothing": (1, ""),
    "no quorum": (2, f"{LINE}\n# quorum none\n"),
    "two quorums": (2, "quorum none\nquorum none\n"),
    "an unknown word": (1, "witnesses X1\nquorum none\n"),
    "a word in capitals": (1, f"LOG {LOG.key.verifier}\nquorum none\n"),
    "quorum of two": (8, f"{LINE}\n{NAMED}\nquorum X1 X2\n"),
    "quorum without a name": (1, "quorum\n"),
    "a quorum not named before": (2, f"{LINE}\nquorum X1\n{NAMED}\n"),
    "a key that is none": (1, "log somebody\nquorum none\n"),
    "a key with another id": (1, f"{LINE.replace('+', '+0', 1)}\nquorum none\n"),
    "a witness's key for a log": (1, f"log {X[0].verifier}\nquorum none\n"),
    "a log's key for a witness": (1, f"witness X {LOG.key.verifier}\nquorum X\n"),
    "a log twice": (2, f"{LINE}\n{LINE}\nquorum none\n"),
    "a key twice under other names": (
        2,
        f"{LINE}\nlog {SignerKey('other.example', LOG.key.secret).verifier}\nquorum none\n",
    ),
    "a witness twice": (
        3,
        f"{LINE}\nwitness A {X[0].verifier}\nwitness B {X[0].verifier}\nquorum A\n",
    ),
    "a witness's name twice": (
        2,
        f"witness A {X[0].verifier}\nwitness A {X[1].verifier}\nquorum A\n",
    ),
    "a witness called none": (1, f"witness none {X[0].verifier}\nquorum none\n"),
    "a group called none": (7, f"{NAMED}\ngroup none any X1\nquorum none\n"),
    "a group called as a witness": (7, f"{NAMED}\ngroup X1 any X2\nquorum X1\n"),
    "a group of none": (7, f"{NAMED}\ngroup g any none\nquorum g\n"),
    "a group of nobody": (7, f"{NAMED}\ngroup g any\nquorum g\n"),
    "a group of itself": (7, f"{NAMED}\ngroup g any g\nquorum g\n"),
    "a group of strangers": (7, f"{NAMED}\ngroup g any Z1\nquorum g\n"),
    "a member twice": (7, f"{NAMED}\ngroup g 2 X1 X1\nquorum g\n"),
    "a member of two groups": (8, f"{NAMED}\ngroup g any X1\ngroup h any X1\nquorum g\n"),
    "nought of three": (7, f"{NAMED}\ngroup g 0 X1 X2 X3\nquorum g\n"),
    "four of three": (7, f"{NAMED}\ngroup g 4 X1 X2 X3\nquorum g\n"),
    "minus one": (7, f"{NAMED}\ngroup g -1 X1 X2 X3\nquorum g\n"),
    "a half": (7, f"{NAMED}\ngroup g 1.5 X1 X2 X3\nquorum g\n"),
    "other digits": (7, f"{NAMED}\ngroup g ٢ X1 X2 X3\nquorum g\n"),
    "five thousand digits": (7, f"{NAMED}\ngroup g {'1' * 5000} X1\nquorum g\n"),
    "three addresses": (1, f"{LINE} a b\nquorum none\n"),
    "a carriage return": (1, f"{LINE}\r\nquorum none\r\n"),
    "a vertical tab": (2, f"{LINE}\n\vquorum none\n"),
    "a delete": (1, "# \x7f\nquorum none\n"),
    "a zero byte": (1, "# \0\nquorum none\n"),
    "a no-break space at the end": (2, f"{LINE}\nquorum none\u00a0\n"),
    "a no-break space": (2, f"{LINE}\nquorum\u00a0none\n"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_policy_that_is_not_written_as_the_format_asks_is_refused_with_its_line(
    fault: str,
) -> None:
    line, text = BROKEN[fault]
    with pytest.raises(Malformed) as refusal:
        Policy.read(text)
    assert f"ligne {line}, " in str(refusal.value)


def test_a_policy_that_is_far_too_long_is_not_read() -> None:
    with pytest.raises(RecordRefusal):
        Policy.read("#" * 1_000_001)


def test_a_log_that_co_signs_itself_is_nobodys_witness() -> None:
    log = SignerKey.generate("freeco.example/lavergne/registre")
    accomplice = SignerKey("freeco.example/temoin", log.secret, COSIGNATURE)
    signed = Checkpoint(log.name, 0, EMPTY).signed_by(log)
    cosigned = Note(
        signed.text, (*signed.signatures, cosign(signed.text, accomplice, datetime.now(UTC)))
    )
    policy = Policy.read(f"log {log.verifier}\nwitness us {accomplice.verifier}\nquorum us\n")
    assert policy.witnessed_by(cosigned) == ()
    with pytest.raises(TooFewWitnesses):
        policy.check(cosigned)
