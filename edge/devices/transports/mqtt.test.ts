import { createServer as createPlain, type Server, type Socket } from 'node:net'
import { createServer as createSecure } from 'node:tls'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { Aedes, type AuthenticateError } from 'aedes'
import { afterEach, expect, test } from 'vitest'
import { Heard } from '../testing/hub-harness.ts'
import { otherAuthority, testAuthority, testBroker } from '../testing/test-certificates.ts'
import { createMqttLink, type MqttConfig, type MqttLink } from './mqtt.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A broker of somebody else's, which knows one user. */
async function startBroker(secure: boolean) {
  const broker = await Aedes.createBroker({
    authenticate: (_client, username, password, done) => {
      const known = username === 'site' && password?.toString() === 'right'
      const refusal: AuthenticateError = Object.assign(new RangeError('refused'), { returnCode: 4 })
      done(known ? null : refusal, known)
    },
  })
  broker.on('clientError', () => {})
  broker.on('connectionError', () => {})
  const sockets = new Set<Socket>()
  const take = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    broker.handle(socket)
  }
  const server: Server = secure ? createSecure(testBroker, take) : createPlain(take)
  const said = new Heard<string>()
  await broker.subscribe(
    '#',
    (packet, done) => {
      said.add(`${packet.topic} ${packet.payload.toString()}`)
      done()
    },
    () => {},
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    await new Promise<void>((resolve) => broker.close(() => resolve()))
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return { said, port, cut }
}

function join(config: MqttConfig) {
  const said = new Heard<string>()
  const link: MqttLink = createMqttLink({ config, name: 'harbour', random: new SeededRandom(1) })
  closing.push(() => link.close())
  link.onLink(({ up, reason }) => said.add(up ? 'up' : (reason ?? 'down')))
  link.open()
  return { link, said }
}
const user = { username: 'site', password: 'right' }

test('joins a broker over TLS when its authority is the one that was given', async () => {
  const { port, said: heard } = await startBroker(true)
  const { link, said } = join({ url: `mqtts://127.0.0.1:${port}`, ...user, authority: testAuthority })
  expect(await said.next(() => true)).toBe('up')
  expect(await heard.next((line) => line.startsWith('gatehouse/harbour/'))).toContain('online')
  await link.close()
})

test.each([
  ['another authority was given', { authority: otherAuthority }],
  ['none was given and the system knows none', {}],
])('does not speak with a broker when %s', async (_what, authority) => {
  const { port, said: heard } = await startBroker(true)
  const { said } = join({ url: `mqtts://127.0.0.1:${port}`, ...user, ...authority })
  expect(await said.next(() => true)).toBe('broker_untrusted')
  expect(heard.all.filter((line) => line.startsWith('gatehouse/'))).toEqual([])
})

test('says that a broker refuses its name, and that none is there', async () => {
  const { port } = await startBroker(false)
  const wrong = join({ url: `mqtt://127.0.0.1:${port}`, ...user, password: 'wrong' })
  expect(await wrong.said.next(() => true)).toBe('broker_refused')
  const absent = join({ url: 'mqtt://127.0.0.1:1' })
  expect(await absent.said.next(() => true)).toBe('broker_down')
})

test('its last will says that it is offline when the connection breaks, and it is back by itself', async () => {
  const { port, said: heard, cut } = await startBroker(false)
  const { said } = join({ url: `mqtt://127.0.0.1:${port}`, ...user })
  await heard.next((line) => line.startsWith('gatehouse/harbour/availability') && line.includes('online'))
  cut()
  await heard.next((line) => line.startsWith('gatehouse/harbour/availability') && line.includes('offline'))
  await said.next(() => said.all.filter((word) => word === 'up').length === 2)
  expect(said.all).toEqual(['up', 'broker_down', 'up'])
})
