-- Why: members' credits are spent at sites that may be cut off. A bucket is what a member was given; an allowance is the
-- share of it that was moved to one site (shared/credits/cloud-allowance.ts) and that only the site's word brings back.
-- Survives the previous release: yes. It passes over the entries and moves nothing; they are not folded again, so what
-- sites spent while it ran is missing here until their ledgers are projected anew.

CREATE TABLE credit_buckets (
  bucket_id text PRIMARY KEY,
  operator_id text NOT NULL REFERENCES operators,
  -- An id and nothing else: erasing a member leaves sums that say of nobody whose they were.
  member_id text NOT NULL,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- 0 where a restored cloud knows the bucket only from what a site received of it.
  funded_minor bigint NOT NULL CHECK (funded_minor >= 0),
  promotional boolean NOT NULL,
  -- What takes place in [from_ms, expires_ms) may be paid with it.
  from_ms bigint NOT NULL,
  expires_ms bigint NOT NULL CHECK (expires_ms > from_ms),
  reason text NOT NULL CHECK (reason IN ('purchase', 'plan', 'gift', 'goodwill', 'told_by_site')),
  created_ms bigint NOT NULL,
  -- When the policy looks at it next.
  tend_ms bigint NOT NULL DEFAULT 0
);
CREATE INDEX credit_buckets_by_member ON credit_buckets (member_id);
CREATE INDEX credit_buckets_by_operator ON credit_buckets (operator_id);
CREATE INDEX credit_buckets_to_tend ON credit_buckets (tend_ms);

-- Sums over the life of an allowance, minor units. Changed only under the row lock of its bucket.
CREATE TABLE allowances (
  allowance_id text PRIMARY KEY,
  bucket_id text NOT NULL REFERENCES credit_buckets,
  site_id text NOT NULL REFERENCES sites,
  -- The first life of the site whose books hold it.
  life integer NOT NULL CHECK (life >= 1),
  moved_minor bigint NOT NULL CHECK (moved_minor >= 0),
  asked_back_minor bigint NOT NULL CHECK (asked_back_minor >= 0),
  overdraft_minor bigint NOT NULL CHECK (overdraft_minor >= 0),
  received_minor bigint NOT NULL CHECK (received_minor BETWEEN 0 AND moved_minor),
  given_back_minor bigint NOT NULL CHECK (given_back_minor BETWEEN 0 AND moved_minor),
  drawn_minor bigint NOT NULL CHECK (drawn_minor >= 0),
  restored_minor bigint NOT NULL CHECK (restored_minor >= 0),
  -- Where its last row stands in the site's directory, and the last row that the site applied.
  row_epoch integer,
  row_rev bigint,
  received_epoch integer,
  received_rev bigint,
  -- A person moved it last: the policy leaves it alone.
  by_hand boolean NOT NULL DEFAULT false,
  changed_ms bigint NOT NULL
);
CREATE INDEX allowances_by_bucket ON allowances (bucket_id);
CREATE INDEX allowances_by_site ON allowances (site_id);

-- Whatever a decision overlooked: no move takes more out of a bucket than it has. What a site received already counts as
-- moved in any case (a restored cloud): then the bucket owes, and a case is opened.
CREATE FUNCTION refuse_move_beyond_bucket() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE funded bigint;
BEGIN
  IF NEW.moved_minor <= NEW.received_minor OR (TG_OP = 'UPDATE' AND NEW.moved_minor <= OLD.moved_minor) THEN
    RETURN NULL;
  END IF;
  SELECT funded_minor INTO funded FROM credit_buckets WHERE bucket_id = NEW.bucket_id FOR UPDATE;
  IF funded < (SELECT sum(moved_minor - given_back_minor) FROM allowances WHERE bucket_id = NEW.bucket_id) THEN
    RAISE EXCEPTION 'bucket % has not got that much', NEW.bucket_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER move_within_bucket AFTER INSERT OR UPDATE OF moved_minor ON allowances
  FOR EACH ROW EXECUTE FUNCTION refuse_move_beyond_bucket();

ALTER TABLE credit_buckets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_credit_buckets ON credit_buckets TO gatehouse_tenant
  USING (operator_id = current_setting('gatehouse.operator', true));
ALTER TABLE allowances ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_allowances ON allowances TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = allowances.site_id));
GRANT SELECT ON credit_buckets, allowances TO gatehouse_tenant;
