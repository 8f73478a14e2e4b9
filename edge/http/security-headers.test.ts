import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { securityHeaders } from './security-headers.ts'

const app = new Hono()
app.use(securityHeaders)
app.get('/', (c) => c.json({ fine: true }, 200, { 'x-own': 'kept' }))

function expectGuarded({ headers }: Response): void {
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('strict-transport-security')).toBeNull()
}

test('answers of the HTTP server carry the policy beside their own headers, unknown paths too', async () => {
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const made = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => resolve(made))
  })
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/`)
  expectGuarded(answer)
  expect(answer.headers.get('x-own')).toBe('kept')
  expect(await answer.json()).toEqual({ fine: true })
  expectGuarded(await fetch(`http://127.0.0.1:${port}/nowhere`))
  await new Promise((resolve) => server.close(resolve))
})

test('answers made without a server carry it as well', async () => {
  expectGuarded(await app.request('/'))
})
