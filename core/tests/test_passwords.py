from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask

from freeco.members import passwords
from freeco.members.passwords import (
    WeakPassword,
    check_password,
    check_strength,
    hash_password,
    needs_rehash,
)

MARIE = ("marie.dupont@example.org", "Marie", "Dupont")


@pytest.fixture(params=["sqlite"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Give one engine only: nothing here is kept in a database."""
    return str(request.param)


def test_the_right_password_is_recognised() -> None:
    assert check_password(hash_password("trois pommes vertes"), "trois pommes vertes")


def test_another_password_is_not() -> None:
    assert not check_password(hash_password("trois pommes vertes"), "trois pommes rouges")


def test_two_people_with_one_password_have_different_hashes() -> None:
    assert hash_password("trois pommes vertes") != hash_password("trois pommes vertes")


def test_an_accent_is_the_same_on_every_keyboard() -> None:
    assert check_password(hash_password("un e\u0301te\u0301 pluvieux"), "un été pluvieux")


def test_nobody_has_no_password() -> None:
    assert not check_password(None, "nobody has this password")


def test_a_damaged_hash_lets_nobody_in() -> None:
    assert not check_password("not a hash", "trois pommes vertes")


def test_a_password_longer_than_accepted_is_wrong() -> None:
    kept = hash_password("p" * 200)
    assert not check_password(kept, "p" * 201)


def test_an_unknown_person_costs_as_much_work(monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            verified.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "HASHER", Counting(2, 19 * 1024, 1))
    check_password(hash_password("trois pommes vertes"), "autre chose ici")
    check_password(None, "autre chose ici")
    assert len(verified) == 2


def test_a_hash_of_former_parameters_is_made_again() -> None:
    former = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
    assert needs_rehash(former.hash("trois pommes vertes"))
    assert not needs_rehash(hash_password("trois pommes vertes"))


def test_the_hash_is_argon2id_with_nineteen_mebibytes() -> None:
    assert hash_password("trois pommes vertes").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_no_more_than_two_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, inside, most = Lock(), 0, 0

    class Watched(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            nonlocal inside, most
            with lock:
                inside += 1
                most = max(most, inside)
            try:
                return super().hash(password, salt=salt)
            finally:
                with lock:
                    inside -= 1

    monkeypatch.setattr(passwords, "HASHER", Watched(2, 19 * 1024, 1))
    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(hash_password, [f"mot de passe {n}" for n in range(16)]))
    assert most == 2


@pytest.mark.parametrize(
    "password",
    ["trois pommes vertes", "arroser les tomates", "Zx9-bQ7!mK2", "Marie aime les navets bleus"],
)
def test_a_phrase_is_accepted(app: Flask, password: str) -> None:
    check_strength(password, *MARIE)


@pytest.mark.parametrize(
    "password",
    [
        "neuf.car.",
        "p" * 201,
        "Motdepasse123!",
        "AZERTYUIOP",
        "1234567890",
        "aaaaaaaaaaaa",
        "azertyuiopqsd",
        "bonjour2026",
        "Dupont-1985",
        "dupontmarie",
        "marie.dupont@example.org",
        "Éxample.Marié",
    ],
)
def test_a_guessable_password_is_refused(app: Flask, password: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_strength(password, *MARIE)
    assert list(refused.value.fields) == ["password"]
