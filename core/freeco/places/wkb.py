"""Well-known binary: how spatial databases write a shape (OGC 06-103r4, part 8).

Polygons, multipolygons and points, in both byte orders, flat or with a height or a measure, with
or without the SRID that PostGIS adds. Nothing else is read.
"""

from struct import Struct, error

POINT, POLYGON, MULTIPOLYGON = 1, 3, 6
SRID, MEASURE, HEIGHT = 0x20000000, 0x40000000, 0x80000000
Ring = list[tuple[float, float]]
"""Points as x and y: longitude first; the last one repeats the first."""


class BadShape(ValueError):
    """These bytes are not a shape that can be read."""


class _Reader:
    def __init__(self, written: bytes) -> None:
        self.written = written
        self.at = 0
        self.order = "<"

    def take(self, layout: str) -> tuple[float, ...]:
        shape = Struct(self.order + layout)
        found = shape.unpack_from(self.written, self.at)
        self.at += shape.size
        return found

    def count(self) -> int:
        (many,) = self.take("I")
        if many > len(self.written):  # a count that cannot be: no memory is taken for it
            raise BadShape("un nombre dépasse ce que la forme contient")
        return int(many)

    def head(self) -> tuple[int, int]:
        """Read a shape's byte order and type; return the type and how many numbers a point has."""
        order = self.written[self.at : self.at + 1]
        if order not in {b"\0", b"\1"}:
            raise BadShape("l’ordre des octets n’est ni 0 ni 1")
        self.order, self.at = ("<" if order == b"\1" else ">"), self.at + 1
        (kind,) = (int(each) for each in self.take("I"))
        if kind & SRID:
            self.take("I")
        plain = kind & 0x0FFFFFFF
        # Heights are a flag for PostGIS, a thousand for the OGC.
        numbers = 2 + bool(kind & HEIGHT) + bool(kind & MEASURE) + (0, 1, 1, 2)[plain // 1000 % 4]
        return plain % 1000, numbers

    def points(self, many: int, numbers: int) -> Ring:
        flat = self.take(f"{many * numbers}d")
        return list(zip(flat[::numbers], flat[1::numbers], strict=True))

    def polygon(self, numbers: int) -> list[Ring]:
        return [self.points(self.count(), numbers) for _ring in range(self.count())]


def polygons(written: bytes) -> list[list[Ring]]:
    """Return the polygons of a shape, each its outer ring and then its holes. Raises BadShape."""
    reader = _Reader(written)
    try:
        kind, numbers = reader.head()
        if kind == POLYGON:
            found = [reader.polygon(numbers)]
        elif kind == MULTIPOLYGON:
            found = []
            for _part in range(reader.count()):
                part, its_numbers = reader.head()
                if part != POLYGON:
                    raise BadShape(f"une forme de sorte {part} n’est pas un polygone")
                found.append(reader.polygon(its_numbers))
        else:
            raise BadShape(f"une forme de sorte {kind} n’est pas un polygone")
    except error as cut:
        raise BadShape("la forme est coupée") from cut
    if reader.at != len(written):
        raise BadShape("la forme est suivie d’autre chose")
    return found


def point(written: bytes) -> tuple[float, float]:
    """Return a point as x and y. Raises BadShape."""
    reader = _Reader(written)
    try:
        kind, numbers = reader.head()
        if kind != POINT:
            raise BadShape(f"une forme de sorte {kind} n’est pas un point")
        return reader.points(1, numbers)[0]
    except error as cut:
        raise BadShape("la forme est coupée") from cut
