import { compressAnswers as compressInCloud } from '@gatehouse/cloud/http/compression'
import { compressAnswers as compressOnSite } from '@gatehouse/edge/http/compression'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'

const rows = Array.from({ length: 500 }, (_, at) => ({ spaceId: `desk-${at}`, status: 'free' }))

const tiers = [
  { tier: 'cloud', app: serve(compressInCloud) },
  { tier: 'edge', app: serve(compressOnSite) },
]

function serve(compressAnswers: typeof compressInCloud): Hono {
  const app = new Hono()
  app.use(compressAnswers())
  app.get('/rows', (c) => c.json({ items: rows }))
  app.post('/rows', (c) => c.json({ items: rows }))
  app.get('/row', (c) => c.json(rows[0] ?? {}))
  app.get('/page', (c) => c.html(`<p>${'text '.repeat(1_000)}</p>`))
  app.get('/secret', (c) =>
    c.json({ key: 'k', echoed: 'k'.repeat(5_000) }, 200, { 'cache-control': 'no-store' }),
  )
  app.get('/picture', (c) => c.body(new Uint8Array(5_000), 200, { 'content-type': 'image/png' }))
  app.get('/events', (c) =>
    c.body('data: 1\n\n'.repeat(1_000), 200, { 'content-type': 'text/event-stream; charset=utf-8' }),
  )
  app.get('/part', (c) => c.body('x'.repeat(5_000), 206, { 'content-type': 'text/plain' }))
  return app
}

describe.each(tiers)('compression of the $tier', ({ app }) => {
  const get = async (path: string, accepted = 'gzip, deflate, br') => {
    const answer = await app.request(path, { headers: { 'accept-encoding': accepted } })
    return { encoding: answer.headers.get('content-encoding'), answer }
  }

  test('makes large JSON and pages smaller, and they read the same', async () => {
    const { encoding, answer } = await get('/rows')
    expect(encoding).toBe('gzip')
    expect(answer.headers.get('vary')).toMatch(/accept-encoding/i)
    const sent = new Uint8Array(await answer.arrayBuffer())
    expect(sent.byteLength).toBeLessThan(JSON.stringify({ items: rows }).length / 4)
    const whole = new Response(new Blob([sent]).stream().pipeThrough(new DecompressionStream('gzip')))
    expect(await whole.json()).toEqual({ items: rows })
    expect((await get('/page')).encoding).toBe('gzip')
  })

  test.each(['/row', '/secret', '/picture', '/events', '/part'])('leaves %s as it is', async (path) => {
    const { encoding, answer } = await get(path)
    expect(encoding).toBeNull()
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(0)
  })

  test('leaves answers to commands as they are', async () => {
    const answer = await app.request('/rows', { method: 'POST', headers: { 'accept-encoding': 'gzip' } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-encoding')).toBeNull()
  })

  test('is for those who accept it', async () => {
    expect((await get('/rows', 'identity')).encoding).toBeNull()
    expect((await get('/rows', 'gzip;q=0')).encoding).toBeNull()
  })
})
