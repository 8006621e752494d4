"""Tokens signed blindly."""

import sqlalchemy as sa
from alembic import op

revision = "project_decisions_0005"
down_revision = "project_decisions_0004"
branch_labels = None
depends_on = None

POLL = "project_decisions_token_poll"


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        POLL,
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("casts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("setup", sa.String(), nullable=False),
        sa.Column("issued", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"],
            ["project_decisions_poll.id"],
            name=op.f("fk_project_decisions_token_poll_poll_id"),
        ),
        sa.PrimaryKeyConstraint("poll_id", name=op.f("pk_project_decisions_token_poll")),
        sa.UniqueConstraint("identifier", name=op.f("uq_project_decisions_token_poll_identifier")),
    )
    _signers()
    _ballots()


def _of_poll(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["poll_id"], [f"{POLL}.poll_id"], name=op.f(name))


def _signers() -> None:
    signer, issue = "project_decisions_token_signer", "project_decisions_token_issue"
    op.create_table(
        signer,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("private", sa.String(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.CheckConstraint("place >= 1", name=op.f(f"ck_{signer}_place")),
        _of_poll(f"fk_{signer}_poll_id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{signer}")),
        sa.UniqueConstraint("poll_id", "key", name=op.f(f"uq_{signer}_poll_id_key")),
        sa.UniqueConstraint("poll_id", "place", name=op.f(f"uq_{signer}_poll_id_place")),
    )
    op.create_table(
        issue,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("elector_id", sa.Integer(), nullable=False),
        sa.Column("signer_id", sa.Integer(), nullable=False),
        sa.Column("blinded", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["elector_id"],
            ["project_decisions_elector.id"],
            name=op.f(f"fk_{issue}_elector_id"),
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"], [f"{signer}.id"], name=op.f(f"fk_{issue}_signer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{issue}")),
        sa.UniqueConstraint(
            "elector_id", "signer_id", name=op.f(f"uq_{issue}_elector_id_signer_id")
        ),
    )
    op.create_index(op.f(f"ix_{issue}_signer_id"), issue, ["signer_id"])


def _ballots() -> None:
    ballot, line = "project_decisions_token_ballot", "project_decisions_token_line"
    op.create_table(
        ballot,
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("tracker", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        _of_poll(f"fk_{ballot}_poll_id"),
        sa.PrimaryKeyConstraint("sha256", name=op.f(f"pk_{ballot}")),
        sqlite_with_rowid=False,
    )
    op.create_index(f"ix_{ballot}_token", ballot, ["poll_id", "token"])
    op.create_table(
        line,
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("tracker", sa.String(), nullable=False),
        sa.CheckConstraint("place >= 1", name=op.f(f"ck_{line}_place")),
        _of_poll(f"fk_{line}_poll_id"),
        sa.PrimaryKeyConstraint("poll_id", "place", name=op.f(f"pk_{line}")),
    )
    op.create_index(f"ix_{line}_token", line, ["poll_id", "token"])
    op.create_index(f"ix_{line}_tracker", line, ["poll_id", "tracker"])


def downgrade() -> None:
    """Take this step back."""
    for name in ("line", "ballot", "issue", "signer", "poll"):
        op.drop_table(f"project_decisions_token_{name}")
