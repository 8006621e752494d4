"""The Merkle tree of RFC 6962: hashes, roots, and the two proofs with their verification.

A tree is read through a ``Node``: ``node(level, index)`` gives the hash of the complete subtree
of ``2 ** level`` leaves that begins at leaf ``index * 2 ** level``. Hashes are 32 bytes (SHA-256).
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from freeco.record.errors import NotConsistent, NotIncluded

Hash = bytes
Node = Callable[[int, int], Hash]
HASH = 32
"""Bytes of a hash."""
LARGEST = (1 << 63) - 1
"""The largest size of a tree, as C2SP's and the databases' integers have it."""
EMPTY = sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962, 2.1)."""


def leaf_hash(entry: bytes) -> Hash:
    """Hash an entry as a leaf (RFC 6962, 2.1: a zero byte before it)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Hash two subtrees together (RFC 6962, 2.1: a one byte before them)."""
    return sha256(b"\x01" + left + right).digest()


def complete(begin: int, end: int) -> list[tuple[int, int]]:
    """Cut the leaves ``begin`` to ``end`` (excluded) into complete subtrees, left to right.

    Each is (level, index). ``begin`` is a multiple of the largest power of two below the range,
    as it is wherever RFC 6962 splits.
    """
    found = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        found.append((level, begin >> level))
        begin += 1 << level
    return found


def root_between(begin: int, end: int, node: Node) -> Hash:
    """Return the hash of the subtree of leaves ``begin`` to ``end`` (excluded)."""
    hashes = [node(level, index) for level, index in complete(begin, end)]
    if not hashes:
        return EMPTY
    together = hashes.pop()
    while hashes:
        together = node_hash(hashes.pop(), together)
    return together


def root(size: int, node: Node) -> Hash:
    """Return the root of the first ``size`` leaves."""
    return root_between(0, size, node)


def inclusion_proof(index: int, size: int, node: Node) -> list[Hash]:
    """Return the path from a leaf to the root of ``size`` leaves, its sibling first (2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    begin, end, path = 0, size, []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(root_between(middle, end, node))
            end = middle
        else:
            path.append(root_between(begin, middle, node))
            begin = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[Hash]:
    """Return what shows that the first ``new`` leaves begin with the first ``old`` (2.1.2).

    Empty when the older tree is empty or both are the same.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves is not older than one of {new}")
    if old in (0, new):
        return []
    begin, end, target, path = 0, new, old, []
    while target != end:
        middle = begin + _split(end - begin)
        if target <= middle:
            path.append(root_between(middle, end, node))
            end = middle
        else:
            path.append(root_between(begin, middle, node))
            begin = middle
    if begin:
        path.append(root_between(begin, end, node))
    return path[::-1]


def verify_inclusion(
    leaf: Hash, index: int, size: int, proof: Sequence[Hash], expected: Hash
) -> None:
    """Check the path from a leaf's hash to a root (RFC 9162, 2.1.3.2). Raises NotIncluded."""
    if not 0 <= index < size or not _hashes((leaf, expected, *proof)):
        raise NotIncluded
    place, last, reached = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise NotIncluded
        if place & 1 or place == last:
            reached = node_hash(step, reached)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            reached = node_hash(reached, step)
        place, last = place >> 1, last >> 1
    if last != 0 or reached != expected:
        raise NotIncluded


def verify_consistency(
    old: int, new: int, old_root: Hash, new_root: Hash, proof: Sequence[Hash]
) -> None:
    """Check that a tree of ``new`` leaves begins with one of ``old`` (RFC 9162, 2.1.4.2).

    The proof is tied to both roots: the older one is never taken from the proof. Raises
    NotConsistent.
    """
    if not 0 <= old <= new or not _hashes((old_root, new_root, *proof)):
        raise NotConsistent
    if old in (0, new):
        known = EMPTY if old == 0 else new_root
        right = not proof and old_root == known and (old < new or new_root == known)
    else:
        right = proven_roots(old, new, old_root, proof) == (old_root, new_root)
    if not right:
        raise NotConsistent


def proven_roots(old: int, new: int, old_root: Hash, proof: Sequence[Hash]) -> tuple[Hash, Hash]:
    """Return the two roots to which a proof leads, whether or not they are the right ones.

    Raises NotConsistent where it leads nowhere.
    """
    # A complete older tree is a node of the newer one: the proof leaves it out.
    steps = [old_root, *proof] if old & (old - 1) == 0 else proof
    if not steps:
        raise NotConsistent
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise NotConsistent
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise NotConsistent
    return before, after


def _hashes(given: Sequence[Hash]) -> bool:
    """Whether each has the length of a hash: no byte may pass from one to the next."""
    return all(len(each) == HASH for each in given)


def _split(leaves: int) -> int:
    """Return the largest power of two smaller than a number of leaves."""
    return 1 << (leaves - 1).bit_length() - 1
