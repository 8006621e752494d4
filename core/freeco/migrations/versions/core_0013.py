"""Years of the books."""

revision = 'core_0013'
down_revision = 'core_0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""


def downgrade() -> None:
    """Take this step back."""
