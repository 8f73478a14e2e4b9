-- What happened last at each door; rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS doors (
  door_id TEXT PRIMARY KEY,
  state TEXT NOT NULL DEFAULT 'closed',
  since_ms INTEGER NOT NULL,
  last_kind TEXT,
  last_member_id TEXT,
  last_reason TEXT,
  last_ms INTEGER
) STRICT;

-- Wrong PINs per reader. Not rebuilt: it changes with refusals of the kiosk too, which are not entries.
CREATE TABLE IF NOT EXISTS pin_guards (
  device_id TEXT PRIMARY KEY,
  guard TEXT NOT NULL
) STRICT;

-- The last use of each pass that has not run out: a presentation opens once, paper once in each direction.
CREATE TABLE IF NOT EXISTS pass_uses (
  pass_id TEXT NOT NULL,
  slot TEXT NOT NULL CHECK (slot IN ('any', 'in', 'out')),
  shown_window INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  PRIMARY KEY (pass_id, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pass_uses_by_end ON pass_uses (to_ms);

-- The lockdown that runs, if one does: nobody is let in. Rebuilt from the ledger, so that it survives a restart.
CREATE TABLE IF NOT EXISTS lockdown (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  since_ms INTEGER NOT NULL,
  started_by TEXT NOT NULL
) STRICT;

-- Doors whose contact says nothing that can be believed. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS door_troubles (
  door_id TEXT PRIMARY KEY,
  fault TEXT NOT NULL
) STRICT;

-- In which zone each member (`m:`) or guest's pass (`p:`) is, by the doors; nobody who is outside. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS zone_places (
  person TEXT PRIMARY KEY,
  zone_id TEXT NOT NULL,
  since_ms INTEGER NOT NULL
) STRICT;

-- Who was let through a door with a contact and is somewhere else once it opens; `zone_id` null is outside. Rebuilt.
CREATE TABLE IF NOT EXISTS passages (
  person TEXT PRIMARY KEY,
  door_id TEXT NOT NULL,
  zone_id TEXT,
  until_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS passages_by_door ON passages (door_id);

-- Until when a door of an interlock is released, and who waits at one for a second member. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS door_releases (
  door_id TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS second_members (
  door_id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL,
  until_ms INTEGER NOT NULL
) STRICT;

-- Fire contacts that alarm, doors that are kept released and why, and when a member was let in where. Rebuilt.
CREATE TABLE IF NOT EXISTS fires (
  device_id TEXT PRIMARY KEY,
  since_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS door_holds (
  door_id TEXT PRIMARY KEY,
  reason TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS members_in (
  door_id TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL
) STRICT;

-- What is wrong with readers, until the ledger says that it is over. Rebuilt from the ledger.
CREATE TABLE IF NOT EXISTS reader_troubles (
  device_id TEXT NOT NULL,
  trouble TEXT NOT NULL,
  PRIMARY KEY (device_id, trouble)
) STRICT, WITHOUT ROWID;
