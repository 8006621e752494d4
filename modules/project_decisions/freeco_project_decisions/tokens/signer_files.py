"""The files that go between the site and a sister cooperative that signs.

``freeco vote sign key`` makes a signer's key and the file with its public half; the site gives the
file of requests; ``freeco vote sign`` gives back the file of signatures. No name is in any of them:
the sister knows how many electors there are, and signs once for each number.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.writing import compact, fields, read
from freeco_project_decisions.tokens import blind
from freeco_project_decisions.tokens.setups import Signer, base64_of, of_base64

LONGEST_NAME = 120
_PROOF = padding.PSS(padding.MGF1(SHA384()), blind.SALT_BYTES)


@dataclass(frozen=True)
class Request:
    """What one elector asks to be signed."""

    elector: int
    blinded: bytes


def write_public(key: rsa.RSAPrivateKey, vote: str, name: str) -> str:
    """Write the public half of a signer's key, with the proof that its holder has the other."""
    proof = key.sign(_about(vote, name), _PROOF, SHA384())
    return compact(
        {
            "freeco": "signer",
            "vote": vote,
            "name": name,
            "key": base64_of(blind.public_bytes(key.public_key())),
            "proof": base64_of(proof),
        }
    )


def read_public(text: str, vote: str) -> Signer:
    """Read the public half of a signer's key for a vote; raises ``Unsound``."""
    kind, found, name, key, proof = fields(
        read(text.strip()), "freeco", "vote", "name", "key", "proof"
    )
    if kind != "signer" or found != vote:
        raise Unsound("a signer's key is for another vote")
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Unsound("a signer has a name")
    signer = Signer(name, of_base64(key))
    if not blind.verify(blind.read_public(signer.key), _about(vote, name), of_base64(proof)):
        raise Unsound("a signer's key is not proved")
    return signer


def _about(vote: str, name: str) -> bytes:
    return f"freeco|signer|{vote}|{name}".encode()


def write_requests(vote: str, electors: int, requests: list[Request]) -> str:
    """Write what a signer is asked to sign, in the order of the electors' numbers."""
    return compact(
        {
            "freeco": "token-requests",
            "vote": vote,
            "electors": electors,
            "requests": [
                {"elector": each.elector, "blinded": base64_of(each.blinded)} for each in requests
            ],
        }
    )


def read_requests(text: str) -> tuple[str, int, list[Request]]:
    """Read the vote, how many electors there are, and what is to be signed.

    Raises ``Unsound``, also when an elector stands twice or there are more requests than electors.
    """
    kind, vote, electors, listed = fields(
        read(text.strip()), "freeco", "vote", "electors", "requests"
    )
    if kind != "token-requests" or not isinstance(vote, str) or type(electors) is not int:
        raise Unsound("this is no file of requests")
    if not isinstance(listed, list) or len(listed) > electors:
        raise Unsound("more requests than electors")
    requests = [_request(each) for each in listed]
    if len({each.elector for each in requests}) != len(requests):
        raise Unsound("an elector asks twice")
    return vote, electors, requests


def _request(content: object) -> Request:
    elector, blinded = fields(content, "elector", "blinded")
    if type(elector) is not int:
        raise Unsound("an elector is a number")
    return Request(elector, of_base64(blinded))


def write_signatures(vote: str, signed: dict[int, bytes]) -> str:
    """Write what a signer signed, by the electors' numbers."""
    return compact(
        {
            "freeco": "token-signatures",
            "vote": vote,
            "signatures": [
                {"elector": elector, "signature": base64_of(signature)}
                for elector, signature in sorted(signed.items())
            ],
        }
    )


def read_signatures(text: str, vote: str) -> dict[int, bytes]:
    """Read what a signer signed, by the electors' numbers; raises ``Unsound``."""
    kind, found, listed = fields(read(text.strip()), "freeco", "vote", "signatures")
    if kind != "token-signatures" or found != vote or not isinstance(listed, list):
        raise Unsound("this is no file of signatures for this vote")
    signed: dict[int, bytes] = {}
    for each in listed:
        elector, signature = fields(each, "elector", "signature")
        if type(elector) is not int or elector in signed:
            raise Unsound("an elector stands once")
        signed[elector] = of_base64(signature)
    return signed
