"""Projects, their people, tasks, meetings, money, files and news; what members know."""

import sqlalchemy as sa
from alembic import op

revision = "project_decisions_0003"
down_revision = "project_decisions_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "project_decisions_project_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("vote_first", sa.Boolean(), nullable=False),
        sa.Column("vote_days", sa.Integer(), nullable=False),
        sa.Column("lends", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "vote_days BETWEEN 1 AND 60", name=op.f("ck_project_decisions_project_rules_vote_days")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_project_decisions_project_rules_community_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_project_rules")),
        sa.UniqueConstraint(
            "community_id", name=op.f("uq_project_decisions_project_rules_community_id")
        ),
    )
    op.create_table(
        "project_decisions_skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "level IN ('learning', 'able', 'teaches')",
            name=op.f("ck_project_decisions_skill_level"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_project_decisions_skill_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_skill")),
        sa.UniqueConstraint(
            "member_id", "key", name=op.f("uq_project_decisions_skill_member_id_key")
        ),
    )
    op.create_table(
        "project_decisions_project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("goals", sa.String(), nullable=False),
        sa.Column("resources", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=True),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("discussion_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up", sa.Boolean(), nullable=False),
        sa.Column("report_done", sa.String(), nullable=False),
        sa.Column("report_learnt", sa.String(), nullable=False),
        sa.Column("report_cost", sa.BigInteger(), nullable=True),
        sa.Column("report_hours", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'closed' OR closed_at IS NOT NULL",
            name=op.f("ck_project_decisions_project_closed"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'active', 'refused', 'closed')",
            name=op.f("ck_project_decisions_project_state"),
        ),
        sa.CheckConstraint("asked >= 0", name=op.f("ck_project_decisions_project_asked")),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_project_decisions_project_budget")),
        sa.CheckConstraint(
            "people >= 0 AND hours >= 0 AND report_hours >= 0",
            name=op.f("ck_project_decisions_project_hands"),
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_project_decisions_project_days")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_project_decisions_project_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_project_decisions_project_community_id"),
        ),
        sa.ForeignKeyConstraint(
            ["copied_from_id"],
            ["project_decisions_project.id"],
            name=op.f("fk_project_decisions_project_copied_from_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["project_decisions_decision.id"],
            name=op.f("fk_project_decisions_project_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["project_decisions_discussion.id"],
            name=op.f("fk_project_decisions_project_discussion_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_project")),
    )
    with op.batch_alter_table("project_decisions_project", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_decisions_project_author_id"), ["author_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_project_decisions_project_copied_from_id"),
            ["copied_from_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_project_decisions_project_decision_id"), ["decision_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_project_decisions_project_discussion_id"),
            ["discussion_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_project_decisions_project_listed", ["community_id", "state"], unique=False
        )

    op.create_table(
        "project_decisions_budget_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.CheckConstraint(
            "planned >= 0 AND spent >= 0", name=op.f("ck_project_decisions_budget_line_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project_decisions_project.id"],
            name=op.f("fk_project_decisions_budget_line_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_budget_line")),
    )
    with op.batch_alter_table("project_decisions_budget_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_decisions_budget_line_project_id"), ["project_id"], unique=False
        )

    op.create_table(
        "project_decisions_participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("charge", sa.String(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("hears", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "part IN ('owner', 'helper', 'follower')",
            name=op.f("ck_project_decisions_participant_part"),
        ),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_project_decisions_participant_hours")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_project_decisions_participant_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project_decisions_project.id"],
            name=op.f("fk_project_decisions_participant_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_participant")),
        sa.UniqueConstraint(
            "project_id",
            "member_id",
            name=op.f("uq_project_decisions_participant_project_id_member_id"),
        ),
    )
    with op.batch_alter_table("project_decisions_participant", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_decisions_participant_member_id"), ["member_id"], unique=False
        )

    op.create_table(
        "project_decisions_project_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["member.id"],
            name=op.f("fk_project_decisions_project_document_added_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project_decisions_project.id"],
            name=op.f("fk_project_decisions_project_document_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_project_document")),
        sa.UniqueConstraint(
            "project_id",
            "sha256",
            name=op.f("uq_project_decisions_project_document_project_id_sha256"),
        ),
    )
    with op.batch_alter_table("project_decisions_project_document", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_decisions_project_document_added_by_id"),
            ["added_by_id"],
            unique=False,
        )

    op.create_table(
        "project_decisions_project_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("agenda", sa.String(), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "starts_at < ends_at", name=op.f("ck_project_decisions_project_meeting_hours")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project_decisions_project.id"],
            name=op.f("fk_project_decisions_project_meeting_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_project_meeting")),
    )
    with op.batch_alter_table("project_decisions_project_meeting", schema=None) as batch_op:
        batch_op.create_index(
            "ix_project_decisions_project_meeting_dated", ["project_id", "starts_at"], unique=False
        )

    op.create_table(
        "project_decisions_project_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_project_decisions_project_news_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project_decisions_project.id"],
            name=op.f("fk_project_decisions_project_news_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_project_news")),
        sa.UniqueConstraint(
            "project_id", "token", name=op.f("uq_project_decisions_project_news_project_id_token")
        ),
    )
    with op.batch_alter_table("project_decisions_project_news", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_decisions_project_news_author_id"), ["author_id"], unique=False
        )

    op.create_table(
        "project_decisions_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_before", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(stage = 'done') = (done_at IS NOT NULL)", name=op.f("ck_project_decisions_task_done")
        ),
        sa.CheckConstraint(
            "priority IN ('low', 'normal', 'high', 'urgent')",
            name=op.f("ck_project_decisions_task_priority"),
        ),
        sa.CheckConstraint(
            "stage IN ('todo', 'doing', 'waiting', 'done')",
            name=op.f("ck_project_decisions_task_stage"),
        ),
        sa.CheckConstraint(
            "(meeting_id IS NULL) = (action IS NULL)", name=op.f("ck_project_decisions_task_action")
        ),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_project_decisions_task_hours")),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["project_decisions_project_meeting.id"],
            name=op.f("fk_project_decisions_task_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project_decisions_project.id"],
            name=op.f("fk_project_decisions_task_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_task")),
        sa.UniqueConstraint(
            "meeting_id", "action", name=op.f("uq_project_decisions_task_meeting_id_action")
        ),
    )
    with op.batch_alter_table("project_decisions_task", schema=None) as batch_op:
        batch_op.create_index(
            "ix_project_decisions_task_board", ["project_id", "stage"], unique=False
        )
        batch_op.create_index("ix_project_decisions_task_due", ["due_at"], unique=False)

    op.create_table(
        "project_decisions_task_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("needed_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "task_id <> needed_id", name=op.f("ck_project_decisions_task_need_another")
        ),
        sa.ForeignKeyConstraint(
            ["needed_id"],
            ["project_decisions_task.id"],
            name=op.f("fk_project_decisions_task_need_needed_id"),
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["project_decisions_task.id"],
            name=op.f("fk_project_decisions_task_need_task_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_task_need")),
        sa.UniqueConstraint(
            "task_id", "needed_id", name=op.f("uq_project_decisions_task_need_task_id_needed_id")
        ),
    )
    with op.batch_alter_table("project_decisions_task_need", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_decisions_task_need_needed_id"), ["needed_id"], unique=False
        )

    op.create_table(
        "project_decisions_task_owner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reminded_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_project_decisions_task_owner_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["project_decisions_task.id"],
            name=op.f("fk_project_decisions_task_owner_task_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_task_owner")),
        sa.UniqueConstraint(
            "task_id", "member_id", name=op.f("uq_project_decisions_task_owner_task_id_member_id")
        ),
    )
    with op.batch_alter_table("project_decisions_task_owner", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_decisions_task_owner_member_id"), ["member_id"], unique=False
        )


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("project_decisions_task_owner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_decisions_task_owner_member_id"))

    op.drop_table("project_decisions_task_owner")
    with op.batch_alter_table("project_decisions_task_need", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_decisions_task_need_needed_id"))

    op.drop_table("project_decisions_task_need")
    with op.batch_alter_table("project_decisions_task", schema=None) as batch_op:
        batch_op.drop_index("ix_project_decisions_task_due")
        batch_op.drop_index("ix_project_decisions_task_board")

    op.drop_table("project_decisions_task")
    with op.batch_alter_table("project_decisions_project_news", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_decisions_project_news_author_id"))

    op.drop_table("project_decisions_project_news")
    with op.batch_alter_table("project_decisions_project_meeting", schema=None) as batch_op:
        batch_op.drop_index("ix_project_decisions_project_meeting_dated")

    op.drop_table("project_decisions_project_meeting")
    with op.batch_alter_table("project_decisions_project_document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_decisions_project_document_added_by_id"))

    op.drop_table("project_decisions_project_document")
    with op.batch_alter_table("project_decisions_participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_decisions_participant_member_id"))

    op.drop_table("project_decisions_participant")
    with op.batch_alter_table("project_decisions_budget_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_decisions_budget_line_project_id"))

    op.drop_table("project_decisions_budget_line")
    with op.batch_alter_table("project_decisions_project", schema=None) as batch_op:
        batch_op.drop_index("ix_project_decisions_project_listed")
        batch_op.drop_index(batch_op.f("ix_project_decisions_project_discussion_id"))
        batch_op.drop_index(batch_op.f("ix_project_decisions_project_decision_id"))
        batch_op.drop_index(batch_op.f("ix_project_decisions_project_copied_from_id"))
        batch_op.drop_index(batch_op.f("ix_project_decisions_project_author_id"))

    op.drop_table("project_decisions_project")
    op.drop_table("project_decisions_skill")
    op.drop_table("project_decisions_project_rules")
