import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jobsMax, type PrinterAction, PrinterMachine } from './printer-machine.ts'

const timing = { pollMs: 2_000, replyTimeoutMs: 1_000 }
const paper = Uint8Array.from([0x41])
const sound = [0x12, 0x12, 0x12, 0x12]
const noPaper = [0x1a, 0x32, 0x12, 0x7e]

function bench() {
  const machine = new PrinterMachine(timing)
  const acts: PrinterAction[] = []
  let nowMs = 0
  const run = (step: () => void) => {
    step()
    acts.push(...machine.drain())
  }
  const answer = (bytes: readonly number[]) => {
    for (const byte of bytes) run(() => machine.receive(Uint8Array.from([byte]), nowMs))
  }
  return {
    acts,
    answer,
    up: () => run(() => machine.up(nowMs)),
    down: () => run(() => machine.down('closed')),
    print: (job: number) => run(() => machine.print(job, paper, nowMs)),
    pass: (ms: number) => {
      nowMs += ms
      run(() => machine.tick(nowMs))
    },
    settled: () => acts.flatMap((act) => (act.kind === 'settled' ? [[act.job, act.outcome]] : [])),
    online: () => acts.flatMap((act) => (act.kind === 'presence' ? [act.online] : [])),
    troubles: () => acts.flatMap((act) => (act.kind === 'trouble' ? [[act.trouble, act.active]] : [])),
    papers: () => acts.filter((act) => act.kind === 'write' && act.bytes[0] === 0x41).length,
  }
}

test('a paper is printed after a sound status and done when the printer says so in its turn', () => {
  const printer = bench()
  printer.up()
  printer.print(1)
  expect(printer.papers()).toBe(0)
  printer.answer(sound)
  expect([printer.papers(), printer.settled()]).toEqual([1, []])
  printer.answer([0x00])
  expect(printer.settled()).toEqual([[1, { outcome: 'done' }]])
})

test('without paper nothing is printed and a person is told once', () => {
  const printer = bench()
  printer.up()
  printer.print(1)
  printer.answer(noPaper)
  expect(printer.settled()).toEqual([[1, { outcome: 'failed', detail: 'paper_out' }]])
  printer.pass(2_000)
  printer.answer(noPaper)
  expect(printer.troubles()).toEqual([
    ['paper_low', true],
    ['paper_out', true],
  ])
  printer.pass(2_000)
  printer.answer(sound)
  expect(printer.troubles().slice(2)).toEqual([
    ['paper_low', false],
    ['paper_out', false],
  ])
  expect(printer.papers()).toBe(0)
})

test('paper that runs out in the middle leaves it unknown, and it is not printed again', () => {
  const printer = bench()
  printer.up()
  printer.answer(sound)
  printer.print(1)
  printer.answer(sound)
  printer.pass(2_000)
  printer.answer(noPaper)
  expect(printer.settled()).toEqual([[1, { outcome: 'unknown', detail: 'paper_out' }]])
  printer.pass(2_000)
  printer.answer(sound)
  expect(printer.papers()).toBe(1)
})

test('a lost link ends what waits as failed and what was sent as unknown', () => {
  const printer = bench()
  printer.up()
  printer.print(1)
  printer.print(2)
  printer.answer(sound)
  printer.down()
  printer.print(3)
  expect(printer.settled()).toEqual([
    [1, { outcome: 'unknown', detail: 'closed' }],
    [2, { outcome: 'failed', detail: 'closed' }],
    [3, { outcome: 'failed', detail: 'link_down' }],
  ])
})

test('a printer that answers nothing is dialled again', () => {
  const printer = bench()
  printer.up()
  for (let n = 0; n < 3; n += 1) printer.pass(1_000)
  expect(printer.online()).toEqual([false])
  expect(printer.acts.at(-1)).toEqual({ kind: 'reset' })
})

test('a printer that never confirms is given up, and the next paper has its turn', () => {
  const printer = bench()
  printer.up()
  printer.answer(sound)
  printer.print(1)
  printer.answer(sound)
  printer.print(2)
  for (let n = 0; n < 9; n += 1) {
    printer.answer(sound)
    printer.pass(2_000)
  }
  printer.answer(sound)
  expect(printer.settled()).toEqual([[1, { outcome: 'unknown', detail: 'no_confirmation' }]])
  expect(printer.papers()).toBe(2)
})

test('noise is counted and believed by nobody', () => {
  const printer = bench()
  printer.up()
  printer.answer([0xff, 0x80, 0x00])
  expect(printer.online()).toEqual([])
  expect(printer.acts.filter((act) => act.kind === 'garbage')).toHaveLength(3)
})

test('more papers than may wait are refused', () => {
  const printer = bench()
  printer.up()
  for (let job = 1; job <= jobsMax + 1; job += 1) printer.print(job)
  expect(printer.settled()).toEqual([[jobsMax + 1, { outcome: 'failed', detail: 'queue_full' }]])
})

test('whatever comes, every paper ends once', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('bytes' as const), bytes: fc.array(fc.integer({ min: 0, max: 255 })) }),
    fc.record({ kind: fc.constantFrom('print' as const, 'up' as const, 'down' as const) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 5_000 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const printer = bench()
      let jobs = 0
      for (const one of steps) {
        if (one.kind === 'bytes') printer.answer(one.bytes)
        else if (one.kind === 'pass') printer.pass(one.ms)
        else if (one.kind === 'print') printer.print(++jobs)
        else printer[one.kind]()
      }
      printer.down()
      const ended = printer.settled().map(([job]) => job)
      expect([...ended].sort((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: jobs }, (_, index) => index + 1),
      )
    }),
  )
})
