CREATE FUNCTION record_refuse(said text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = 'record: ' || said; END $$

CREATE FUNCTION record_staying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM record_refuse('a row of ' || TG_TABLE_NAME || ' stays'); RETURN NULL; END $$

CREATE FUNCTION record_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM record_refuse('a row of ' || TG_TABLE_NAME || ' never changes'); RETURN NULL; END $$

CREATE FUNCTION record_untruncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM record_refuse('nothing is emptied: ' || TG_TABLE_NAME); RETURN NULL; END $$

CREATE FUNCTION record_log_opening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <> 0 THEN PERFORM record_refuse('a log begins empty'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION record_log_changing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.community_id, NEW.origin, NEW.opened_at)
        IS DISTINCT FROM (OLD.id, OLD.community_id, OLD.origin, OLD.opened_at)
        OR coalesce(NEW.size < OLD.size, true)
    THEN PERFORM record_refuse('a log only grows'); END IF;
    IF NEW.size <> OLD.size AND NEW.size IS DISTINCT FROM
        (SELECT max(leaf_index) + 1 FROM record_entry WHERE log_id = NEW.id)
    THEN PERFORM record_refuse('a log is as long as its places'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION record_key_changing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.log_id, NEW.verifier, NEW.from_size, NEW.created_at)
        IS DISTINCT FROM (OLD.id, OLD.log_id, OLD.verifier, OLD.from_size, OLD.created_at)
        OR (OLD.to_size IS NOT NULL AND NEW.to_size IS DISTINCT FROM OLD.to_size)
    THEN PERFORM record_refuse('a key only ends, once'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION record_entry_stating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.leaf_index IS NOT NULL
    THEN PERFORM record_refuse('its place comes afterwards'); END IF;
    IF length(NEW.leaf) <> 32 THEN PERFORM record_refuse('not a leaf'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION record_entry_changing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.log_id, NEW.reference, NEW.key, NEW.kind, NEW.day, NEW.entry, NEW.leaf,
        NEW.stated_at)
        IS DISTINCT FROM
        (OLD.id, OLD.log_id, OLD.reference, OLD.key, OLD.kind, OLD.day, OLD.entry, OLD.leaf,
        OLD.stated_at)
        OR OLD.leaf_index IS NOT NULL
    THEN PERFORM record_refuse('an entry never changes'); END IF;
    IF NEW.leaf_index IS DISTINCT FROM
        (SELECT coalesce(max(leaf_index), -1) + 1 FROM record_entry WHERE log_id = NEW.log_id)
    THEN PERFORM record_refuse('places leave no gap'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION record_tile_growing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.log_id, NEW.level, NEW.number) IS DISTINCT FROM (OLD.log_id, OLD.level, OLD.number)
            OR length(NEW.hashes) <= length(OLD.hashes)
            OR substring(NEW.hashes FROM 1 FOR length(OLD.hashes)) <> OLD.hashes
        THEN PERFORM record_refuse('a tile only grows at its end'); END IF;
    END IF;
    IF length(NEW.hashes) NOT BETWEEN 32 AND 8192 OR mod(length(NEW.hashes), 32) <> 0
        OR NEW.level NOT BETWEEN 0 AND 63 OR NEW.number < 0
    THEN PERFORM record_refuse('not a tile'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION record_checkpoint_signing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(NEW.size <= (SELECT coalesce(max(size), 0) FROM record_checkpoint
        WHERE log_id = NEW.log_id), true)
    THEN PERFORM record_refuse('checkpoints only grow'); END IF;
    IF coalesce(NEW.size > (SELECT size FROM record_log WHERE id = NEW.log_id), true)
    THEN PERFORM record_refuse('longer than its log'); END IF;
    IF length(NEW.root) <> 32 THEN PERFORM record_refuse('not a root'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION record_alarm_changing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'told_at') IS DISTINCT FROM (to_jsonb(OLD) - 'told_at')
        OR OLD.told_at IS NOT NULL
    THEN PERFORM record_refuse('an alarm is only told, once'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION parameter_change_changing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A reason may be emptied, and no more: it may name somebody who is forgotten.
    IF (to_jsonb(NEW) - 'entry_id' - 'reason') IS DISTINCT FROM
        (to_jsonb(OLD) - 'entry_id' - 'reason')
        OR (NEW.reason IS DISTINCT FROM OLD.reason AND NEW.reason IS DISTINCT FROM '')
        OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id)
    THEN PERFORM record_refuse('a change is only stated, once'); END IF;
    RETURN NEW;
END $$

CREATE FUNCTION parameter_change_staying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A rehearsal has no log: what it changed goes with it.
    IF OLD.entry_id IS NOT NULL
        OR EXISTS (SELECT 1 FROM record_log WHERE community_id = OLD.community_id)
    THEN PERFORM record_refuse('a change stays'); END IF;
    RETURN OLD;
END $$

CREATE FUNCTION accord_changing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.community_id, NEW.proposer_id, NEW.other_id, NEW.title, NEW.text, NEW.about,
        NEW.proposed_at, NEW.proposed_by_id)
        IS DISTINCT FROM
        (OLD.id, OLD.community_id, OLD.proposer_id, OLD.other_id, OLD.title, OLD.text, OLD.about,
        OLD.proposed_at, OLD.proposed_by_id)
    THEN PERFORM record_refuse('an accord never changes'); END IF;
    IF (OLD.agreed_at IS NOT NULL AND NEW.agreed_at IS DISTINCT FROM OLD.agreed_at)
        OR (OLD.agreed_by_id IS NOT NULL AND NEW.agreed_by_id IS DISTINCT FROM OLD.agreed_by_id)
        OR (OLD.declined_at IS NOT NULL AND NEW.declined_at IS DISTINCT FROM OLD.declined_at)
        OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
        OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id)
    THEN PERFORM record_refuse('an accord ends once'); END IF;
    RETURN NEW;
END $$

CREATE TRIGGER record_log_opened BEFORE INSERT ON record_log
    FOR EACH ROW EXECUTE FUNCTION record_log_opening()

CREATE TRIGGER record_log_changed BEFORE UPDATE ON record_log
    FOR EACH ROW EXECUTE FUNCTION record_log_changing()

CREATE TRIGGER record_log_deleted BEFORE DELETE ON record_log
    FOR EACH ROW EXECUTE FUNCTION record_staying()

CREATE TRIGGER record_key_changed BEFORE UPDATE ON record_key
    FOR EACH ROW EXECUTE FUNCTION record_key_changing()

CREATE TRIGGER record_key_deleted BEFORE DELETE ON record_key
    FOR EACH ROW EXECUTE FUNCTION record_staying()

-- Emptying a table that others point at empties those: the last ones refuse for all.
CREATE TRIGGER record_key_emptied BEFORE TRUNCATE ON record_key
    FOR EACH STATEMENT EXECUTE FUNCTION record_untruncated()

CREATE TRIGGER record_entry_stated BEFORE INSERT ON record_entry
    FOR EACH ROW EXECUTE FUNCTION record_entry_stating()

CREATE TRIGGER record_entry_changed BEFORE UPDATE ON record_entry
    FOR EACH ROW EXECUTE FUNCTION record_entry_changing()

CREATE TRIGGER record_entry_deleted BEFORE DELETE ON record_entry
    FOR EACH ROW EXECUTE FUNCTION record_staying()

CREATE TRIGGER record_opening_changed BEFORE UPDATE ON record_opening
    FOR EACH ROW EXECUTE FUNCTION record_unchanging()

CREATE TRIGGER record_tile_begun BEFORE INSERT ON record_tile
    FOR EACH ROW EXECUTE FUNCTION record_tile_growing()

CREATE TRIGGER record_tile_grown BEFORE UPDATE ON record_tile
    FOR EACH ROW EXECUTE FUNCTION record_tile_growing()

CREATE TRIGGER record_tile_deleted BEFORE DELETE ON record_tile
    FOR EACH ROW EXECUTE FUNCTION record_staying()

CREATE TRIGGER record_tile_emptied BEFORE TRUNCATE ON record_tile
    FOR EACH STATEMENT EXECUTE FUNCTION record_untruncated()

CREATE TRIGGER record_checkpoint_signed BEFORE INSERT ON record_checkpoint
    FOR EACH ROW EXECUTE FUNCTION record_checkpoint_signing()

CREATE TRIGGER record_checkpoint_changed BEFORE UPDATE ON record_checkpoint
    FOR EACH ROW EXECUTE FUNCTION record_unchanging()

CREATE TRIGGER record_checkpoint_deleted BEFORE DELETE ON record_checkpoint
    FOR EACH ROW EXECUTE FUNCTION record_staying()

CREATE TRIGGER record_cosignature_changed BEFORE UPDATE ON record_cosignature
    FOR EACH ROW EXECUTE FUNCTION record_unchanging()

CREATE TRIGGER record_cosignature_deleted BEFORE DELETE ON record_cosignature
    FOR EACH ROW EXECUTE FUNCTION record_staying()

CREATE TRIGGER record_cosignature_emptied BEFORE TRUNCATE ON record_cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION record_untruncated()

CREATE TRIGGER record_alarm_changed BEFORE UPDATE ON record_alarm
    FOR EACH ROW EXECUTE FUNCTION record_alarm_changing()

CREATE TRIGGER record_alarm_deleted BEFORE DELETE ON record_alarm
    FOR EACH ROW EXECUTE FUNCTION record_staying()

CREATE TRIGGER record_alarm_emptied BEFORE TRUNCATE ON record_alarm
    FOR EACH STATEMENT EXECUTE FUNCTION record_untruncated()

CREATE TRIGGER parameter_change_changed BEFORE UPDATE ON parameter_change
    FOR EACH ROW EXECUTE FUNCTION parameter_change_changing()

CREATE TRIGGER parameter_change_deleted BEFORE DELETE ON parameter_change
    FOR EACH ROW EXECUTE FUNCTION parameter_change_staying()

CREATE TRIGGER parameter_change_emptied BEFORE TRUNCATE ON parameter_change
    FOR EACH STATEMENT EXECUTE FUNCTION record_untruncated()

CREATE TRIGGER accord_changed BEFORE UPDATE ON accord
    FOR EACH ROW EXECUTE FUNCTION accord_changing()
