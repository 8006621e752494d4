"""A script that verifies one ballot of the board with OpenSSL, and with nothing of ours."""

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from freeco_project_decisions.sealed.writing import read
from freeco_project_decisions.tokens.ballots import Ballot, ballot_in, der_of, signed_text
from freeco_project_decisions.tokens.setups import Setup, base64_of

_HEAD = """#!/bin/sh
# Vérifie un bulletin du vote {vote} avec OpenSSL seul : chaque signataire a signé son jeton, et
# qui tient le jeton a signé le bulletin.
# Suivi du bulletin : {tracker}
set -eu
ici=$(mktemp -d)
trap 'rm -r "$ici"' EXIT
cd "$ici"
"""
_OF_SIGNER = """
# Signataire {place}, empreinte SHA-256 de sa clé : {digest}
echo '{key}' | base64 -d > cle{place}.der
echo '{signature}' | base64 -d > signature{place}
openssl dgst -sha384 -keyform DER -verify cle{place}.der -sigopt rsa_padding_mode:pss \\
  -sigopt rsa_pss_saltlen:48 -sigopt rsa_mgf1_md:sha384 -signature signature{place} jeton
"""


def openssl_script(setup: Setup, line: str) -> str:
    """Write the script for a line of the board that holds a ballot."""
    ballot = ballot_in(setup, read(line)["body"])
    parts = [
        _HEAD.format(vote=setup.identifier, tracker=ballot.tracker),
        _file("jeton", ballot.token.message(setup.identifier)),
    ]
    for place, (signer, signature) in enumerate(
        zip(setup.signers, ballot.token.signatures, strict=True), start=1
    ):
        parts.append(
            _OF_SIGNER.format(
                place=place,
                digest=sha256(signer.key).hexdigest(),
                key=base64_of(signer.key),
                signature=base64_of(signature),
            )
        )
    return "".join((*parts, _own(ballot)))


def _own(ballot: Ballot) -> str:
    """Check the voter's own signature on the ballot."""
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ballot.token.key)
    public = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return (
        "\n# Le bulletin, signé par qui tient le jeton\n"
        + _file("bulletin", signed_text(ballot).encode())
        + _file("votant.der", public)
        + _file("signature", der_of(ballot.signature))
        + "openssl dgst -sha256 -keyform DER -verify votant.der -signature signature bulletin\n"
    )


def _file(name: str, content: bytes) -> str:
    return f"echo '{base64_of(content)}' | base64 -d > {name}\n"
