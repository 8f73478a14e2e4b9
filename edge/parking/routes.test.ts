import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { directoryBodies } from '@gatehouse/shared/wire/v1/directory'
import { afterEach, describe, expect, test } from 'vitest'
import { createDeviceHub } from '../devices/hub.ts'
import { profileFolder, readProfileFolder } from '../devices/profile-folder.ts'
import { plateRecognizerMessage } from '../devices/simulators/simulated-camera.ts'
import { DeviceCallers } from '../http/device-callers.ts'
import { parkingRoutes } from './routes.ts'
import { readOpenSessions } from './session-store.ts'
import { openGarage } from './test-garage.ts'
import { openLanes } from './test-lanes.ts'

const secret = (deviceId: string) => `secret of ${deviceId}`
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const callerRow = (key: string, scope: string, profile: string) => ({
  kind: 'device',
  key,
  epoch: 1,
  rev: 2,
  body: { name: key, profile, parameters: { scope }, credentialDigest: sha256Hex(secret(key)) },
})

async function openSite() {
  const garage = openGarage()
  const { directory, kernel, cards, clock, random, options: parking } = garage
  const camera = callerRow('entry-1-camera', 'camera', 'plate-recognizer/stream')
  const position = { epoch: 1, rev: 2, handle: undefined, offset: '2' }
  directory.apply([callerRow('kiosk-1', 'kiosk', 'gatehouse/kiosk'), camera], position, false)
  const hub = createDeviceHub({
    devices: new Map([[deviceIdSchema.parse(camera.key), directoryBodies.device.parse(camera.body)]]),
    ...readProfileFolder(profileFolder),
    buses: {},
    clock,
    random,
    logger: { info: () => {}, warn: () => {} },
  })
  await hub.start()
  const lanes = openLanes(garage)
  hub.onEvent((event) => lanes.devices.handle(event))
  const refused: string[] = []
  const app = parkingRoutes({
    kernel,
    parking,
    callers: new DeviceCallers(directory),
    cards,
    lanes: lanes.devices.lanes,
    hub,
    clock,
    onCameraRefused: (_deviceId, reason) => refused.push(reason),
  })
  closing.push(async () => {
    await hub.stop()
    garage.close()
  })
  let keys = 0
  const call = async (path: string, more: RequestInit & { as?: string; key?: string } = {}) => {
    keys += 1
    const { as = 'kiosk-1', key = `key-number-${keys}`, ...init } = more
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${secret(as)}`)
    if (key !== '') headers.set('idempotency-key', key)
    if (typeof init.body === 'string') headers.set('content-type', 'application/json')
    const response = await app.request(path, { ...init, headers })
    return { status: response.status, body: (await response.json()) as Record<string, never> }
  }
  const post = (path: string, body: unknown, more: { as?: string; key?: string } = {}) =>
    call(path, { method: 'POST', body: JSON.stringify(body), ...more })
  const see = (plate: string, wallMs = clock.now().wallMs) =>
    plateRecognizerMessage('entry-1', { plate }, wallMs)
  return { garage, lanes, refused, call, post, see }
}

const cameraPath = '/cameras/entry-1-camera/plate-recognizer'
const asCamera = { as: 'entry-1-camera', key: '' }

describe('the camera webhook', () => {
  test('a posted plate opens the entry, a replay does not', async () => {
    const { garage, lanes, post, see } = await openSite()
    lanes.approach('entry-1')
    expect(await post(cameraPath, see('hh ab 123'), asCamera)).toEqual({ status: 200, body: { accepted: 1 } })
    expect(await post(cameraPath, see('hh ab 123'), asCamera)).toEqual({ status: 200, body: { accepted: 0 } })
    await lanes.devices.settled()
    expect(garage.vends).toEqual(['entry-1-barrier'])
    expect(readOpenSessions(garage.db)).toHaveLength(1)
  })

  test('the multipart form with a picture says the same', async () => {
    const { lanes, call, see, garage } = await openSite()
    const form = new FormData()
    form.set('json', JSON.stringify(see('hh ab 123')))
    form.set('upload', new Blob([new Uint8Array(2_000_000)], { type: 'image/jpeg' }), 'plate.jpg')
    const answer = await call(cameraPath, { method: 'POST', body: form, ...asCamera })
    expect(answer).toEqual({ status: 200, body: { accepted: 1 } })
    await lanes.devices.settled()
    expect(garage.vends).toHaveLength(1)
  })

  test('messages with missing fields are a 422 problem and counted', async () => {
    const { post, call, refused } = await openSite()
    const bad = { hook: {}, data: { camera_id: 'entry-1', results: [{ plate: 'x' }] } }
    expect(await post(cameraPath, bad, asCamera)).toMatchObject({
      status: 422,
      body: { code: 'camera_payload', issues: [{ message: 'missing_field' }] },
    })
    const broken = await call(cameraPath, { method: 'POST', body: '{"data":', ...asCamera })
    expect(broken.status).toBe(400)
    const empty = new FormData()
    empty.set('upload', new Blob(['x']), 'plate.jpg')
    expect((await call(cameraPath, { method: 'POST', body: empty, ...asCamera })).status).toBe(422)
    expect(refused).toEqual(['missing_field', 'not_json', 'no_message'])
  })

  test('a camera speaks only for itself, and nobody else for it', async () => {
    const { post, see } = await openSite()
    const other = '/cameras/exit-1-camera/plate-recognizer'
    expect((await post(other, see('A 1'), asCamera)).status).toBe(403)
    expect((await post(cameraPath, see('A 1'))).status).toBe(403)
    expect((await post(cameraPath, see('A 1'), { as: 'nobody', key: '' })).status).toBe(401)
  })
})

describe('a driver at the kiosk', () => {
  async function parked() {
    const site = await openSite()
    site.lanes.approach('entry-1')
    await site.lanes.read('entry-1', 'HHAB123')
    await site.lanes.drive('entry-1')
    site.garage.passMinutes(70)
    const found = await site.post('/sessions/find', { plate: 'hh-ab 123' }, { key: '' })
    const items = found.body.items as unknown as { sessionId: string; ticket: string }[]
    const [session] = items
    return { ...site, session: session ?? { sessionId: '', ticket: '' } }
  }

  test('finds the stay by plate, look-alike or ticket, and sees the plate only when typed exactly', async () => {
    const { post, session } = await parked()
    const exact = await post('/sessions/find', { plate: 'HHAB123' })
    expect(exact.body.items).toMatchObject([{ ...session, plate: 'HHAB123', state: 'inside' }])
    const near = await post('/sessions/find', { plate: 'HHA8123' })
    expect(near.body.items).toEqual([expect.not.objectContaining({ plate: expect.anything() })])
    expect((await post('/sessions/find', { ticket: session.ticket })).body.items).toHaveLength(1)
    expect((await post('/sessions/find', { ticket: '0000-0001' })).body.items).toEqual([])
    expect((await post('/sessions/find', {})).status).toBe(422)
  })

  test('pays by card once: repeated calls get the same answer, one payment is captured', async () => {
    const { garage, post, session } = await parked()
    const quote = await post(`/sessions/${session.sessionId}/quote`, {})
    expect(quote.body).toMatchObject({ dueMinor: 400, price: { totalMinor: 400, taxMinor: 64 } })
    const input = { quoteId: quote.body.quoteId, method: 'card' }
    const path = `/sessions/${session.sessionId}/payments`
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => post(path, input, { key: 'one-payment' })),
    )
    expect(answers[0]).toMatchObject({
      status: 200,
      body: { session: { state: 'paid' }, receipt: { amountMinor: 400 } },
    })
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(garage.gateway.payments()).toMatchObject([{ amountMinor: 400 }])
    expect(garage.entryTypes().filter((type) => type === 'payment.captured')).toHaveLength(1)
    expect((await post(path, { ...input, method: 'cash' }, { key: 'one-payment' })).body.code).toBe(
      'key_reused',
    )
  })

  test('a declined card changes nothing, and a second payment gives its reservation back', async () => {
    const { garage, post, session } = await parked()
    const { body: quote } = await post(`/sessions/${session.sessionId}/quote`, {})
    const path = `/sessions/${session.sessionId}/payments`
    const declined = { quoteId: quote.quoteId, method: 'card', card: 'sandbox_declined' }
    expect(await post(path, declined)).toMatchObject({ status: 402, body: { code: 'payment_declined' } })
    expect(await post(path, { quoteId: quote.quoteId, method: 'cash', tenderedMinor: 399 })).toMatchObject({
      status: 422,
      body: { code: 'payment_amount' },
    })
    expect((await post(path, { quoteId: quote.quoteId, method: 'cash', tenderedMinor: 500 })).status).toBe(
      200,
    )
    const late = await post(path, { quoteId: quote.quoteId, method: 'card' })
    expect(late).toMatchObject({ status: 410, body: { code: 'quote_expired' } })
    expect(garage.gateway.payments().map(({ state }) => state)).toEqual(
      expect.arrayContaining(['declined', 'released']),
    )
  })

  test('asks for a key, a known stay and a known device', async () => {
    const { post, session, call } = await parked()
    const path = `/sessions/${session.sessionId}/quote`
    expect((await post(path, {}, { key: '' })).body.code).toBe('key_missing')
    expect((await post('/sessions/ps_unknown/quote', {})).status).toBe(404)
    expect((await post(path, {}, { as: 'nobody' })).status).toBe(401)
    expect((await call('/board', { as: 'entry-1-camera' })).status).toBe(403)
  })

  test('sees the board and the lanes', async () => {
    const { call, lanes } = await parked()
    expect((await call('/board')).body).toMatchObject({
      timeZone: 'Europe/Berlin',
      total: { free: 11, capacity: 12, full: false },
    })
    lanes.approach('exit-1')
    await lanes.read('exit-1', 'HHAB123')
    const { items } = (await call('/lanes')).body
    expect(items).toMatchObject([
      { laneId: 'entry-1', state: 'idle', passages: 1 },
      { laneId: 'entry-2', passages: 0 },
      { laneId: 'exit-1', state: 'presented', refusal: { reason: 'payment_needed' } },
      { laneId: 'exit-2' },
    ])
  })

  test('without a ticket sees the lost-ticket amount before anything is recorded, and pays it', async () => {
    const { post, call, garage, lanes } = await parked()
    const before = garage.entryTypes().length
    const { body } = await call('/lost-ticket-price')
    expect(body).toMatchObject({ price: { totalMinor: 3500, lines: [{ code: 'lost_ticket' }] } })
    expect(garage.entryTypes()).toHaveLength(before)
    expect((await call('/lost-ticket-price', { as: 'entry-1-camera' })).status).toBe(403)
    const lost = await post('/sessions/lost-ticket', { plate: 'ZZ 99' })
    const quote = await post(`/sessions/${String(lost.body.sessionId)}/quote`, {})
    expect(quote.body).toMatchObject({ dueMinor: 3500, price: { lines: [{ code: 'lost_ticket' }] } })
    const again = await post('/sessions/lost-ticket', { plate: 'zz-99' })
    expect(again.body.sessionId).toBe(lost.body.sessionId)
    const paying = { quoteId: quote.body.quoteId, method: 'cash', tenderedMinor: 3500 }
    const paid = await post(`/sessions/${String(lost.body.sessionId)}/payments`, paying)
    expect(paid.body).toMatchObject({ session: { state: 'paid', ticket: lost.body.ticket } })
    await lanes.scan('exit-2', String(lost.body.ticket))
    expect(garage.vends.at(-1)).toBe('exit-2-barrier')
  })
})
