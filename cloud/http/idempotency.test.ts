import { ManualClock } from '@gatehouse/shared/clock/clock'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actOnce } from '../audit/act-once.ts'
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts'
import type { AppEnv } from './app-context.ts'
import { idempotent, keyKeptMs, pruneKeys } from './idempotency.ts'

let database: TestDatabase
const clock = new ManualClock(1_000_000)
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.close())

/** One cloud process whose handler answers with how often it ran. */
function process(answer: (run: number) => Response | Promise<Response>) {
  let runs = 0
  const app = new Hono<AppEnv>()
  app.use(async (context, next) => {
    context.set('login', { userId: 'us', email: '', displayName: '', role: 'member', managedSiteIds: [] })
    await next()
  })
  app.use(idempotent(database.pool, clock))
  app.post('/act', () => {
    runs += 1
    return answer(runs)
  })
  app.onError(() => new Response('broken', { status: 500 }))
  const act = async (key: string, body = '{}') => {
    const headers = { 'idempotency-key': key }
    const response = await app.request('/act', { method: 'POST', headers, body })
    return [response.status, await response.text()] as const
  }
  return { act, runs: () => runs }
}
const code = (text: string) => (JSON.parse(text) as { code: string }).code

describe('an idempotency key', () => {
  it('gives two processes the same answer of one run', async () => {
    const [first, second] = [
      process((run) => Response.json({ run, by: 1 })),
      process((run) => Response.json({ run, by: 2 })),
    ]
    const answer = await first.act('key-shared')
    expect(await second.act('key-shared')).toEqual(answer)
    expect(second.runs()).toBe(0)
  })

  it('asks another process to wait while the first runs, and runs again when that one died', async () => {
    let finish = () => {}
    const hanging = process(
      () =>
        new Promise<Response>((resolve) => {
          finish = () => resolve(Response.json({ by: 'first' }))
        }),
    )
    const other = process(() => Response.json({ by: 'other' }))
    const pending = hanging.act('key-hanging')
    while (hanging.runs() === 0) await new Promise((resolve) => setImmediate(resolve))
    const [status, text] = await other.act('key-hanging')
    expect([status, code(text)]).toEqual([409, 'key_busy'])
    clock.advance(30_001)
    expect(await other.act('key-hanging')).toEqual([200, '{"by":"other"}'])
    finish()
    await pending
  })

  it('is free again when the run failed or decided nothing', async () => {
    const failing = process((run) => {
      if (run === 1) throw new TypeError('bug')
      return run === 2 ? Response.json({}, { status: 503 }) : Response.json({ run })
    })
    expect((await failing.act('key-failing'))[0]).toBe(500)
    expect((await failing.act('key-failing'))[0]).toBe(503)
    expect(await failing.act('key-failing')).toEqual([200, '{"run":3}'])
    expect(await failing.act('key-failing')).toEqual([200, '{"run":3}'])
  })

  it('carries out an act once, also when the answer failed after its commit', async () => {
    const by = { actor: { kind: 'user', id: 'us' }, key: 'key-carried', nowMs: 1 } as const
    let done = 0
    const acting = process(async (run) => {
      const outcome = await actOnce(database.pool, by, 'again', async () => {
        done += 1
        return { ok: true, value: 'first' } as const
      })
      return run === 1 ? Response.json({}, { status: 500 }) : Response.json(outcome)
    })
    expect((await acting.act('key-carried'))[0]).toBe(500)
    const [status, text] = await acting.act('key-carried', '{"other":1}')
    expect([status, code(text)]).toEqual([422, 'key_reused'])
    expect(await acting.act('key-carried')).toEqual([200, '{"ok":true,"value":"again"}'])
    expect(done).toBe(1)
  })

  it('may be used for what an act refused before', async () => {
    const by = { actor: { kind: 'user', id: 'us' }, key: 'key-refused', nowMs: 1 } as const
    const acting = process(async (run) => {
      const outcome = await actOnce(database.pool, by, 'again', async () =>
        run === 1 ? ({ ok: false, error: 'no' } as const) : ({ ok: true, value: 'first' } as const),
      )
      return Response.json(outcome, { status: run === 1 ? 503 : 200 })
    })
    expect((await acting.act('key-refused'))[0]).toBe(503)
    expect((await acting.act('key-refused'))[1]).toBe('{"ok":true,"value":"first"}')
  })

  it('keeps refusals as answers', async () => {
    const refusing = process((run) => Response.json({ run }, { status: 409 }))
    expect(await refusing.act('key-refusing')).toEqual([409, '{"run":1}'])
    expect(await refusing.act('key-refusing')).toEqual([409, '{"run":1}'])
  })

  it('is forgotten after 35 days, not a millisecond earlier', async () => {
    const counting = process((run) => Response.json({ run }))
    await counting.act('key-old-one')
    const { wallMs } = clock.now()
    await pruneKeys(database.pool, wallMs + keyKeptMs)
    expect(await counting.act('key-old-one')).toEqual([200, '{"run":1}'])
    await pruneKeys(database.pool, wallMs + keyKeptMs + 1)
    expect(await counting.act('key-old-one')).toEqual([200, '{"run":2}'])
  })
})
