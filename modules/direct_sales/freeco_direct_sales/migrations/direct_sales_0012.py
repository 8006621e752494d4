"""Stock and packs."""

import sqlalchemy as sa
from alembic import op

revision = "direct_sales_0012"
down_revision = "direct_sales_0011"
branch_labels = None
depends_on = None

GIVEN = "COALESCE({line}.allotted, {line}.ordered)"
SUMS = (
    "(SELECT COALESCE(SUM({what}), 0) FROM direct_sales_order_line l"
    " JOIN direct_sales_order o ON o.id = l.order_id"
    " JOIN direct_sales_offer f ON f.id = l.offer_id"
    " WHERE f.stock_id = direct_sales_stock.id AND o.cancelled_at IS NULL"
    " AND o.settled_at IS {settled})"
)
STANDING = (
    "SELECT 1 FROM direct_sales_order o JOIN direct_sales_offer f ON f.id = {line}.offer_id"
    " WHERE o.id = {line}.order_id AND o.cancelled_at IS NULL AND o.settled_at IS {settled}"
    " AND f.stock_id IS NOT NULL"
)


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table("direct_sales_stock") as batch_op:
        batch_op.add_column(sa.Column("session_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_direct_sales_stock_session_id"), ["session_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_direct_sales_stock_session_id"),
            "direct_sales_order_session",
            ["session_id"],
            ["id"],
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_direct_sales_stock_own"),
            "session_id IS NULL OR (distribution_id IS NULL AND first_day IS NULL)",
        )
    with op.batch_alter_table("direct_sales_offer") as batch_op:
        batch_op.add_column(
            sa.Column("counted", sa.String(), nullable=False, server_default="stock")
        )
        batch_op.add_column(sa.Column("case_size", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("closing_price", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column("case_rule", sa.String(), nullable=False, server_default="cut")
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_direct_sales_offer_counted"), "counted IN ('stock', 'own', 'none')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_direct_sales_offer_case_size"), "case_size IS NULL OR case_size >= 2"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_direct_sales_offer_case_rule"), "case_rule IN ('cut', 'bring')"
        )
    with op.batch_alter_table("direct_sales_order") as batch_op:
        batch_op.add_column(sa.Column("left_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_direct_sales_order_left_id"),
            "direct_sales_pickup",
            ["left_id"],
            ["id"],
        )
    with op.batch_alter_table("direct_sales_order_line") as batch_op:
        for name in ("instead", "held", "tolerance"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("instead_line_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("packed", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_direct_sales_order_line_instead_line_id"),
            "direct_sales_order_line",
            ["instead_line_id"],
            ["id"],
        )
    _count_what_is_held()
    with op.batch_alter_table("direct_sales_offer") as batch_op:
        for name in ("counted", "case_rule"):
            batch_op.alter_column(name, existing_type=sa.String(), server_default=None)
    with op.batch_alter_table("direct_sales_order_line") as batch_op:
        for name in ("instead", "held", "tolerance"):
            batch_op.alter_column(name, existing_type=sa.Integer(), server_default=None)
        batch_op.create_check_constraint(batch_op.f("ck_direct_sales_order_line_held"), "held >= 0")
        batch_op.create_check_constraint(
            batch_op.f("ck_direct_sales_order_line_instead"), "instead >= 0 AND instead <= ordered"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_direct_sales_order_line_tolerance"), "tolerance >= 0"
        )
    op.create_table(
        "direct_sales_stock_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stock_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "why IN ('counted', 'harvest', 'loss', 'sold_elsewhere', 'handed_out', 'not_coming')",
            name=op.f("ck_direct_sales_stock_movement_why"),
        ),
        sa.ForeignKeyConstraint(
            ["stock_id"],
            ["direct_sales_stock.id"],
            name=op.f("fk_direct_sales_stock_movement_stock_id"),
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["direct_sales_offer.id"],
            name=op.f("fk_direct_sales_stock_movement_offer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["member.id"], name=op.f("fk_direct_sales_stock_movement_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_direct_sales_stock_movement")),
    )
    op.create_table(
        "direct_sales_price_tier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("from_many", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_many >= 2", name=op.f("ck_direct_sales_price_tier_from_many")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_direct_sales_price_tier_price")),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["direct_sales_offer.id"],
            name=op.f("fk_direct_sales_price_tier_offer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_direct_sales_price_tier")),
        sa.UniqueConstraint(
            "offer_id", "from_many", name=op.f("uq_direct_sales_price_tier_offer_id_from_many")
        ),
    )
    with op.batch_alter_table("direct_sales_stock_movement") as batch_op:
        for column in ("stock_id", "offer_id", "by_id"):
            batch_op.create_index(
                batch_op.f(f"ix_direct_sales_stock_movement_{column}"), [column], unique=False
            )


def _count_what_is_held() -> None:
    """Let lines hold what their households get; what was handed out leaves the stock.

    A number said for a session is that session's own: the first that was taken from it.
    """
    given = GIVEN.format(line="direct_sales_order_line")
    standing = STANDING.format(line="direct_sales_order_line", settled="NULL")
    op.execute(f"UPDATE direct_sales_order_line SET held = {given} WHERE EXISTS ({standing})")  # noqa: S608
    op.execute(
        "UPDATE direct_sales_order_line SET instead_line_id ="
        " (SELECT MIN(r.id) FROM direct_sales_order_line r"
        " WHERE r.instead_of_id = direct_sales_order_line.id AND r.ordered > 0)"
    )
    op.execute(
        "UPDATE direct_sales_order_line SET instead ="
        " (SELECT CASE WHEN r.ordered < direct_sales_order_line.ordered THEN r.ordered"
        " ELSE direct_sales_order_line.ordered END FROM direct_sales_order_line r"
        " WHERE r.id = direct_sales_order_line.instead_line_id)"
        " WHERE instead_line_id IS NOT NULL"
    )
    op.execute(
        "UPDATE direct_sales_stock SET session_id = (SELECT MIN(f.session_id)"
        " FROM direct_sales_offer f WHERE f.stock_id = direct_sales_stock.id)"
        " WHERE distribution_id IS NULL AND first_day IS NULL"
    )
    op.execute("UPDATE direct_sales_offer SET counted = 'own' WHERE stock_id IS NOT NULL")
    held = SUMS.format(what="l.held", settled="NULL")
    sold = SUMS.format(what=GIVEN.format(line="l"), settled="NOT NULL")
    op.execute(
        f"UPDATE direct_sales_stock SET reserved = {held}, on_hand ="  # noqa: S608
        f" CASE WHEN on_hand - {sold} < {held} THEN {held} ELSE on_hand - {sold} END"
    )


def downgrade() -> None:
    """Take this step back: what was handed out is counted as there and taken, as before."""
    given = GIVEN.format(line="l")
    sold = SUMS.format(what=given, settled="NOT NULL")
    op.execute(
        f"UPDATE direct_sales_stock SET on_hand = on_hand + {sold},"  # noqa: S608
        f" reserved = reserved + {sold}"
    )
    op.drop_table("direct_sales_price_tier")
    op.drop_table("direct_sales_stock_movement")
    with op.batch_alter_table("direct_sales_order_line") as batch_op:
        for name in ("held", "instead", "tolerance"):
            batch_op.drop_constraint(
                batch_op.f(f"ck_direct_sales_order_line_{name}"), type_="check"
            )
        batch_op.drop_constraint(
            batch_op.f("fk_direct_sales_order_line_instead_line_id"), type_="foreignkey"
        )
        for name in ("packed", "instead_line_id", "tolerance", "held", "instead"):
            batch_op.drop_column(name)
    with op.batch_alter_table("direct_sales_order") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_direct_sales_order_left_id"), type_="foreignkey")
        batch_op.drop_column("left_at")
        batch_op.drop_column("left_id")
    with op.batch_alter_table("direct_sales_offer") as batch_op:
        for name in ("counted", "case_size", "case_rule"):
            batch_op.drop_constraint(batch_op.f(f"ck_direct_sales_offer_{name}"), type_="check")
            batch_op.drop_column(name)
        batch_op.drop_column("closing_price")
    with op.batch_alter_table("direct_sales_stock") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_direct_sales_stock_own"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_direct_sales_stock_session_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_direct_sales_stock_session_id"))
        batch_op.drop_column("ended_at")
        batch_op.drop_column("session_id")
