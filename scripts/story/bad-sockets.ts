import { once } from 'node:events'
import { expect } from 'vitest'
import WebSocket from 'ws'

/** Opens a screen's socket; resolves once it was greeted. */
async function openScreen(url: string, headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers })
  socket.on('error', () => undefined)
  const [greeting] = await once(socket, 'message')
  expect(String(greeting)).toContain('"hello"')
  return socket
}

/**
 * Says to `url` what no screen says: nonsense, giants, broken frames, half closings. A screen beside them must go
 * on hearing.
 */
export async function expectBearsBadSockets(url: string, headers: Record<string, string>): Promise<void> {
  const beside = await openScreen(url, headers)
  for (const text of ['', '{', 'null', '{"kind":"changed"}', '\u0000']) {
    const socket = await openScreen(url, headers)
    socket.send(text)
    socket.send(Buffer.from(text))
    socket.ping(text)
    socket.close()
    await once(socket, 'close')
  }
  const giant = await openScreen(url, headers)
  giant.send('x'.repeat(1_000_000))
  const [code] = await once(giant, 'close')
  // RFC 6455 §7.4.1: 1009, message too big; 1006 when the connection ended first.
  expect([1006, 1009]).toContain(code)
  const broken = await openScreen(url, headers)
  rawOf(broken).write(Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))
  await once(broken, 'close')
  const gone = await openScreen(url, headers)
  gone.terminate()
  expect(beside.readyState).toBe(WebSocket.OPEN)
  beside.close()
}

function rawOf(socket: WebSocket): { write(bytes: Uint8Array): unknown } {
  // The library keeps its connection to itself; broken frames can be written in no other way.
  return (socket as unknown as { _socket: { write(bytes: Uint8Array): unknown } })._socket
}
