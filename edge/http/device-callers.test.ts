import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { DirectoryReader } from '../sync/directory.ts'
import { DeviceCallers, type DeviceScope, requireScope } from './device-callers.ts'
import { deviceLoginRoutes } from './device-login.ts'

const secrets = { kiosk: 'secret-of-the-kiosk', board: 'secret-of-the-board' } as const

/** A site that knows one kiosk and one board. */
const directory: DirectoryReader = {
  siteId: siteIdSchema.parse('harbour-house'),
  site: () => undefined,
  get: () => undefined,
  all: () =>
    new Map(
      Object.entries(secrets).map(([scope, secret]) => [
        `${scope}-1`,
        { credentialDigest: sha256Hex(secret), parameters: { scope } } as never,
      ]),
    ),
  credentialByDigest: () => undefined,
  onChange: () => () => undefined,
}

const callers = new DeviceCallers(directory)
const app = new Hono().route('/', deviceLoginRoutes(callers))
for (const scope of ['kiosk', 'board'] satisfies DeviceScope[]) {
  app.get(`/for-${scope}`, requireScope(callers, scope), (c) => c.text(c.get('caller').deviceId))
}

async function pair(origin: string, secret: string): Promise<string> {
  const answer = await app.request(`${origin}/device-login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret }),
  })
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

const asks = async (path: string, cookie: string) => {
  const answer = await app.request(`http://localhost:8101${path}`, { headers: { cookie } })
  return answer.status === 200 ? await answer.text() : answer.status
}

test('a kiosk and a board in one browser each keep their own credential', async () => {
  const kiosk = await pair('http://localhost:8101', secrets.kiosk)
  const board = await pair('http://localhost:8101', secrets.board)
  expect(kiosk.split('=')[0]).not.toBe(board.split('=')[0])
  expect(await asks('/for-kiosk', `${board}; ${kiosk}`)).toBe('kiosk-1')
  expect(await asks('/for-board', `${kiosk}; ${board}`)).toBe('board-1')
})

test('sites on other ports of one host do not overwrite each other', async () => {
  const here = await pair('http://localhost:8101', secrets.kiosk)
  const there = await pair('http://localhost:8102', secrets.kiosk)
  expect(here.split('=')[0]).not.toBe(there.split('=')[0])
})

test('a cookie of another site beside the own one does no harm, alone it is refused', async () => {
  const own = await pair('http://localhost:8101', secrets.kiosk)
  expect(await asks('/for-kiosk', `gatehouse_device_8102_kiosk=another-sites-secret; ${own}`)).toBe('kiosk-1')
  expect(await asks('/for-kiosk', 'gatehouse_device_8102_kiosk=another-sites-secret')).toBe(401)
})

test('a board may not do what only a kiosk may', async () => {
  expect(await asks('/for-kiosk', await pair('http://localhost:8101', secrets.board))).toBe(403)
})

test('a camera that knows only HTTP Basic gives its secret as the password', async () => {
  const asksBasic = async (text: string) => {
    const authorization = `Basic ${Buffer.from(text).toString('base64')}`
    return (await app.request('/for-kiosk', { headers: { authorization } })).status
  }
  expect(await asksBasic(`camera:${secrets.kiosk}`)).toBe(200)
  expect(await asksBasic(`${secrets.kiosk}:camera`)).toBe(401)
  expect(await asksBasic(':made-up-secret')).toBe(401)
})

test('a device that is withdrawn between two guards of its own request is refused by the second', async () => {
  const known = new Map<string, never>(directory.all('device') as ReadonlyMap<string, never>)
  let tell: () => void = () => {}
  const own = new DeviceCallers({
    ...directory,
    all: () => known as never,
    onChange: (listener) => {
      tell = () => listener([{ kind: 'device', key: 'kiosk-1' }])
      return () => undefined
    },
  })
  const guarded = new Hono().get(
    '/',
    async (c, next) => {
      expect(own.of(c)?.deviceId).toBe('kiosk-1')
      known.delete('kiosk-1')
      tell()
      await next()
    },
    requireScope(own, 'kiosk'),
    (c) => c.text('in'),
  )
  const headers = { authorization: `Bearer ${secrets.kiosk}` }
  expect((await guarded.request('/', { headers })).status).toBe(401)
})
