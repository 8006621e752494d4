"""Solidarity between households."""

revision = 'direct_sales_0008'
down_revision = 'direct_sales_0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""


def downgrade() -> None:
    """Take this step back."""
