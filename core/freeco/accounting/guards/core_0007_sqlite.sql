CREATE TRIGGER book_opened BEFORE INSERT ON book
WHEN EXISTS (SELECT 1 FROM book WHERE id = NEW.id
    OR (organisation_id IS NEW.organisation_id AND rehearsal = NEW.rehearsal))
BEGIN SELECT RAISE(ABORT, 'ledger: this book exists'); END

CREATE TRIGGER book_changed BEFORE UPDATE ON book
WHEN NEW.id IS NOT OLD.id OR NEW.organisation_id IS NOT OLD.organisation_id
    OR NEW.chart IS NOT OLD.chart OR NEW.currency IS NOT OLD.currency
    OR NEW.rehearsal IS NOT OLD.rehearsal OR NEW.opened_at IS NOT OLD.opened_at
    OR date(NEW.closed_through) IS NOT NEW.closed_through
    OR (OLD.closed_through IS NOT NULL
        AND (NEW.closed_through IS NULL OR NEW.closed_through < OLD.closed_through))
BEGIN SELECT RAISE(ABORT, 'ledger: a book only closes further'); END

CREATE TRIGGER book_deleted BEFORE DELETE ON book
WHEN OLD.rehearsal IS NOT 1
BEGIN SELECT RAISE(ABORT, 'ledger: a real book stays'); END

CREATE TRIGGER account_opened BEFORE INSERT ON account
WHEN EXISTS (SELECT 1 FROM account WHERE id = NEW.id
    OR (book_id = NEW.book_id AND code = NEW.code))
BEGIN SELECT RAISE(ABORT, 'ledger: this account exists'); END

CREATE TRIGGER account_changed BEFORE UPDATE ON account
WHEN NEW.id IS NOT OLD.id OR NEW.book_id IS NOT OLD.book_id OR NEW.code IS NOT OLD.code
    OR NEW.guard IS NOT OLD.guard
BEGIN SELECT RAISE(ABORT, 'ledger: only the label of an account changes'); END

CREATE TRIGGER account_deleted BEFORE DELETE ON account
WHEN (SELECT rehearsal FROM book WHERE id = OLD.book_id) IS NOT 1
BEGIN SELECT RAISE(ABORT, 'ledger: an account stays'); END

CREATE TRIGGER journal_opened BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.id
    OR (book_id = NEW.book_id AND code = NEW.code))
BEGIN SELECT RAISE(ABORT, 'ledger: this journal exists'); END

CREATE TRIGGER journal_changed BEFORE UPDATE ON journal
WHEN NEW.id IS NOT OLD.id OR NEW.book_id IS NOT OLD.book_id OR NEW.code IS NOT OLD.code
BEGIN SELECT RAISE(ABORT, 'ledger: only the label of a journal changes'); END

CREATE TRIGGER journal_deleted BEFORE DELETE ON journal
WHEN (SELECT rehearsal FROM book WHERE id = OLD.book_id) IS NOT 1
BEGIN SELECT RAISE(ABORT, 'ledger: a journal stays'); END

CREATE TRIGGER posting_written BEFORE INSERT ON posting
BEGIN
    SELECT RAISE(ABORT, 'ledger: this entry is sealed') WHERE EXISTS
        (SELECT 1 FROM ledger_entry WHERE book_id = NEW.book_id AND number = NEW.number);
    SELECT RAISE(ABORT, 'ledger: lines are written for the next entry only') WHERE NEW.number IS NOT
        (SELECT coalesce(max(number), 0) + 1 FROM ledger_entry WHERE book_id = NEW.book_id);
    SELECT RAISE(ABORT, 'ledger: the account of another book') WHERE NEW.book_id IS NOT
        (SELECT book_id FROM account WHERE id = NEW.account_id);
    SELECT RAISE(ABORT, 'ledger: another currency') WHERE NEW.currency IS NOT
        (SELECT currency FROM book WHERE id = NEW.book_id);
END

CREATE TRIGGER posting_changed BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'ledger: a line never changes'); END

CREATE TRIGGER posting_deleted BEFORE DELETE ON posting
WHEN (SELECT rehearsal FROM book WHERE id = OLD.book_id) IS NOT 1
BEGIN SELECT RAISE(ABORT, 'ledger: a line stays'); END

CREATE TRIGGER ledger_entry_sealing BEFORE INSERT ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'ledger: this entry exists') WHERE EXISTS
        (SELECT 1 FROM ledger_entry WHERE id = NEW.id OR hash = NEW.hash
            OR (book_id = NEW.book_id AND (number = NEW.number OR key = NEW.key)));
    SELECT RAISE(ABORT, 'ledger: this entry is reversed already') WHERE EXISTS
        (SELECT 1 FROM ledger_entry WHERE book_id = NEW.book_id AND reverses = NEW.reverses);
    SELECT RAISE(ABORT, 'ledger: numbers leave no gap') WHERE NEW.number IS NOT
        (SELECT coalesce(max(number), 0) + 1 FROM ledger_entry WHERE book_id = NEW.book_id);
    SELECT RAISE(ABORT, 'ledger: the chain is broken') WHERE NEW.previous IS NOT coalesce(
        (SELECT hash FROM ledger_entry WHERE book_id = NEW.book_id AND number = NEW.number - 1),
        '0000000000000000000000000000000000000000000000000000000000000000');
    SELECT RAISE(ABORT, 'ledger: not a hash') WHERE NEW.hash GLOB '*[^0-9a-f]*';
    SELECT RAISE(ABORT, 'ledger: the journal of another book') WHERE NEW.book_id IS NOT
        (SELECT book_id FROM journal WHERE id = NEW.journal_id);
    SELECT RAISE(ABORT, 'ledger: not a day')
        WHERE date(NEW.day) IS NOT NEW.day OR date(NEW.piece_day) IS NOT NEW.piece_day;
    SELECT RAISE(ABORT, 'ledger: this period is closed') WHERE NEW.day <=
        (SELECT closed_through FROM book WHERE id = NEW.book_id);
    SELECT RAISE(ABORT, 'ledger: an entry has two lines or more, numbered from 1') WHERE NOT
        (SELECT count(*) >= 2 AND min(line) = 1 AND max(line) = count(*) FROM posting
            WHERE book_id = NEW.book_id AND number = NEW.number);
    SELECT RAISE(ABORT, 'ledger: debits and credits differ') WHERE 0 <>
        (SELECT sum(amount) FROM posting WHERE book_id = NEW.book_id AND number = NEW.number);
    SELECT RAISE(ABORT, 'ledger: a reversal mirrors what it reverses')
        WHERE NEW.reverses IS NOT NULL AND (
            NEW.reverses >= NEW.number OR NEW.reverses < 1
            OR (SELECT count(*) FROM posting WHERE book_id = NEW.book_id AND number = NEW.number)
                <> (SELECT count(*) FROM posting
                    WHERE book_id = NEW.book_id AND number = NEW.reverses)
            OR EXISTS (SELECT 1 FROM posting AS mine WHERE mine.book_id = NEW.book_id
                AND mine.number = NEW.number AND NOT EXISTS
                (SELECT 1 FROM posting AS theirs WHERE theirs.book_id = mine.book_id
                    AND theirs.number = NEW.reverses AND theirs.line = mine.line
                    AND theirs.account_id = mine.account_id AND theirs.party = mine.party
                    AND theirs.amount = -mine.amount)));
END

CREATE TRIGGER ledger_entry_sealed AFTER INSERT ON ledger_entry
BEGIN
    UPDATE account_balance SET
        debit = debit + (SELECT coalesce(sum(amount), 0) FROM posting
            WHERE book_id = NEW.book_id AND posting.number = NEW.number AND amount > 0
                AND +posting.account_id = account_balance.account_id),
        credit = credit - (SELECT coalesce(sum(amount), 0) FROM posting
            WHERE book_id = NEW.book_id AND posting.number = NEW.number AND amount < 0
                AND +posting.account_id = account_balance.account_id),
        number = NEW.number
        WHERE account_id IN (SELECT posting.account_id FROM posting
            WHERE book_id = NEW.book_id AND posting.number = NEW.number);
    INSERT INTO account_balance (account_id, debit, credit, number)
        SELECT account_id, sum(max(amount, 0)), sum(max(-amount, 0)), max(number) FROM posting
        WHERE account_id IN (SELECT moved.account_id FROM posting AS moved
            WHERE moved.book_id = NEW.book_id AND moved.number = NEW.number AND NOT EXISTS
                (SELECT 1 FROM account_balance AS begun WHERE begun.account_id = moved.account_id))
        GROUP BY account_id;
END

CREATE TRIGGER ledger_entry_changed BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger: an entry never changes'); END

CREATE TRIGGER ledger_entry_deleted BEFORE DELETE ON ledger_entry
WHEN (SELECT rehearsal FROM book WHERE id = OLD.book_id) IS NOT 1
BEGIN SELECT RAISE(ABORT, 'ledger: an entry stays'); END

CREATE TRIGGER account_balance_begun BEFORE INSERT ON account_balance
BEGIN
    SELECT RAISE(ABORT, 'ledger: a balance is the sum of its lines') WHERE NOT EXISTS
        (SELECT 1 FROM posting WHERE account_id = NEW.account_id GROUP BY account_id
            HAVING sum(max(amount, 0)) IS NEW.debit AND sum(max(-amount, 0)) IS NEW.credit
                AND max(number) IS NEW.number);
    SELECT RAISE(ABORT, 'ledger: this account cannot be overdrawn')
        WHERE (SELECT guard FROM account WHERE id = NEW.account_id) * (NEW.debit - NEW.credit) < 0;
END

-- A plus sign before a column keeps SQLite from its index: an entry has few lines, an account many.
CREATE TRIGGER account_balance_moved BEFORE UPDATE ON account_balance
BEGIN
    SELECT RAISE(ABORT, 'ledger: a balance is the sum of its lines')
        WHERE NEW.account_id IS NOT OLD.account_id OR NOT (
            (NEW.number > OLD.number AND EXISTS
                (SELECT 1 FROM posting JOIN account ON account.book_id = posting.book_id
                    WHERE account.id = NEW.account_id AND posting.number = NEW.number
                        AND +posting.account_id = NEW.account_id
                    GROUP BY +posting.account_id
                    HAVING sum(max(amount, 0)) IS NEW.debit - OLD.debit
                        AND sum(max(-amount, 0)) IS NEW.credit - OLD.credit))
            OR EXISTS
                (SELECT 1 FROM posting WHERE account_id = NEW.account_id GROUP BY account_id
                    HAVING sum(max(amount, 0)) IS NEW.debit AND sum(max(-amount, 0)) IS NEW.credit
                        AND max(number) IS NEW.number));
    SELECT RAISE(ABORT, 'ledger: this account cannot be overdrawn')
        WHERE (SELECT guard FROM account WHERE id = NEW.account_id) * (NEW.debit - NEW.credit) < 0;
END

CREATE TRIGGER account_balance_deleted BEFORE DELETE ON account_balance
WHEN (SELECT rehearsal FROM account JOIN book ON book.id = account.book_id
        WHERE account.id = OLD.account_id) IS NOT 1
BEGIN SELECT RAISE(ABORT, 'ledger: a balance stays'); END
