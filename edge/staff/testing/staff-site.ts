import { scryptSync } from 'node:crypto'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { LedgerModule } from '../../ledger/command.ts'
import { openDatabase, type SiteDatabase } from '../../ledger/database.ts'
import type { EffectHandler } from '../../ledger/effects.ts'
import { readEntries } from '../../ledger/entry-store.ts'
import { Kernel } from '../../ledger/kernel.ts'
import type { AppliedRow } from '../../sync/directory.ts'
import { Directory } from '../../sync/directory.ts'
import { syncTablesSql } from '../../sync/tables.ts'
import { staffRoutes } from '../routes.ts'
import { staffModule } from '../staff-module.ts'
import { StaffSessions } from '../staff-sessions.ts'

export const password = 'a site password'
const salt = Buffer.alloc(16, 7)

/** The verifier that the cloud would send, at the least cost that is allowed. */
export const verifierOf = (secret: string) => {
  const hash = scryptSync(secret, salt, 32, { N: 2 ** 14, r: 8, p: 1, maxmem: 80 * 1024 * 1024 })
  return `scrypt$14$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

export const staffRow = (key = 'us_1', email = 'marlo@demo.example', secret = password) => ({
  kind: 'staff',
  key,
  body: { displayName: 'Marlo (demo)', email, verifier: verifierOf(secret) },
})

/** A site whose staff a test logs in, with the modules and routes it adds. */
export function openStaffSite(path: string, more: StaffSiteMore = {}) {
  const clock = new ManualClock(Date.UTC(2026, 10, 20, 11))
  const random = new SeededRandom(more.seed ?? 3)
  const db: SiteDatabase = openDatabase({ path, locking: 'exclusive' })
  db.exec(syncTablesSql)
  const directory = new Directory(db, siteIdSchema.parse('harbour-house'))
  let rev = 0
  const apply = (...rows: readonly Pick<AppliedRow, 'kind' | 'key' | 'body'>[]) => {
    rev += 1
    const applied = rows.map((row) => ({ ...row, epoch: 1, rev }))
    directory.apply(applied, { epoch: 1, rev, handle: undefined, offset: `${rev}` }, false)
  }
  apply(staffRow())
  const kernel = new Kernel({
    ...{ receiptKey: 'test', db, siteId: directory.siteId, incarnation: 1, clock, random },
    modules: [staffModule, ...(more.modules?.(directory) ?? [])],
    effects: more.effects ?? [],
    onBug: (error) => {
      throw error
    },
  })
  const sessions = new StaffSessions({ directory, clock, random })
  const app = staffRoutes({ kernel, directory, sessions, random, clock })
  for (const routes of more.routes?.({ kernel, directory, clock, random, sessions }) ?? [])
    app.route('/', routes)
  let keys = 0
  const call = async (method: string, at: string, body?: unknown, cookie?: string) => {
    keys += 1
    const headers = new Headers({
      'content-type': 'application/json',
      'idempotency-key': `press-${keys}-key`,
    })
    if (cookie !== undefined) headers.set('cookie', cookie)
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await app.request(`http://127.0.0.1:8101${at}`, { method, headers, ...sent })
    const text = await response.text()
    const answer = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
    const [set] = response.headers.getSetCookie()
    return { status: response.status, answer, set, cookie: set?.split(';')[0] }
  }
  const logIn = (email = 'marlo@demo.example', secret = password) =>
    call('POST', '/staff/login', { email, password: secret })
  const entries = () =>
    readEntries(db, { incarnation: 1, afterSeq: 0, limit: 100 }).map(
      ({ text }) => JSON.parse(text) as { type: string; body: Record<string, unknown> },
    )
  return {
    sessions,
    clock,
    directory,
    kernel,
    apply,
    call,
    logIn,
    entries,
    close: () => void db.close(),
  }
}

interface StaffSiteMore {
  readonly seed?: number
  readonly modules?: (directory: Directory) => readonly LedgerModule[]
  readonly effects?: readonly EffectHandler[]
  readonly routes?: (site: {
    readonly kernel: Kernel
    readonly directory: Directory
    readonly clock: ManualClock
    readonly random: SeededRandom
    readonly sessions: StaffSessions
  }) => readonly OpenAPIHono[]
}
