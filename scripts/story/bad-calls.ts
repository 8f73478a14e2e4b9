import { request } from 'node:http'
import { rebuildCommand } from '@gatehouse/edge/rebuild-command'
import { systemRandom } from '@gatehouse/edge/system-random'
import { problemSchema } from '@gatehouse/shared/api/problem'
import { expect } from 'vitest'
import type { StoryWorld } from './story-world.ts'

/** A call that no well-behaved client would make: any header, any bytes, with or without a length. */
export interface BadCall {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Sends the body in chunks without a length. */
  readonly chunked?: boolean
  /** The address to call from; another loopback address is another caller. */
  readonly localAddress?: string
}

/** What came back, read to its end. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** Makes a call exactly as said, over a connection of its own. */
export function callRaw(url: string, call: BadCall = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, chunked = false, localAddress } = call
  return new Promise((resolve, reject) => {
    const length = body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const sent = request(
      url,
      { method, headers: { ...length, ...headers }, agent: false, localAddress },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            type: answer.headers['content-type'] ?? '',
            headers: answer.headers,
            text: Buffer.concat(parts).toString('utf8'),
          }),
        )
        answer.on('error', reject)
      },
    )
    // A server that has refused may close before the whole body was taken.
    sent.on('error', (error) => (sent.destroyed ? undefined : reject(error)))
    if (body !== undefined) sent.write(body)
    sent.end()
  })
}

/** Expects a problem with this status and code, a sentence and what to do next. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, codeOf(answer)], answer.text).toEqual([status, code])
  expect(answer.type).toBe('application/problem+json')
  const problem = problemSchema.parse(JSON.parse(answer.text))
  expect(problem.status).toBe(status)
  expect(problem.title.length).toBeGreaterThan(5)
  expect(problem.hint?.length).toBeGreaterThan(5)
  if (status === 429) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
}

function codeOf({ text }: Answer): unknown {
  try {
    return (JSON.parse(text) as { code?: unknown }).code
  } catch {
    return undefined
  }
}

const siteTables = [
  ...['entries', 'bookings', 'booking_counts', 'subjects', 'payments', 'takings', 'card_attempts', 'effects'],
  ...['parking_sessions', 'parking_quotes', 'parking_plate_reads', 'parking_plates', 'doors', 'pin_guards'],
]

/** How many rows each table of the site holds; receipts aside, which every refused command leaves. */
export function siteRows(world: StoryWorld): Record<string, number> {
  const db = world.edge().site?.kernel.db
  const count = (table: string) =>
    db?.prepare<[], { count: number }>(`SELECT count(*) AS count FROM ${table}`).get()?.count ?? -1
  return Object.fromEntries(siteTables.map((table) => [table, count(table)]))
}

const cloudTables = [
  ...['ledger_entries', 'quarantine', 'exceptions', 'bookings', 'payments', 'parking_sessions'],
  ...['site_directory', 'site_directory_log', 'booking_order', 'booking_request', 'card_payment'],
  ...[
    'card_refund',
    'guest_invitation',
    'sandbox_charge',
    'sandbox_refund',
    'site_incarnations',
    'login_user',
    'member',
  ],
]

/** Keys of passes and shares of credits reach the sites by themselves, some seconds after the cloud has started. */
function madeByCallers(table: string): string {
  if (table.startsWith('site_directory')) return ` WHERE kind NOT IN ('pass_key', 'allowance')`
  return table === 'ledger_entries' ? ` WHERE type <> 'allowance.received'` : ''
}

/** How many rows each table of the cloud holds that a caller could have made. */
export async function cloudRows(world: StoryWorld): Promise<Record<string, number>> {
  const columns = cloudTables.map(
    (table) => `(SELECT count(*) FROM ${table}${madeByCallers(table)})::int AS ${table}`,
  )
  const { rows } = await world.cloud.pool.query<Record<string, number>>(`SELECT ${columns.join(', ')}`)
  return rows[0] ?? {}
}

/** Replays the ledger of the running site and compares every table, as `rebuild --check` does. */
export async function expectRebuildEqual(world: StoryWorld): Promise<void> {
  const lines: string[] = []
  const code = await rebuildCommand(world.edgeConfig, systemRandom, (line) => lines.push(line))
  expect(code, lines.join('\n')).toBe(0)
}

/** Expects that the program at `url` still serves. */
export async function expectHealthy(url: string): Promise<void> {
  expect((await callRaw(`${url}/healthz`)).status).toBe(200)
}

/** Runs refused calls and proves that the cloud holds exactly what it held before, and lives. */
export async function leavingNothingInCloud(world: StoryWorld, run: () => Promise<void>): Promise<void> {
  const before = await cloudRows(world)
  await run()
  expect(await cloudRows(world)).toEqual(before)
  await expectHealthy(world.cloud.url)
}
