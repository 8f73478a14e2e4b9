import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { encodeRequest } from '@gatehouse/edge/devices/drivers/modbus-rtu'
import { createSimulatedBoard } from '@gatehouse/edge/devices/simulators/simulated-board'
import { createSimulatedReaders } from '@gatehouse/edge/devices/simulators/simulated-readers'
import { runStrikes, type StrikeTimes } from './strike-bench.ts'

const host = '127.0.0.1'
/** "Relay flash on" of output 1 for 200 ms, as the edge asks for it. */
const strike = encodeRequest({ kind: 'writeOutput', unit: 1, address: 0x0200, value: 2 })
/** Until both servers have surely taken the connections. */
const settleMs = 50

/**
 * The same card number and the same request for the relay over the same two loopback hops, with a bare pair of
 * sockets where the edge would be: nothing is decided and nothing is written. Milliseconds.
 */
export async function runRawStrikes(asked: {
  readonly card: string
  readonly taps: number
}): Promise<StrikeTimes> {
  const listen = { host, port: 0 }
  const board = await createSimulatedBoard({ listen })
  const readers = await createSimulatedReaders({ listen })
  const fromReader = await connected(readers.port)
  const toBoard = await connected(board.port)
  fromReader.on('data', () => toBoard.write(strike))
  // Answers of the board are read and thrown away.
  toBoard.resume()
  await wait(settleMs)
  try {
    return await runStrikes(readers, board, asked)
  } finally {
    fromReader.destroy()
    toBoard.destroy()
    await board.close()
    await readers.close()
  }
}

async function connected(port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true })
  await once(socket, 'connect')
  return socket
}
