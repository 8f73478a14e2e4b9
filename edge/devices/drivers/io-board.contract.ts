import { afterEach, describe, expect, test } from 'vitest'
import type { InputChange, IoBoard } from '../ports/io-board.ts'
import { Heard } from '../testing/hub-harness.ts'

/** A board under test with the world on its terminals; channels 1–8, unit 1. */
export interface IoBoardRig {
  readonly board: IoBoard
  setInput(channel: number, closed: boolean): void
  isOn(channel: number): boolean
  onOutput(channel: number, listener: (on: boolean) => void): void
  close(): Promise<void>
}

/** What everything behind the relay and contact port must do, whatever carries it. */
export function ioBoardContract(name: string, openRig: () => Promise<IoBoardRig>): void {
  describe(`relays and contacts over ${name}`, () => {
    let rig: IoBoardRig | undefined
    afterEach(async () => {
      await rig?.close()
      rig = undefined
    })
    const open = async () => {
      rig = await openRig()
      const presence = new Heard<{ online: boolean }>()
      rig.board.onPresence(1, presence.add)
      await presence.next(({ online }) => online)
      return rig
    }
    testPulses(open)
    testInputs(open)
  })
}

const at = (channel: number) => ({ unit: 1, channel })

function testPulses(open: () => Promise<IoBoardRig>): void {
  test('a pulse is confirmed while it runs and ends by itself', async () => {
    const { board, onOutput, isOn } = await open()
    const output = new Heard<boolean>()
    onOutput(3, output.add)
    expect(await board.pulse(at(3), 200)).toEqual({ outcome: 'done' })
    expect(isOn(3)).toBe(true)
    await output.next((on) => !on)
    expect(output.all).toEqual([true, false])
  })

  test('a second pulse prolongs the first', async () => {
    const { board, onOutput } = await open()
    const output = new Heard<boolean>()
    onOutput(1, output.add)
    const outcomes = await Promise.all([board.pulse(at(1), 200), board.pulse(at(1), 400)])
    expect(outcomes).toEqual([{ outcome: 'done' }, { outcome: 'done' }])
    await output.next((on) => !on)
    expect(output.all).toEqual([true, false])
  })

  test('pulses on several channels at once do not disturb each other', async () => {
    const { board, isOn } = await open()
    const outcomes = await Promise.all([1, 2, 5, 8].map((channel) => board.pulse(at(channel), 300)))
    expect(outcomes.every(({ outcome }) => outcome === 'done')).toBe(true)
    expect([1, 2, 3, 5, 8].map(isOn)).toEqual([true, true, false, true, true])
  })

  test('a pulse is cut by putting the output to rest, and only on its channel', async () => {
    const { board, isOn, onOutput } = await open()
    const output = new Heard<boolean>()
    onOutput(3, output.add)
    await Promise.all([board.pulse(at(3), 30_000), board.pulse(at(4), 30_000)])
    expect(await board.rest(at(3))).toEqual({ outcome: 'done' })
    await output.next((on) => !on)
    expect(isOn(4)).toBe(true)
    expect(await board.rest(at(9))).toEqual({ outcome: 'failed', detail: 'no_such_channel' })
  })

  test('a channel that the board lacks fails with the reason', async () => {
    const { board } = await open()
    expect(await board.pulse(at(9), 200)).toEqual({ outcome: 'failed', detail: 'no_such_channel' })
    expect(await board.pulse(at(0), 200)).toEqual({ outcome: 'failed', detail: 'no_such_channel' })
  })
}

function testInputs(open: () => Promise<IoBoardRig>): void {
  test('an input is reported once when first known, then at each change', async () => {
    const { board, setInput } = await open()
    const changes = new Heard<InputChange>()
    board.watch(at(2), changes.add)
    await changes.next(({ before }) => before === undefined)
    setInput(2, true)
    await changes.next(({ closed }) => closed)
    setInput(2, false)
    await changes.next(({ closed, before }) => !closed && before === true)
    expect(changes.all).toEqual([
      { closed: false, before: undefined },
      { closed: true, before: false },
      { closed: false, before: true },
    ])
  })

  test('each listener hears the state as it first sees it, and nothing after it stopped', async () => {
    const { board, setInput } = await open()
    const first = new Heard<InputChange>()
    const stop = board.watch(at(4), first.add)
    setInput(4, true)
    await first.next(({ closed }) => closed)
    const second = new Heard<InputChange>()
    board.watch(at(4), second.add)
    expect((await second.next(() => true)).before).toBeUndefined()
    stop()
    const heard = first.all.length
    setInput(4, false)
    await second.next(({ closed }) => !closed)
    expect(first.all).toHaveLength(heard)
  })
}
