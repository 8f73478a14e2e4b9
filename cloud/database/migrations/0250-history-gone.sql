-- Why: a site that pruned its ledger behind a checkpoint may meet a cloud that was restored from a backup older than what
-- the site still keeps; HQ must see that state.
-- Survives the previous release: yes, one more value that it never writes and shows as an unknown state.

ALTER TABLE site_sync DROP CONSTRAINT site_sync_state_check;
ALTER TABLE site_sync ADD CONSTRAINT site_sync_state_check
  CHECK (state IN ('in_step', 'edge_ahead', 'cloud_ahead', 'history_gone', 'fork', 'older_life'));
