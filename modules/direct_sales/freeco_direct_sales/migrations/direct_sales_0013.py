"""What a basket skipped or shared holds, in rows; what a shared price was set on."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "direct_sales_0013"
down_revision = "direct_sales_0012"
branch_labels = None
depends_on = None

PRODUCT, OFFER = "direct_sales_contract_product", "direct_sales_offer"
DELIVERY = "direct_sales_delivery"


def _table(name: str, *columns: str, json: str = "") -> sa.TableClause:
    """Return a table as this step knows it."""
    plain = [sa.column(each, sa.Integer) for each in columns]
    return sa.table(name, *plain, *([sa.column(json, sa.JSON)] if json else []))


ABSENCE = _table("direct_sales_absence", "id", json="basket")
ABSENCE_ITEM = _table("direct_sales_absence_item", "absence_id", "contract_product_id", "quantity")
SHARED = _table("direct_sales_shared_basket", "id", json="basket")
SHARED_ITEM = _table(
    "direct_sales_shared_item", "shared_basket_id", "contract_product_id", "quantity"
)
TRIAL = _table("direct_sales_trial", "subscription_id", json="rest")
TRIAL_REST = _table(
    "direct_sales_trial_rest", "subscription_id", "delivery_id", "contract_product_id", "quantity"
)
PRINT = _table("direct_sales_print", "id", json="totals")
PRINT_TOTAL = _table(
    "direct_sales_print_total", "print_id", "contract_product_id", "offer_id", "quantity"
)
# Until an adjustment was made: what was cancelled later was still owed then.
OWED_THEN = """
UPDATE direct_sales_solidarity_adjustment SET base = (
    SELECT COALESCE(SUM(line.quantity * product.price), 0)
    FROM direct_sales_subscription_line AS line
    JOIN direct_sales_contract_product AS product ON product.id = line.contract_product_id
    JOIN direct_sales_delivery AS delivery ON delivery.id = line.delivery_id
    WHERE line.subscription_id = direct_sales_solidarity_adjustment.subscription_id
    AND (delivery.cancelled_at IS NULL
         OR delivery.cancelled_at > direct_sales_solidarity_adjustment.made_at))
"""


def upgrade() -> None:
    """Apply this step."""
    for name, owner, product_only in (
        (ABSENCE_ITEM.name, "direct_sales_absence", "absence_id"),
        (SHARED_ITEM.name, "direct_sales_shared_basket", "shared_basket_id"),
    ):
        op.create_table(
            name,
            sa.Column(product_only, sa.Integer(), nullable=False),
            sa.Column("contract_product_id", sa.Integer(), nullable=False),
            sa.Column("quantity", sa.Integer(), nullable=False),
            sa.CheckConstraint("quantity > 0", name=op.f(f"ck_{name}_quantity")),
            sa.ForeignKeyConstraint(
                [product_only], [f"{owner}.id"], name=op.f(f"fk_{name}_{product_only}")
            ),
            sa.ForeignKeyConstraint(
                ["contract_product_id"],
                [f"{PRODUCT}.id"],
                name=op.f(f"fk_{name}_contract_product_id"),
            ),
            sa.PrimaryKeyConstraint(product_only, "contract_product_id", name=op.f(f"pk_{name}")),
        )
        _index(name, "contract_product_id")
    _create_rest()
    _create_totals()
    _rows_of_baskets()
    with op.batch_alter_table("direct_sales_absence") as batch:
        batch.drop_column("basket")
    with op.batch_alter_table("direct_sales_shared_basket") as batch:
        batch.drop_column("basket")
    with op.batch_alter_table("direct_sales_trial") as batch:
        batch.drop_column("rest")
    with op.batch_alter_table("direct_sales_print") as batch:
        batch.drop_column("totals")
    with op.batch_alter_table("direct_sales_solidarity_adjustment") as batch:
        batch.add_column(sa.Column("base", sa.BigInteger(), nullable=True))
    op.execute(OWED_THEN)
    with op.batch_alter_table("direct_sales_solidarity_rule") as batch:
        batch.add_column(
            sa.Column("to_confirm", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("direct_sales_solidarity_rule") as batch:
        batch.alter_column("to_confirm", server_default=None)


def _index(name: str, *columns: str) -> None:
    with op.batch_alter_table(name, schema=None) as batch:
        for each in columns:
            batch.create_index(batch.f(f"ix_{name}_{each}"), [each], unique=False)


def _create_rest() -> None:
    name = TRIAL_REST.name
    op.create_table(
        name,
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("contract_product_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f(f"ck_{name}_quantity")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["direct_sales_trial.subscription_id"],
            name=op.f(f"fk_{name}_subscription_id"),
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], [f"{DELIVERY}.id"], name=op.f(f"fk_{name}_delivery_id")
        ),
        sa.ForeignKeyConstraint(
            ["contract_product_id"],
            [f"{PRODUCT}.id"],
            name=op.f(f"fk_{name}_contract_product_id"),
        ),
        sa.PrimaryKeyConstraint(
            "subscription_id", "delivery_id", "contract_product_id", name=op.f(f"pk_{name}")
        ),
    )
    _index(name, "delivery_id", "contract_product_id")


def _create_totals() -> None:
    name = PRINT_TOTAL.name
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("print_id", sa.Integer(), nullable=False),
        sa.Column("contract_product_id", sa.Integer(), nullable=True),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f(f"ck_{name}_quantity")),
        sa.CheckConstraint(
            "(contract_product_id IS NULL) <> (offer_id IS NULL)",
            name=op.f(f"ck_{name}_one_product"),
        ),
        sa.ForeignKeyConstraint(
            ["print_id"], ["direct_sales_print.id"], name=op.f(f"fk_{name}_print_id")
        ),
        sa.ForeignKeyConstraint(
            ["contract_product_id"],
            [f"{PRODUCT}.id"],
            name=op.f(f"fk_{name}_contract_product_id"),
        ),
        sa.ForeignKeyConstraint(["offer_id"], [f"{OFFER}.id"], name=op.f(f"fk_{name}_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    _index(name, "print_id", "contract_product_id", "offer_id")


def _ids(name: str) -> set[int]:
    table = _table(name, "id")
    return set(op.get_bind().scalars(sa.select(table.c.id)))


def _rows_of_baskets() -> None:
    """Write as rows what stood in one column; what names nothing that stands is left behind."""
    products, deliveries, offers = _ids(PRODUCT), _ids(DELIVERY), _ids(OFFER)
    for old, new, owner in (
        (ABSENCE, ABSENCE_ITEM, "absence_id"),
        (SHARED, SHARED_ITEM, "shared_basket_id"),
    ):
        _insert(
            new,
            [
                {owner: row.id, "contract_product_id": int(key), "quantity": int(many)}
                for row in _all(old)
                for key, many in _whole(row.basket)
                if int(key) in products and int(many) > 0
            ],
        )
    rests = [
        (row.subscription_id, *map(int, key.split("-")), int(many))
        for row in _all(TRIAL)
        for key, many in _whole(row.rest)
    ]
    _insert(
        TRIAL_REST,
        [
            {
                "subscription_id": each,
                "delivery_id": delivery,
                "contract_product_id": product,
                "quantity": many,
            }
            for each, delivery, product, many in rests
            if delivery in deliveries and product in products and many > 0
        ],
    )
    _insert(
        PRINT_TOTAL,
        [
            {
                "print_id": row.id,
                "contract_product_id": int(key) if int(key) > 0 else None,
                "offer_id": -int(key) if int(key) < 0 else None,
                "quantity": int(many),
            }
            for row in _all(PRINT)
            for key, many in _whole(row.totals)
            if int(key) in products or -int(key) in offers
        ],
    )


def _all(table: sa.TableClause) -> list[sa.Row[Any]]:
    return list(op.get_bind().execute(sa.select(table)))


def _whole(stored: Mapping[str, int] | None) -> Iterator[tuple[str, int]]:
    yield from (stored or {}).items()


def _insert(table: sa.TableClause, rows: list[dict[str, Any]]) -> None:
    if rows:
        op.get_bind().execute(sa.insert(table), rows)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("direct_sales_solidarity_rule") as batch:
        batch.drop_column("to_confirm")
    with op.batch_alter_table("direct_sales_solidarity_adjustment") as batch:
        batch.drop_column("base")
    _back(ABSENCE, "basket", _kept(ABSENCE_ITEM, "absence_id"))
    _back(SHARED, "basket", _kept(SHARED_ITEM, "shared_basket_id"))
    rests: dict[int, dict[str, int]] = {}
    for row in _all(TRIAL_REST):
        key = f"{row.delivery_id}-{row.contract_product_id}"
        rests.setdefault(row.subscription_id, {})[key] = row.quantity
    _back(TRIAL, "rest", rests)
    totals: dict[int, dict[str, int]] = {}
    for row in _all(PRINT_TOTAL):
        key = str(row.contract_product_id or -row.offer_id)
        totals.setdefault(row.print_id, {})[key] = row.quantity
    _back(PRINT, "totals", totals)
    for each in (ABSENCE_ITEM, SHARED_ITEM, TRIAL_REST, PRINT_TOTAL):
        op.drop_table(each.name)


def _kept(items: sa.TableClause, owner: str) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for row in _all(items):
        basket = found.setdefault(getattr(row, owner), {})
        basket[str(row.contract_product_id)] = row.quantity
    return found


def _back(table: sa.TableClause, column: str, kept: Mapping[int, Mapping[str, int]]) -> None:
    """Put rows back in one column."""
    with op.batch_alter_table(table.name) as batch:
        batch.add_column(sa.Column(column, sa.JSON(), nullable=True))
    first = next(iter(table.c))
    for key in op.get_bind().scalars(sa.select(first)).all():
        op.get_bind().execute(
            sa.update(table).where(first == key).values({column: dict(kept.get(key, {}))})
        )
    with op.batch_alter_table(table.name) as batch:
        batch.alter_column(column, existing_type=sa.JSON(), nullable=False)
