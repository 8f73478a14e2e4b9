-- Why: a booking made in the cloud is a request to its site; what was asked, under which idempotency key,
-- and how it ended must survive a restart of the cloud.
-- The previous release survives it: only new tables.

-- What a member asked for. The booking itself is what the site's entries say.
CREATE TABLE booking_order (
  booking_id text PRIMARY KEY,
  site_id text NOT NULL,
  space_id text NOT NULL,
  user_id text NOT NULL,
  member_id text NOT NULL,
  from_ms bigint NOT NULL,
  to_ms bigint NOT NULL CHECK (to_ms > from_ms),
  -- What it cost when it was asked for, as the cloud priced it; the site's own price counts.
  price jsonb NOT NULL,
  created_ms bigint NOT NULL,
  -- The member was told `pending`, so how it ended must stay visible.
  told_pending boolean NOT NULL DEFAULT false
);
CREATE INDEX booking_order_by_member ON booking_order (member_id, from_ms DESC);

-- One row per request row sent down; `waiting` until the site's entry or the withdrawal.
CREATE TABLE booking_request (
  request_id text PRIMARY KEY,
  booking_id text NOT NULL,
  site_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('holdBooking', 'confirmBooking', 'cancelBooking')),
  payment_id text,
  created_ms bigint NOT NULL,
  expires_ms bigint NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'refused', 'withdrawn')),
  refusal text,
  settled_ms bigint,
  -- The tombstone was written: the row no longer burdens the site's directory.
  removed boolean NOT NULL DEFAULT false
);
CREATE INDEX booking_request_waiting ON booking_request (created_ms) WHERE state = 'waiting';
CREATE INDEX booking_request_present ON booking_request (settled_ms) WHERE NOT removed;
CREATE INDEX booking_request_by_booking ON booking_request (booking_id);

CREATE TABLE idempotency_key (
  caller text NOT NULL,
  key text NOT NULL,
  -- SHA-256 of method, path and body.
  digest text NOT NULL,
  -- Absent while the first call still runs.
  status int,
  -- The answer's bytes: a repeated call gets the very same.
  body text,
  -- A process that died lets go of the key at this time.
  lease_ms bigint NOT NULL,
  created_ms bigint NOT NULL,
  PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_key_by_age ON idempotency_key (created_ms);
