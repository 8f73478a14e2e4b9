-- Why: a heartbeat that the network delivers after a reboot looked like a second machine, and the case stayed open. Two
-- boots are two machines only when both lived at one time; what was heard of each boot of late tells that.
-- Survives the previous release: yes. It fills `other_boot_id` and `other_heard_ms`, which nothing reads any more and a
-- later release drops; boots that it heard are missing here until they are heard again.

ALTER TABLE site_health ADD COLUMN boots jsonb NOT NULL DEFAULT '[]';
