import { createServer, type Server, type Socket } from 'node:net'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterEach, expect, test } from 'vitest'
import { Heard } from '../testing/hub-harness.ts'
import { type ByteLink, linkWriteBufferMax } from './byte-link.ts'
import { createTcpLink } from './tcp.ts'

let server: Server | undefined
let link: ByteLink | undefined
const sockets = new Set<Socket>()
afterEach(async () => {
  await link?.close()
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
})

/** A serial server on `port`, or any free one; it takes one connection after the other. */
async function listen(onSocket: (socket: Socket) => void, port = 0): Promise<number> {
  const made = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.resume()
    onSocket(socket)
  })
  server = made
  await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve))
  const address = made.address()
  return typeof address === 'object' && address ? address.port : 0
}

function openLink(port: number) {
  const said = new Heard<string>()
  const bytes = new Heard<number>()
  link = createTcpLink({
    ...{ host: '127.0.0.1', port, random: new SeededRandom(1) },
    handlers: {
      onUp: () => {
        said.add('up')
        link?.write(Uint8Array.of(1))
      },
      onDown: (reason) => said.add(reason),
      onBytes: (received) => received.forEach(bytes.add),
    },
  })
  link.open()
  return { link, said, bytes }
}

test('a serial server that hangs up or resets is joined again, and says which it was', async () => {
  const ends: ((socket: Socket) => void)[] = [(socket) => socket.end(), (socket) => socket.resetAndDestroy()]
  const { said } = openLink(await listen((socket) => socket.once('data', () => ends.shift()?.(socket))))
  await said.next(() => said.all.filter((word) => word === 'up').length === 3)
  expect(said.all).toEqual(['up', 'closed', 'up', 'econnreset', 'up'])
})

test('a serial server that is not there yet is found when it comes', async () => {
  const port = await listen(() => {})
  await new Promise((resolve) => server?.close(resolve))
  const { said } = openLink(port)
  expect(await said.next(() => true)).toBe('refused')
  await listen(() => {}, port)
  await said.next((word) => word === 'up')
})

test('bytes come out one by one as they were sent', async () => {
  const sent = Uint8Array.from({ length: 300 }, (_, at) => at & 0xff)
  const { bytes } = openLink(
    await listen((socket) => {
      socket.setNoDelay(true)
      for (const byte of sent) socket.write(Uint8Array.of(byte))
    }),
  )
  await bytes.next(() => bytes.all.length === sent.length)
  expect(bytes.all).toEqual([...sent])
})

test('a peer that reads nothing fills a bounded buffer, and then nothing more is taken', async () => {
  const { link: stuck, said } = openLink(await listen((socket) => socket.pause()))
  await said.next((word) => word === 'up')
  const part = new Uint8Array(linkWriteBufferMax)
  let taken = 0
  while (stuck.write(part)) taken += 1
  expect(taken).toBeGreaterThan(0)
  expect(stuck.write(new Uint8Array(linkWriteBufferMax + 1))).toBe(false)
})
