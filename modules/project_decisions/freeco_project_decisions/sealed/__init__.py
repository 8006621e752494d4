"""Secret ballots that anybody can count again: complete Belenios elections, crypto version 1.

Specification of Belenios 2.0 (specification.pdf in Debian's package ``belenios-tool``), group
BELENIOS-2048, homomorphic questions. The server adds ballots up without opening them; the
trustees open the sum, each with their own key, and prove that they did it right. Nothing here
knows members, a database or Flask: what is published, anybody can check with ``verifying`` or
with ``belenios-tool election verify``.
"""
