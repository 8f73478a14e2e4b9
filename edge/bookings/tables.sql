-- Bookings of this site, from `booking.*` entries. Held, confirmed and checked_in ones occupy their block.
CREATE TABLE IF NOT EXISTS bookings (
  booking_id TEXT PRIMARY KEY,
  space_id TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN
    ('held', 'confirmed', 'checked_in', 'completed', 'cancelled', 'no_show', 'expired', 'displaced')),
  holder_kind TEXT NOT NULL,
  holder_id TEXT NOT NULL,
  reference TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL CHECK (to_ms > from_ms),
  block_to_ms INTEGER NOT NULL CHECK (block_to_ms >= to_ms),
  held_at_ms INTEGER NOT NULL,
  hold_until_ms INTEGER NOT NULL,
  price TEXT NOT NULL,
  fee_minor INTEGER NOT NULL DEFAULT 0,
  refund_minor INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX IF NOT EXISTS bookings_used ON bookings (space_id, from_ms)
  WHERE status IN ('checked_in', 'completed');
CREATE INDEX IF NOT EXISTS bookings_by_reference ON bookings (reference);
CREATE INDEX IF NOT EXISTS bookings_by_holder ON bookings (holder_id, from_ms);
CREATE INDEX IF NOT EXISTS bookings_held ON bookings (hold_until_ms) WHERE status = 'held';
CREATE INDEX IF NOT EXISTS bookings_confirmed ON bookings (from_ms) WHERE status = 'confirmed';
CREATE INDEX IF NOT EXISTS bookings_checked_in ON bookings (to_ms) WHERE status = 'checked_in';

-- Which spaces the bookings in force occupy: their own, and of a combined one each part. Parts are written by the
-- projection of `booking.held`, everything else follows the bookings.
CREATE TABLE IF NOT EXISTS booking_blocks (
  booking_id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  block_to_ms INTEGER NOT NULL CHECK (block_to_ms > from_ms),
  PRIMARY KEY (booking_id, space_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS booking_blocks_by_space ON booking_blocks (space_id, from_ms, block_to_ms);

-- No two bookings in force share a moment of one space. The message is the refusal. Because the stored blocks do
-- not overlap, only the last one that starts before the new block ends can reach into it.
CREATE TRIGGER IF NOT EXISTS booking_blocks_never_overlap BEFORE INSERT ON booking_blocks
WHEN EXISTS (
  SELECT 1 FROM (
    SELECT block_to_ms FROM booking_blocks
    WHERE space_id = NEW.space_id AND from_ms < NEW.block_to_ms AND booking_id <> NEW.booking_id
    ORDER BY from_ms DESC LIMIT 1)
  WHERE block_to_ms > NEW.from_ms)
BEGIN SELECT raise(ABORT, 'space_taken'); END;

CREATE TRIGGER IF NOT EXISTS booking_blocks_never_overlap_later BEFORE UPDATE ON booking_blocks
WHEN EXISTS (
  SELECT 1 FROM (
    SELECT block_to_ms FROM booking_blocks
    WHERE space_id = NEW.space_id AND from_ms < NEW.block_to_ms AND booking_id <> NEW.booking_id
    ORDER BY from_ms DESC LIMIT 1)
  WHERE block_to_ms > NEW.from_ms)
BEGIN SELECT raise(ABORT, 'space_taken'); END;

CREATE TRIGGER IF NOT EXISTS bookings_occupy AFTER INSERT ON bookings
WHEN NEW.status IN ('held', 'confirmed', 'checked_in')
BEGIN
  INSERT INTO booking_blocks SELECT NEW.booking_id, NEW.space_id, NEW.from_ms, NEW.block_to_ms
  WHERE NOT EXISTS (
    SELECT 1 FROM booking_blocks WHERE booking_id = NEW.booking_id AND space_id = NEW.space_id);
END;

CREATE TRIGGER IF NOT EXISTS bookings_free AFTER UPDATE OF status ON bookings
WHEN NEW.status NOT IN ('held', 'confirmed', 'checked_in')
BEGIN DELETE FROM booking_blocks WHERE booking_id = NEW.booking_id; END;

CREATE TRIGGER IF NOT EXISTS bookings_move AFTER UPDATE OF space_id, from_ms, block_to_ms ON bookings
BEGIN
  UPDATE booking_blocks SET from_ms = NEW.from_ms, block_to_ms = NEW.block_to_ms,
    space_id = CASE space_id WHEN OLD.space_id THEN NEW.space_id ELSE space_id END
  WHERE booking_id = NEW.booking_id;
END;

-- Stores from before there were combined spaces: the blocks of their bookings, and triggers that these replace.
DROP TRIGGER IF EXISTS bookings_never_overlap;
DROP TRIGGER IF EXISTS bookings_never_overlap_later;
DROP INDEX IF EXISTS bookings_in_force;
INSERT INTO booking_blocks SELECT booking_id, space_id, from_ms, block_to_ms FROM bookings
WHERE status IN ('held', 'confirmed', 'checked_in') AND booking_id NOT IN (SELECT booking_id FROM booking_blocks);

-- Later ends that wait for their payment; the booking's block already ends after the added part, and ends at
-- `added_from_ms` again when it is not paid in time.
CREATE TABLE IF NOT EXISTS booking_extensions (
  booking_id TEXT PRIMARY KEY,
  added_to_ms INTEGER NOT NULL,
  added_from_ms INTEGER NOT NULL,
  added_hold_until_ms INTEGER NOT NULL,
  added_price TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS booking_extensions_held ON booking_extensions (added_hold_until_ms);

-- Bookings that were left before their end, and when.
CREATE TABLE IF NOT EXISTS booking_early_ends (
  booking_id TEXT PRIMARY KEY,
  ended_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How many bookings stand in each status; what the heartbeat reports.
CREATE TABLE IF NOT EXISTS booking_counts (
  status TEXT PRIMARY KEY,
  bookings INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS bookings_counted AFTER INSERT ON bookings
BEGIN
  INSERT INTO booking_counts VALUES (NEW.status, 1)
  ON CONFLICT (status) DO UPDATE SET bookings = bookings + 1;
END;

CREATE TRIGGER IF NOT EXISTS bookings_recounted AFTER UPDATE OF status ON bookings
BEGIN
  UPDATE booking_counts SET bookings = bookings - 1 WHERE status = OLD.status;
  INSERT INTO booking_counts VALUES (NEW.status, 1)
  ON CONFLICT (status) DO UPDATE SET bookings = bookings + 1;
END;

-- What this site knows of the bookings that the cloud sold (shared/loans/received-booking.ts), beside their rows above;
-- one that only the end of a loan names has blocks alone. The block is what the cloud sold, without what was added here.
CREATE TABLE IF NOT EXISTS cloud_bookings (
  booking_id TEXT PRIMARY KEY,
  known TEXT NOT NULL CHECK (known IN
    ('kept', 'held', 'adopted', 'confirmed', 'checked_in', 'used', 'gone')),
  from_ms INTEGER,
  block_to_ms INTEGER,
  -- Of the last row that was applied; null when only a pass or the end of a loan told of it.
  epoch INTEGER,
  rev INTEGER,
  loan_ids TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Personal values (a guest's name), encrypted under a key of their own; entries name only the id.
CREATE TABLE IF NOT EXISTS subjects (
  subject_id TEXT PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
