"""How every room forgets who somebody was."""

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute

from freeco.db import db
from freeco.members.models import Member


def forget_name(member: Member, *columns: InstrumentedAttribute[int | None]) -> None:
    """Empty the columns that point at a member; what they did there stays, without the name."""
    for column in columns:
        db.session.execute(
            update(column.class_)
            .where(column == member.id)
            .values({column: None})
            .execution_options(synchronize_session="fetch")
        )
