import type { DeviceId } from '@gatehouse/shared/ids/ids'
import { afterEach, expect, test } from 'vitest'
import { createSimulatedBoard } from './simulators/simulated-board.ts'
import { createSimulatedDoor } from './simulators/simulated-door.ts'
import { createSimulatedLane } from './simulators/simulated-lane.ts'
import { device, deviceRow, startHub } from './testing/hub-harness.ts'

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function siteWith(rows: ReadonlyMap<DeviceId, ReturnType<typeof deviceRow>>) {
  const board = await createSimulatedBoard({ listen: { host: '127.0.0.1', port: 0 }, units: [1, 2] })
  closing.unshift(() => board.close())
  const started = await startHub({
    devices: rows,
    buses: { lanes: { kind: 'tcp', host: '127.0.0.1', port: board.port } },
  })
  closing.unshift(() => started.hub.stop())
  return { board, ...started }
}

test('a car presses for a ticket, is let in, and its passage is seen in order', async () => {
  const { board, hub, heard } = await siteWith(
    new Map([
      [
        device('barrier'),
        deviceRow('generic/two-loop-barrier', 'lanes', {
          unit: 2,
          vendOutput: 1,
          approachInput: 1,
          safetyInput: 2,
        }),
      ],
      [device('ticket'), deviceRow('generic/ticket-button', 'lanes', { unit: 2, input: 3 })],
    ]),
  )
  const unit = board.unit(2)
  const lane = createSimulatedLane({
    vend: unit.output(1),
    approach: unit.input(1),
    safety: unit.input(2),
    ticketButton: unit.input(3),
    timing: { approachMs: 100, boomMs: 100, startMs: 150, overlapMs: 150, clearMs: 150 },
  })
  closing.unshift(() => lane.stop())
  await heard.next((event) => event.kind === 'loop' && event.loop === 'safety')
  const from = heard.all.length
  const car = lane.arrive()
  await heard.next((event) => event.kind === 'loop' && event.covered, from)
  lane.pressTicket()
  await heard.next((event) => event.kind === 'button' && event.deviceId === 'ticket')
  expect(await hub.barrier(device('barrier')).vend({ pulseMs: 300 })).toEqual({ outcome: 'done' })
  expect(await car.left).toBe('passed')
  await heard.next((event) => event.kind === 'loop' && event.loop === 'safety' && !event.covered, from)
  const loops = heard.all.slice(from).flatMap((event) => (event.kind === 'loop' ? [event] : []))
  expect(loops.map(({ loop, covered }) => `${loop} ${covered ? 'covered' : 'cleared'}`)).toEqual([
    'approach covered',
    'safety covered',
    'approach cleared',
    'safety cleared',
  ])
})

test('somebody goes through a door, and a forced door is seen without a strike', async () => {
  const { board, hub, heard } = await siteWith(
    new Map([
      [device('strike'), deviceRow('generic/relay-strike', 'lanes', { output: 1 })],
      [device('contact'), deviceRow('generic/door-contact', 'lanes', { input: 1 })],
      [device('exit'), deviceRow('generic/exit-button', 'lanes', { input: 2 })],
    ]),
  )
  const door = createSimulatedDoor({
    strike: board.output(1),
    contact: board.input(1),
    exitButton: board.input(2),
    timing: { reactMs: 100, passMs: 300, pressMs: 150 },
  })
  closing.unshift(() => door.stop())
  await heard.next((event) => event.kind === 'contact' && event.closed)
  let from = heard.all.length
  const entered = door.enter()
  expect(await hub.strike(device('strike'), { pulseMs: 500 })).toEqual({ outcome: 'done' })
  expect(await entered).toBe(true)
  await heard.next((event) => event.kind === 'contact' && !event.closed, from)
  await heard.next((event) => event.kind === 'contact' && event.closed, from)
  from = heard.all.length
  door.force()
  await heard.next((event) => event.kind === 'contact' && !event.closed, from)
  await heard.next((event) => event.kind === 'contact' && event.closed, from)
  door.leave()
  await heard.next((event) => event.kind === 'button', from)
})

test('a boom is kept up and a light switched by outputs that end by themselves, and those not wired say so', async () => {
  const parameters = { vendOutput: 1, approachInput: 1, safetyInput: 2, holdOutput: 4 }
  const { board, hub, heard } = await siteWith(
    new Map([[device('barrier'), deviceRow('generic/two-loop-barrier', 'lanes', parameters)]]),
  )
  await heard.next((event) => event.kind === 'loop' && event.loop === 'safety')
  const barrier = hub.barrier(device('barrier'))
  const off = new Promise<void>((resolve) => {
    board.output(4).onChange((on) => {
      if (!on) resolve()
    })
  })
  expect(await barrier.keep('hold', 200)).toEqual({ outcome: 'done' })
  expect(board.output(4).on).toBe(true)
  await off
  await barrier.keep('hold', 30_000)
  expect(await barrier.keep('hold', 0)).toEqual({ outcome: 'done' })
  expect(board.output(4).on).toBe(false)
  expect(await barrier.keep('light', 1_000)).toEqual({ outcome: 'failed', detail: 'no_such_output' })
  expect(await barrier.keep('hold', 3_600_000)).toEqual({ outcome: 'failed', detail: 'wrong_pulse' })
})

test('the ends of a boom’s way are heard, also where the switches open', async () => {
  const parameters = {
    vendOutput: 1,
    approachInput: 1,
    safetyInput: 2,
    closedLimitInput: 3,
    limitsNormallyClosed: true,
  }
  const { board, heard } = await siteWith(
    new Map([[device('barrier'), deviceRow('generic/two-loop-barrier', 'lanes', parameters)]]),
  )
  await heard.next((event) => event.kind === 'boom' && event.reached)
  board.input(3).set(true)
  await heard.next((event) => event.kind === 'boom' && event.limit === 'closed' && !event.reached)
})
