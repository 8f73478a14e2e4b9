-- Why: money is authorised before the site decides and captured after its yes; each step must be known
-- before the gateway is called, so that a crash in between repeats the same call and never a second charge.
-- The previous release survives it: only new tables.

CREATE TABLE card_payment (
  payment_id text PRIMARY KEY,
  booking_id text NOT NULL,
  site_id text NOT NULL,
  request_id text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
  currency text NOT NULL,
  card text NOT NULL,
  state text NOT NULL CHECK (state IN ('created', 'authorised', 'declined', 'captured', 'voided')),
  created_ms bigint NOT NULL,
  changed_ms bigint NOT NULL
);
CREATE INDEX card_payment_open ON card_payment (created_ms) WHERE state IN ('created', 'authorised');

CREATE TABLE card_refund (
  refund_id text PRIMARY KEY,
  payment_id text NOT NULL REFERENCES card_payment (payment_id),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  done boolean NOT NULL DEFAULT false,
  created_ms bigint NOT NULL
);

-- The sandbox gateway's own books, as a provider would keep them; ours never read them.
CREATE TABLE sandbox_charge (
  idempotency_key text PRIMARY KEY,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  state text NOT NULL CHECK (state IN ('authorised', 'declined', 'captured', 'voided')),
  refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0 AND refunded_minor <= amount_minor)
);
CREATE TABLE sandbox_refund (
  idempotency_key text PRIMARY KEY,
  charge_key text NOT NULL REFERENCES sandbox_charge (idempotency_key),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0)
);
