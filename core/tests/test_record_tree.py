"""The tree against vectors that others published, against a naive one, and against liars."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freeco.record.errors import Malformed, NotConsistent, NotIncluded
from freeco.record.tiles import (
    HASH,
    LONGEST_ENTRY,
    WIDTH,
    Growth,
    bundle,
    edge,
    node_of,
    read_path,
    tile_path,
    unbundle,
    width_at,
    widths,
)
from freeco.record.tree import (
    EMPTY,
    Hash,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from freeco.testing.trees import MemoryLog

# The inputs and roots by which Certificate Transparency's own programs are tested.
INPUTS = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
OTHER = b"\xab" * HASH
ALL = [b"entry %d" % number for number in range(1400)]


@cache
def naive(begin: int, end: int) -> Hash:
    """Compute a root as RFC 6962 defines it (2.1), from the entries alone."""
    if begin == end:
        return EMPTY
    if end - begin == 1:
        return leaf_hash(ALL[begin])
    split = 1
    while split * 2 < end - begin:
        split *= 2
    return node_hash(naive(begin, begin + split), naive(begin + split, end))


@pytest.fixture(scope="module")
def log() -> MemoryLog:
    """Give a log that grew in steps of all lengths."""
    grown, at = MemoryLog(), 0
    for step in range(1, 60):
        grown.append(ALL[at : at + step])
        at += step
    return grown


def includes(index: int, size: int, proof: list[Hash], leaf: Hash, head: Hash) -> bool:
    """Whether the proof is accepted."""
    try:
        verify_inclusion(leaf, index, size, proof, head)
    except NotIncluded:
        return False
    return True


def follows(old: int, new: int, before: Hash, after: Hash, proof: list[Hash]) -> bool:
    """Whether the proof is accepted."""
    try:
        verify_consistency(old, new, before, after, proof)
    except NotConsistent:
        return False
    return True


def test_the_published_roots_and_proofs_of_certificate_transparency_come_out() -> None:
    log = MemoryLog(entries=INPUTS)
    assert [log.checkpoint(size).root.hex() for size in range(9)] == ROOTS
    for (index, size), expected in INCLUSION.items():
        assert [each.hex() for each in log.path(index, size)] == expected
    for (old, new), expected in CONSISTENCY.items():
        assert [each.hex() for each in log.growth(old, new)] == expected


def test_every_root_is_the_one_that_the_definition_gives(log: MemoryLog) -> None:
    for size in [*range(300), 511, 512, 513, 767, 769, 1023, 1024, 1025]:
        assert root(size, log.node(size)) == naive(0, size)


def test_every_proof_of_a_small_tree_is_accepted_for_its_leaf_and_for_no_other(
    log: MemoryLog,
) -> None:
    leaves = [leaf_hash(each) for each in ALL[:41]]
    for size in range(1, 41):
        head = naive(0, size)
        for index in range(size):
            proof = list(log.path(index, size))
            accepted = [
                other for other in range(size) if includes(other, size, proof, leaves[other], head)
            ]
            assert accepted == [index]


def test_every_growth_of_a_small_tree_is_accepted_and_ends_at_its_own_sizes(
    log: MemoryLog,
) -> None:
    for new in range(41):
        for old in range(new + 1):
            proof = list(log.growth(old, new))
            before, after = naive(0, old), naive(0, new)
            assert follows(old, new, before, after, proof)
            for wrong in (old - 1, old + 1):
                if 0 <= wrong <= new:
                    assert not follows(wrong, new, before, after, proof)
            if 0 < old < new:
                assert not follows(old, new, before, OTHER, proof)
            assert not follows(old, new, OTHER, after, proof)


@pytest.mark.parametrize(("index", "size"), [each for each in INCLUSION if each[1] > 1])
def test_no_corruption_of_an_inclusion_proof_passes(index: int, size: int) -> None:
    log = MemoryLog(entries=INPUTS)
    proof, head = list(log.path(index, size)), log.checkpoint(size).root
    leaf = leaf_hash(INPUTS[index])
    assert includes(index, size, proof, leaf, head)
    wrong = [
        *((place, size, proof, leaf, head) for place in (index - 1, index + 1, index ^ 2)),
        *((index, many, proof, leaf, head) for many in (size * 2, size // 2, 0, -1)),
        (index, size, proof, OTHER, head),
        (index, size, proof, b"short", head),
        (index, size, proof, leaf, EMPTY),
        (index, size, proof, leaf, OTHER),
        *((index, size, [*proof, each], leaf, head) for each in (b"", head)),
        *((index, size, [each, *proof], leaf, head) for each in (b"", head)),
        (index, size, proof[:-1], leaf, head),
        (index, size, [proof[0], OTHER, *proof[1:]], leaf, head),
        *(
            (index, size, [*proof[:at], flipped(step), *proof[at + 1 :]], leaf, head)
            for at, step in enumerate(proof)
        ),
    ]
    assert [each for each in wrong if includes(*each)] == []


@pytest.mark.parametrize(("old", "new"), [each for each in CONSISTENCY if each[0] != each[1]])
def test_no_corruption_of_a_consistency_proof_passes(old: int, new: int) -> None:
    log = MemoryLog(entries=INPUTS)
    proof = list(log.growth(old, new))
    before, after = log.checkpoint(old).root, log.checkpoint(new).root
    assert follows(old, new, before, after, proof)
    wrong = [
        *((size, new, before, after, proof) for size in (old - 1, old + 1, old ^ 2)),
        *((old, size, before, after, proof) for size in (new * 2, new // 2, -1)),
        (old, new, OTHER, after, proof),
        (old, new, before, OTHER, proof),
        (old, new, after, before, proof),
        (old, new, before, after, []),
        *((old, new, before, after, [*proof, each]) for each in (b"", before, after)),
        *((old, new, before, after, [each, *proof]) for each in (b"", before, after, proof[0])),
        (old, new, before, after, proof[:-1]),
        *(
            (old, new, before, after, [*proof[:at], flipped(step), *proof[at + 1 :]])
            for at, step in enumerate(proof)
        ),
    ]
    assert [each for each in wrong if follows(*each)] == []


def test_empty_and_equal_trees_need_no_proof_and_take_none() -> None:
    assert follows(0, 0, EMPTY, EMPTY, [])
    assert follows(0, 5, EMPTY, OTHER, [])
    assert follows(5, 5, OTHER, OTHER, [])
    assert not follows(0, 0, OTHER, OTHER, [])
    assert not follows(0, 0, EMPTY, OTHER, [])
    assert not follows(0, 5, OTHER, OTHER, [])
    assert not follows(5, 5, OTHER, EMPTY, [])
    assert not follows(0, 5, EMPTY, OTHER, [EMPTY])
    assert not follows(5, 5, OTHER, OTHER, [OTHER])
    assert not follows(5, 4, OTHER, OTHER, [])
    assert not includes(0, 0, [], EMPTY, EMPTY)
    assert not includes(0, 1, [], b"", b"")
    assert not follows(5, 5, b"short", b"short", [])


def test_a_place_beyond_the_tree_and_a_path_beyond_its_height_are_refused() -> None:
    log = MemoryLog(entries=INPUTS)
    only, last = leaf_hash(INPUTS[0]), leaf_hash(INPUTS[7])
    assert includes(0, 1, [], only, only)
    assert not includes(5, 1, [], only, only)
    # Every step to the last leaf is on its left: of whatever size the tree is said to be.
    path, head = list(log.path(7, 8)), log.checkpoint(8).root
    assert includes(7, 8, path, last, head)
    for size in range(1, 8):
        assert not includes(size - 1, size, path, last, head)


def test_no_byte_can_pass_from_one_step_to_the_next(log: MemoryLog) -> None:
    proof, head, leaf = list(log.path(3, 9)), naive(0, 9), leaf_hash(ALL[3])
    assert includes(3, 9, proof, leaf, head)
    moved = [proof[0] + proof[1][:1], proof[1][1:], *proof[2:]]
    assert not includes(3, 9, moved, leaf, head)


def flipped(step: Hash, bit: int = 3) -> Hash:
    """Return it with one bit changed."""
    return bytes([step[0] ^ 1 << bit, *step[1:]])


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_proof_of_a_larger_tree_is_accepted_and_refused_once_a_bit_is_changed(
    log: MemoryLog, data: st.DataObject
) -> None:
    size = data.draw(st.integers(2, 1400))
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size - 1))
    head, leaf = naive(0, size), leaf_hash(ALL[index])
    path, growth = list(log.path(index, size)), list(log.growth(old, size))
    assert includes(index, size, path, leaf, head)
    assert follows(old, size, naive(0, old), head, growth)
    bit = data.draw(st.integers(0, 7))
    at = data.draw(st.integers(0, len(path) - 1))
    path[at] = flipped(path[at], bit)
    assert not includes(index, size, path, leaf, head)
    at = data.draw(st.integers(0, len(growth) - 1))
    growth[at] = flipped(growth[at], bit)
    assert not follows(old, size, naive(0, old), head, growth)


def test_tiles_hold_the_hashes_that_the_definition_gives(log: MemoryLog) -> None:
    held = dict.fromkeys(widths(len(ALL)))
    assert sorted(held) == [
        *((0, number, WIDTH) for number in range(5)),
        (0, 5, 1400 % WIDTH),
        (1, 0, 5),
    ]
    for level, number, width in held:
        span = WIDTH**level
        begin = number * WIDTH * span
        expected = b"".join(
            naive(begin + each * span, begin + (each + 1) * span) for each in range(width)
        )
        assert log.read_tile(level, number, width) == expected


def test_a_tree_grown_by_steps_has_the_tiles_of_one_grown_at_once() -> None:
    leaves = [leaf_hash(each) for each in ALL]
    whole = Growth(0, lambda *_tile: b"")
    whole.append(leaves)
    tiles: dict[tuple[int, int], bytes] = {}
    at = 0
    for step in (1, 254, 1, 1, 255, 256, 257, 300, 75):
        growth = Growth(
            at, lambda level, number, width, kept=tiles: kept[level, number][: width * HASH]
        )
        growth.append(leaves[at : at + step])
        tiles |= growth.finish()
        at += step
    assert at == len(ALL)
    assert tiles == whole.finish()


def test_the_sizes_of_the_tiles_are_those_of_the_example_in_the_specification() -> None:
    assert list(edge(70_000)) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(edge(256)) == [(0, 1, 0), (1, 0, 1)]
    assert list(edge(0)) == []
    assert [width_at(0, number, 70_000) for number in (0, 272, 273, 274)] == [256, 256, 112, 0]


def test_a_tree_that_reaches_the_third_level_of_tiles_has_the_roots_of_its_leaves() -> None:
    size = 65_536 + 300
    growth = Growth(0, lambda *_tile: b"")
    growth.append(leaf_hash(b"%d" % number) for number in range(size))
    tiles = growth.finish()
    assert {level for level, _number in tiles} == {0, 1, 2}
    node = node_of(size, lambda level, number, width: tiles[level, number][: width * HASH])
    # The same tree from its leaves alone, level by level.
    row = [leaf_hash(b"%d" % number) for number in range(65_536)]
    while len(row) > 1:
        row = [node_hash(*row[at : at + 2]) for at in range(0, len(row), 2)]
    assert node(16, 0) == row[0]
    assert tiles[2, 0] == row[0]


def test_a_tile_that_is_too_short_is_refused(log: MemoryLog) -> None:
    node = node_of(1400, lambda *tile: log.read_tile(*tile)[:-HASH])
    with pytest.raises(Malformed):
        root(1400, node)


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 0, WIDTH, "tile/0/000"),
        (0, 999, 1, "tile/0/999.p/1"),
        (1, 1000, WIDTH, "tile/1/x001/000"),
        (63, 1234067, 255, "tile/63/x001/x234/067.p/255"),
        (None, 1234067, WIDTH, "tile/entries/x001/x234/067"),
        (None, 5, 17, "tile/entries/005.p/17"),
    ],
)
def test_an_address_of_a_tile_is_written_and_read(
    level: int | None, number: int, width: int, path: str
) -> None:
    assert tile_path(level, number, width) == path
    assert read_path(path) == (level, number, width)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/017",
        "tile/0/000.p/",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/../000",
        "tile/0/٠٠٠",
        "tile/data/000",
        "tile/8/0/000",
        "tile/0/" + "x999/" * 6 + "999",
        "tile/0/" + "x001/" * 2000 + "000",
    ],
)
def test_any_other_writing_of_an_address_is_refused(path: str) -> None:
    with pytest.raises(Malformed):
        read_path(path)


@given(st.lists(st.binary(max_size=300), max_size=20))
@settings(max_examples=50, deadline=None)
def test_a_bundle_gives_its_entries_back(entries: list[bytes]) -> None:
    joined = bundle(entries)
    assert unbundle(joined) == entries
    if joined:
        assert refused(joined[:-1]) or not entries[-1]


def refused(joined: bytes) -> bool:
    """Whether a bundle is not taken."""
    try:
        unbundle(joined)
    except Malformed:
        return True
    return False


def test_a_bundle_takes_no_entry_that_is_too_long_and_leaves_nothing_over() -> None:
    assert unbundle(bundle([b"x" * LONGEST_ENTRY])) == [b"x" * LONGEST_ENTRY]
    with pytest.raises(ValueError, match="too long"):
        bundle([b"x" * (LONGEST_ENTRY + 1)])
    assert refused(b"\x00")
    assert refused(b"\x00\x02x")
    assert refused(b"\x00\x00\x00")
