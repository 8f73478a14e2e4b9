-- What the cloud told this site, and how far both flows have come. Not part of the ledger.
CREATE TABLE IF NOT EXISTS directory (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- Where the shape goes on after a restart; stored in the transaction of the rows it covers.
CREATE TABLE IF NOT EXISTS directory_position (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  handle TEXT,
  shape_offset TEXT NOT NULL
) STRICT;

-- The cloud's last acknowledged head per incarnation, and the producer epoch of the last upload run.
CREATE TABLE IF NOT EXISTS upload_position (
  incarnation INTEGER PRIMARY KEY,
  acked_seq INTEGER NOT NULL,
  acked_hash TEXT NOT NULL,
  producer_epoch INTEGER NOT NULL
) STRICT;

-- In which epoch of the cloud that head was acknowledged: only then does it prove something against a cloud without it.
CREATE TABLE IF NOT EXISTS acknowledged_epoch (
  incarnation INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL
) STRICT;

-- What the cloud's last handshake or heartbeat said of this life where that takes its right to sell: a restart does not
-- give it back.
CREATE TABLE IF NOT EXISTS standing_verdict (
  incarnation INTEGER PRIMARY KEY,
  verdict TEXT NOT NULL
) STRICT;

-- When the cloud was last heard, so that the age of the directory survives a restart.
CREATE TABLE IF NOT EXISTS cloud_contact (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  heard_ms INTEGER NOT NULL
) STRICT;
