"""Secrets drawn from the site's key: the same again, one for each purpose, another site's never."""

from dataclasses import replace

from flask import Flask

from freeco.kernel import kernel
from freeco.signing import drawn


def test_what_is_drawn_twice_is_the_same(app: Flask) -> None:
    once = drawn("letter", "12", 5, length=40)
    assert drawn("letter", "12", 5, length=40) == once
    assert len(once) == 40


def test_another_purpose_another_word_or_another_cut_draws_something_else(app: Flask) -> None:
    ways = [
        drawn("letter", "12", "5", length=40),
        drawn("reader", "12", "5", length=40),
        drawn("letter", "12", "6", length=40),
        drawn("letter", "1", "25", length=40),
        drawn("letter", "12 5", length=40),
        drawn('letter", "12', "5", length=40),
    ]
    assert len(set(ways)) == len(ways)


def test_another_key_draws_something_else(app: Flask) -> None:
    ours = drawn("letter", "12", length=40)
    other = replace(kernel().settings, secret_key="somebody else's secret, quite long too")
    app.extensions["freeco"] = replace(kernel(), settings=other)
    assert drawn("letter", "12", length=40) != ours
