-- Vehicles' stays. `body` is the session as shared/parking/session.ts folds it from its entries; the columns
-- beside it are what it is looked up by. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS parking_sessions (
  session_id TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN
    ('authorised', 'inside', 'charged', 'paid', 'departing', 'departed', 'voided')),
  ticket TEXT NOT NULL UNIQUE,
  vehicle_id TEXT,
  space_id TEXT,
  arrived_ms INTEGER NOT NULL,
  entered_ms INTEGER,
  -- The lane where an authorisation waits for its passage, and its place in the order of authorisations.
  pending_lane_id TEXT,
  pending_order INTEGER,
  body TEXT NOT NULL,
  CHECK ((pending_lane_id IS NULL) = (state NOT IN ('authorised', 'departing')))
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS parking_sessions_open ON parking_sessions (arrived_ms)
WHERE state NOT IN ('departed', 'voided');
CREATE INDEX IF NOT EXISTS parking_sessions_pending ON parking_sessions (pending_lane_id, pending_order)
WHERE pending_lane_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS parking_sessions_by_vehicle ON parking_sessions (vehicle_id)
WHERE vehicle_id IS NOT NULL AND state NOT IN ('departed', 'voided');
CREATE INDEX IF NOT EXISTS parking_sessions_by_state ON parking_sessions (state);

-- Vehicles inside per zone as passages counted them; never below 0. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS parking_counts (
  zone_id TEXT PRIMARY KEY,
  inside INTEGER NOT NULL CHECK (inside >= 0),
  changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened last at each lane. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS parking_lanes (
  lane_id TEXT PRIMARY KEY,
  passages INTEGER NOT NULL DEFAULT 0,
  tailgates INTEGER NOT NULL DEFAULT 0,
  passed_ms INTEGER,
  refused_reason TEXT,
  refused_session_id TEXT,
  refused_ms INTEGER
) STRICT, WITHOUT ROWID;

-- What is wrong with a lane and has not ended. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS parking_lane_troubles (
  lane_id TEXT NOT NULL,
  trouble TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (lane_id, trouble)
) STRICT, WITHOUT ROWID;

-- Openings of each lane by hand, and how many of their vehicles have not passed. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS parking_hand_openings (
  lane_id TEXT PRIMARY KEY,
  opened INTEGER NOT NULL,
  waiting INTEGER NOT NULL CHECK (waiting >= 0)
) STRICT, WITHOUT ROWID;

-- Booms that a person keeps up. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS parking_lane_holds (
  lane_id TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Fire contacts that alarmed and whose lanes nobody has let go yet. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS parking_fires (
  device_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- What each bay sensor said last. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS parking_bays (
  space_id TEXT PRIMARY KEY,
  occupied INTEGER NOT NULL CHECK (occupied IN (0, 1)),
  since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Stays that were sent elsewhere because the bay of their booking was found taken. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS parking_substitutes (
  session_id TEXT PRIMARY KEY,
  booked_space_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- FULL remembers on which side of its two thresholds a level or zone came; thresholds are settings, not entries.
CREATE TABLE IF NOT EXISTS parking_full (
  place TEXT PRIMARY KEY,
  full INTEGER NOT NULL CHECK (full IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Prices that were shown and can still be paid.
CREATE TABLE IF NOT EXISTS parking_quotes (
  quote_id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL,
  valid_until_ms INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS parking_quotes_by_age ON parking_quotes (valid_until_ms);

-- Each tariff version that some stay began under: the directory only has the newest.
CREATE TABLE IF NOT EXISTS parking_tariffs (
  tariff_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tariff_id, version)
) STRICT, WITHOUT ROWID;

-- Both reads are kept: what the exit read, beside what the entry read. Plates themselves are in the vault.
CREATE TABLE IF NOT EXISTS parking_plate_reads (
  session_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  lane_id TEXT NOT NULL,
  vehicle_id TEXT NOT NULL,
  matched_by TEXT NOT NULL,
  PRIMARY KEY (session_id, at_ms, lane_id)
) STRICT, WITHOUT ROWID;

-- Finds a vehicle by exactly its plate. The digest is keyed by the site; plates themselves are in the vault.
CREATE TABLE IF NOT EXISTS parking_plates (
  digest TEXT NOT NULL,
  vehicle_id TEXT NOT NULL,
  PRIMARY KEY (digest, vehicle_id)
) STRICT, WITHOUT ROWID;
