"""Contracts as people live them: skips, shared baskets, waiting lists."""

revision = 'direct_sales_0006'
down_revision = 'direct_sales_0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""


def downgrade() -> None:
    """Take this step back."""
