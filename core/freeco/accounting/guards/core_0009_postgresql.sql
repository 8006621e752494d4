CREATE FUNCTION document_series_opening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.last IS DISTINCT FROM 0 THEN PERFORM ledger_refuse('a series begins at nought'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION document_series_moving() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.book_id, NEW.kind, NEW.year) IS DISTINCT FROM
        (OLD.id, OLD.book_id, OLD.kind, OLD.year) OR NEW.last IS DISTINCT FROM OLD.last + 1
        OR NOT EXISTS (SELECT 1 FROM document WHERE series_id = NEW.id AND position = NEW.last)
    THEN PERFORM ledger_refuse('a series moves by one, with its document'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION document_issuing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its record;
BEGIN
    SELECT * INTO its FROM document_series WHERE id = NEW.series_id FOR NO KEY UPDATE;
    IF (its.book_id, its.kind, its.year) IS DISTINCT FROM
        (NEW.book_id, NEW.kind, CAST(extract(year FROM NEW.issued_on) AS integer))
    THEN PERFORM ledger_refuse('the series of another book, kind or year'); END IF;
    IF NEW.position IS DISTINCT FROM its.last + 1
    THEN PERFORM ledger_refuse('positions leave no gap'); END IF;
    IF EXISTS (SELECT 1 FROM document WHERE series_id = NEW.series_id
        AND issued_on > NEW.issued_on)
    THEN PERFORM ledger_refuse('a number follows the days'); END IF;
    IF NEW.entry_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_entry
        WHERE id = NEW.entry_id AND book_id = NEW.book_id AND piece = NEW.number)
    THEN PERFORM ledger_refuse('the entry of another book'); END IF;
    IF NEW.corrects_id IS NOT NULL AND NEW.book_id IS DISTINCT FROM
        (SELECT book_id FROM document WHERE id = NEW.corrects_id)
    THEN PERFORM ledger_refuse('the document of another book'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION document_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE document_series SET last = NEW.position WHERE id = NEW.series_id;
    RETURN NULL;
END $$

CREATE FUNCTION document_changing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.pdf IS NOT NULL OR NEW.pdf IS NULL
        OR (to_jsonb(NEW) - 'pdf') IS DISTINCT FROM (to_jsonb(OLD) - 'pdf')
    THEN PERFORM ledger_refuse('a document never changes'); END IF;
    RETURN NEW;
END $$

CREATE TRIGGER document_series_opened BEFORE INSERT ON document_series
    FOR EACH ROW EXECUTE FUNCTION document_series_opening()

CREATE TRIGGER document_series_moved BEFORE UPDATE ON document_series
    FOR EACH ROW EXECUTE FUNCTION document_series_moving()

CREATE TRIGGER document_series_deleted BEFORE DELETE ON document_series
    FOR EACH ROW EXECUTE FUNCTION ledger_staying()

CREATE TRIGGER document_series_emptied BEFORE TRUNCATE ON document_series
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()

CREATE TRIGGER document_issuing BEFORE INSERT ON document
    FOR EACH ROW EXECUTE FUNCTION document_issuing()

CREATE TRIGGER document_issued AFTER INSERT ON document
    FOR EACH ROW EXECUTE FUNCTION document_issued()

CREATE TRIGGER document_changed BEFORE UPDATE ON document
    FOR EACH ROW EXECUTE FUNCTION document_changing()

CREATE TRIGGER document_deleted BEFORE DELETE ON document
    FOR EACH ROW EXECUTE FUNCTION ledger_staying()

CREATE TRIGGER document_emptied BEFORE TRUNCATE ON document
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_untruncated()
