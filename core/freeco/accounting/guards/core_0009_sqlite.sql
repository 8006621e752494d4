CREATE TRIGGER document_series_opened BEFORE INSERT ON document_series
BEGIN
    SELECT RAISE(ABORT, 'ledger: this series exists') WHERE EXISTS
        (SELECT 1 FROM document_series WHERE id = NEW.id
            OR (book_id = NEW.book_id AND kind = NEW.kind AND year = NEW.year));
    SELECT RAISE(ABORT, 'ledger: a series begins at nought') WHERE NEW.last IS NOT 0;
END

CREATE TRIGGER document_series_moved BEFORE UPDATE ON document_series
BEGIN
    SELECT RAISE(ABORT, 'ledger: a series moves by one, with its document')
        WHERE NEW.id IS NOT OLD.id OR NEW.book_id IS NOT OLD.book_id OR NEW.kind IS NOT OLD.kind
            OR NEW.year IS NOT OLD.year OR NEW.last IS NOT OLD.last + 1
            OR NOT EXISTS (SELECT 1 FROM document
                WHERE series_id = NEW.id AND position = NEW.last);
END

CREATE TRIGGER document_series_deleted BEFORE DELETE ON document_series
WHEN (SELECT rehearsal FROM book WHERE id = OLD.book_id) IS NOT 1
BEGIN SELECT RAISE(ABORT, 'ledger: a series stays'); END

CREATE TRIGGER document_issuing BEFORE INSERT ON document
BEGIN
    SELECT RAISE(ABORT, 'ledger: this document exists') WHERE EXISTS
        (SELECT 1 FROM document WHERE id = NEW.id
            OR (series_id = NEW.series_id AND position = NEW.position)
            OR (book_id = NEW.book_id AND (number = NEW.number OR key = NEW.key)));
    SELECT RAISE(ABORT, 'ledger: the series of another book, kind or year') WHERE NOT EXISTS
        (SELECT 1 FROM document_series WHERE id = NEW.series_id AND book_id = NEW.book_id
            AND kind = NEW.kind AND CAST(year AS TEXT) = substr(NEW.issued_on, 1, 4));
    SELECT RAISE(ABORT, 'ledger: positions leave no gap') WHERE NEW.position IS NOT
        (SELECT last + 1 FROM document_series WHERE id = NEW.series_id);
    SELECT RAISE(ABORT, 'ledger: not a day') WHERE date(NEW.issued_on) IS NOT NEW.issued_on;
    SELECT RAISE(ABORT, 'ledger: a number follows the days') WHERE EXISTS
        (SELECT 1 FROM document WHERE series_id = NEW.series_id AND issued_on > NEW.issued_on);
    SELECT RAISE(ABORT, 'ledger: the entry of another book')
        WHERE NEW.entry_id IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id AND book_id = NEW.book_id
            AND piece = NEW.number);
    SELECT RAISE(ABORT, 'ledger: the document of another book')
        WHERE NEW.corrects_id IS NOT NULL AND NEW.book_id IS NOT
        (SELECT book_id FROM document WHERE id = NEW.corrects_id);
END

CREATE TRIGGER document_issued AFTER INSERT ON document
BEGIN UPDATE document_series SET last = NEW.position WHERE id = NEW.series_id; END

CREATE TRIGGER document_changed BEFORE UPDATE ON document
WHEN OLD.pdf IS NOT NULL OR NEW.pdf IS NULL
    OR NEW.id IS NOT OLD.id OR NEW.book_id IS NOT OLD.book_id
    OR NEW.series_id IS NOT OLD.series_id OR NEW.kind IS NOT OLD.kind
    OR NEW.position IS NOT OLD.position OR NEW.number IS NOT OLD.number
    OR NEW.issued_on IS NOT OLD.issued_on OR NEW.party IS NOT OLD.party
    OR NEW.community_id IS NOT OLD.community_id OR NEW.total IS NOT OLD.total
    OR NEW.vat IS NOT OLD.vat OR NEW.content IS NOT OLD.content OR NEW.key IS NOT OLD.key
    OR NEW.sha256 IS NOT OLD.sha256 OR NEW.xml IS NOT OLD.xml
    OR NEW.corrects_id IS NOT OLD.corrects_id OR NEW.entry_id IS NOT OLD.entry_id
    OR NEW.issued_at IS NOT OLD.issued_at
BEGIN SELECT RAISE(ABORT, 'ledger: a document never changes'); END

CREATE TRIGGER document_deleted BEFORE DELETE ON document
WHEN (SELECT rehearsal FROM book WHERE id = OLD.book_id) IS NOT 1
BEGIN SELECT RAISE(ABORT, 'ledger: a document stays'); END
