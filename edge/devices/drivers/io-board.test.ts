import { SeededRandom } from '@gatehouse/shared/random/random'
import { expect, test } from 'vitest'
import type { InputChange } from '../ports/io-board.ts'
import { openPtyWire } from '../simulators/pty-wire.ts'
import { createSimulatedBoard, simulateBoardOn } from '../simulators/simulated-board.ts'
import { gpioLoop } from '../testing/gpio-loop.ts'
import { Heard, LogKeeper, profiles, realClock } from '../testing/hub-harness.ts'
import { onoffDouble } from '../testing/onoff-double.ts'
import type { ByteLink, ByteLinkHandlers } from '../transports/byte-link.ts'
import { createSerialLink } from '../transports/serial.ts'
import { createTcpLink } from '../transports/tcp.ts'
import { createGpioBoard } from './gpio-board.ts'
import { type IoBoardRig, ioBoardContract } from './io-board.contract.ts'
import { createModbusBoards } from './modbus-board.ts'

const random = new SeededRandom(3)
const shared = { bus: 'test', clock: realClock, logger: new LogKeeper() }

function modbusBoards(
  openLink: (handlers: ByteLinkHandlers) => ByteLink,
  profile = 'waveshare/modbus-rtu-relay-d',
) {
  const boards = createModbusBoards({ ...shared, openLink })
  const registers = profiles.get(profile)?.registers
  if (registers) boards.setUnits(new Map([[1, { registers, pollMs: 20, replyTimeoutMs: 150 }]]))
  boards.open()
  return boards
}

type SimulatedSide = Pick<Awaited<ReturnType<typeof createSimulatedBoard>>, 'input' | 'output' | 'close'>

function modbusRig(boards: ReturnType<typeof modbusBoards>, simulated: SimulatedSide): IoBoardRig {
  return {
    board: boards,
    setInput: (channel, closed) => simulated.input(channel).set(closed),
    isOn: (channel) => simulated.output(channel).on,
    onOutput: (channel, listener) => {
      simulated.output(channel).onChange(listener)
    },
    close: async () => {
      await boards.close()
      await simulated.close()
    },
  }
}

ioBoardContract('Modbus RTU frames in TCP', async () => {
  const simulated = await createSimulatedBoard({ listen: { host: '127.0.0.1', port: 0 } })
  const at = { host: '127.0.0.1', port: simulated.port }
  return modbusRig(
    modbusBoards((handlers) => createTcpLink({ ...at, handlers, random })),
    simulated,
  )
})

async function openSupervised() {
  const simulated = await createSimulatedBoard({ listen: { host: '127.0.0.1', port: 0 } })
  const at = { host: '127.0.0.1', port: simulated.port }
  const openLink = (handlers: ByteLinkHandlers) => createTcpLink({ ...at, handlers, random })
  return { simulated, rig: modbusRig(modbusBoards(openLink, 'gatehouse/supervised-board'), simulated) }
}

ioBoardContract('a board that measures its inputs', async () => (await openSupervised()).rig)

test('a bridged or cut line is told as that and never as an opening, and its mending as what then is', async () => {
  const { simulated, rig } = await openSupervised()
  const changes = new Heard<InputChange>()
  simulated.input(2).set(true)
  rig.board.watch({ unit: 1, channel: 2 }, changes.add)
  await changes.next(({ closed }) => closed)
  for (const fault of ['open_circuit', 'short'] as const) {
    simulated.input(2).damage(fault)
    await changes.next((change) => change.fault === fault)
  }
  simulated.input(2).damage(undefined)
  await changes.next(({ closed }) => closed, 3)
  await rig.close()
  expect(changes.all).toEqual([
    { closed: true, before: undefined },
    { closed: false, before: true, fault: 'open_circuit' },
    { closed: false, before: undefined, fault: 'short' },
    { closed: true, before: undefined },
  ])
})

ioBoardContract('Modbus RTU on a serial line', async () => {
  const { wire, board } = await simulateBoardOn(openPtyWire)
  const port = { path: wire.path, baudRate: 9600 }
  return modbusRig(
    modbusBoards((handlers) => createSerialLink({ ...port, handlers, random })),
    board,
  )
})

ioBoardContract('GPIO lines', async () => {
  const { gpio, lines } = onoffDouble()
  const offsets = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [String(index + 1), index]))
  const inputs = Object.fromEntries(
    Object.entries(offsets).map(([channel, offset]) => [channel, offset + 16]),
  )
  const board = createGpioBoard({
    ...shared,
    openLink: gpioLoop(
      { chip: 'test', outputs: offsets, inputs, outputsActiveLow: true, inputsActiveLow: true },
      gpio,
    ),
  })
  board.open()
  const outputLine = (channel: number) => lines.get(512 + channel - 1)
  return {
    board,
    setInput: (channel, closed) => {
      const line = lines.get(512 + 16 + channel - 1)
      if (!line) return
      line.value = closed ? 1 : 0
      line.listener?.(null, line.value)
    },
    isOn: (channel) => outputLine(channel)?.value === 1,
    onOutput: (channel, listener) => {
      const line = outputLine(channel)
      if (!line) return
      const push = line.writes.push.bind(line.writes)
      let before = line.value
      line.writes.push = (...values) => {
        for (const value of values) if (value !== before) listener(value === 1)
        before = values.at(-1) ?? before
        return push(...values)
      }
    },
    close: () => board.close(),
  }
})
