import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runConformanceTests } from '@durable-streams/server-conformance-tests'
import { idleConnectionMs } from '@gatehouse/shared/api/idle-connection'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Notifications } from '../database/notifications.ts'
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts'
import { SystemClock } from '../system-clock.ts'
import { streamEndpoint } from './stream-endpoint.ts'
import { notOffered } from './testing/not-offered.ts'
import { OpenKeeper } from './testing/open-keeper.ts'

/**
 * The published conformance suite of Durable Streams against the routes, the decisions and the tables that
 * the ledgers of sites are served from; only who may call and what an entry must be is left open to the suite.
 * Tests of parts that are not offered run too and must find a refusal: see `not-offered.ts`.
 */

const longPollMs = 1_000
const offered = 'must pass'
const config = { baseUrl: '', longPollTimeoutMs: longPollMs, subscriptions: true }
const expected = new Map<string, string>(
  notOffered.flatMap(({ part, tests }) =>
    Object.entries(tests).flatMap(([suite, titles]) =>
      titles.map((title) => [`${suite} > ${title}`, part] as const),
    ),
  ),
)

describe('conformance', () => {
  let database: TestDatabase
  let notifications: Notifications
  let server: Server
  const seen = new Map<string, number>()
  const brokenAnswers: string[] = []

  beforeAll(async () => {
    database = await createTestDatabase()
    notifications = new Notifications(database.url)
    await notifications.start()
    const keeper = new OpenKeeper(database.pool)
    await keeper.start()
    const app = new Hono()
    app.use(async (context, next) => {
      await next()
      const { status } = context.res
      if (status >= 500) brokenAnswers.push(`${context.req.method} ${context.req.url}: ${status}`)
    })
    app.route(
      '/',
      streamEndpoint({
        pool: database.pool,
        clock: new SystemClock(),
        notifications,
        keeper,
        longPollMs,
        onAppended: () => undefined,
      }),
    )
    const info = await new Promise<AddressInfo>((resolve) => {
      server = serve(
        {
          ...{ fetch: app.fetch, port: 0, hostname: '127.0.0.1' },
          serverOptions: { keepAliveTimeout: idleConnectionMs },
        },
        resolve,
      ) as Server
    })
    config.baseUrl = `http://127.0.0.1:${info.port}`
  })
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await notifications.stop()
    await database.close()
  })

  describe('suite', () => {
    beforeEach(({ task }) => {
      const part = expected.get(task.fullTestName.split(' > ').slice(2).join(' > '))
      // A test of what is not offered counts as failed when it finds the part offered after all.
      if (part !== undefined) Object.assign(task, { fails: true })
      seen.set(part ?? offered, (seen.get(part ?? offered) ?? 0) + 1)
    })
    runConformanceTests(config)
  })

  it('names every test it expects a refusal from, and no test that the suite does not have', () => {
    const counts = [...seen].map(([part, count]) => `${count} ${part}`).join(', ')
    process.stdout.write(`Durable Streams conformance: ${counts} (not offered, refusal expected)\n`)
    for (const { part, tests } of notOffered) {
      expect([part, seen.get(part)]).toEqual([part, Object.values(tests).flat().length])
    }
    expect(seen.get(offered)).toBeGreaterThan(0)
  })

  it('never answered with a failure of its own', () => {
    expect(brokenAnswers).toEqual([])
  })
})
