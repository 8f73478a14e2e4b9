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
