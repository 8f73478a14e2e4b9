-- The ledger and what makes commands safe to repeat. Entries are never updated, and deleted only from the old end, behind
-- a checkpoint (retention/decisions.md). Their rows lie in
-- order of arrival: in a table WITHOUT ROWID most entries would be too long for its pages, and each would take a page
-- of its own besides. Stores that began with such a table keep it; every statement means the same to both.
CREATE TABLE IF NOT EXISTS entries (
  incarnation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  type TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (incarnation, seq)
) STRICT;

CREATE TRIGGER IF NOT EXISTS entries_are_gapless BEFORE INSERT ON entries
WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM entries WHERE incarnation = NEW.incarnation), 0)
BEGIN SELECT raise(ABORT, 'entry_gap'); END;

CREATE TRIGGER IF NOT EXISTS entries_never_change BEFORE UPDATE ON entries
BEGIN SELECT raise(ABORT, 'entry_changed'); END;

-- Where the kept chain of each life begins: its last pruned entry. No row while all of it is kept.
CREATE TABLE IF NOT EXISTS pruned_entries (
  incarnation INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL CHECK (seq > 0),
  hash TEXT NOT NULL
) STRICT;

-- The checkpoint behind which they were pruned, as this store knows it; its tables are in a file of their own.
CREATE TABLE IF NOT EXISTS ledger_checkpoint (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  incarnation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  state_digest TEXT NOT NULL,
  made_ms INTEGER NOT NULL
) STRICT;

CREATE TRIGGER IF NOT EXISTS entries_are_kept BEFORE DELETE ON entries
WHEN OLD.seq > coalesce((SELECT seq FROM pruned_entries WHERE incarnation = OLD.incarnation), 0)
BEGIN SELECT raise(ABORT, 'entry_kept'); END;

-- One row per answered command, scoped to the caller; the same key and body gets the same answer. Rows lie in order
-- of arrival, so that the answers of one batch share pages whatever keys callers choose; only the index is scattered.
CREATE TABLE IF NOT EXISTS receipts (
  caller TEXT NOT NULL,
  key TEXT NOT NULL,
  body_digest TEXT NOT NULL,
  accepted INTEGER NOT NULL,
  answer TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  PRIMARY KEY (caller, key)
) STRICT;

CREATE INDEX IF NOT EXISTS receipts_by_age ON receipts (wall_ms);

-- Commands of entries that came back from the cloud, whose answers did not: repeating one does nothing twice.
CREATE TABLE IF NOT EXISTS answered_commands (
  command_id TEXT PRIMARY KEY,
  wall_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Effects that were decided; `outcome` is null until an entry says how one ended.
CREATE TABLE IF NOT EXISTS effects (
  effect_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  deadline_monotonic_ms REAL NOT NULL,
  outcome TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS effects_unsettled ON effects (effect_id) WHERE outcome IS NULL;
