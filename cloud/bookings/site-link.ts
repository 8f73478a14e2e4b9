import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { Transaction } from '../database/pool.ts'

/** How the site answered a request: the type and body of its entry. */
export interface SiteAnswer {
  readonly type: string
  readonly body: unknown
}

/** The way to a site and back: request rows down, entries up. */
export interface SiteLink {
  /** Whether the site was heard lately. */
  isOnline(siteId: string): Promise<boolean>
  /** Writes a request row into the site's directory, within the caller's transaction; `null` takes it back. */
  putRequest(
    tx: Transaction,
    request: { siteId: string; requestId: string; body: DirectoryBody<'request'> | null },
  ): Promise<void>
  /** Waits for the entry that answers the request; `undefined` when none came in time. */
  waitForAnswer(
    request: { siteId: string; requestId: string },
    timeoutMs: number,
  ): Promise<SiteAnswer | undefined>
}
