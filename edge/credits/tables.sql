-- What this site may spend of members' credits, from `allowance.*` entries (shared/credits/site-allowance.ts). Sums over
-- the life of an allowance, minor units.
CREATE TABLE IF NOT EXISTS allowances (
  allowance_id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL,
  -- The row that was applied last, and its place.
  row TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  given_back_minor INTEGER NOT NULL CHECK (given_back_minor >= 0),
  drawn_minor INTEGER NOT NULL DEFAULT 0,
  restored_minor INTEGER NOT NULL DEFAULT 0,
  -- Whatever a decision overlooked: no site spends beyond the overdraft it was given.
  moved_minor INTEGER NOT NULL,
  overdraft_minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS allowances_of_member ON allowances (member_id);

CREATE TRIGGER IF NOT EXISTS allowances_never_overdrawn BEFORE UPDATE OF drawn_minor ON allowances
WHEN NEW.drawn_minor > OLD.drawn_minor
AND NEW.moved_minor - NEW.given_back_minor - NEW.drawn_minor + NEW.restored_minor < -NEW.overdraft_minor
BEGIN SELECT raise(ABORT, 'credits_insufficient'); END;

-- Which payment took how much from where, less what was given back of it; in the order of drawing.
CREATE TABLE IF NOT EXISTS allowance_draws (
  payment_id TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  allowance_id TEXT NOT NULL REFERENCES allowances,
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  PRIMARY KEY (payment_id, ordinal)
) STRICT, WITHOUT ROWID;
