"""Cost-price lines: prices of offers, who is admitted, referral codes, what the pool pays."""

import sqlalchemy as sa
from alembic import op

revision = "direct_sales_0016"
down_revision = "direct_sales_0015"
branch_labels = None
depends_on = None

PRICE = "direct_sales_solidarity_cost_price"
ADMISSION = "direct_sales_solidarity_admission"
CODE = "direct_sales_solidarity_code"
PART = "direct_sales_solidarity_part"


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        PRICE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.CheckConstraint("price >= 1", name=op.f(f"ck_{PRICE}_price")),
        sa.CheckConstraint("most >= 1", name=op.f(f"ck_{PRICE}_most")),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["direct_sales_offer.id"], name=op.f(f"fk_{PRICE}_offer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{PRICE}")),
        sa.UniqueConstraint("offer_id", name=op.f(f"uq_{PRICE}_offer_id")),
    )
    op.create_table(
        ADMISSION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f(f"fk_{ADMISSION}_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ADMISSION}")),
        sa.UniqueConstraint("household_id", name=op.f(f"uq_{ADMISSION}_household_id")),
    )
    op.create_table(
        CODE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f(f"fk_{CODE}_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CODE}")),
        sa.UniqueConstraint("digest", name=op.f(f"uq_{CODE}_digest")),
    )
    with op.batch_alter_table(CODE, schema=None) as batch_op:
        for column in ("community_id", "lot"):
            batch_op.create_index(batch_op.f(f"ix_{CODE}_{column}"), [column], unique=False)
    op.create_table(
        PART,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f(f"ck_{PART}_amount")),
        sa.ForeignKeyConstraint(
            ["sale_id"], ["direct_sales_order_sale.id"], name=op.f(f"fk_{PART}_sale_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{PART}")),
        sa.UniqueConstraint("sale_id", name=op.f(f"uq_{PART}_sale_id")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table(PART)
    op.drop_table(CODE)
    op.drop_table(ADMISSION)
    op.drop_table(PRICE)
