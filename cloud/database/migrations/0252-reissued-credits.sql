-- Why: credits that come back for a refund after their bucket was over are issued again for 7 days, as a bucket of their own.
-- Survives the previous release: yes, it reads such a bucket like any other and makes none.

ALTER TABLE credit_buckets DROP CONSTRAINT credit_buckets_reason_check;
ALTER TABLE credit_buckets ADD CONSTRAINT credit_buckets_reason_check
  CHECK (reason IN ('purchase', 'plan', 'gift', 'goodwill', 'told_by_site', 'reissue'));
