-- Why: a process can die after it committed what a request asked for and before it kept the answer; the request sent
-- again under its key ran a second time once the lease was over. Now the act itself marks its key, in its own transaction.
-- Survives the previous release: yes. It never marks a key and runs such a request again, as before.

ALTER TABLE idempotency_key ADD COLUMN carried_out_ms bigint;
