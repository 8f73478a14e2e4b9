-- What this site lent to the cloud, from `loan.*` entries (shared/loans/site-loan.ts): one loan is one space for one
-- interval. `terms` is null in a loan of which only the end is known.
CREATE TABLE IF NOT EXISTS loans (
  loan_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('lent', 'recalled', 'ended')),
  space_id TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  terms TEXT,
  -- A restored site stands by what it lent even where it had sold in it since.
  confirmed INTEGER NOT NULL,
  -- The entry that granted it or last stood by it.
  stated_incarnation INTEGER,
  stated_seq INTEGER,
  -- The row that ended it, and its place.
  end_row TEXT,
  end_epoch INTEGER,
  end_rev INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS loans_running ON loans (space_id, from_ms, to_ms) WHERE kind <> 'ended';

-- The giver shrinks first: what is lent was free, and nothing of the site's own may meet it after that. The messages are
-- the refusals.
CREATE TRIGGER IF NOT EXISTS loans_need_room BEFORE INSERT ON loans
WHEN NEW.kind = 'lent' AND NEW.confirmed = 0 AND EXISTS (
  SELECT 1 FROM booking_blocks
  WHERE space_id = NEW.space_id AND from_ms < NEW.to_ms AND block_to_ms > NEW.from_ms)
BEGIN SELECT raise(ABORT, 'not_free'); END;

CREATE TRIGGER IF NOT EXISTS loans_never_overlap BEFORE INSERT ON loans
WHEN NEW.kind = 'lent' AND NEW.confirmed = 0 AND EXISTS (
  SELECT 1 FROM loans
  WHERE space_id = NEW.space_id AND kind <> 'ended' AND from_ms < NEW.to_ms AND to_ms > NEW.from_ms)
BEGIN SELECT raise(ABORT, 'already_lent'); END;

CREATE TRIGGER IF NOT EXISTS booking_blocks_never_lent BEFORE INSERT ON booking_blocks
WHEN EXISTS (
  SELECT 1 FROM loans
  WHERE space_id = NEW.space_id AND kind <> 'ended' AND from_ms < NEW.block_to_ms AND to_ms > NEW.from_ms)
AND NOT EXISTS (SELECT 1 FROM cloud_bookings WHERE booking_id = NEW.booking_id)
BEGIN SELECT raise(ABORT, 'lent'); END;

CREATE TRIGGER IF NOT EXISTS booking_blocks_never_lent_later BEFORE UPDATE ON booking_blocks
WHEN (NEW.block_to_ms > OLD.block_to_ms OR NEW.from_ms < OLD.from_ms OR NEW.space_id <> OLD.space_id)
AND EXISTS (
  SELECT 1 FROM loans
  WHERE space_id = NEW.space_id AND kind <> 'ended' AND from_ms < NEW.block_to_ms AND to_ms > NEW.from_ms)
AND NOT EXISTS (SELECT 1 FROM cloud_bookings WHERE booking_id = NEW.booking_id)
BEGIN SELECT raise(ABORT, 'lent'); END;

-- Whether the site sells what it lends, from `lending.stopped` and `lending.resumed`; without a row it does.
CREATE TABLE IF NOT EXISTS lending (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  stopped_because TEXT,
  since_ms INTEGER NOT NULL
) STRICT;

-- The share of each pool that is lent now, as demand moved it; no fact, and no part of the ledger.
CREATE TABLE IF NOT EXISTS lending_shares (
  pool_id TEXT PRIMARY KEY,
  share_percent REAL NOT NULL
) STRICT, WITHOUT ROWID;
