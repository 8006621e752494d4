"""A part of the map."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """A rectangle of the map, in WGS 84 degrees."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a point lies inside or on the edge."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east
