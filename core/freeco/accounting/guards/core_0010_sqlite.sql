CREATE TRIGGER cost_key_published BEFORE INSERT ON cost_key
WHEN EXISTS (SELECT 1 FROM cost_key WHERE id = NEW.id OR (pool = NEW.pool AND (version = NEW.version OR in_force_from = NEW.in_force_from)))
BEGIN SELECT RAISE(ABORT, 'ledger: this row of cost_key exists'); END

CREATE TRIGGER cost_rate_published BEFORE INSERT ON cost_rate
WHEN EXISTS (SELECT 1 FROM cost_rate WHERE id = NEW.id OR in_force_from = NEW.in_force_from
    OR (year = NEW.year AND version = NEW.version))
BEGIN SELECT RAISE(ABORT, 'ledger: this row of cost_rate exists'); END

CREATE TRIGGER cost_bill_published BEFORE INSERT ON cost_bill
WHEN EXISTS (SELECT 1 FROM cost_bill WHERE id = NEW.id OR document_id = NEW.document_id
    OR (organisation_id = NEW.organisation_id AND month = NEW.month))
BEGIN SELECT RAISE(ABORT, 'ledger: this row of cost_bill exists'); END

CREATE TRIGGER cost_seller_published BEFORE INSERT ON cost_seller
WHEN EXISTS (SELECT 1 FROM cost_seller WHERE organisation_id = NEW.organisation_id
    OR number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'ledger: this row of cost_seller exists'); END

CREATE TRIGGER cost_payment_published BEFORE INSERT ON cost_payment
WHEN EXISTS (SELECT 1 FROM cost_payment WHERE bill_id = NEW.bill_id)
BEGIN SELECT RAISE(ABORT, 'ledger: this row of cost_payment exists'); END

CREATE TRIGGER cost_true_up_published BEFORE INSERT ON cost_true_up
WHEN EXISTS (SELECT 1 FROM cost_true_up WHERE year = NEW.year)
BEGIN SELECT RAISE(ABORT, 'ledger: this row of cost_true_up exists'); END

CREATE TRIGGER cost_settlement_published BEFORE INSERT ON cost_settlement
WHEN EXISTS (SELECT 1 FROM cost_settlement WHERE id = NEW.id
    OR (year = NEW.year AND organisation_id = NEW.organisation_id))
BEGIN SELECT RAISE(ABORT, 'ledger: this row of cost_settlement exists'); END

CREATE TRIGGER cost_allocation_published BEFORE INSERT ON cost_allocation
WHEN EXISTS (SELECT 1 FROM cost_allocation WHERE settlement_id = NEW.settlement_id
    AND pool = NEW.pool AND basis = NEW.basis)
BEGIN SELECT RAISE(ABORT, 'ledger: this row of cost_allocation exists'); END

CREATE TRIGGER cost_hours_published BEFORE INSERT ON cost_hours
WHEN EXISTS (SELECT 1 FROM cost_hours WHERE id = NEW.id OR reference = NEW.reference)
BEGIN SELECT RAISE(ABORT, 'ledger: this row of cost_hours exists'); END

CREATE TRIGGER cost_item_published BEFORE INSERT ON cost_item
WHEN EXISTS (SELECT 1 FROM cost_item WHERE id = NEW.id
    OR (supplier_id = NEW.supplier_id AND reference = NEW.reference))
BEGIN SELECT RAISE(ABORT, 'ledger: this row of cost_item exists'); END

CREATE TRIGGER cost_share_published BEFORE INSERT ON cost_share
WHEN EXISTS (SELECT 1 FROM cost_share WHERE id = NEW.id OR subject = NEW.subject)
BEGIN SELECT RAISE(ABORT, 'ledger: this row of cost_share exists'); END

CREATE TRIGGER cost_rate_dated BEFORE INSERT ON cost_rate
WHEN CAST(strftime('%Y', NEW.in_force_from) AS INTEGER) IS NOT NEW.year
BEGIN SELECT RAISE(ABORT, 'ledger: a rate is of the year it begins in'); END

CREATE TRIGGER cost_key_changed BEFORE UPDATE ON cost_key
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_key never changes'); END

CREATE TRIGGER cost_rate_changed BEFORE UPDATE ON cost_rate
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_rate never changes'); END

CREATE TRIGGER cost_bill_changed BEFORE UPDATE ON cost_bill
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_bill never changes'); END

CREATE TRIGGER cost_seller_changed BEFORE UPDATE ON cost_seller
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_seller never changes'); END

CREATE TRIGGER cost_payment_changed BEFORE UPDATE ON cost_payment
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_payment never changes'); END

CREATE TRIGGER cost_true_up_changed BEFORE UPDATE ON cost_true_up
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_true_up never changes'); END

CREATE TRIGGER cost_settlement_changed BEFORE UPDATE ON cost_settlement
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_settlement never changes'); END

CREATE TRIGGER cost_allocation_changed BEFORE UPDATE ON cost_allocation
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_allocation never changes'); END

CREATE TRIGGER cost_hours_changed BEFORE UPDATE ON cost_hours
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_hours never changes'); END

CREATE TRIGGER cost_item_changed BEFORE UPDATE ON cost_item
WHEN NEW.id IS NOT OLD.id OR NEW.pool IS NOT OLD.pool OR NEW.supplier_id IS NOT OLD.supplier_id
    OR NEW.reference IS NOT OLD.reference OR NEW.day IS NOT OLD.day
    OR NEW.amount IS NOT OLD.amount OR NEW.vat IS NOT OLD.vat
    OR NEW.entry_id IS NOT OLD.entry_id OR NEW.noted_at IS NOT OLD.noted_at
    OR (OLD.taken_back_on IS NOT NULL AND NEW.taken_back_on IS NOT OLD.taken_back_on)
    OR (OLD.taken_back_entry_id IS NOT NULL AND NEW.taken_back_entry_id IS NOT OLD.taken_back_entry_id)
BEGIN SELECT RAISE(ABORT, 'ledger: an invoice is only taken back'); END

CREATE TRIGGER cost_share_changed BEFORE UPDATE ON cost_share
WHEN NEW.id IS NOT OLD.id OR NEW.subject IS NOT OLD.subject
    OR NEW.organisation_id IS NOT OLD.organisation_id
    OR NEW.community_id IS NOT OLD.community_id OR NEW.day IS NOT OLD.day
    OR NEW.base IS NOT OLD.base OR NEW.transport IS NOT OLD.transport
    OR NEW.solidarity IS NOT OLD.solidarity OR NEW.platform IS NOT OLD.platform
    OR NEW.gift IS NOT OLD.gift OR NEW.rate_id IS NOT OLD.rate_id
    OR NEW.noted_at IS NOT OLD.noted_at
    OR (OLD.bill_id IS NOT NULL AND NEW.bill_id IS NOT OLD.bill_id)
    OR (OLD.given_back_on IS NOT NULL AND NEW.given_back_on IS NOT OLD.given_back_on)
    OR (OLD.back_bill_id IS NOT NULL AND NEW.back_bill_id IS NOT OLD.back_bill_id)
BEGIN SELECT RAISE(ABORT, 'ledger: the share of the platform never changes'); END

CREATE TRIGGER cost_key_deleted BEFORE DELETE ON cost_key
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_key stays'); END

CREATE TRIGGER cost_rate_deleted BEFORE DELETE ON cost_rate
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_rate stays'); END

CREATE TRIGGER cost_bill_deleted BEFORE DELETE ON cost_bill
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_bill stays'); END

CREATE TRIGGER cost_seller_deleted BEFORE DELETE ON cost_seller
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_seller stays'); END

CREATE TRIGGER cost_payment_deleted BEFORE DELETE ON cost_payment
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_payment stays'); END

CREATE TRIGGER cost_true_up_deleted BEFORE DELETE ON cost_true_up
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_true_up stays'); END

CREATE TRIGGER cost_settlement_deleted BEFORE DELETE ON cost_settlement
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_settlement stays'); END

CREATE TRIGGER cost_allocation_deleted BEFORE DELETE ON cost_allocation
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_allocation stays'); END

CREATE TRIGGER cost_hours_deleted BEFORE DELETE ON cost_hours
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_hours stays'); END

CREATE TRIGGER cost_item_deleted BEFORE DELETE ON cost_item
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_item stays'); END

CREATE TRIGGER cost_share_deleted BEFORE DELETE ON cost_share
BEGIN SELECT RAISE(ABORT, 'ledger: a row of cost_share stays'); END
