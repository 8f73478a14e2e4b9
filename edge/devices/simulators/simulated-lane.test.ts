import { expect, test } from 'vitest'
import { ManualTime } from '../testing/manual-time.ts'
import { inputTerminal, outputTerminal } from '../testing/terminals.ts'
import { createSimulatedLane } from './simulated-lane.ts'

function wiredLane() {
  const time = new ManualTime()
  const vend = outputTerminal()
  const order: string[] = []
  const approach = inputTerminal()
  const safety = inputTerminal()
  const ticketButton = inputTerminal()
  const [boomOpen, boomClosed] = [inputTerminal(), inputTerminal()]
  const hold = outputTerminal()
  const watch = (name: string, terminal: typeof approach) => ({
    ...terminal,
    set: (closed: boolean) => {
      if (terminal.closed !== closed) order.push(`${name} ${closed ? 'covered' : 'cleared'}`)
      terminal.set(closed)
    },
  })
  const lane = createSimulatedLane({
    vend,
    approach: watch('approach', approach),
    safety: watch('safety', safety),
    ticketButton,
    boomOpen,
    boomClosed,
    hold,
    time,
  })
  const pulse = () => {
    vend.switch(true)
    time.advance(500)
    vend.switch(false)
  }
  const limits = () => [boomOpen.closed, boomClosed.closed]
  return { time, lane, order, pulse, ticketButton, hold, limits }
}

test('a car waits for the boom and passes approach, safety, cleared', async () => {
  const { time, lane, order, pulse } = wiredLane()
  const car = lane.arrive()
  time.advance(10_000)
  expect(car.position).toBe('waiting')
  expect(order).toEqual(['approach covered'])
  pulse()
  time.advance(10_000)
  expect(order).toEqual(['approach covered', 'safety covered', 'approach cleared', 'safety cleared'])
  expect(await car.left).toBe('passed')
  expect(lane.boom).toBe('down')
})

test('a car that backs out clears the approach loop without a passage', async () => {
  const { time, lane, order } = wiredLane()
  const car = lane.arrive()
  time.advance(2_000)
  expect(car.backOut()).toBe(true)
  expect(await car.left).toBe('backed_out')
  expect(order).toEqual(['approach covered', 'approach cleared'])
})

test('a tailgater passes on the vend of the car in front, and safety is covered twice', async () => {
  const { time, lane, order, pulse } = wiredLane()
  const first = lane.arrive()
  time.advance(1_000)
  const second = lane.tailgate()
  time.advance(1_000)
  pulse()
  time.advance(20_000)
  expect(await Promise.all([first.left, second.left])).toEqual(['passed', 'passed'])
  expect(order.filter((what) => what === 'approach covered')).toHaveLength(1)
  expect(lane.boom).toBe('down')
})

test('an honest second car waits for its own vend', () => {
  const { time, lane, pulse } = wiredLane()
  lane.arrive()
  time.advance(2_000)
  const second = lane.arrive()
  time.advance(1_000)
  pulse()
  time.advance(30_000)
  expect(second.position).toBe('waiting')
  expect(lane.front).toBe(second)
  pulse()
  time.advance(30_000)
  expect(second.position).toBe('gone')
})

test('a boom that was raised for nobody comes down again', () => {
  const { time, lane, pulse } = wiredLane()
  pulse()
  time.advance(2_000)
  expect(lane.boom).toBe('up')
  time.advance(20_000)
  expect(lane.boom).toBe('down')
})

test('the ticket button closes for a moment', () => {
  const { time, lane, ticketButton } = wiredLane()
  lane.pressTicket()
  time.advance(1_000)
  expect(ticketButton.changes).toEqual([true, false])
})

test('the contacts of the boom tell both ends of its way, and neither in between', () => {
  const { time, pulse, limits } = wiredLane()
  expect(limits()).toEqual([false, true])
  pulse()
  expect(limits()).toEqual([false, false])
  time.advance(2_000)
  expect(limits()).toEqual([true, false])
  time.advance(60_000)
  expect(limits()).toEqual([false, true])
})

test('a boom that is stuck does not move, one that is forced is up without a vend', () => {
  const { time, lane, pulse, limits } = wiredLane()
  lane.setBoomStuck(true)
  pulse()
  time.advance(10_000)
  expect(limits()).toEqual([false, true])
  lane.forceBoom()
  expect(limits()).toEqual([true, false])
})

test('the hold input keeps the boom up until it lets go', () => {
  const { time, lane, hold } = wiredLane()
  hold.switch(true)
  time.advance(120_000)
  expect(lane.boom).toBe('up')
  hold.switch(false)
  time.advance(10_000)
  expect(lane.boom).toBe('down')
})

test('a loop that is stuck says covered whoever comes and goes', async () => {
  const { time, lane, order, pulse } = wiredLane()
  lane.setLoopStuck('safety', true)
  const car = lane.arrive()
  time.advance(2_000)
  pulse()
  time.advance(10_000)
  expect(await car.left).toBe('passed')
  expect(order.filter((what) => what === 'safety cleared')).toEqual([])
  expect(lane.boom).toBe('up')
  lane.setLoopStuck('safety', false)
  time.advance(10_000)
  expect([order.at(-1), lane.boom]).toEqual(['safety cleared', 'down'])
})
