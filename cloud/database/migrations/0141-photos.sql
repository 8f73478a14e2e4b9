-- Why: sites show pictures of themselves from the cloud's own origin. A picture is named by its content, so that
-- it never changes under its name and the same one is kept once; which site shows it is said by the site's row.
-- Survives the previous release: yes, only a new table.

CREATE TABLE photo (
  sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  media_type text NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg', 'image/webp')),
  bytes bytea NOT NULL CHECK (length(bytes) BETWEEN 1 AND 1048576)
);
