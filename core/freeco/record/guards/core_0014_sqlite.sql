-- SQLite replaces a row without asking the triggers of its deletion: whatever is inserted must be new.
CREATE TRIGGER record_log_opened BEFORE INSERT ON record_log
BEGIN
    SELECT RAISE(ABORT, 'record: this log exists') WHERE EXISTS
        (SELECT 1 FROM record_log WHERE id = NEW.id OR community_id = NEW.community_id
            OR origin = NEW.origin);
    SELECT RAISE(ABORT, 'record: a log begins empty') WHERE NEW.size IS NOT 0;
END

CREATE TRIGGER record_log_changed BEFORE UPDATE ON record_log
BEGIN
    SELECT RAISE(ABORT, 'record: a log only grows')
        WHERE NEW.id IS NOT OLD.id OR NEW.community_id IS NOT OLD.community_id
            OR NEW.origin IS NOT OLD.origin OR NEW.opened_at IS NOT OLD.opened_at
            OR coalesce(NEW.size < OLD.size, 1);
    SELECT RAISE(ABORT, 'record: a log is as long as its places')
        WHERE NEW.size IS NOT OLD.size AND NEW.size IS NOT
            (SELECT max(leaf_index) + 1 FROM record_entry WHERE log_id = NEW.id);
END

CREATE TRIGGER record_log_deleted BEFORE DELETE ON record_log
BEGIN SELECT RAISE(ABORT, 'record: a log stays'); END

CREATE TRIGGER record_key_opened BEFORE INSERT ON record_key
WHEN EXISTS (SELECT 1 FROM record_key WHERE id = NEW.id
    OR (log_id = NEW.log_id AND verifier = NEW.verifier))
BEGIN SELECT RAISE(ABORT, 'record: this key exists'); END

CREATE TRIGGER record_key_changed BEFORE UPDATE ON record_key
WHEN NEW.id IS NOT OLD.id OR NEW.log_id IS NOT OLD.log_id OR NEW.verifier IS NOT OLD.verifier
    OR NEW.from_size IS NOT OLD.from_size OR NEW.created_at IS NOT OLD.created_at
    OR (OLD.to_size IS NOT NULL AND NEW.to_size IS NOT OLD.to_size)
BEGIN SELECT RAISE(ABORT, 'record: a key only ends, once'); END

CREATE TRIGGER record_key_deleted BEFORE DELETE ON record_key
BEGIN SELECT RAISE(ABORT, 'record: a key stays'); END

CREATE TRIGGER record_entry_stated BEFORE INSERT ON record_entry
BEGIN
    SELECT RAISE(ABORT, 'record: this entry exists') WHERE EXISTS
        (SELECT 1 FROM record_entry WHERE id = NEW.id OR reference = NEW.reference
            OR (log_id = NEW.log_id AND key = NEW.key));
    SELECT RAISE(ABORT, 'record: its place comes afterwards') WHERE NEW.leaf_index IS NOT NULL;
    SELECT RAISE(ABORT, 'record: not a leaf') WHERE typeof(NEW.entry) <> 'blob'
        OR typeof(NEW.leaf) <> 'blob' OR length(NEW.leaf) <> 32;
END

CREATE TRIGGER record_entry_changed BEFORE UPDATE ON record_entry
BEGIN
    SELECT RAISE(ABORT, 'record: an entry never changes')
        WHERE NEW.id IS NOT OLD.id OR NEW.log_id IS NOT OLD.log_id
            OR NEW.reference IS NOT OLD.reference OR NEW.key IS NOT OLD.key
            OR NEW.kind IS NOT OLD.kind OR NEW.day IS NOT OLD.day
            OR NEW.entry IS NOT OLD.entry OR NEW.leaf IS NOT OLD.leaf
            OR NEW.stated_at IS NOT OLD.stated_at OR OLD.leaf_index IS NOT NULL;
    SELECT RAISE(ABORT, 'record: places leave no gap')
        WHERE NEW.leaf_index IS NOT (SELECT coalesce(max(leaf_index), -1) + 1 FROM record_entry
            WHERE log_id = NEW.log_id);
END

CREATE TRIGGER record_entry_deleted BEFORE DELETE ON record_entry
BEGIN SELECT RAISE(ABORT, 'record: an entry stays'); END

CREATE TRIGGER record_opening_added BEFORE INSERT ON record_opening
WHEN EXISTS (SELECT 1 FROM record_opening WHERE id = NEW.id
    OR (entry_id = NEW.entry_id AND name = NEW.name))
BEGIN SELECT RAISE(ABORT, 'record: this opening exists'); END

CREATE TRIGGER record_opening_changed BEFORE UPDATE ON record_opening
BEGIN SELECT RAISE(ABORT, 'record: an opening never changes'); END

CREATE TRIGGER record_tile_begun BEFORE INSERT ON record_tile
BEGIN
    SELECT RAISE(ABORT, 'record: this tile exists') WHERE EXISTS
        (SELECT 1 FROM record_tile WHERE log_id = NEW.log_id AND level = NEW.level
            AND number = NEW.number);
    SELECT RAISE(ABORT, 'record: not a tile') WHERE typeof(NEW.hashes) <> 'blob'
        OR length(NEW.hashes) NOT BETWEEN 32 AND 8192 OR length(NEW.hashes) % 32 <> 0
        OR NEW.level NOT BETWEEN 0 AND 63 OR NEW.number < 0;
END

CREATE TRIGGER record_tile_grown BEFORE UPDATE ON record_tile
BEGIN
    SELECT RAISE(ABORT, 'record: a tile only grows at its end')
        WHERE NEW.log_id IS NOT OLD.log_id OR NEW.level IS NOT OLD.level
            OR NEW.number IS NOT OLD.number OR typeof(NEW.hashes) <> 'blob'
            OR length(NEW.hashes) <= length(OLD.hashes)
            OR substr(NEW.hashes, 1, length(OLD.hashes)) IS NOT OLD.hashes;
    SELECT RAISE(ABORT, 'record: not a tile')
        WHERE length(NEW.hashes) > 8192 OR length(NEW.hashes) % 32 <> 0;
END

CREATE TRIGGER record_tile_deleted BEFORE DELETE ON record_tile
BEGIN SELECT RAISE(ABORT, 'record: a tile stays'); END

CREATE TRIGGER record_checkpoint_signed BEFORE INSERT ON record_checkpoint
BEGIN
    SELECT RAISE(ABORT, 'record: this checkpoint exists') WHERE EXISTS
        (SELECT 1 FROM record_checkpoint WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'record: checkpoints only grow')
        WHERE coalesce(NEW.size <= (SELECT coalesce(max(size), 0) FROM record_checkpoint
            WHERE log_id = NEW.log_id), 1);
    SELECT RAISE(ABORT, 'record: longer than its log') WHERE coalesce(NEW.size >
        (SELECT size FROM record_log WHERE id = NEW.log_id), 1);
    SELECT RAISE(ABORT, 'record: not a root')
        WHERE typeof(NEW.root) <> 'blob' OR length(NEW.root) <> 32;
END

CREATE TRIGGER record_checkpoint_changed BEFORE UPDATE ON record_checkpoint
BEGIN SELECT RAISE(ABORT, 'record: a checkpoint never changes'); END

CREATE TRIGGER record_checkpoint_deleted BEFORE DELETE ON record_checkpoint
BEGIN SELECT RAISE(ABORT, 'record: a checkpoint stays'); END

CREATE TRIGGER record_cosignature_given BEFORE INSERT ON record_cosignature
WHEN EXISTS (SELECT 1 FROM record_cosignature WHERE id = NEW.id
    OR (checkpoint_id = NEW.checkpoint_id AND witness = NEW.witness))
BEGIN SELECT RAISE(ABORT, 'record: this cosignature exists'); END

CREATE TRIGGER record_cosignature_changed BEFORE UPDATE ON record_cosignature
BEGIN SELECT RAISE(ABORT, 'record: a cosignature never changes'); END

CREATE TRIGGER record_cosignature_deleted BEFORE DELETE ON record_cosignature
BEGIN SELECT RAISE(ABORT, 'record: a cosignature stays'); END

CREATE TRIGGER record_alarm_raised BEFORE INSERT ON record_alarm
WHEN EXISTS (SELECT 1 FROM record_alarm WHERE id = NEW.id
    OR (origin = NEW.origin AND kind = NEW.kind AND digest = NEW.digest))
BEGIN SELECT RAISE(ABORT, 'record: this alarm exists'); END

CREATE TRIGGER record_alarm_changed BEFORE UPDATE ON record_alarm
WHEN NEW.id IS NOT OLD.id OR NEW.origin IS NOT OLD.origin OR NEW.kind IS NOT OLD.kind
    OR NEW.found_by IS NOT OLD.found_by OR NEW.digest IS NOT OLD.digest
    OR NEW.evidence IS NOT OLD.evidence OR NEW.found_at IS NOT OLD.found_at
    OR OLD.told_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'record: an alarm is only told, once'); END

CREATE TRIGGER record_alarm_deleted BEFORE DELETE ON record_alarm
BEGIN SELECT RAISE(ABORT, 'record: an alarm stays'); END

CREATE TRIGGER parameter_change_noted BEFORE INSERT ON parameter_change
WHEN EXISTS (SELECT 1 FROM parameter_change WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'record: this change exists'); END

-- A reason may be emptied, and no more: it may name somebody who is forgotten.
CREATE TRIGGER parameter_change_changed BEFORE UPDATE ON parameter_change
WHEN NEW.id IS NOT OLD.id OR NEW.community_id IS NOT OLD.community_id
    OR NEW.name IS NOT OLD.name OR NEW.before IS NOT OLD.before OR NEW.after IS NOT OLD.after
    OR (NEW.reason IS NOT OLD.reason AND NEW.reason IS NOT '') OR NEW.decided IS NOT OLD.decided
    OR NEW.changed_by_id IS NOT OLD.changed_by_id OR NEW.changed_at IS NOT OLD.changed_at
    OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS NOT OLD.entry_id)
BEGIN SELECT RAISE(ABORT, 'record: a change is only stated, once'); END

-- A rehearsal has no log: what it changed goes with it.
CREATE TRIGGER parameter_change_deleted BEFORE DELETE ON parameter_change
WHEN OLD.entry_id IS NOT NULL
    OR EXISTS (SELECT 1 FROM record_log WHERE community_id = OLD.community_id)
BEGIN SELECT RAISE(ABORT, 'record: a change stays'); END

CREATE TRIGGER accord_proposed BEFORE INSERT ON accord
WHEN EXISTS (SELECT 1 FROM accord WHERE id = NEW.id
    OR (community_id = NEW.community_id AND about = NEW.about AND about <> ''))
BEGIN SELECT RAISE(ABORT, 'record: this accord exists'); END

CREATE TRIGGER accord_changed BEFORE UPDATE ON accord
BEGIN
    SELECT RAISE(ABORT, 'record: an accord never changes')
        WHERE NEW.id IS NOT OLD.id OR NEW.community_id IS NOT OLD.community_id
            OR NEW.proposer_id IS NOT OLD.proposer_id OR NEW.other_id IS NOT OLD.other_id
            OR NEW.title IS NOT OLD.title OR NEW.text IS NOT OLD.text
            OR NEW.about IS NOT OLD.about OR NEW.proposed_at IS NOT OLD.proposed_at
            OR NEW.proposed_by_id IS NOT OLD.proposed_by_id;
    SELECT RAISE(ABORT, 'record: an accord ends once')
        WHERE (OLD.agreed_at IS NOT NULL AND NEW.agreed_at IS NOT OLD.agreed_at)
            OR (OLD.agreed_by_id IS NOT NULL AND NEW.agreed_by_id IS NOT OLD.agreed_by_id)
            OR (OLD.declined_at IS NOT NULL AND NEW.declined_at IS NOT OLD.declined_at)
            OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NOT OLD.withdrawn_at)
            OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS NOT OLD.entry_id);
END
