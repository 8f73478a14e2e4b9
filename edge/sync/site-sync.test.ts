import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterEach, expect, test, vi } from 'vitest'
import { openBookingSite } from '../bookings/testing/booking-site.ts'
import { openDatabase, type SiteDatabase } from '../ledger/database.ts'
import { CloudTime } from './cloud-time.ts'
import { Directory } from './directory.ts'
import { Link } from './link.ts'
import { SiteSync } from './site-sync.ts'
import { syncTablesSql } from './tables.ts'

let server: Server
let sync: SiteSync
let folder: string
let db: SiteDatabase
const held: ServerResponse[] = []

afterEach(async () => {
  for (const response of held.splice(0)) response.destroy()
  server.closeAllConnections()
  await sync.stop()
  await new Promise((resolve) => server.close(resolve))
  db.close()
  rmSync(folder, { recursive: true, force: true })
})

test("a machine that was replaced sells nothing from the moment it hears so, also where its ledger differs from the cloud's copy", async () => {
  const { kernel, clock } = openBookingSite()
  // A directory of its own: nothing of it was fetched yet.
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-site-sync-'))
  db = openDatabase({ path: join(folder, 'directory.sqlite'), locking: 'exclusive' })
  db.exec(syncTablesSql)
  const directory = new Directory(db, kernel.siteId)
  const head = { seq: 3, hash: 'f'.repeat(64) }
  let handshakes = 0
  server = createServer((request, response) => {
    if (request.url !== '/sync/v1/handshake') return void response.writeHead(503).end()
    handshakes += 1
    // The second call, in which the machine says what it holds instead, gets no answer.
    if (handshakes > 1) return void held.push(response)
    const answer = { head, epoch: 1, cloudWallMs: clock.now().wallMs, verdict: 'fenced' }
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cloudUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { siteId, incarnation } = kernel
  sync = new SiteSync({
    ...{ kernel, directory, cloudUrl, clock, random: new SeededRandom(1), link: new Link(clock) },
    identity: { siteId, incarnation, cloudPublicKey: '', siteKey: Buffer.alloc(32).toString('base64url') },
    token: async () => 'token',
    cloudTime: new CloudTime(clock),
    ...{ version: 'test', devicesDown: () => [], uploads: true, machineMark: undefined },
    sums: () => ({
      ...{ head: kernel.head, entries: 0, bookings: {}, takings: [] },
      sessions: { open: 0, departed: 0, voided: 0 },
    }),
    ...{ onInStep: () => {}, onLost: () => {}, log: () => {} },
  })
  expect(kernel.sells).toBe(true)
  sync.start()
  await vi.waitFor(() => expect(handshakes).toBe(2), 5_000)
  expect(kernel.sells).toBe(false)
})
