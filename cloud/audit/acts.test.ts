import type { ActView } from '@gatehouse/shared/api/audit-view'
import { credentialIdSchema, memberIdSchema, planIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { genesisHash, sha256Hex } from '@gatehouse/shared/ledger/chain'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { asOperator, inTransaction } from '../database/pool.ts'
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts'
import { putChangedRows } from '../directory/put-changes.ts'
import { createAuth } from '../members/auth.ts'
import {
  findCredentials,
  issueCredentials,
  putMembers,
  putPlans,
  revokeCredential,
} from '../members/member-store.ts'
import { ensureUser, type NewUser } from '../members/users.ts'
import { loadCloudIdentity } from '../sites/cloud-identity.ts'
import { createEnrolmentCode, enrol } from '../sites/enrolment.ts'
import { createSite, putOperator } from '../sites/site-store.ts'
import { type Act, commandOrigin } from './act.ts'
import { checkActChain, readActs } from './read-acts.ts'
import { recordActs } from './record-acts.ts'

const random = new SeededRandom(5)
const by = commandOrigin('test', 1_000, 'a'.repeat(32))
const north = siteIdSchema.parse('north')
const credentialId = credentialIdSchema.parse('cr-1')
const memberId = memberIdSchema.parse('mb-1')
const planId = planIdSchema.parse('day')
const act: Act = { act: 'user.changed', subject: { kind: 'user', id: 'us_1' } }

const databases: TestDatabase[] = []
let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
  databases.push(database)
  await loadCloudIdentity(database.pool, random, by.nowMs)
})
afterAll(async () => {
  for (const one of databases) await one.close()
})

const acts = async (): Promise<readonly ActView[]> =>
  (await readActs(database.pool, { readable: 'all', limit: 500 })).items
const codes = async () => (await acts()).map((one) => one.act)
const record = (...some: Act[]) => inTransaction(database.pool, (tx) => recordActs(tx, by, some))
/** What somebody with the rights of the tables' owner can do. */
const tamper = async (sql: string) => {
  for (const table of ['admin_acts', 'admin_act_head']) {
    await database.pool.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
  }
  await database.pool.query(sql)
}

async function furnish(): Promise<void> {
  await putOperator(database.pool, 'demo', 'Demo', by)
  await createSite(database.pool, random, { siteId: north, operatorId: 'demo', by })
  const access = { doors: 'public' as const, hours: [] }
  const body = { name: 'Day', monthlyMinor: 0, discountPercent: 0, covers: [], access }
  await putPlans(database.pool, [{ planId, body }], by)
  await putMembers(database.pool, [{ memberId, displayName: 'Nell Lantern', planId }], by)
  const credentials = [{ credentialId, memberId, kind: 'card' as const, secret: '0012345' }]
  await issueCredentials(database.pool, credentials, by)
}

describe('the store of acts', () => {
  it.each([
    `UPDATE admin_acts SET record = '{}'`,
    'DELETE FROM admin_acts',
    'TRUNCATE admin_acts',
    'DELETE FROM admin_act_head',
    'TRUNCATE admin_act_head',
    'UPDATE admin_act_head SET seq = 0',
    'UPDATE admin_act_head SET hash = hash',
  ])('refuses %s', async (sql) => {
    await record(act)
    const before = await acts()
    await expect(database.pool.query(sql)).rejects.toMatchObject({ code: '23001' })
    expect(await acts()).toEqual(before)
  })

  it('refuses a row that does not continue the chain', async () => {
    await record(act)
    const forged = JSON.stringify({ seq: 2, prev: genesisHash, act: 'x', actor: { id: 'x' }, occurredMs: 1 })
    const insert = 'INSERT INTO admin_acts (seq, hash, record) VALUES ($1, $2, $3)'
    const refused = { code: '23001' }
    await expect(database.pool.query(insert, [2, sha256Hex(forged), forged])).rejects.toMatchObject(refused)
    await expect(database.pool.query(insert, [3, sha256Hex(forged), forged])).rejects.toMatchObject(refused)
  })

  it('chains each act to the one before it, also when many are written at once', async () => {
    await Promise.all(Array.from({ length: 12 }, () => record(act, act)))
    const written = [...(await acts())].reverse()
    expect(written.map(({ seq }) => seq)).toEqual(Array.from({ length: 24 }, (_, at) => at + 1))
    const hashes = [genesisHash, ...written.map(({ hash }) => hash)]
    expect(written.map(({ prev }) => prev)).toEqual(hashes.slice(0, -1))
    const headHash = hashes.at(-1)
    expect(await checkActChain(database.pool)).toEqual({ state: 'intact', acts: 24, headSeq: 24, headHash })
  })

  it('writes more acts than one statement takes', async () => {
    await record(...Array.from({ length: 2_500 }, () => act))
    expect(await checkActChain(database.pool)).toMatchObject({ state: 'intact', acts: 2_500 })
  })

  it('lets an operator see only acts at their own sites, whatever the query asks', async () => {
    await furnish()
    const seen = async (operator: string) =>
      asOperator(
        database.pool,
        operator,
        async (tx) => (await tx.query('SELECT act FROM admin_acts')).rowCount,
      )
    expect(await seen('other')).toBe(0)
    expect(await seen('demo')).toBe(2)
  })
})

describe('an act and its record', () => {
  it('are both gone when the act is rolled back', async () => {
    const failing = inTransaction(database.pool, async (tx) => {
      await tx.query(`INSERT INTO operators VALUES ('gone', 'Gone')`)
      await recordActs(tx, by, [act])
      throw new TypeError('stop')
    })
    await expect(failing).rejects.toThrow(TypeError)
    expect(await acts()).toEqual([])
    await record(act)
    expect((await acts()).map(({ seq }) => seq)).toEqual([1])
  })

  it('do not exist without each other: where no record can be written, nothing is done', async () => {
    await furnish()
    const auth = createAuth({
      pool: database.pool,
      secret: 'a secret of at least thirty-two characters',
      publicUrl: 'http://127.0.0.1:8080',
      trustedOrigins: [],
    })
    const nell: NewUser = {
      email: 'nell@example.org',
      password: 'a long password',
      role: 'hq',
      displayName: 'N',
    }
    const south = siteIdSchema.parse('south')
    const { pool } = database
    const { code } = await createEnrolmentCode(pool, random, { siteId: north, by })
    await pool.query('ALTER TABLE admin_acts RENAME TO taken_away')
    const tries: (() => Promise<unknown>)[] = [
      () => putOperator(pool, 'late', 'Late', by),
      () => createSite(pool, random, { siteId: south, operatorId: 'demo', by }),
      () => createEnrolmentCode(pool, random, { siteId: north, by }),
      () => enrol(pool, 'key', { code, publicKey: 'A'.repeat(43), machine: 'box', nowMs: by.nowMs }),
      () => putMembers(pool, [{ memberId, displayName: 'Other' }], by),
      () => revokeCredential(pool, credentialId, by),
      () => ensureUser({ pool, auth, random }, nell, by),
      () => putChangedRows(pool, north, [levelRow('Ground')], by),
    ]
    const state = async () =>
      JSON.stringify(
        await Promise.all(
          [
            'operators',
            'sites',
            'enrolment_codes',
            'member',
            'credential',
            'login_user',
            'site_directory',
          ].map(async (table) => (await pool.query(`SELECT * FROM ${table} ORDER BY 1`)).rows),
        ),
      )
    const before = await state()
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ code: '42P01' })
    expect(await state()).toBe(before)
  })
})

const levelRow = (name: string) => ({
  kind: 'level' as const,
  key: 'l1',
  body: { name, ordinal: 0, width: 100, height: 60 },
})

describe('the functions that change things', () => {
  it('record what they did once, and nothing when everything was so before', async () => {
    await furnish()
    const first = await codes()
    expect([...first].reverse()).toEqual([
      ...['operator.created', 'site.created', 'plan.created', 'member.created', 'credential.issued'],
    ])
    await furnish()
    expect(await codes()).toEqual(first)
  })

  it('name fields and ids of what changed, and no personal value or secret', async () => {
    await furnish()
    await putOperator(database.pool, 'demo', 'Demo & Sons', by)
    await putMembers(database.pool, [{ memberId, displayName: 'Nell Anchor' }], by)
    const [member, operator] = await acts()
    expect(member).toMatchObject({
      act: 'member.changed',
      subject: { kind: 'member', id: 'mb-1' },
      before: { planId: 'day' },
      after: { planId: 'none', fields: ['displayName', 'planId'] },
      traceId: 'a'.repeat(32),
    })
    expect(operator).toMatchObject({ act: 'operator.renamed', operatorId: 'demo' })
    const { rows } = await database.pool.query('SELECT record FROM admin_acts')
    expect(JSON.stringify(rows)).not.toMatch(/Nell|Lantern|Anchor|0012345/)
  })

  it('tell which rows of a directory were added, changed and removed', async () => {
    await furnish()
    await putChangedRows(database.pool, north, [levelRow('Ground')], by)
    await putChangedRows(database.pool, north, [levelRow('First')], by)
    await putChangedRows(database.pool, north, [{ ...levelRow(''), body: null }], by)
    const changes = (await acts()).filter((one) => one.act === 'directory.changed').map(({ after }) => after)
    expect(changes).toEqual([
      { rows: 1, added: [], changed: [], removed: ['level/l1'] },
      { rows: 1, added: [], changed: ['level/l1'], removed: [] },
      { rows: 1, added: ['level/l1'], changed: [], removed: [] },
    ])
  })

  it('tell the rights of a user before and after', async () => {
    await furnish()
    const auth = createAuth({
      pool: database.pool,
      secret: 'a secret of at least thirty-two characters',
      publicUrl: 'http://127.0.0.1:8080',
      trustedOrigins: [],
    })
    const parts = { pool: database.pool, auth, random }
    const nell = { email: 'nell@example.org', password: 'a long password', displayName: 'Nell' }
    await ensureUser(parts, { ...nell, role: 'member', memberId: 'mb-1' }, by)
    await ensureUser(parts, { ...nell, role: 'site_manager', siteIds: ['north'], displayName: 'Nora' }, by)
    const [renamed, moved, created] = await acts()
    expect(renamed).toMatchObject({ act: 'user.changed', after: { fields: ['displayName'] } })
    expect(moved).toMatchObject({
      act: 'role.changed',
      before: { role: 'member', memberId: 'mb-1', siteIds: [] },
      after: { role: 'site_manager', siteIds: ['north'] },
    })
    expect(created).toMatchObject({ act: 'user.created', after: { role: 'member' } })
    const count = (await acts()).length
    await ensureUser(parts, { ...nell, role: 'site_manager', siteIds: ['north'], displayName: 'Nora' }, by)
    expect(await acts()).toHaveLength(count)
  })

  it('record an enrolment once with the machine that came, also when it asks again', async () => {
    await furnish()
    const { code } = await createEnrolmentCode(database.pool, random, { siteId: north, by })
    const request = { code, publicKey: 'A'.repeat(43), machine: 'box-7', nowMs: 2_000, address: '192.0.2.7' }
    await enrol(database.pool, 'key', request)
    await enrol(database.pool, 'key', request)
    const enrolled = (await acts()).filter((one) => one.act === 'site.enrolled')
    expect(enrolled).toMatchObject([
      { actor: { kind: 'machine', id: 'box-7' }, after: { incarnation: 1 }, address: '192.0.2.7' },
    ])
    expect(JSON.stringify(await acts())).not.toContain(code)
  })

  it('record a new epoch with the cloud as the one who acted', async () => {
    await database.pool.query(`UPDATE cloud_identity SET database_identity = 'another machine'`)
    await loadCloudIdentity(database.pool, random, 3_000)
    await loadCloudIdentity(database.pool, random, 4_000)
    expect(await acts()).toMatchObject([
      { act: 'epoch.renewed', actor: { kind: 'cloud' }, before: { epoch: 1 }, after: { epoch: 2 } },
    ])
  })

  it('find a credential by its id, its member or its digest, and record its end once', async () => {
    await furnish()
    const { rows } = await database.pool.query<{ digest: string }>(
      `SELECT body ->> 'digest' AS digest FROM site_directory WHERE kind = 'credential'`,
    )
    for (const reference of ['cr-1', 'mb-1', rows[0]?.digest ?? '']) {
      expect(await findCredentials(database.pool, reference)).toEqual(['cr-1'])
    }
    expect(await findCredentials(database.pool, '0012345')).toEqual([])
    expect(await revokeCredential(database.pool, credentialId, by)).toBe(true)
    expect(await revokeCredential(database.pool, credentialId, by)).toBe(false)
    expect((await codes()).filter((one) => one === 'credential.revoked')).toHaveLength(1)
  })
})

describe('the check of the chain', () => {
  beforeEach(async () => record(act, act, act, act))

  it.each([
    ['a changed text', `UPDATE admin_acts SET record = replace(record, 'us_1', 'us_2') WHERE seq = 2`, 2],
    [
      'a changed text with a hash that fits it',
      `UPDATE admin_acts SET record = replace(record, 'us_1', 'us_2'),
         hash = encode(sha256(convert_to(replace(record, 'us_1', 'us_2'), 'UTF8')), 'hex') WHERE seq = 2`,
      3,
    ],
    ['a missing act', 'DELETE FROM admin_acts WHERE seq = 2', 2],
    ['a missing beginning', 'DELETE FROM admin_acts WHERE seq = 1', 1],
    ['a missing end', 'DELETE FROM admin_acts WHERE seq = 4', 4],
    ['everything taken away', 'DELETE FROM admin_acts', 1],
    ['a head that was set back', 'UPDATE admin_act_head SET seq = 3', 4],
    ['a head that is gone', 'DELETE FROM admin_act_head', 1],
  ])('finds %s', async (_what, sql, brokenAtSeq) => {
    expect(await checkActChain(database.pool)).toMatchObject({ state: 'intact' })
    await tamper(sql)
    expect(await checkActChain(database.pool)).toMatchObject({ state: 'broken', brokenAtSeq })
  })

  it('does not keep altered acts from being read', async () => {
    const record_ = `'{"seq":2,"prev":"x","act":"odd","occurredMs":5,"actor":{"id":"x"},"subject":7}'`
    await tamper(`UPDATE admin_acts SET record = ${record_} WHERE seq = 2`)
    expect((await acts())[2]).toMatchObject({ seq: 2, act: 'odd', subject: { kind: 'unknown' } })
  })
})
