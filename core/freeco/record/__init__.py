"""The public record: an append-only log per community that nobody can rewrite unseen.

Built as the web's certificates have it: a Merkle tree (RFC 6962), signed checkpoints that other
instances co-sign, static tiles that anybody may copy (C2SP). It holds no personal data: salted
commitments and random references only.

``tree``, ``tiles``, ``note``, ``checkpoint``, ``proof``, ``statement``, ``policy`` and ``receipt``
know neither database nor web: what they say can be checked anywhere.
"""
