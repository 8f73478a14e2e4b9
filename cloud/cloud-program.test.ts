import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { credentialIdSchema, memberIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandOrigin } from './audit/act.ts'
import { type Cloud, startCloud } from './cloud-program.ts'
import { addUser, enrolmentCodeCommand, restoredCommand, revokeCredentialCommand } from './commands.ts'
import { type CloudConfig, parseCloudConfig } from './config.ts'
import { createTestDatabase, type TestDatabase } from './database/test-database.ts'
import { runDoctor } from './doctor.ts'
import { issueCredentials, putMembers } from './members/member-store.ts'
import { currentEpoch } from './sites/epoch.ts'
import { storeHeartbeat } from './sites/site-health.ts'
import { createSite, putOperator } from './sites/site-store.ts'

const adapters = {
  clock: new ManualClock(Date.UTC(2026, 10, 20)),
  random: new SeededRandom(3),
  logger: pino({ level: 'silent' }),
}
const dataFolder = mkdtempSync(join(tmpdir(), 'gatehouse-cloud-'))

let database: TestDatabase
let config: CloudConfig
let cloud: Cloud
beforeAll(async () => {
  database = await createTestDatabase()
  const parsed = parseCloudConfig({ dataFolder, databaseUrl: database.url, http: { port: 0 } })
  if ('lines' in parsed) throw new TypeError(parsed.lines.join())
  config = parsed
  cloud = await startCloud(config, adapters)
})
afterAll(async () => {
  await cloud.stop()
  await database.close()
  rmSync(dataFolder, { recursive: true })
})

describe('a cloud process', () => {
  it('lives, is ready, and tells its metrics to this machine', async () => {
    expect(await (await fetch(`${cloud.url}/healthz`)).json()).toMatchObject({ status: 'ok' })
    expect((await fetch(`${cloud.url}/readyz`)).status).toBe(200)
    const metrics = await (await fetch(`${cloud.url}/metrics`)).text()
    expect(metrics).toContain('gatehouse_projection_lag_entries 0')
  })

  it('keeps its identity across restarts and processes', async () => {
    const second = await startCloud(config, adapters)
    expect(second.identity).toEqual(cloud.identity)
    expect(second.port).not.toBe(cloud.port)
    await second.stop()
    await second.stop()
  })

  it('says which port it cannot have and leaves nothing behind', async () => {
    const busy = { ...config, http: { ...config.http, port: cloud.port } }
    await expect(startCloud(busy, adapters)).rejects.toMatchObject({ code: 'port_unavailable' })
  })

  it('ends long polls at once when it stops', async () => {
    const second = await startCloud(config, adapters)
    const waiting = second.notifications.next('site', { matches: () => false, timeoutMs: 60_000 })
    await second.stop()
    await waiting.done
  })
})

describe('commands', () => {
  it('make an enrolment code for a known site only', async () => {
    await putOperator(database.pool, 'operator', 'Operator', commandOrigin('test', 0))
    const siteId = siteIdSchema.parse('harbour')
    await createSite(database.pool, adapters.random, {
      siteId,
      operatorId: 'operator',
      by: commandOrigin('test', 0),
    })
    const lines: string[] = []
    expect(
      await enrolmentCodeCommand(config, adapters, { site: 'harbour' }, (line) => lines.push(line)),
    ).toBe(0)
    expect(lines[0]).toMatch(/^[0-9A-Z]{12} \(valid until 2026-11-20T00:15/)
    expect(
      await enrolmentCodeCommand(config, adapters, { site: 'nowhere' }, (line) => lines.push(line)),
    ).toBe(1)
    expect(lines[1]).toContain('harbour')
  })

  it('make a code for a box that takes over only with one of the known words about the old box', async () => {
    const lines: string[] = []
    const make = (oldBox: string) =>
      enrolmentCodeCommand(config, adapters, { site: 'harbour', oldBox }, (line) => lines.push(line))
    expect([await make('perhaps'), await make('broken')]).toEqual([2, 0])
    const { rows } = await database.pool.query('SELECT statement FROM enrolment_codes WHERE adopts')
    expect(rows).toEqual([{ statement: 'broken' }])
  })

  it('begin a new epoch beside a running cloud when somebody says that it was restored', async () => {
    const before = await currentEpoch(database.pool)
    expect(await restoredCommand(config, adapters, () => undefined)).toBe(0)
    expect(await currentEpoch(database.pool)).toBe(before + 1)
  })

  it('let somebody log in, with a password that is shown once', async () => {
    const lines: string[] = []
    const run = (request: Parameters<typeof addUser>[2]) =>
      addUser(config, adapters, request, (line) => lines.push(line))
    expect(await run({ email: 'mia@example.org', role: 'site_manager', siteIds: ['harbour'] })).toBe(0)
    const password = lines.at(-1)?.split(' ').at(-1) ?? ''
    const body = { email: 'mia@example.org', password }
    expect((await cloud.auth.api.signInEmail({ body, asResponse: true })).status).toBe(200)
    expect(await run({ email: 'mia@example.org', role: 'hq' })).toBe(0)
    expect(lines.at(-1)).not.toContain('with')
    expect(await run({ email: 'x@example.org', role: 'site_manager', siteIds: ['nowhere'] })).toBe(1)
    expect(await run({ email: 'x@example.org', role: 'king' })).toBe(2)
    expect(await run({ email: 'nobody', role: 'hq' })).toBe(2)
  })

  it('revoke all cards of a member, and record it under the name of the command', async () => {
    const by = commandOrigin('test', 0)
    const memberId = memberIdSchema.parse('mb-1')
    await putMembers(database.pool, [{ memberId, displayName: 'Nell' }], by)
    const card = { memberId, kind: 'card' as const, secret: '0012345' }
    const ids = ['card-1', 'card-2'].map((id) => credentialIdSchema.parse(id))
    await issueCredentials(
      database.pool,
      ids.map((credentialId) => ({ credentialId, ...card })),
      by,
    )
    const lines: string[] = []
    const run = (reference: string) =>
      revokeCredentialCommand(config, adapters, reference, (line) => lines.push(line))
    expect([await run('card-2'), await run('mb-1'), await run('nobody')]).toEqual([0, 0, 1])
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['card-2', 'card-1', 'card-2', 'No'])
    const { rows } = await database.pool.query(
      `SELECT actor_id, record::jsonb #>> '{subject,id}' AS id FROM admin_acts
       WHERE act = 'credential.revoked' ORDER BY seq`,
    )
    expect(rows).toEqual([
      { actor_id: 'revoke-credential', id: 'card-2' },
      { actor_id: 'revoke-credential', id: 'card-1' },
    ])
  })

  it('the doctor checks each part and fails on what is wrong', async () => {
    const lines: string[] = []
    const wrong = { ...config, databaseUrl: 'postgresql://nobody@127.0.0.1:1/none' }
    expect(await runDoctor(wrong, adapters.clock, (line) => lines.push(line))).toBe(1)
    for (const part of ['versions', 'clock', 'disk:', 'disk sync', 'port', 'database']) {
      expect(lines.join('\n')).toContain(part)
    }
    expect(lines.filter((line) => line.startsWith('FAIL'))).toHaveLength(1)
  })

  it('the doctor tells which devices a site misses', async () => {
    const siteId = siteIdSchema.parse('pier')
    await createSite(database.pool, adapters.random, {
      siteId,
      operatorId: 'operator',
      by: commandOrigin('test', 0),
    })
    const lines: string[] = []
    const run = () => runDoctor(config, adapters.clock, (line) => lines.push(line))
    await run()
    expect(lines.join('\n')).toMatch(/^ok .*devices of pier: the site was never heard/m)
    await database.pool.query(`UPDATE sites SET incarnation = 1 WHERE site_id = 'pier'`)
    const { wallMs, bootId, monotonicMs } = adapters.clock.now()
    const sums = { head: { seq: 0, hash: '0'.repeat(64) }, entries: 0, bookings: {}, takings: [] }
    await storeHeartbeat(
      database.pool,
      siteId,
      {
        ...{ incarnation: 1, version: '1', bootId, monotonicMs, wallMs, clockQuality: 'trusted' },
        ...{ waiting: 0, devicesDown: ['strike-1'], selling: 'all', directory: { epoch: 1, rev: 0 } },
        sums: { ...sums, sessions: { open: 0, departed: 0, voided: 0 } },
      },
      wallMs,
    )
    expect(await run()).toBe(1)
    expect(lines.join('\n')).toMatch(/^FAIL devices of pier: 1 down: strike-1/m)
  })
})
