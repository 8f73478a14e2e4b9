import type { Clock } from '@gatehouse/shared/clock/clock'
import type { Notifications } from '../database/notifications.ts'
import type { Queryable } from '../database/pool.ts'
import { onSiteChange, type SiteChange } from '../ingest/site-change.ts'
import { readSiteContacts } from '../sites/site-health.ts'
import type { LiveHub } from './live-hub.ts'

/**
 * Tells the connected screens of every committed change of a site. After a lost connection to the database
 * every site of `siteIds` may have changed. Returns a function that stops it.
 */
export function publishSiteChanges(parts: {
  readonly notifications: Notifications
  readonly hub: LiveHub
  readonly siteIds: () => Promise<readonly string[]>
}): () => void {
  const { notifications, hub, siteIds } = parts
  return onSiteChange(notifications, (change) => {
    if (change.siteId !== '') return publish(hub, change)
    siteIds().then(
      (all) => {
        for (const siteId of all) publish(hub, { ...change, siteId })
      },
      // The database is gone again; its return is announced again.
      () => undefined,
    )
  })
}

function publish(hub: LiveHub, change: SiteChange): void {
  for (const topic of change.topics) hub.publish({ kind: 'changed', topic, siteId: change.siteId, ids: [] })
}

/** Notices sites that fell silent or came back and tells the connected screens; run `check` every few seconds. */
export class LinkWatch {
  readonly #parts: { readonly db: Queryable; readonly clock: Clock; readonly hub: LiveHub }
  readonly #online = new Map<string, boolean>()

  constructor(parts: { readonly db: Queryable; readonly clock: Clock; readonly hub: LiveHub }) {
    this.#parts = parts
  }

  async check(): Promise<void> {
    const { db, clock, hub } = this.#parts
    for (const { siteId, online } of await readSiteContacts(db, clock.now().wallMs)) {
      const before = this.#online.get(siteId)
      this.#online.set(siteId, online)
      if (before === undefined || before === online) continue
      publish(hub, { siteId, topics: ['link', 'sites', 'plan'] })
    }
  }
}
