import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../story/free-port.ts'
import { openNetwork } from './network.ts'

describe('a network between two programs', () => {
  let echo: Server
  let echoPort: number
  let listenPort: number

  beforeEach(async () => {
    echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1')
    await once(echo, 'listening')
    echoPort = (echo.address() as AddressInfo).port
    listenPort = await freePort()
  })
  afterEach(() => {
    echo.close()
  })

  const open = () => openNetwork({ listenPort, host: '127.0.0.1', targetPort: echoPort, wallMs: () => 1 })

  async function roundTrip(): Promise<string> {
    const socket = connect(listenPort, '127.0.0.1')
    socket.write('hello')
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    return bytes.toString()
  }

  it('carries bytes both ways', async () => {
    const network = await open()
    expect(await roundTrip()).toBe('hello')
    await network.close()
  })

  it('ends open connections and refuses new ones while cut, and carries again when restored', async () => {
    const network = await open()
    const socket = connect(listenPort, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write('hello')
    await once(socket, 'data')
    const ended = new Promise((resolve) => socket.once('close', resolve))
    await network.cut()
    await ended
    expect(network.state).toBe('cut')
    await expect(roundTrip()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await network.restore()
    expect(await roundTrip()).toBe('hello')
    await network.close()
  })
})
