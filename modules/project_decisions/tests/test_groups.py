"""Powers of an element, computed in the several ways that the proofs use."""

from random import Random

from gmpy2 import mpz, powmod

from freeco_project_decisions.sealed.groups import Base, G, P, Q, belongs, power_again

EDGES = (0, 1, 15, 16, int(Q) - 1, int(Q), 2**256 - 1, 2**256, -3)


def test_a_power_is_the_same_whichever_way_it_is_computed() -> None:
    chance = Random(1976)
    for element in [powmod(G, chance.getrandbits(250), P) for _each in range(5)]:
        base = Base(element)
        for exponent in map(mpz, (*EDGES, *(chance.getrandbits(256) for _each in range(10)))):
            assert power_again(element, exponent) == powmod(element, exponent, P)
            assert base.power(exponent) == powmod(element, exponent % Q, P)


def test_what_is_outside_the_group_does_not_belong_to_it_either_way() -> None:
    for again in (False, True):
        assert belongs(G, again=again)
        assert not any(belongs(mpz(each), again=again) for each in (0, 2, P - 1, P, P + G, -G))
