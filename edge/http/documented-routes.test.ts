import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { edgeConfigSchema } from '../config.ts'
import { EdgeProgram } from '../edge-program.ts'
import { saveIdentity } from '../sync/site-identity.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-routes-'))
let edge: EdgeProgram
let url: string
beforeAll(async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await new Promise((resolve) => server.close(resolve))
  const keys = { cloudPublicKey: 'A'.repeat(43), siteKey: 'B'.repeat(43) }
  saveIdentity(folder, { siteId: siteIdSchema.parse('harbour'), incarnation: 1, ...keys })
  // Port 9 is nobody's: this site has no cloud.
  const config = edgeConfigSchema.parse({
    ...{ dataFolder: folder, http: { port, requestsPerSecondMax: 1_000 } },
    cloud: { url: 'http://127.0.0.1:9' },
  })
  const clock = new ManualClock(Date.UTC(2026, 10, 20))
  edge = new EdgeProgram(config, {
    ...{ clock, random: new SeededRandom(1), logger: pino({ level: 'silent' }) },
  })
  await edge.start()
  url = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  await edge.stop()
  rmSync(folder, { recursive: true })
})

async function operations(): Promise<[method: string, path: string][]> {
  const document: unknown = await (await fetch(`${url}/openapi.json`)).json()
  const { paths } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(document)
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method): [string, string] => [method.toUpperCase(), path]),
  )
}

describe('the document of the edge', () => {
  test('lists operations, live messages and every module', async () => {
    const paths = (await operations()).map(([, path]) => path)
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/v1/live', '/api/v1/bookings']) {
      expect(paths).toContain(path)
    }
    expect(paths).toContain('/api/v1/sessions/{id}/payments')
    expect(paths).toContain('/api/v1/identify')
    expect(paths).toContain('/api/v1/sites/{id}/authority')
  })

  test('names the required key of each call that may be repeated', async () => {
    const document: unknown = await (await fetch(`${url}/openapi.json`)).json()
    const parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean().optional() })
    const operation = z.object({ parameters: z.array(parameter).default([]) })
    const { paths } = z
      .object({ paths: z.record(z.string(), z.looseObject({ post: operation.optional() })) })
      .parse(document)
    const key = { name: 'idempotency-key', in: 'header', required: true }
    for (const path of ['/bookings', '/bookings/{id}/confirm', '/sessions/{id}/quote', '/help-calls']) {
      expect(paths[`/api/v1${path}`]?.post?.parameters).toContainEqual(key)
    }
    expect(paths['/api/v1/bookings/{id}/cancel']?.post?.parameters).toHaveLength(2)
  })

  test('lists no call under /api that answers a stranger, but the pairing of a screen and the log-in of staff', async () => {
    const calls = (await operations()).filter(([, path]) => path.startsWith('/api/'))
    expect(calls.length).toBeGreaterThan(20)
    const open: string[] = []
    for (const [method, path] of calls) {
      const body = method === 'GET' ? {} : { body: '{}', headers: { 'content-type': 'application/json' } }
      const answer = await fetch(`${url}${path.replaceAll(/\{\w+\}/g, 'x1')}`, { method, ...body })
      if (answer.status !== 401) open.push(path)
    }
    expect(open).toEqual(['/api/v1/device-login', '/api/v1/staff/login'])
  })
})
