"""The one place that knows the group and the version of the cryptography.

BELENIOS-2048 (specification, section 5.1): the subgroup of order q of the integers modulo p,
with p of 2048 bits and q of 256. Computing discrete logarithms in it is out of reach today;
whoever can in some decades will read ballots that are published today, and the ballot page
says so.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from secrets import randbelow

from gmpy2 import invert, mpz, powmod

CRYPTO_VERSION = 1
NAME = "BELENIOS-2048"
P = mpz(
    "20694785691422546401013643657505008064922989295751104097100884787057374219242717401922237254"
    "49768433812906663313807895840496005438963628979639303877390572280360597374942767137677761889"
    "85898727358650490811670993105358677809800307904916540637771737641986785272734744763418356000"
    "35698305193144284561701911000786737307333564123971732897913240474578834468260652327974647951"
    "13767265869358218004631792207366886005262718636338608879688212076943236614949100292344434637"
    "32221458841005864210502421203654335612013204811188524087310770141516662001623131771693721892"
    "48078507711827842317498073276598828825169183103125680162072880719"
)
Q = mpz("78571733251071885079927659812671450121821421258408794611510081919805623223441")
G = mpz(
    "24023526775018522092276877035323999327122876573783649165100753187876632741463532193202856761"
    "55269678799694668298749389095083896573425601900601068477164491735474137283104610458681314511"
    "78164675540052740288984613986453266121505579709716201616827031288643245666383486363578210615"
    "49184199825343151897406581868686511513585764101388822153960160432288436039309893336627728484"
    "06593138406010231675095763777982665103606822406635076697764025346253773085133173495194248967"
    "75405257365904949247763147599157519877517771148149092045660020547812705472823814097251863985"
    "8334115700568353695553423781475582491896050296680037745308460627"
)
NEUTRAL = mpz(1)
"""In the group, and nobody's key: everybody knows that its secret is 0."""

_DIGIT = 4
"""Bits of an exponent that are looked at together, for a base that is used a few times."""
_WINDOW = 8
"""Bits taken at a time from an exponent: one table of a base that is used often is 16 MB."""


class Base:
    """An element that is raised to many powers: its own powers are computed once."""

    def __init__(self, element: mpz) -> None:
        """Compute the table of an element of the group."""
        self.element = element
        self._rows: list[list[mpz]] = []
        step = element
        for _start in range(0, Q.bit_length(), _WINDOW):
            row = [mpz(1)]
            for _each in range((1 << _WINDOW) - 1):
                row.append(row[-1] * step % P)
            self._rows.append(row)
            step = row[-1] * step % P

    def power(self, exponent: mpz) -> mpz:
        """Raise the element to a power; the exponent is taken modulo q."""
        left = int(exponent % Q).to_bytes(len(self._rows), "little")
        product = mpz(1)
        for row, digit in zip(self._rows, left, strict=True):
            if digit:
                product = product * row[digit] % P
        return product


GENERATOR = Base(G)


def power(element: mpz, exponent: mpz) -> mpz:
    """Raise an element to a power."""
    return powmod(element, exponent, P)


def power_again(element: mpz, exponent: mpz) -> mpz:
    """Raise to a power what is raised to several in a row, as a sealed number in its proofs.

    The squarings of the last elements are kept, and digits that are the same are multiplied
    together (A. Yao, 1976): a third less work for five powers. Its time tells the exponent:
    for what everybody may know, never for a secret.
    """
    if not 0 <= exponent < 1 << Q.bit_length():
        return powmod(element, exponent, P)
    gathered = [mpz(1)] * (1 << _DIGIT)
    left = int(exponent)
    for step in _steps(element):
        digit = left & (1 << _DIGIT) - 1
        left >>= _DIGIT
        gathered[digit] = gathered[digit] * step % P
    result = running = mpz(1)
    for each in reversed(gathered[1:]):
        running = running * each % P
        result = result * running % P
    return result


@lru_cache(maxsize=64)
def _steps(element: mpz) -> Sequence[mpz]:
    """Return an element raised to 1, 16, 256 and so on."""
    steps = [element]
    for _start in range(_DIGIT, Q.bit_length(), _DIGIT):
        steps.append(powmod(steps[-1], 1 << _DIGIT, P))
    return steps


def divide(one: mpz, other: mpz) -> mpz:
    """Divide an element by another."""
    return one * invert(other, P) % P


def product(elements: Iterable[mpz]) -> mpz:
    """Multiply elements; 1 when there are none."""
    result = mpz(1)
    for element in elements:
        result = result * element % P
    return result


def belongs(element: mpz, *, again: bool = False) -> bool:
    """Say whether a number is an element of the group; ``again`` when it is raised afterwards."""
    raised = power_again if again else power
    return bool(0 < element < P and raised(element, Q) == 1)


def random_exponent() -> mpz:
    """Draw an exponent that nobody can guess."""
    return mpz(randbelow(int(Q)))


def hashed(text: str) -> mpz:
    """Hash a text to an exponent: SHA-256 as a big-endian number, modulo q."""
    return mpz(int.from_bytes(sha256(text.encode()).digest(), "big")) % Q
