"""Statements: one writing only, nothing of a person in it, and what was sealed comes open."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freeco.record.errors import Malformed, OpeningDiffers
from freeco.record.statement import (
    SALT,
    Opening,
    Statement,
    canonical,
    commitment,
    new_reference,
)
from freeco.record.tiles import LONGEST_ENTRY
from freeco.testing.trees import statement_number

GOOD, OPENED = statement_number(7)
HELD: dict[str, Any] = json.loads(GOOD.entry)


def with_about(**about: Any) -> bytes:
    """Return an entry with other public fields, written as plain JSON would have it."""
    return plain({**HELD, "about": about})


def plain(held: object) -> bytes:
    """Write JSON with sorted keys and no space: canonical for all that is simple."""
    return json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def test_a_statement_is_canonical_json_and_comes_back_as_it_was() -> None:
    assert GOOD.entry == plain(HELD)
    assert list(HELD) == ["about", "day", "kind", "ref", "sealed", "version"]
    assert Statement.read(GOOD.entry) == GOOD


def test_canonical_json_is_that_of_the_rfc() -> None:
    # The example of RFC 8785 (3.2.2), and its order of keys (3.2.3).
    held = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '\u20ac$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    assert canonical(held).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    found = json.loads(canonical(dict.fromkeys(keys, 0)))
    assert list(found) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


OTHER_WRITINGS: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"charter.accepted",
    "a list": b"[]",
    "a word": b'"charter.accepted"',
    "null": b"null",
    "spaces": json.dumps(HELD, sort_keys=True).encode(),
    "a space after it": GOOD.entry + b" ",
    "a newline after it": GOOD.entry + b"\n",
    "a space before it": b" " + GOOD.entry,
    "keys in another order": plain(HELD).replace(
        b'"language":"fr","text"', b'"text":"x","language":"fr","text"'
    ),
    "a mark of byte order": b"\xef\xbb\xbf" + GOOD.entry,
    "UTF-16": GOOD.entry.decode().encode("utf-16"),
    "UTF-32": GOOD.entry.decode().encode("utf-32-le"),
    "bytes that are not UTF-8": GOOD.entry.replace(b"fr", b"\xff\xfe"),
    "an escape that is not needed": GOOD.entry.replace(b'"fr"', b'"\\u0066r"'),
    "a key twice": GOOD.entry.replace(b'"day":', b'"day":"2026-03-04","day":'),
    "a key twice, the same at first": GOOD.entry.replace(
        b'"language":"fr"', b'"language":"fr","language":"en"'
    ),
    "a key too many": plain({**HELD, "why": "because"}),
    "a key too few": plain({key: value for key, value in HELD.items() if key != "sealed"}),
    "no version": plain({key: value for key, value in HELD.items() if key != "version"}),
    "another version": plain({**HELD, "version": 2}),
    "a version with a point": GOOD.entry.replace(b'"version":1', b'"version":1.0'),
    "a version that is a word": plain({**HELD, "version": "1"}),
    "a version that is true": plain({**HELD, "version": True}),
    "a day written otherwise": plain({**HELD, "day": "20260304"}),
    "a day as a week": plain({**HELD, "day": "2026-W10-3"}),
    "an hour": plain({**HELD, "day": "2026-03-04T18:00:00"}),
    "a day that never was": plain({**HELD, "day": "2026-02-30"}),
    "a day that is a number": plain({**HELD, "day": 20260304}),
    "no day": plain({**HELD, "day": None}),
    "a kind without a point": plain({**HELD, "kind": "charter"}),
    "a kind in capitals": plain({**HELD, "kind": "Charter.accepted"}),
    "a kind with a newline": plain({**HELD, "kind": "charter.accepted\n"}),
    "a kind that is a list": plain({**HELD, "kind": ["charter.accepted"]}),
    "a short reference": plain({**HELD, "ref": "12"}),
    "a reference in capitals": plain({**HELD, "ref": "A" * 32}),
    "a reference that is a number": plain({**HELD, "ref": 12}),
    "about is a list": plain({**HELD, "about": []}),
    "about is nothing": plain({**HELD, "about": None}),
    "about is a word": plain({**HELD, "about": "x"}),
    "sealed is a list": plain({**HELD, "sealed": ["member"]}),
    "sealed holds a number": plain({**HELD, "sealed": {"member": 7}}),
    "sealed holds no digest": plain({**HELD, "sealed": {"member": "Zoé"}}),
    "sealed in capitals": plain({**HELD, "sealed": {"member": "A" * 64}}),
    "sealed under a sentence": plain({**HELD, "sealed": {"the member": "a" * 64}}),
    "about under a sentence": with_about(**{"the version": "1"}),
    "about without a name": with_about(**{"": "1"}),
    "a name": with_about(name="Zoé Martin"),
    "an accent": with_about(name="Zoé"),
    "an e-mail address": with_about(name="zoe@example.org"),
    "an empty word": with_about(name=""),
    "a long word": with_about(name="x" * 201),
    "a newline": with_about(name="x\n"),
    "nothing in about": with_about(name=None),
    "a list in about": with_about(name=["x"]),
    "an object in about": with_about(name={"x": 1}),
    "half": with_about(number=0.5),
    "one with a point": GOOD.entry.replace(b'"2.1"', b"1.0"),
    "one with an exponent": GOOD.entry.replace(b'"2.1"', b"1e0"),
    "minus nought": GOOD.entry.replace(b'"2.1"', b"-0"),
    "minus nought with a point": GOOD.entry.replace(b'"2.1"', b"-0.0"),
    "not a number": GOOD.entry.replace(b'"2.1"', b"NaN"),
    "infinity": GOOD.entry.replace(b'"2.1"', b"Infinity"),
    "2**53": with_about(number=2**53),
    "-2**53": with_about(number=-(2**53)),
    "five thousand digits": GOOD.entry.replace(b'"2.1"', b"1" * 5000),
    "a lone surrogate": GOOD.entry.replace(b'"fr"', b'"\\ud800"'),
    "a lone surrogate as a name": GOOD.entry.replace(b'"language"', b'"\\ud800"'),
    "deep": GOOD.entry.replace(b'"2.1"', b"[" * 20_000 + b"]" * 20_000),
    "deeper": b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
    "too long": with_about(**{f"field_{each}": "x" * 200 for each in range(400)}),
}


@pytest.mark.parametrize("writing", OTHER_WRITINGS)
def test_any_other_writing_of_a_statement_is_refused(writing: str) -> None:
    assert OTHER_WRITINGS[writing] != GOOD.entry
    with pytest.raises(Malformed):
        Statement.read(OTHER_WRITINGS[writing])


def test_yes_and_no_and_whole_numbers_may_be_public_and_are_not_mixed_up() -> None:
    for value, written in ((True, b"true"), (1, b"1"), (2**53 - 1, b"9007199254740991")):
        statement = Statement("a.b", date(2026, 3, 4), "0" * 32, {"lost": value})
        assert written in statement.entry
        read = Statement.read(statement.entry)
        assert type(read.about["lost"]) is type(value)
        assert read == statement


def test_a_statement_of_the_longest_length_is_read_and_one_byte_more_is_not() -> None:
    about: dict[str, int | str] = {f"field_{each:03}": "x" * 200 for each in range(304)}
    statement = Statement("a.b", date(2026, 3, 4), "0" * 32, about)
    missing = LONGEST_ENTRY - len(statement.entry)
    assert 40 < missing < 240
    exact = Statement("a.b", date(2026, 3, 4), "0" * 32, about | {"z": "y" * (missing - 7)})
    assert len(exact.entry) == LONGEST_ENTRY
    assert Statement.read(exact.entry) == exact
    longer = Statement("a.b", date(2026, 3, 4), "0" * 32, about | {"z": "y" * (missing - 6)})
    with pytest.raises(Malformed):
        Statement.read(longer.entry)


def test_numbers_that_a_browser_would_round_are_not_stated() -> None:
    for number in (2**53, -(2**53), 10**30):
        statement = Statement("a.b", date(2026, 3, 4), "0" * 32, {"number": number})
        with pytest.raises(ValueError, match="safe integer"):
            _ = statement.entry
        with pytest.raises(ValueError, match="safe integer"):
            Opening.of({"number": number})


LARGEST = 2**53 - 1
NAMES = st.text("abcxyz_019", min_size=1, max_size=39).map(lambda each: f"a{each}")
WORDS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.one_of(st.booleans(), st.integers(-LARGEST, LARGEST))
CODES = st.one_of(st.text("azAZ09.:_+/=-", min_size=1, max_size=200), NUMBERS)


@given(
    about=st.dictionaries(NAMES, CODES),
    fields=st.dictionaries(WORDS, st.one_of(WORDS, NUMBERS), max_size=5),
)
@settings(max_examples=100, deadline=None)
def test_whatever_may_be_stated_comes_back_and_its_opening_fits(
    about: dict[str, Any], fields: dict[str, Any]
) -> None:
    opening = Opening.of(fields)
    statement = Statement("a.b", date(2026, 3, 4), new_reference(), about, {"it": opening.sealed})
    read = Statement.read(statement.entry)
    assert read == statement
    assert read.leaf == statement.leaf
    read.check_opening("it", Opening(opening.salt, json.loads(canonical(fields))))


def test_what_was_sealed_is_found_with_its_salt_only() -> None:
    opening = OPENED["member"]
    GOOD.check_opening("member", opening)
    assert commitment(opening.salt, opening.fields) == GOOD.sealed["member"]
    assert commitment(bytes(SALT), opening.fields) != GOOD.sealed["member"]


WRONG_OPENINGS: dict[str, Opening] = {
    "another salt": Opening(bytes(SALT), OPENED["member"].fields),
    "no salt": Opening(b"", OPENED["member"].fields),
    "a short salt": Opening(OPENED["member"].salt[:-1], OPENED["member"].fields),
    "a long salt": Opening(OPENED["member"].salt + b"\0", OPENED["member"].fields),
    "another name": Opening(OPENED["member"].salt, {"name": "Zoé 8", "member": 7}),
    "one field less": Opening(OPENED["member"].salt, {"name": "Zoé 7"}),
    "a number as a word": Opening(OPENED["member"].salt, {"name": "Zoé 7", "member": "7"}),
    "a number with a point": Opening(
        OPENED["member"].salt,
        {"name": "Zoé 7", "member": 7.0},  # type: ignore[dict-item]
    ),
    "a list of pairs": Opening(
        OPENED["member"].salt,
        [["name", "Zoé 7"], ["member", 7]],  # type: ignore[arg-type]
    ),
    "a list in a field": Opening(OPENED["member"].salt, {"name": ["Zoé 7"]}),  # type: ignore[dict-item]
    "a number too large": Opening(OPENED["member"].salt, {"member": 2**53}),
    "half a letter": Opening(OPENED["member"].salt, {"name": "\ud800"}),
}


@pytest.mark.parametrize("fault", WRONG_OPENINGS)
def test_an_opening_that_is_not_what_was_sealed_is_refused(fault: str) -> None:
    with pytest.raises(OpeningDiffers, match="scellé"):
        GOOD.check_opening("member", WRONG_OPENINGS[fault])


def test_an_opening_of_a_group_that_the_statement_does_not_seal_is_refused() -> None:
    with pytest.raises(OpeningDiffers):
        GOOD.check_opening("reason", OPENED["member"])


def test_two_openings_of_the_same_fields_have_nothing_in_common() -> None:
    first, second = (Opening.of({"name": "Zoé"}) for _each in range(2))
    assert first.salt != second.salt
    assert first.sealed != second.sealed
    assert len({new_reference() for _each in range(100)}) == 100
