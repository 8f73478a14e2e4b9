import { once } from 'node:events'
import { connect } from 'node:net'
import { plateRecognizerMessage } from '@gatehouse/edge/devices/simulators/simulated-camera'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { planViewSchema, quoteViewSchema, sessionViewSchema } from '@gatehouse/shared/api/views'
import * as fc from 'fast-check'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  type Answer,
  callRaw,
  expectHealthy,
  expectProblem,
  expectRebuildEqual,
  siteRows,
} from './bad-calls.ts'
import { freePort } from './free-port.ts'
import { attempts, pathOf, postRoutes } from './fuzz-routes.ts'
import { type LogBook, logBook } from './log-book.ts'
import { type StoryWorld, startStory } from './story-world.ts'

const fuzzRunsPerRoute = 40
const clock = new SystemClock()
const soon = { timeout: 10_000, interval: 50 }
const camera = 'lane-in-1-camera'
const hook = `/api/v1/cameras/${camera}/plate-recognizer`

let world: StoryWorld
let logs: LogBook
let mqttPort: number
let keys = 0

beforeAll(async () => {
  logs = logBook()
  mqttPort = await freePort()
  const mqtt = { kind: 'embedded' as const, host: '127.0.0.1', port: mqttPort }
  world = await startStory({ siteId: 'quay-street', devices: { buses: {}, mqtt }, logger: logs.logger })
}, 60_000)

afterAll(async () => {
  await world?.stop()
})

function secretOf(deviceId: string): string {
  return world.site.callers.devices.get(deviceId) ?? ''
}

function see(body: string | Uint8Array, headers: Record<string, string> = {}, path = hook): Promise<Answer> {
  const own = { authorization: `Bearer ${secretOf(camera)}`, 'content-type': 'application/json' }
  return callRaw(`${world.edgeUrl}${path}`, { method: 'POST', body, headers: { ...own, ...headers } })
}

function post(path: string, body: unknown, key = `bad-garage-${++keys}`): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${world.site.callers.kiosk}`,
    'content-type': 'application/json',
    'idempotency-key': key,
  }
  return callRaw(`${world.edgeUrl}/api/v1${path}`, { method: 'POST', body: JSON.stringify(body), headers })
}

async function leavingNothing(run: () => Promise<void>): Promise<void> {
  const before = siteRows(world)
  await run()
  expect(siteRows(world)).toEqual(before)
  await expectHealthy(world.edgeUrl)
}

const fromCameras = () => logs.lines('device input not understood').filter(({ from }) => from === 'camera')

const right = () => plateRecognizerMessage(camera, { plate: 'DEMO 1' }, clock.now().wallMs)

describe('cameras', () => {
  test('messages with missing or wrong fields are refused with the field', () =>
    leavingNothing(async () => {
      const data = { camera_id: camera, timestamp: '2026-11-20T12:00:00.000000Z' }
      const result = { plate: 'demo1', score: 0.9 }
      const wrong: [unknown, string][] = [
        [{}, 'data'],
        [{ data: null }, 'data'],
        [{ data }, 'data.results'],
        [{ data: { results: [result] } }, 'data.camera_id'],
        [{ data: { ...data, camera_id: '' } }, 'data.camera_id'],
        [{ data: { ...data, results: 'demo1' } }, 'data.results'],
        [{ data: { ...data, results: [{}] } }, 'data.results.0.plate'],
        [{ data: { ...data, results: [{ ...result, plate: 7 }] } }, 'data.results.0.plate'],
        [{ data: { ...data, results: [{ ...result, plate: 'x'.repeat(21) }] } }, 'data.results.0.plate'],
        [{ data: { ...data, results: [{ plate: 'demo1' }] } }, 'data.results.0.score'],
        [{ data: { ...data, results: [{ ...result, score: 9 }] } }, 'data.results.0.score'],
        [{ data: { ...data, results: [{ ...result, candidates: 'x' }] } }, 'data.results.0.candidates'],
        [{ data: { ...data, results: Array.from({ length: 21 }, () => result) } }, 'data.results'],
        [{ data: { ...data, results: [] } }, ''],
        [{ data: { ...data, results: [{ ...result, plate: '---' }] } }, ''],
        [[], ''],
      ]
      for (const [message, path] of wrong) {
        const text = JSON.stringify(message)
        const refused = await see(text)
        expectProblem(refused, 422, 'camera_payload')
        const { issues } = JSON.parse(refused.text) as { issues: { path: string }[] }
        if (path !== '') expect(issues[0]?.path).toBe(path)
        expectProblem(await see(...multipart([['json', text]])), 422, 'camera_payload')
      }
    }))

  test('text that is no JSON is refused, in a part as well', () =>
    leavingNothing(async () => {
      for (const text of ['', '{', 'plate=DEMO1', '\u0000', '"text"', '7', 'null', '{"data":{}}}']) {
        expectProblem(await see(text), 400, 'invalid_json')
        expectProblem(await see(...multipart([['json', text]])), 400, 'invalid_json')
      }
      expectProblem(await see(...multipart([['other', 'x']])), 422, 'camera_payload')
      expectProblem(
        await see(...multipart([['json', `{"a":"${'x'.repeat(300_000)}"}`]])),
        422,
        'camera_payload',
      )
      const type = 'multipart/form-data'
      for (const given of [type, `${type}; boundary=`, `${type}; boundary=other`]) {
        const answer = await see('--x\r\nnot a part', { 'content-type': given })
        expect([400, 422], answer.text).toContain(answer.status)
        expect(answer.type).toBe('application/problem+json')
      }
    }))

  test('a picture is bounded, with a length and without one', async () => {
    const picture = (bytes: number) =>
      multipart([
        ['json', JSON.stringify(right())],
        ['upload', new Uint8Array(bytes)],
      ])
    await leavingNothing(async () => {
      const [body, headers] = picture(6 * 1024 * 1024)
      expectProblem(await see(body, headers), 413, 'body_too_large')
      const all = { authorization: `Bearer ${secretOf(camera)}`, ...headers }
      const chunked = { method: 'POST', body, headers: all, chunked: true }
      expectProblem(await callRaw(`${world.edgeUrl}${hook}`, chunked), 413, 'body_too_large')
    })
    const before = siteRows(world).entries ?? 0
    expect((await see(...picture(4 * 1024 * 1024))).status).toBe(200)
    // The car arrives, and the barrier that is not there answers for itself.
    await vi.waitFor(() => expect(siteRows(world).entries).toBe(before + 2), soon)
  })

  test('a camera speaks for itself only', () =>
    leavingNothing(async () => {
      const text = JSON.stringify(right())
      const other = '/api/v1/cameras/lane-in-2-camera/plate-recognizer'
      expectProblem(await see(text, {}, other), 403, 'scope_missing')
      expectProblem(await see(text, {}, '/api/v1/cameras/nobody/plate-recognizer'), 403, 'scope_missing')
      const foreign = world.sites.find(({ siteId }) => siteId !== world.site.siteId)?.callers.kiosk
      for (const secret of ['made-up-secret', foreign]) {
        expectProblem(await see(text, { authorization: `Bearer ${secret}` }), 401, 'credential_wrong')
      }
      const bare = { method: 'POST', body: text }
      expectProblem(await callRaw(`${world.edgeUrl}${hook}`, bare), 401, 'credential_missing')
      const sensor = { authorization: `Bearer ${secretOf('bridge-zigbee')}` }
      expectProblem(await see(text, sensor), 403, 'scope_missing')
    }))

  test('one that sends nonsense without end is logged a few times only', async () => {
    logs.clear()
    await leavingNothing(async () => {
      for (let n = 0; n < 100; n += 1) await see('{}')
    })
    const lines = fromCameras()
    expect(lines.length).toBeLessThan(5)
    await world.restartEdge()
    await see('{}')
    expect(fromCameras().length).toBeGreaterThan(0)
  })

  test('anything at all never breaks the site', async () => {
    const property = fc.asyncProperty(fc.jsonValue(), async (value) => {
      for (const message of [value, { data: value }, { data: { camera_id: camera, results: value } }]) {
        const answer = await see(JSON.stringify(message))
        expect(answer.status, answer.text).toBeLessThan(500)
      }
    })
    await fc.assert(property, { numRuns: fuzzRunsPerRoute })
  })
})

describe('sensors at the broker', () => {
  const topic = 'zigbee2mqtt/bay-1-03'

  function join(username: string, password: string): Promise<MqttClient> {
    const options = {
      protocolVersion: 4 as const,
      username,
      password,
      reconnectPeriod: 0,
      connectTimeout: 5_000,
    }
    return connectAsync(`mqtt://127.0.0.1:${mqttPort}`, options)
  }

  function closing(client: MqttClient): Promise<void> {
    return new Promise((resolve) => client.once('close', () => resolve()))
  }

  async function bayStatus(): Promise<string | undefined> {
    const headers = { authorization: `Bearer ${world.site.callers.kiosk}` }
    const nowMs = clock.now().wallMs
    const answer = await fetch(`${world.edgeUrl}/api/v1/plan?fromMs=${nowMs}&toMs=${nowMs + 3_600_000}`, {
      headers,
    })
    return planViewSchema.parse(await answer.json()).spaces.find(({ spaceId }) => spaceId === 'bay-1-03')
      ?.status
  }

  async function expectHears(bridge: MqttClient, occupancy: boolean): Promise<void> {
    await bridge.publishAsync(topic, JSON.stringify({ occupancy }), { qos: 1 })
    await vi.waitFor(async () => expect(await bayStatus()).toBe(occupancy ? 'taken' : 'free'), soon)
  }

  test('payloads that are no JSON, or not what the profile says, change nothing', async () => {
    logs.clear()
    const bridge = await join('bridge-zigbee', secretOf('bridge-zigbee'))
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const payloads = ['', 'hello', '{', '\u0000\u0001', '[]', 'null', '7', deep, 'x'.repeat(100_000)]
    const shaped = ['{"occupancy":"maybe"}', '{"occupancy":null}', '{"battery":96}', '{"occupancy":{"a":1}}']
    await leavingNothing(async () => {
      for (const payload of [...payloads, ...shaped, Buffer.from([0xff, 0xfe, 0x00])]) {
        await bridge.publishAsync(topic, payload, { qos: 1 })
        await bridge.publishAsync(`${topic}/availability`, payload, { qos: 1 })
      }
    })
    await expectHears(bridge, true)
    await expectHears(bridge, false)
    const lines = logs
      .lines('device input not understood')
      .filter(({ deviceId }) => deviceId === 'sensor-1-03')
    expect(lines.length).toBe(1)
    await bridge.endAsync()
  })

  test('wrong, foreign and missing credentials do not get in', async () => {
    const other = world.sites.find(({ siteId }) => siteId !== world.site.siteId)
    const wrong: [string, string][] = [
      ['bridge-zigbee', 'wrong-secret'],
      ['bridge-zigbee', other?.callers.kiosk ?? ''],
      ['bridge-zigbee', ''],
      ['nobody', 'wrong-secret'],
      ['', ''],
      ['kiosk-1', world.site.callers.kiosk],
      ['gatehouse-edge', 'wrong-secret'],
      ['__proto__', 'x'],
    ]
    await leavingNothing(async () => {
      for (const [username, password] of wrong) await expect(join(username, password)).rejects.toThrow()
    })
  })

  test('a foreign topic is swallowed and ends the connection', async () => {
    const lora = await join('bridge-lora', secretOf('bridge-lora'))
    lora.on('error', () => undefined)
    const closed = closing(lora)
    lora.publish(topic, '{"occupancy":true}', { qos: 1 })
    await closed
    const bridge = await join('bridge-zigbee', secretOf('bridge-zigbee'))
    const granted = await bridge.subscribeAsync('#', { qos: 0 }).catch(() => [{ qos: 128 }])
    expect(granted.map(({ qos }) => qos)).toEqual([128])
    await expectHears(bridge, true)
    await expectHears(bridge, false)
    await bridge.endAsync()
  })

  test('bytes that are no MQTT, half packets and giants are cut off', async () => {
    const openings = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      new Uint8Array(1_000).fill(0xff),
      Uint8Array.from([0x10, 0xff, 0xff, 0xff, 0x7f, 0x00]),
    ]
    for (const bytes of openings) {
      const socket = connect(mqttPort, '127.0.0.1', () => socket.write(bytes))
      socket.on('error', () => undefined)
      socket.resume()
      await once(socket, 'close')
    }
    const half = connect(mqttPort, '127.0.0.1', () => half.write(Uint8Array.from([0x10, 0x20, 0x00])))
    const giant = await join('bridge-zigbee', secretOf('bridge-zigbee'))
    giant.on('error', () => undefined)
    const closed = closing(giant)
    giant.publish(topic, 'x'.repeat(400_000), { qos: 1 })
    await closed
    const bridge = await join('bridge-zigbee', secretOf('bridge-zigbee'))
    await expectHears(bridge, true)
    await expectHears(bridge, false)
    await bridge.endAsync()
    half.destroy()
    await expectHealthy(world.edgeUrl)
  })
})

describe('stays', () => {
  test('quotes and payments are once, of their own stay, and replayed the same', async () => {
    const lost = await post('/sessions/lost-ticket', { plate: 'DEMO 77' })
    const { sessionId } = sessionViewSchema.parse(JSON.parse(lost.text))
    const quote = await post(`/sessions/${sessionId}/quote`, {})
    const { quoteId, dueMinor } = quoteViewSchema.parse(JSON.parse(quote.text))
    expect(dueMinor).toBeGreaterThan(0)
    const pay = `/sessions/${sessionId}/payments`
    const cash = { quoteId, method: 'cash', tenderedMinor: dueMinor }
    await leavingNothing(async () => {
      expectProblem(await post(pay, { ...cash, quoteId: 'q_unknown' }), 410, 'quote_expired')
      expectProblem(await post(pay, { ...cash, tenderedMinor: dueMinor - 1 }), 422, 'payment_amount')
      expectProblem(await post(pay, { ...cash, tenderedMinor: -1 }), 422, 'invalid_input')
      expectProblem(await post(pay, { ...cash, method: 'plan' }), 422, 'invalid_input')
      expectProblem(await post(pay, {}), 422, 'invalid_input')
    })
    const paid = await post(pay, cash, 'garage-pay-1')
    expect(paid.status, paid.text).toBe(200)
    await leavingNothing(async () => {
      expect((await post(pay, cash, 'garage-pay-1')).text).toBe(paid.text)
      expectProblem(await post(pay, { ...cash, tenderedMinor: 99_999 }, 'garage-pay-1'), 422, 'key_reused')
      // The quote was for what was due before the payment: nothing is taken twice.
      expectProblem(await post(pay, cash), 410, 'quote_expired')
      expectProblem(await post('/sessions/find', {}), 422, 'invalid_input')
      expectProblem(await post('/sessions/find', { plate: 7 }), 422, 'invalid_input')
      expectProblem(await post('/sessions/find', { ticket: '' }), 422, 'invalid_input')
    })
    await world.restartEdge()
    expect((await post(pay, cash, 'garage-pay-1')).text).toBe(paid.text)
  })

  test('anything at all sent to any POST route never breaks the site', async () => {
    const lost = await post('/sessions/lost-ticket', { plate: 'DEMO 88' })
    const { sessionId, ticket } = sessionViewSchema.parse(JSON.parse(lost.text))
    const quote = await post(`/sessions/${sessionId}/quote`, {})
    const { quoteId, dueMinor } = quoteViewSchema.parse(JSON.parse(quote.text))
    const known = [sessionId, quoteId, ticket, 'DEMO 88', dueMinor, 'bay-0-05', 'motorcycle']
    const routes = (await postRoutes(world.edgeUrl)).filter(({ path }) => path.includes('/sessions/'))
    expect(routes.length).toBeGreaterThanOrEqual(4)
    for (const route of routes) {
      const property = fc.asyncProperty(attempts(route, known), async (attempt) => {
        const path = pathOf(route, attempt).replace('/api/v1', '')
        const answer = await post(path, attempt.body)
        expect(answer.status, `${path} ${answer.text}`).toBeLessThan(500)
        if (answer.status >= 400) expect(answer.type, answer.text).toBe('application/problem+json')
      })
      await fc.assert(property, { numRuns: fuzzRunsPerRoute })
    }
  })
})

test('after all of it the books are as a replay of the ledger makes them', async () => {
  await expectRebuildEqual(world)
  await expectHealthy(world.edgeUrl)
  expect(logs.lines('request failed')).toEqual([])
})

/** A multipart body and the header that goes with it. */
function multipart(
  parts: readonly (readonly [string, string | Uint8Array])[],
): [body: Uint8Array, headers: Record<string, string>] {
  const boundary = 'gatehouse-story-boundary'
  const written = parts.flatMap(([name, value]) => {
    const file = typeof value === 'string' ? '' : '; filename="plate.jpg"\r\nContent-Type: image/jpeg'
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`
    return [Buffer.from(head), Buffer.from(value as string), Buffer.from('\r\n')]
  })
  const body = Buffer.concat([...written, Buffer.from(`--${boundary}--\r\n`)])
  return [body, { 'content-type': `multipart/form-data; boundary=${boundary}` }]
}
