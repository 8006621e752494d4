"""Well-known binary, on bytes written by hand after the standard (OGC 06-103r4, 8.2)."""

from struct import pack

import pytest

from freeco.places import wkb

SQUARE = [(1.0, 44.0), (2.0, 44.0), (2.0, 45.0), (1.0, 44.0)]


def ring(order: str, points: list[tuple[float, ...]]) -> bytes:
    """Write a ring: a count, and the numbers."""
    flat = [number for point in points for number in point]
    return pack(f"{order}I{len(flat)}d", len(points), *flat)


def polygon(order: str = "<", kind: int = 3, extra: bytes = b"", many: int = 1) -> bytes:
    """Write a polygon of the same ring, several times."""
    mark = b"\1" if order == "<" else b"\0"
    return (
        mark
        + pack(f"{order}I", kind)
        + extra
        + pack(f"{order}I", many)
        + ring(order, list(SQUARE)) * many
    )


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_polygon_is_read_in_both_byte_orders(order: str) -> None:
    assert wkb.polygons(polygon(order)) == [[SQUARE]]


def test_the_words_of_the_standard_are_read_byte_by_byte() -> None:
    written = bytes.fromhex(
        "00 00000003 00000001 00000004"
        "3FF0000000000000 4046000000000000 4000000000000000 4046000000000000"
        "4000000000000000 4046800000000000 3FF0000000000000 4046000000000000"
    )
    assert wkb.polygons(written) == [[SQUARE]]


def test_a_reference_system_is_passed_over() -> None:
    assert wkb.polygons(polygon("<", 3 | 0x20000000, pack("<I", 4326))) == [[SQUARE]]


@pytest.mark.parametrize("kind", [0x80000003, 1003, 2003])
def test_heights_are_dropped(kind: int) -> None:
    high = b"\1" + pack("<II", kind, 1) + ring("<", [(x, y, 120.0) for x, y in SQUARE])
    assert wkb.polygons(high) == [[SQUARE]]


def test_holes_follow_their_outer_ring() -> None:
    assert wkb.polygons(polygon(many=2)) == [[SQUARE, SQUARE]]


def test_a_multipolygon_may_mix_byte_orders() -> None:
    mixed = b"\1" + pack("<II", 6, 2) + polygon("<") + polygon(">")
    assert wkb.polygons(mixed) == [[SQUARE], [SQUARE]]


def test_a_point_is_read() -> None:
    assert wkb.point(b"\1" + pack("<I2d", 1, 1.44, 44.45)) == (1.44, 44.45)


@pytest.mark.parametrize("cut", range(len(polygon())))
def test_a_shape_that_is_cut_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(wkb.BadShape):
        wkb.polygons(polygon()[:cut])


@pytest.mark.parametrize(
    "written",
    [
        polygon() + b"\0",
        b"\2" + polygon()[1:],
        b"\1" + pack("<I2d", 1, 1.0, 44.0),
        b"\1" + pack("<II", 6, 1) + b"\1" + pack("<I2d", 1, 1.0, 44.0),
        b"\1" + pack("<III", 3, 1, 0xFFFFFFFF),
        b"\1" + pack("<II", 3, 0xFFFFFFFF),
    ],
)
def test_what_is_no_polygon_is_refused(written: bytes) -> None:
    with pytest.raises(wkb.BadShape):
        wkb.polygons(written)


def test_a_polygon_is_no_point() -> None:
    with pytest.raises(wkb.BadShape):
        wkb.point(polygon())
