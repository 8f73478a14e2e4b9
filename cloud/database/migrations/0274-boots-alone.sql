-- Why: since 0261 the boots heard of late say whether two machines call as one; nothing fills or reads these columns.
-- Survives the previous release: yes, it neither writes nor reads them. One from before 0261 could store no
-- heartbeat any more.

ALTER TABLE site_health DROP COLUMN other_boot_id, DROP COLUMN other_heard_ms;
