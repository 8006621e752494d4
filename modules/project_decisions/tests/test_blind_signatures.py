"""Blind signatures are those of RFC 9474: its own vectors, a browser's library, and OpenSSL."""

import json
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from gmpy2 import invert, mpz

from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.tokens import blind

HERE = Path(__file__).parent
LIBRARY = Path(__file__).parents[3] / "core/freeco/web/static/npm/blindrsa/blindrsa.js"
NPM = pytest.mark.skipif(not LIBRARY.exists(), reason="npm copied nothing: make front")
NODE = HERE / "blind_in_node.mjs"
VECTOR = {
    name: bytes.fromhex(value)
    for name, value in json.loads((HERE / "rfc9474_a1.json").read_text()).items()
    if name != "name"
}
PREPARED = VECTOR["msg_prefix"] + VECTOR["msg"]


def vector_key() -> rsa.RSAPrivateKey:
    """Make the key of RFC 9474, appendix A.1, of its two primes."""
    p, q = (mpz(int.from_bytes(VECTOR[name], "big")) for name in ("p", "q"))
    e = int.from_bytes(VECTOR["e"], "big")
    d = int(invert(e, (p - 1) * (q - 1)))
    return rsa.RSAPrivateNumbers(
        int(p),
        int(q),
        d,
        d % int(p - 1),
        d % int(q - 1),
        int(invert(q, p)),
        rsa.RSAPublicNumbers(e, int(p * q)),
    ).private_key()


def test_the_vectors_of_the_rfc_are_computed_again() -> None:
    key = vector_key()
    hidden = blind.blind(
        key.public_key(),
        PREPARED,
        salt=VECTOR["salt"],
        inverse=mpz(int.from_bytes(VECTOR["inv"], "big")),
    )
    assert hidden == blind.Blinded(VECTOR["blinded_msg"], VECTOR["inv"])
    signed = blind.blind_sign(key, VECTOR["blinded_msg"])
    assert signed == VECTOR["blind_sig"]
    assert blind.finalize(key.public_key(), PREPARED, signed, VECTOR["inv"]) == VECTOR["sig"]


def test_the_same_hidden_message_has_the_same_signature() -> None:
    key = blind.draw_key()
    hidden = blind.blind(key.public_key(), blind.prepare(b"moi")).message
    assert blind.blind_sign(key, hidden) == blind.blind_sign(key, hidden)


def test_a_signature_that_was_computed_wrong_is_not_given() -> None:
    right = vector_key().private_numbers()
    faulty = rsa.RSAPrivateNumbers(
        right.p, right.q, right.d, right.dmp1 + 2, right.dmq1, right.iqmp, right.public_numbers
    )

    class Failing:
        """A machine whose arithmetic fails on one of the two primes."""

        def private_numbers(self) -> rsa.RSAPrivateNumbers:
            return faulty

    with pytest.raises(Unsound, match="computed wrong"):
        blind.blind_sign(Failing(), VECTOR["blinded_msg"])  # type: ignore[arg-type]


@pytest.mark.parametrize("message", [b"", bytes(512), b"\xff" * 512, b"\x01" * 511])
def test_only_what_fits_the_key_is_signed(message: bytes) -> None:
    with pytest.raises(Unsound):
        blind.blind_sign(vector_key(), message)


def test_a_signature_on_another_message_is_none() -> None:
    key = blind.draw_key().public_key()
    assert not blind.verify(key, b"autre", bytes(256))


def test_a_key_of_another_size_is_refused() -> None:
    small = blind.public_bytes(blind.draw_key(1024).public_key())
    with pytest.raises(Unsound):
        blind.read_public(small)
    with pytest.raises(Unsound):
        blind.read_public(b"rien")


@NPM
def test_the_library_of_the_browser_hides_what_we_sign_and_openssl_verifies_it(
    tmp_path: Path,
) -> None:
    key = blind.draw_key()
    public = blind.public_bytes(key.public_key())
    command = ["node", str(NODE), str(LIBRARY)]
    with subprocess.Popen(
        command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as browser:

        def ask(**what: str) -> dict[str, str]:
            assert browser.stdin is not None
            assert browser.stdout is not None
            browser.stdin.write(json.dumps(what) + "\n")
            browser.stdin.flush()
            answer: dict[str, str] = json.loads(browser.stdout.readline())
            return answer

        hidden = ask(key=public.hex(), message=b"un bulletin".hex())["blinded"]
        token = ask(signed=blind.blind_sign(key, bytes.fromhex(hidden)).hex())
    prepared, signature = bytes.fromhex(token["prepared"]), bytes.fromhex(token["signature"])
    assert blind.verify(blind.read_public(public), prepared, signature)
    assert prepared[blind.PREFIX_BYTES :] == b"un bulletin"
    for name, content in (("k.der", public), ("m", prepared), ("s", signature)):
        (tmp_path / name).write_bytes(content)
    options = ("rsa_padding_mode:pss", "rsa_pss_saltlen:48", "rsa_mgf1_md:sha384")
    said = subprocess.run(
        ["openssl", "dgst", "-sha384", "-keyform", "DER", "-verify", "k.der"]
        + [part for each in options for part in ("-sigopt", each)]
        + ["-signature", "s", "m"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Verified OK" in said.stdout
