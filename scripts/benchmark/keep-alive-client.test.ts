import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { KeepAliveClient, postRequest } from './keep-alive-client.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A client of a server that does with each connection what the test says. */
async function clientOf(serve: (socket: Socket) => void): Promise<KeepAliveClient> {
  const server = createServer(serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = await KeepAliveClient.to((server.address() as AddressInfo).port)
  closers.push(
    () => client.close(),
    () => server.close(),
  )
  return client
}

const created = 'HTTP/1.1 201 Created\r\nContent-Length: 6\r\n\r\n{"é"}'

it('answers with the status only when the last byte of the body has come', async () => {
  const bytes = Buffer.from(created)
  const client = await clientOf((socket) => {
    socket.setNoDelay(true)
    socket.on('data', () => {
      let sent = 0
      const next = () => {
        socket.write(bytes.subarray(sent, sent + 1))
        sent += 1
        if (sent < bytes.length) setImmediate(next)
      }
      next()
    })
  })
  expect(await client.send('x')).toBe(201)
  expect(await client.send('x')).toBe(201)
})

it.each([
  ['without a length', 'HTTP/1.1 201 Created\r\n\r\n'],
  ['that is not HTTP', 'hello\r\n\r\n'],
  ['with bytes behind its end', `${created}x`],
  ['that is announced as too long', 'HTTP/1.1 201 Created\r\nContent-Length: 9999999\r\n\r\n'],
])('fails at an answer %s', async (_what, text) => {
  const client = await clientOf((socket) => void socket.on('data', () => socket.write(text)))
  await expect(client.send('x')).rejects.toThrow(RangeError)
})

it('fails when the connection is closed instead of an answer', async () => {
  const client = await clientOf((socket) => void socket.on('data', () => socket.end()))
  await expect(client.send('x')).rejects.toThrow(RangeError)
})

it('fails at once when the connection was closed while nothing was asked', async () => {
  const sockets: Socket[] = []
  const client = await clientOf((socket) => {
    sockets.push(socket)
    socket.on('data', () => socket.end(created))
  })
  expect(await client.send('x')).toBe(201)
  const [socket] = sockets
  if (socket && !socket.closed) await once(socket, 'close')
  await expect(client.send('x')).rejects.toThrow(RangeError)
})

it('makes a request with its headers, its length and its body', () => {
  expect(postRequest('/a', { host: 'b', 'x-y': 'z' }, '{"n":1}')).toBe(
    'POST /a HTTP/1.1\r\nhost: b\r\nx-y: z\r\ncontent-length: 7\r\n\r\n{"n":1}',
  )
})
