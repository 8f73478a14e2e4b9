-- Money taken and given back at this site, from `payment.*` entries.
CREATE TABLE IF NOT EXISTS payments (
  payment_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('captured', 'refunded')),
  of_payment_id TEXT,
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  method TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  taken_by TEXT NOT NULL,
  tendered_minor INTEGER,
  change_minor INTEGER,
  at_ms INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS payments_by_subject ON payments (subject_id);
CREATE INDEX IF NOT EXISTS payments_by_time ON payments (at_ms);

-- A refund never exceeds what was captured.
CREATE TRIGGER IF NOT EXISTS refunds_stay_below_captures BEFORE INSERT ON payments
WHEN NEW.kind = 'refunded' AND NEW.amount_minor + coalesce(
  (SELECT sum(amount_minor) FROM payments
   WHERE subject_id = NEW.subject_id AND of_payment_id = NEW.of_payment_id), 0)
  > coalesce((SELECT amount_minor FROM payments WHERE payment_id = NEW.of_payment_id), 0)
BEGIN SELECT raise(ABORT, 'refund_exceeds_capture'); END;

-- Running sums of the table above; `amount_minor` is captured minus refunded.
CREATE TABLE IF NOT EXISTS takings (
  currency TEXT NOT NULL,
  method TEXT NOT NULL,
  payments INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL,
  PRIMARY KEY (currency, method)
) STRICT, WITHOUT ROWID;

-- Card payments begun and not yet decided. Whatever is left here after a crash is released at the gateway.
CREATE TABLE IF NOT EXISTS card_attempts (
  payment_id TEXT PRIMARY KEY,
  subject_id TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  begun_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
