import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

interface Row {
  readonly booking_id: string
  readonly space_id: string
  readonly parts: readonly string[]
  readonly status: string
  readonly from_ms: number
  readonly to_ms: number
}

let database: TestDatabase
let sites = 0

beforeAll(async () => {
  database = await createTestDatabase()
  await database.pool.query(`INSERT INTO operators VALUES ('op', 'Operator (demo)')`)
})
afterAll(() => database.close())

async function newSite(): Promise<string> {
  const siteId = `site-${sites++}`
  await database.pool.query(`INSERT INTO sites (site_id, operator_id, created_ms) VALUES ($1, 'op', 0)`, [
    siteId,
  ])
  return siteId
}

/** Writes rows in one statement, as a run of the projector does; tells whether the store took them. */
async function put(siteId: string, rows: readonly Row[]): Promise<boolean> {
  const upsert = `INSERT INTO bookings (site_id, booking_id, incarnation, seq, space_id, parts, status, reference, from_ms,
      to_ms, block_to_ms, hold_until_ms, price, held_ms)
    SELECT $1, booking_id, 1, 1, space_id, parts, status, '', from_ms, to_ms, to_ms, 0, '{}', 0
    FROM jsonb_to_recordset($2::jsonb)
      AS sent (booking_id text, space_id text, parts text[], status text, from_ms bigint, to_ms bigint)
    ON CONFLICT (site_id, booking_id) DO UPDATE SET space_id = excluded.space_id, parts = excluded.parts,
      status = excluded.status, from_ms = excluded.from_ms, to_ms = excluded.to_ms, block_to_ms = excluded.block_to_ms`
  try {
    await database.pool.query(upsert, [siteId, JSON.stringify(rows)])
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: '23P01' })
    return false
  }
}

const blocksOf = (rows: Iterable<Row>) =>
  [...rows]
    .filter(({ status }) => ['held', 'confirmed', 'checked_in'].includes(status))
    .flatMap((row) =>
      [...new Set([row.space_id, ...row.parts])].map((space) => ({ ...row, space_id: space })),
    )
    .map(({ booking_id, space_id, from_ms, to_ms }) => `${booking_id} ${space_id} [${from_ms},${to_ms})`)
    .sort()

function anyOverlap(rows: Iterable<Row>): boolean {
  const all = [...rows]
  return all.some((row, at) =>
    all
      .slice(at + 1)
      .some(
        (other) =>
          blocksOf([row]).length > 0 &&
          blocksOf([other]).length > 0 &&
          row.from_ms < other.to_ms &&
          other.from_ms < row.to_ms &&
          [row.space_id, ...row.parts].some((space) => [other.space_id, ...other.parts].includes(space)),
      ),
  )
}

const rowArbitrary = fc.record({
  booking_id: fc.constantFrom('bk_1', 'bk_2', 'bk_3', 'bk_4'),
  space_id: fc.constantFrom('hall', 'elm', 'oak'),
  parts: fc.constantFrom<readonly string[]>([], [], ['elm'], ['elm', 'oak']),
  status: fc.constantFrom('held', 'confirmed', 'checked_in', 'cancelled', 'completed'),
  from_ms: fc.integer({ min: 0, max: 6 }),
  to_ms: fc.integer({ min: 1, max: 3 }),
})
const batchArbitrary = fc
  .uniqueArray(rowArbitrary, { minLength: 1, maxLength: 4, selector: (row) => row.booking_id })
  .map((rows) => rows.map((row) => ({ ...row, to_ms: row.from_ms + row.to_ms })))

async function stored(siteId: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ block: string }>(
    `SELECT booking_id || ' ' || space_id || ' ' || block::text AS block FROM booking_blocks WHERE site_id = $1`,
    [siteId],
  )
  return rows.map(({ block }) => block).sort()
}

describe('the blocks that bookings occupy', () => {
  it('are those of the bookings after any statement, and a statement that makes two meet is refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(batchArbitrary, rowArbitrary), { minLength: 1, maxLength: 8 }),
        async (steps) => {
          const siteId = await newSite()
          let model = new Map<string, Row>()
          for (const step of steps) {
            const next = new Map(model)
            if (Array.isArray(step)) {
              for (const row of step) next.set(row.booking_id, row)
              expect(await put(siteId, step)).toBe(!anyOverlap(next.values()))
              if (anyOverlap(next.values())) continue
            } else {
              next.delete(step.booking_id)
              await database.pool.query('DELETE FROM bookings WHERE site_id = $1 AND booking_id = $2', [
                siteId,
                step.booking_id,
              ])
            }
            model = next
            expect(await stored(siteId)).toEqual(blocksOf(model.values()))
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('may change places within one statement', async () => {
    const siteId = await newSite()
    const row = { parts: [], status: 'confirmed', from_ms: 0, to_ms: 2 }
    const [first, second] = [
      { ...row, booking_id: 'bk_1', space_id: 'elm' },
      { ...row, booking_id: 'bk_2', space_id: 'oak' },
    ]
    expect(await put(siteId, [first, second])).toBe(true)
    expect(await put(siteId, [{ ...first, space_id: 'oak' }])).toBe(false)
    const swapped = [
      { ...first, space_id: 'oak' },
      { ...second, space_id: 'elm' },
    ]
    expect(await put(siteId, swapped)).toBe(true)
    expect(await stored(siteId)).toEqual(blocksOf(swapped))
  })

  it('do not meet those of another site', async () => {
    const row = { booking_id: 'bk_1', space_id: 'elm', parts: [], status: 'held', from_ms: 0, to_ms: 2 }
    expect(await put(await newSite(), [row])).toBe(true)
    expect(await put(await newSite(), [row])).toBe(true)
  })
})
