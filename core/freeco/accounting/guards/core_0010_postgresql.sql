CREATE FUNCTION cost_price_staying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM ledger_refuse('a row of ' || TG_TABLE_NAME || ' stays'); RETURN NULL; END $$

CREATE FUNCTION cost_price_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM ledger_refuse('a row of ' || TG_TABLE_NAME || ' never changes'); RETURN NULL; END $$

CREATE FUNCTION cost_rate_dating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF extract(year FROM NEW.in_force_from) IS DISTINCT FROM NEW.year
    THEN PERFORM ledger_refuse('a rate is of the year it begins in'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION cost_item_changing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.pool, NEW.supplier_id, NEW.reference, NEW.day, NEW.amount, NEW.vat,
        NEW.entry_id, NEW.noted_at)
        IS DISTINCT FROM
        (OLD.id, OLD.pool, OLD.supplier_id, OLD.reference, OLD.day, OLD.amount, OLD.vat,
        OLD.entry_id, OLD.noted_at)
        OR (OLD.taken_back_on IS NOT NULL AND NEW.taken_back_on IS DISTINCT FROM OLD.taken_back_on)
        OR (OLD.taken_back_entry_id IS NOT NULL AND NEW.taken_back_entry_id IS DISTINCT FROM OLD.taken_back_entry_id)
    THEN PERFORM ledger_refuse('an invoice is only taken back'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION cost_share_changing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.subject, NEW.organisation_id, NEW.community_id, NEW.day, NEW.base,
        NEW.transport, NEW.solidarity, NEW.platform, NEW.gift, NEW.rate_id, NEW.noted_at)
        IS DISTINCT FROM
        (OLD.id, OLD.subject, OLD.organisation_id, OLD.community_id, OLD.day, OLD.base,
        OLD.transport, OLD.solidarity, OLD.platform, OLD.gift, OLD.rate_id, OLD.noted_at)
        OR (OLD.bill_id IS NOT NULL AND NEW.bill_id IS DISTINCT FROM OLD.bill_id)
        OR (OLD.given_back_on IS NOT NULL AND NEW.given_back_on IS DISTINCT FROM OLD.given_back_on)
        OR (OLD.back_bill_id IS NOT NULL AND NEW.back_bill_id IS DISTINCT FROM OLD.back_bill_id)
    THEN PERFORM ledger_refuse('the share of the platform never changes'); END IF;
    RETURN NEW;
END $$

CREATE TRIGGER cost_key_changed BEFORE UPDATE ON cost_key
FOR EACH ROW EXECUTE FUNCTION cost_price_unchanging()

CREATE TRIGGER cost_rate_changed BEFORE UPDATE ON cost_rate
FOR EACH ROW EXECUTE FUNCTION cost_price_unchanging()

CREATE TRIGGER cost_bill_changed BEFORE UPDATE ON cost_bill
FOR EACH ROW EXECUTE FUNCTION cost_price_unchanging()

CREATE TRIGGER cost_seller_changed BEFORE UPDATE ON cost_seller
FOR EACH ROW EXECUTE FUNCTION cost_price_unchanging()

CREATE TRIGGER cost_payment_changed BEFORE UPDATE ON cost_payment
FOR EACH ROW EXECUTE FUNCTION cost_price_unchanging()

CREATE TRIGGER cost_true_up_changed BEFORE UPDATE ON cost_true_up
FOR EACH ROW EXECUTE FUNCTION cost_price_unchanging()

CREATE TRIGGER cost_settlement_changed BEFORE UPDATE ON cost_settlement
FOR EACH ROW EXECUTE FUNCTION cost_price_unchanging()

CREATE TRIGGER cost_allocation_changed BEFORE UPDATE ON cost_allocation
FOR EACH ROW EXECUTE FUNCTION cost_price_unchanging()

CREATE TRIGGER cost_hours_changed BEFORE UPDATE ON cost_hours
FOR EACH ROW EXECUTE FUNCTION cost_price_unchanging()

CREATE TRIGGER cost_rate_dated BEFORE INSERT ON cost_rate
FOR EACH ROW EXECUTE FUNCTION cost_rate_dating()

CREATE TRIGGER cost_item_changed BEFORE UPDATE ON cost_item
FOR EACH ROW EXECUTE FUNCTION cost_item_changing()

CREATE TRIGGER cost_share_changed BEFORE UPDATE ON cost_share
FOR EACH ROW EXECUTE FUNCTION cost_share_changing()

CREATE TRIGGER cost_key_deleted BEFORE DELETE ON cost_key
FOR EACH ROW EXECUTE FUNCTION cost_price_staying()

CREATE TRIGGER cost_key_emptied BEFORE TRUNCATE ON cost_key
FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER cost_rate_deleted BEFORE DELETE ON cost_rate
FOR EACH ROW EXECUTE FUNCTION cost_price_staying()

CREATE TRIGGER cost_rate_emptied BEFORE TRUNCATE ON cost_rate
FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER cost_bill_deleted BEFORE DELETE ON cost_bill
FOR EACH ROW EXECUTE FUNCTION cost_price_staying()

CREATE TRIGGER cost_bill_emptied BEFORE TRUNCATE ON cost_bill
FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER cost_seller_deleted BEFORE DELETE ON cost_seller
FOR EACH ROW EXECUTE FUNCTION cost_price_staying()

CREATE TRIGGER cost_seller_emptied BEFORE TRUNCATE ON cost_seller
FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER cost_payment_deleted BEFORE DELETE ON cost_payment
FOR EACH ROW EXECUTE FUNCTION cost_price_staying()

CREATE TRIGGER cost_payment_emptied BEFORE TRUNCATE ON cost_payment
FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER cost_true_up_deleted BEFORE DELETE ON cost_true_up
FOR EACH ROW EXECUTE FUNCTION cost_price_staying()

CREATE TRIGGER cost_true_up_emptied BEFORE TRUNCATE ON cost_true_up
FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER cost_settlement_deleted BEFORE DELETE ON cost_settlement
FOR EACH ROW EXECUTE FUNCTION cost_price_staying()

CREATE TRIGGER cost_settlement_emptied BEFORE TRUNCATE ON cost_settlement
FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER cost_allocation_deleted BEFORE DELETE ON cost_allocation
FOR EACH ROW EXECUTE FUNCTION cost_price_staying()

CREATE TRIGGER cost_allocation_emptied BEFORE TRUNCATE ON cost_allocation
FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER cost_hours_deleted BEFORE DELETE ON cost_hours
FOR EACH ROW EXECUTE FUNCTION cost_price_staying()

CREATE TRIGGER cost_hours_emptied BEFORE TRUNCATE ON cost_hours
FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER cost_item_deleted BEFORE DELETE ON cost_item
FOR EACH ROW EXECUTE FUNCTION cost_price_staying()

CREATE TRIGGER cost_item_emptied BEFORE TRUNCATE ON cost_item
FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER cost_share_deleted BEFORE DELETE ON cost_share
FOR EACH ROW EXECUTE FUNCTION cost_price_staying()

CREATE TRIGGER cost_share_emptied BEFORE TRUNCATE ON cost_share
FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()
