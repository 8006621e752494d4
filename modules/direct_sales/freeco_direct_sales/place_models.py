"""Where producers and distribution places stand, when somebody has said so."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.models import Community, Model
from freeco_direct_sales.models import Producer


class PlacePosition(Model):
    """The position of a producer, or of a place of distribution known by its name."""

    __tablename__ = "direct_sales_position"
    __table_args__ = (
        UniqueConstraint("producer_id"),
        UniqueConstraint("community_id", "place"),
        CheckConstraint("(producer_id IS NULL) <> (place IS NULL)", name="one_of_two"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    latitude: Mapped[float]
    longitude: Mapped[float]
    producer_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_producer.id"), init=False
    )
    producer: Mapped[Producer | None] = relationship(repr=False, default=None)
    place: Mapped[str | None] = mapped_column(default=None)
    """As the distributions write it."""
