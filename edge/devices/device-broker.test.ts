import { once } from 'node:events'
import { connect } from 'node:net'
import type { DeviceId } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { startDeviceBroker } from './device-broker.ts'
import { createSimulatedLoraGateway, createSimulatedZigbeeBridge } from './simulators/simulated-sensors.ts'
import { device, deviceRow, Heard, LogKeeper, profiles, realClock, startHub } from './testing/hub-harness.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const withSecret = (row: DirectoryBody<'device'>, secret: string) => ({
  ...row,
  credentialDigest: sha256Hex(secret),
})
const rows = new Map<DeviceId, DirectoryBody<'device'>>([
  [device('bay-1'), deviceRow('zigbee2mqtt/bay-sensor', undefined, { topic: 'zigbee2mqtt/bay-1-01' })],
  [
    device('bay-2'),
    deviceRow('ttn/bay-sensor', undefined, { application: 'parking@demo', endDevice: 'bay-2-07' }),
  ],
  [
    device('lone'),
    withSecret(deviceRow('zigbee2mqtt/bay-sensor', undefined, { topic: 'sensors/lone' }), 'lone-secret'),
  ],
  [
    device('zigbee'),
    withSecret(deviceRow('zigbee2mqtt/bridge', undefined, { scope: 'sensor' }), 'zigbee-secret'),
  ],
  [
    device('lora'),
    withSecret(deviceRow('ttn/bridge', undefined, { application: 'parking@demo' }), 'lora-secret'),
  ],
  [device('kiosk'), withSecret(deviceRow('gatehouse/kiosk', undefined, {}), 'kiosk-secret')],
])
const owner = { username: 'edge', password: 'owner-secret' }

async function brokerWithHub() {
  const brokerLog = new LogKeeper()
  const broker = await startDeviceBroker({
    host: '127.0.0.1',
    port: 0,
    owner,
    devices: () => rows,
    profiles,
    clock: realClock,
    logger: brokerLog,
  })
  closing.unshift(() => broker.close())
  const url = `mqtt://127.0.0.1:${broker.port}`
  const started = await startHub({ devices: rows, buses: {}, mqtt: { url, ...owner } })
  closing.unshift(() => started.hub.stop())
  return { url, broker, brokerLog, ...started }
}

const login = (url: string, username: string) => ({ url, username, password: `${username}-secret` })

async function client(url: string, username: string, password = `${username}-secret`): Promise<MqttClient> {
  const connected = await connectAsync(url, { protocolVersion: 4, username, password, reconnectPeriod: 0 })
  connected.on('error', () => undefined)
  closing.unshift(() => connected.endAsync(true))
  return connected
}

test('bays behind both kinds of bridge report taken and free, false left out by the network included', async () => {
  const { url, heard, hub } = await brokerWithHub()
  const zigbee = await createSimulatedZigbeeBridge({ login: login(url, 'zigbee') })
  closing.unshift(() => zigbee.close())
  const lora = await createSimulatedLoraGateway({ login: login(url, 'lora'), application: 'parking@demo' })
  closing.unshift(() => lora.close())
  await heard.next((event) => event.kind === 'status' && event.deviceId === 'zigbee' && event.online)
  for (const occupied of [true, false]) {
    await zigbee.occupy('zigbee2mqtt/bay-1-01', occupied)
    await lora.occupy('bay-2-07', occupied)
    for (const deviceId of ['bay-1', 'bay-2']) {
      await heard.next(
        (event) => event.kind === 'bay' && event.deviceId === deviceId && event.occupied === occupied,
      )
    }
  }
  await zigbee.setAvailable('zigbee2mqtt/bay-1-01', false)
  await heard.next((event) => event.kind === 'status' && event.detail === 'unavailable')
  expect(hub.status().find(({ deviceId }) => deviceId === 'bay-1')).toMatchObject({ detail: 'unavailable' })
})

test('messages that are not JSON or of a wrong type are counted, logged rarely, and harm nobody', async () => {
  const { url, heard, log } = await brokerWithHub()
  const zigbee = await createSimulatedZigbeeBridge({ login: login(url, 'zigbee') })
  closing.unshift(() => zigbee.close())
  for (const payload of ['', '{', 'null', '[]', '"x"', '{"occupancy":"yes"}', 'ÿþ', '9'.repeat(70_000)]) {
    await zigbee.publishRaw('zigbee2mqtt/bay-1-01', payload)
  }
  await zigbee.occupy('zigbee2mqtt/bay-1-01', true)
  await heard.next((event) => event.kind === 'bay')
  expect(heard.all.filter((event) => event.kind === 'bay')).toEqual([
    { kind: 'bay', deviceId: 'bay-1', occupied: true },
  ])
  expect(log.lines.length).toBeLessThanOrEqual(1)
})

/** A text with its length before it (MQTT 3.1.1 §1.5.3). */
const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)])
const packet = (type: number, ...parts: readonly Buffer[]) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([type, body.length]), body])
}
/** A short publication of QoS 0, and the beginning of a clean session, as they are on the wire. */
const said = (topic: string, payload: string) => packet(0x30, text(topic), Buffer.from(payload))
const logsIn = (clientId: string) =>
  packet(
    0x10,
    ...[text('MQTT'), Buffer.from([4, 0xc2, 0, 60]), text(clientId), text('zigbee'), text('zigbee-secret')],
  )

async function bridge(port: number, clientId: string) {
  const socket = connect({ port, host: '127.0.0.1' })
  closing.unshift(async () => socket.destroy())
  socket.write(logsIn(clientId))
  await once(socket, 'data')
  return socket
}

test('bridges that say thousands of things at once are heard, and the broker lives', async () => {
  const { broker, heard } = await brokerWithHub()
  // In one piece each, as what was kept while a cable was out: what is listened to, and much that nobody listens to.
  const bay = Array.from({ length: 300 }, (_none, at) =>
    said('zigbee2mqtt/bay-1-01', `{"occupancy":${at % 2 === 1}}`),
  )
  const others = Buffer.concat(Array.from({ length: 3_000 }, () => said('zigbee2mqtt/x', '1')))
  const sockets = await Promise.all(
    Array.from({ length: 12 }, (_none, at) => bridge(broker.port, `bulk-${at}`)),
  )
  for (const [at, socket] of sockets.entries()) socket.write(at === 0 ? Buffer.concat(bay) : others)
  const isBay = ({ kind }: { readonly kind: string }) => kind === 'bay'
  await heard.next((event) => isBay(event) && heard.all.filter(isBay).length === 300)
})

test('refuses strangers, wrong secrets and callers without MQTT business', async () => {
  const { url } = await brokerWithHub()
  for (const [username, password] of [
    ['nobody', 'x'],
    ['lone', 'wrong'],
    ['edge', 'lone-secret'],
    ['kiosk', 'kiosk-secret'],
    ['bay-1', ''],
  ] as const) {
    const attempt = connectAsync(url, { protocolVersion: 4, username, password, reconnectPeriod: 0 })
    await expect(attempt).rejects.toMatchObject({ code: 4 })
  }
})

test('a device publishes only its own topics: a foreign one is swallowed and ends its connection', async () => {
  const { url, heard } = await brokerWithHub()
  const lone = await client(url, 'lone')
  const closed = new Heard<string>()
  lone.on('close', () => closed.add('closed'))
  lone.publish('zigbee2mqtt/bay-1-01', '{"occupancy":true}', { qos: 0 })
  await closed.next(() => true)
  const again = await client(url, 'lone')
  await again.publishAsync('sensors/lone', '{"occupancy":true}', { qos: 1 })
  await heard.next((event) => event.kind === 'bay' && event.deviceId === 'lone')
  expect(heard.all.filter((event) => event.kind === 'bay' && event.deviceId === 'bay-1')).toEqual([])
})

test('a device cannot listen to others', async () => {
  const { url } = await brokerWithHub()
  const lone = await client(url, 'lone')
  for (const filter of ['#', 'zigbee2mqtt/#', 'sensors/+', '$SYS/#']) {
    const refusal = await lone.subscribeAsync(filter).then(
      (granted) => granted[0]?.qos,
      () => 128,
    )
    expect(refusal).toBe(128)
  }
  const granted = await lone.subscribeAsync('sensors/lone/set')
  expect(granted[0]?.qos).toBe(0)
})

test('a caller that announces an enormous packet is cut off, the others go on', async () => {
  const { url, heard, broker, brokerLog } = await brokerWithHub()
  const stranger = connect(broker.port, '127.0.0.1')
  const closed = new Heard<string>()
  stranger.on('close', () => closed.add('closed')).on('error', () => undefined)
  stranger.write(Uint8Array.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
  await closed.next(() => true)
  expect(brokerLog.lines[0]?.scope).toMatchObject({ reason: 'too_large' })
  const lone = await client(url, 'lone')
  await lone.publishAsync('sensors/lone', '{"occupancy":true}', { qos: 1 })
  await heard.next((event) => event.kind === 'bay' && event.deviceId === 'lone')
})

test('a broker that goes away takes its devices offline, and its return brings them back as they were', async () => {
  const { url, heard, broker } = await brokerWithHub()
  const zigbee = await createSimulatedZigbeeBridge({ login: login(url, 'zigbee') })
  await zigbee.occupy('zigbee2mqtt/bay-1-01', true)
  await heard.next((event) => event.kind === 'status' && event.deviceId === 'bay-1' && event.online)
  await zigbee.close()
  let from = heard.all.length
  const { port } = broker
  await broker.close()
  await heard.next((event) => event.kind === 'status' && event.deviceId === 'bay-1' && !event.online, from)
  from = heard.all.length
  const second = await startDeviceBroker({
    host: '127.0.0.1',
    port,
    owner,
    devices: () => rows,
    profiles,
    clock: realClock,
    logger: new LogKeeper(),
  })
  closing.unshift(() => second.close())
  await heard.next((event) => event.kind === 'status' && event.deviceId === 'bay-1' && event.online, from)
})
