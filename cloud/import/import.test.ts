import { readFileSync } from 'node:fs'
import { credentialIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandOrigin } from '../audit/act.ts'
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts'
import { readDirectory } from '../directory/read-rows.ts'
import { revokeCredential } from '../members/member-store.ts'
import { loadCloudIdentity } from '../sites/cloud-identity.ts'
import { createEnrolmentCode } from '../sites/enrolment.ts'
import { importCommand } from './import-command.ts'
import { parseImportFile } from './import-file.ts'

const text = readFileSync(new URL('example.json', import.meta.url), 'utf8')

describe('an import file', () => {
  it('may not give a card to a member or a plan to a member that it does not name', () => {
    const raw = JSON.parse(text)
    const wrong = parseImportFile(JSON.stringify({ ...raw, plans: [], members: [] }))
    expect(wrong).toHaveProperty('lines', [expect.stringMatching(/^credentials\.0\.memberId: /)])
    const planless = parseImportFile(JSON.stringify({ ...raw, plans: [] }))
    expect(planless).toHaveProperty('lines', [expect.stringMatching(/^members\.0\.planId: /)])
  })

  it('names the place of a mistake and never the number of a card', () => {
    const raw = JSON.parse(text)
    raw.credentials[0].kind = 'badge'
    raw.sites[0].rows[1].body.ordinal = 'first'
    const wrong = parseImportFile(JSON.stringify(raw))
    expect(wrong).toHaveProperty('lines.length', 2)
    expect(JSON.stringify(wrong)).toContain('sites.0.rows.1.body.ordinal')
    expect(JSON.stringify(wrong)).not.toContain(raw.credentials[0].secret)
  })
})

describe('import', () => {
  const random = new SeededRandom(7)
  const nowMs = Date.UTC(2026, 10, 20, 12)
  const siteId = siteIdSchema.parse('riverside')
  const by = commandOrigin('import', nowMs)
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
    await loadCloudIdentity(database.pool, random, nowMs)
  })
  afterAll(() => database.close())

  async function run(json: string): Promise<string[]> {
    const lines: string[] = []
    const file = parseImportFile(json)
    if ('lines' in file) throw new TypeError(file.lines.join('; '))
    await importCommand({ pool: database.pool, random, by }, file, (line) => lines.push(line))
    return lines
  }

  it('creates a site that can enrol, and changes nothing of it the second time', async () => {
    const first = await run(text)
    expect(first[0]).toMatch(/: 7 of 7 rows/)
    const request = { siteId, by }
    expect((await createEnrolmentCode(database.pool, random, request)).expiresMs).toBeGreaterThan(nowMs)
    expect((await run(text))[0]).toMatch(/: 0 of 7 rows/)
  })

  it('removes a row that has no body', async () => {
    await run(text)
    const raw = JSON.parse(text)
    raw.sites[0].rows[6].body = null
    await run(JSON.stringify(raw))
    const devices = await readDirectory(database.pool, 'device', [siteId])
    expect(devices.map(({ key }) => key)).toEqual(['room-1-strike'])
  })

  it('leaves a credential revoked that was revoked', async () => {
    await run(text)
    await revokeCredential(database.pool, credentialIdSchema.parse('ada-card'), by)
    await run(text)
    const [card] = await readDirectory(database.pool, 'credential', [siteId])
    expect(card?.body).toMatchObject({ revoked: true, memberId: 'ada' })
  })

  it('refuses parts and holidays that cannot be, also against what the site has already, and writes nothing', async () => {
    await run(text)
    const raw = JSON.parse(text)
    const rows = raw.sites[0].rows
    const space = rows.find((row: { kind: string }) => row.kind === 'space')
    const hall = (key: string, ...parts: string[]) => ({ ...space, key, body: { ...space.body, parts } })
    const closed = (date: string) => ({ date, name: 'Closed', hours: [] })
    rows[0].body.holidays = [closed('2026-12-25'), closed('2026-12-25'), closed('2026-02-30')]
    // The space itself is there since the first import.
    raw.sites[0].rows = [
      rows[0],
      hall('hall', space.key, 'annex'),
      hall('wing', 'hall'),
      hall('loop', 'loop'),
    ]
    const lines = await run(JSON.stringify(raw))
    expect(lines).toHaveLength(5)
    for (const named of ['2026-12-25', '2026-02-30', 'annex', 'hall', 'loop']) {
      expect(lines.some((line) => line.includes(named))).toBe(true)
    }
    const spaces = await readDirectory(database.pool, 'space', [siteId])
    expect(spaces.map(({ key }) => key)).toEqual([space.key])
    raw.sites[0].rows = [hall('hall', space.key)]
    expect((await run(JSON.stringify(raw)))[0]).toMatch(/: 1 of 1 rows/)
  })
})
