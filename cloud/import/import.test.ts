import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { credentialIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandOrigin } from '../audit/act.ts'
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts'
import { readDirectory } from '../directory/read-rows.ts'
import { revokeCredential } from '../members/member-store.ts'
import { SubjectSeal } from '../members/subject-seal.ts'
import { photoBytesMax } from '../photos/media-type.ts'
import { findPhoto } from '../photos/photo-store.ts'
import { loadCloudIdentity } from '../sites/cloud-identity.ts'
import { createEnrolmentCode } from '../sites/enrolment.ts'
import { importCommand } from './import-command.ts'
import { parseImportFile } from './import-file.ts'
import { readSitePhotos, type SitePhotos } from './site-photos.ts'

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
  const seal = new SubjectSeal(join(mkdtempSync(join(tmpdir(), 'gatehouse-seal-')), 'subject.key'), random)
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
    await loadCloudIdentity(database.pool, random, nowMs)
  })
  afterAll(() => database.close())

  async function run(json: string, photos: SitePhotos = new Map()): Promise<string[]> {
    const lines: string[] = []
    const file = parseImportFile(json)
    if ('lines' in file) throw new TypeError(file.lines.join('; '))
    await importCommand({ pool: database.pool, random, seal, by }, file, photos, (line) => lines.push(line))
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

  it('keeps a picture by its content, and shows it until the file names others', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'photos-'))
    const path = join(folder, 'site.json')
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])
    writeFileSync(join(folder, 'front.png'), png)
    writeFileSync(join(folder, 'page.png'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    writeFileSync(join(folder, 'large.png'), Buffer.concat([png, Buffer.alloc(photoBytesMax)]))
    const raw = JSON.parse(text)
    const read = (...names: string[]) => {
      raw.sites[0].photos = names.map((file) => ({ file, text: 'The house' }))
      const file = parseImportFile(JSON.stringify(raw))
      return 'lines' in file ? expect.fail(file.lines.join()) : readSitePhotos(path, file)
    }
    expect(read('page.png', 'large.png', 'none.png', '../site.json')).toHaveProperty('lines.length', 4)
    const photos = read('front.png')
    if ('lines' in photos) expect.fail(photos.lines.join())
    await run(JSON.stringify(raw), photos)
    const shown = async () => (await readDirectory(database.pool, 'site', [siteId]))[0]?.body.photos
    const sha256 = createHash('sha256').update(png).digest('hex')
    expect(await shown()).toEqual([{ sha256, text: 'The house' }])
    const kept = await findPhoto(database.pool, sha256)
    expect(kept?.mediaType).toBe('image/png')
    expect(Buffer.from(kept?.bytes ?? [])).toEqual(Buffer.from(png))
    await run(text)
    expect(await shown()).toEqual([{ sha256, text: 'The house' }])
    await run(text, new Map([[siteId, []]]))
    expect(await shown()).toEqual([])
  })
})
