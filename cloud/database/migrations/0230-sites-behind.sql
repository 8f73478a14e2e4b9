-- Why: a site that uploads much after its first start or a long cut needs nobody; one that stays behind does. For
-- that HQ must know since when the cloud has been behind the site.
-- Survives the previous release: yes. It leaves the column as it is; the next heartbeat of this release sets it.

ALTER TABLE site_health ADD COLUMN behind_since_ms bigint;
