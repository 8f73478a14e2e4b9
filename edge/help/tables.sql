-- When each kiosk last called for help: one call is one incident, however often the button is pressed. Rebuilt
-- from the ledger.
CREATE TABLE IF NOT EXISTS help_calls (
  device_id TEXT PRIMARY KEY,
  called_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
