CREATE FUNCTION ledger_refuse(said text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = 'ledger: ' || said; END $$

CREATE FUNCTION ledger_rehearses(which bigint) RETURNS boolean LANGUAGE sql AS $$
    SELECT coalesce((SELECT rehearsal FROM book WHERE id = which), false) $$

CREATE FUNCTION ledger_overdrawn(which bigint, balance numeric) RETURNS boolean LANGUAGE sql AS $$
    SELECT (SELECT guard FROM account WHERE id = which) * balance < 0 $$

CREATE FUNCTION ledger_untruncated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held boolean;
BEGIN
    EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || quote_ident(TG_TABLE_NAME) || ')' INTO held;
    IF held THEN PERFORM ledger_refuse('nothing is emptied: ' || TG_TABLE_NAME); END IF;
    RETURN NULL;
END $$

CREATE FUNCTION ledger_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM ledger_refuse('a sealed row never changes'); RETURN NULL; END $$

CREATE FUNCTION ledger_staying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ledger_rehearses(OLD.book_id) THEN PERFORM ledger_refuse('a row of a real book stays'); END IF;
    RETURN OLD;
END $$

CREATE FUNCTION book_changing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.organisation_id, NEW.chart, NEW.currency, NEW.rehearsal, NEW.opened_at)
        IS DISTINCT FROM
        (OLD.id, OLD.organisation_id, OLD.chart, OLD.currency, OLD.rehearsal, OLD.opened_at)
        OR (OLD.closed_through IS NOT NULL
            AND (NEW.closed_through IS NULL OR NEW.closed_through < OLD.closed_through))
    THEN PERFORM ledger_refuse('a book only closes further'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION book_staying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT OLD.rehearsal THEN PERFORM ledger_refuse('a real book stays'); END IF;
    RETURN OLD;
END $$

CREATE FUNCTION account_changing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.book_id, NEW.code, NEW.guard)
        IS DISTINCT FROM (OLD.id, OLD.book_id, OLD.code, OLD.guard)
    THEN PERFORM ledger_refuse('only the label of an account changes'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION journal_changing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.book_id, NEW.code) IS DISTINCT FROM (OLD.id, OLD.book_id, OLD.code)
    THEN PERFORM ledger_refuse('only the label of a journal changes'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION posting_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_entry WHERE book_id = NEW.book_id AND number = NEW.number)
    THEN PERFORM ledger_refuse('this entry is sealed'); END IF;
    IF NEW.number IS DISTINCT FROM
        (SELECT coalesce(max(number), 0) + 1 FROM ledger_entry WHERE book_id = NEW.book_id)
    THEN PERFORM ledger_refuse('lines are written for the next entry only'); END IF;
    IF NEW.book_id IS DISTINCT FROM (SELECT book_id FROM account WHERE id = NEW.account_id)
    THEN PERFORM ledger_refuse('the account of another book'); END IF;
    IF NEW.currency IS DISTINCT FROM (SELECT currency FROM book WHERE id = NEW.book_id)
    THEN PERFORM ledger_refuse('another currency'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION ledger_entry_sealing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed date;
    lines record;
BEGIN
    SELECT closed_through INTO closed FROM book WHERE id = NEW.book_id FOR NO KEY UPDATE;
    IF NEW.number IS DISTINCT FROM
        (SELECT coalesce(max(number), 0) + 1 FROM ledger_entry WHERE book_id = NEW.book_id)
    THEN PERFORM ledger_refuse('numbers leave no gap'); END IF;
    IF NEW.previous IS DISTINCT FROM coalesce(
        (SELECT hash FROM ledger_entry WHERE book_id = NEW.book_id AND number = NEW.number - 1),
        repeat('0', 64))
    THEN PERFORM ledger_refuse('the chain is broken'); END IF;
    IF NEW.hash !~ '^[0-9a-f]{64}$' THEN PERFORM ledger_refuse('not a hash'); END IF;
    IF NEW.book_id IS DISTINCT FROM (SELECT book_id FROM journal WHERE id = NEW.journal_id)
    THEN PERFORM ledger_refuse('the journal of another book'); END IF;
    IF NEW.day <= closed THEN PERFORM ledger_refuse('this period is closed'); END IF;
    SELECT count(*) AS count, min(line) AS least, max(line) AS most, sum(amount) AS sum
        INTO lines FROM posting WHERE book_id = NEW.book_id AND number = NEW.number;
    IF lines.count < 2 OR lines.least <> 1 OR lines.most <> lines.count
    THEN PERFORM ledger_refuse('an entry has two lines or more, numbered from 1'); END IF;
    IF lines.sum <> 0 THEN PERFORM ledger_refuse('debits and credits differ'); END IF;
    IF NEW.reverses IS NOT NULL AND (
        NEW.reverses >= NEW.number OR NEW.reverses < 1
        OR lines.count <> (SELECT count(*) FROM posting
            WHERE book_id = NEW.book_id AND number = NEW.reverses)
        OR EXISTS (SELECT 1 FROM posting AS mine WHERE mine.book_id = NEW.book_id
            AND mine.number = NEW.number AND NOT EXISTS
            (SELECT 1 FROM posting AS theirs WHERE theirs.book_id = mine.book_id
                AND theirs.number = NEW.reverses AND theirs.line = mine.line
                AND theirs.account_id = mine.account_id AND theirs.party = mine.party
                AND theirs.amount = -mine.amount)))
    THEN PERFORM ledger_refuse('a reversal mirrors what it reverses'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION ledger_entry_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE account_balance SET debit = account_balance.debit + moved.debit,
        credit = account_balance.credit + moved.credit, number = NEW.number
        FROM (SELECT account_id, sum(greatest(amount, 0)) AS debit,
                sum(greatest(-amount, 0)) AS credit FROM posting
            WHERE book_id = NEW.book_id AND number = NEW.number GROUP BY account_id) AS moved
        WHERE account_balance.account_id = moved.account_id;
    INSERT INTO account_balance (account_id, debit, credit, number)
        SELECT account_id, sum(greatest(amount, 0)), sum(greatest(-amount, 0)), max(number)
        FROM posting
        WHERE account_id IN (SELECT moved.account_id FROM posting AS moved
            WHERE moved.book_id = NEW.book_id AND moved.number = NEW.number AND NOT EXISTS
                (SELECT 1 FROM account_balance AS begun WHERE begun.account_id = moved.account_id))
        GROUP BY account_id;
    RETURN NULL;
END $$

CREATE FUNCTION account_balance_moving() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved boolean := false;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.account_id IS DISTINCT FROM OLD.account_id
        THEN PERFORM ledger_refuse('a balance keeps its account'); END IF;
        moved := NEW.number > OLD.number AND EXISTS
            (SELECT 1 FROM posting JOIN account ON account.book_id = posting.book_id
                WHERE account.id = NEW.account_id AND posting.number = NEW.number
                    AND posting.account_id = NEW.account_id
                GROUP BY posting.account_id
                HAVING sum(greatest(amount, 0)) = NEW.debit - OLD.debit
                    AND sum(greatest(-amount, 0)) = NEW.credit - OLD.credit);
    END IF;
    IF NOT coalesce(moved, false) THEN
        IF NOT EXISTS
            (SELECT 1 FROM posting WHERE account_id = NEW.account_id GROUP BY account_id
                HAVING sum(greatest(amount, 0)) = NEW.debit
                    AND sum(greatest(-amount, 0)) = NEW.credit AND max(number) = NEW.number)
        THEN PERFORM ledger_refuse('a balance is the sum of its lines'); END IF;
    END IF;
    IF ledger_overdrawn(NEW.account_id, NEW.debit - NEW.credit)
    THEN PERFORM ledger_refuse('this account cannot be overdrawn'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION account_balance_staying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ledger_rehearses((SELECT book_id FROM account WHERE id = OLD.account_id))
    THEN PERFORM ledger_refuse('a balance stays'); END IF;
    RETURN OLD;
END $$

CREATE TRIGGER book_changed BEFORE UPDATE ON book
    FOR EACH ROW EXECUTE FUNCTION book_changing()

CREATE TRIGGER book_deleted BEFORE DELETE ON book
    FOR EACH ROW EXECUTE FUNCTION book_staying()

CREATE TRIGGER book_emptied BEFORE TRUNCATE ON book
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER account_changed BEFORE UPDATE ON account
    FOR EACH ROW EXECUTE FUNCTION account_changing()

CREATE TRIGGER account_deleted BEFORE DELETE ON account
    FOR EACH ROW EXECUTE FUNCTION ledger_staying()

CREATE TRIGGER account_emptied BEFORE TRUNCATE ON account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER journal_changed BEFORE UPDATE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_changing()

CREATE TRIGGER journal_deleted BEFORE DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION ledger_staying()

CREATE TRIGGER journal_emptied BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER posting_written BEFORE INSERT ON posting
    FOR EACH ROW EXECUTE FUNCTION posting_written()

CREATE TRIGGER posting_changed BEFORE UPDATE ON posting
    FOR EACH ROW EXECUTE FUNCTION ledger_unchanging()

CREATE TRIGGER posting_deleted BEFORE DELETE ON posting
    FOR EACH ROW EXECUTE FUNCTION ledger_staying()

CREATE TRIGGER posting_emptied BEFORE TRUNCATE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER ledger_entry_sealing BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_sealing()

CREATE TRIGGER ledger_entry_sealed AFTER INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_sealed()

CREATE TRIGGER ledger_entry_changed BEFORE UPDATE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_unchanging()

CREATE TRIGGER ledger_entry_deleted BEFORE DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_staying()

CREATE TRIGGER ledger_entry_emptied BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER account_balance_moved BEFORE INSERT OR UPDATE ON account_balance
    FOR EACH ROW EXECUTE FUNCTION account_balance_moving()

CREATE TRIGGER account_balance_deleted BEFORE DELETE ON account_balance
    FOR EACH ROW EXECUTE FUNCTION account_balance_staying()

CREATE TRIGGER account_balance_emptied BEFORE TRUNCATE ON account_balance
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()
