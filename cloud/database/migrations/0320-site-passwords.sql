-- Why: those who run a site log in at the site itself, also while the cloud is away. Their site password is kept as a
-- verifier, which goes to the directories of their sites; it is never the password of the log-in here.
-- Survives the previous release: yes, only a new table that it neither reads nor writes.

CREATE TABLE site_password (
  user_id text PRIMARY KEY REFERENCES login_user ON DELETE CASCADE,
  verifier text NOT NULL,
  set_ms bigint NOT NULL
);
