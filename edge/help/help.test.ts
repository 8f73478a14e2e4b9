import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { afterEach, describe, expect, test } from 'vitest'
import { DeviceCallers } from '../http/device-callers.ts'
import { openGarage } from '../parking/test-garage.ts'
import { helpCallEveryMs } from './help-module.ts'
import { helpRoutes } from './help-routes.ts'

const secret = (deviceId: string) => `secret of ${deviceId}`
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const deviceRow = (key: string, scope: string) => ({
  kind: 'device',
  key,
  epoch: 1,
  rev: 2,
  body: {
    name: key,
    profile: 'gatehouse/kiosk',
    parameters: { scope },
    credentialDigest: sha256Hex(secret(key)),
  },
})

function openSite(lineUp = true) {
  const garage = openGarage()
  closing.push(() => garage.close())
  const rows = [deviceRow('kiosk-1', 'kiosk'), deviceRow('kiosk-2', 'kiosk'), deviceRow('camera-1', 'camera')]
  garage.directory.apply(rows, { epoch: 1, rev: 2, handle: undefined, offset: '2' }, false)
  const callers = new DeviceCallers(garage.directory)
  const app = helpRoutes({ kernel: garage.kernel, callers, lineUp: () => lineUp })
  let keys = 0
  const press = async (more: { as?: string; key?: string; body?: string } = {}) => {
    keys += 1
    const { as = 'kiosk-1', key = `press-number-${keys}`, body = '{}' } = more
    const headers = new Headers({ 'content-type': 'application/json' })
    if (as !== '') headers.set('authorization', `Bearer ${secret(as)}`)
    if (key !== '') headers.set('idempotency-key', key)
    const response = await app.request('/help-calls', { method: 'POST', body, headers })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return { garage, press }
}

describe('a call for help at a kiosk', () => {
  test('is an incident about the kiosk, and says when it was made', async () => {
    const { garage, press } = openSite()
    const calledMs = garage.clock.now().wallMs
    expect(await press()).toEqual({ status: 200, body: { calledMs, repeated: false, lineUp: true } })
    expect(garage.incidents()).toEqual([['help_called', 'kiosk-1']])
  })

  test('is one incident however often the button is pressed, until its time is over', async () => {
    const { garage, press } = openSite(false)
    const calledMs = garage.clock.now().wallMs
    await press()
    garage.clock.advance(helpCallEveryMs - 1)
    expect((await press()).body).toEqual({ calledMs, repeated: true, lineUp: false })
    garage.clock.advance(1)
    expect((await press()).body).toMatchObject({ calledMs: calledMs + helpCallEveryMs, repeated: false })
    expect(garage.incidents()).toHaveLength(2)
  })

  test('of one kiosk does not silence another', async () => {
    const { garage, press } = openSite()
    await press()
    await press({ as: 'kiosk-2' })
    expect(garage.incidents().map(([, about]) => about)).toEqual(['kiosk-1', 'kiosk-2'])
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('is taken while the site does not sell', async () => {
    const { garage, press } = openSite()
    garage.kernel.setSelling('fenced')
    expect((await press()).status).toBe(200)
  })

  test('without a credential, a key, or with more than nothing in it is refused', async () => {
    const { garage, press } = openSite()
    expect((await press({ as: '' })).status).toBe(401)
    expect((await press({ as: 'camera-1' })).status).toBe(403)
    expect((await press({ key: '' })).body.code).toBe('key_missing')
    expect((await press({ body: '{"deviceId":"kiosk-2"}' })).status).toBe(422)
    expect(garage.incidents()).toEqual([])
  })
})
