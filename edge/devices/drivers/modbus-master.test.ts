import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MasterOutput, ModbusMaster, masterQueueMax } from './modbus-master.ts'
import { encodeRequest, type ModbusRequest, sealFrame } from './modbus-rtu.ts'

const poll: ModbusRequest = { kind: 'readInputs', unit: 1, address: 0, count: 8 }
const pulse: ModbusRequest = { kind: 'writeOutput', unit: 1, address: 0x0200, value: 5 }
const inputs = sealFrame([1, 2, 1, 0])
const timing = { deadlineMs: 1_000, replyTimeoutMs: 100 }
const kinds = (outputs: readonly MasterOutput[]) =>
  outputs.map((output) => (output.kind === 'ended' ? output.end.kind : output.kind))

function master(): ModbusMaster {
  const up = new ModbusMaster(20)
  up.linkUp(0)
  return up
}

test('one request is on the line at a time, and a write goes before the reads that wait', () => {
  const line = master()
  expect(kinds(line.submit(poll, timing, 0).outputs)).toEqual(['send'])
  expect(line.submit(poll, timing, 0).outputs).toEqual([])
  expect(line.submit(pulse, timing, 0).outputs).toEqual([])
  const outputs = line.receive(inputs, 5)
  expect(kinds(outputs)).toEqual(['replied', 'send'])
  expect(outputs[1]).toEqual({ kind: 'send', bytes: encodeRequest(pulse) })
})

test('a missing answer ends the request, and the line is quiet before the next one', () => {
  const line = master()
  line.submit(pulse, timing, 0)
  line.submit(poll, timing, 0)
  expect(line.wakeAtMs).toBe(100)
  expect(line.tick(99)).toEqual([])
  expect(kinds(line.tick(100))).toEqual(['no_reply'])
  expect(line.wakeAtMs).toBe(120)
  expect(kinds(line.receive(encodeRequest(pulse), 110))).toEqual(['garbage'])
  expect(kinds(line.tick(120))).toEqual(['send'])
})

test('a request whose time has passed in the queue is not sent any more', () => {
  const line = master()
  line.submit(poll, { deadlineMs: 5_000, replyTimeoutMs: 3_000 }, 0)
  const { ticket } = line.submit(pulse, timing, 0)
  const outputs = line.receive(inputs, 1_001)
  expect(outputs).toContainEqual({ kind: 'ended', ticket, end: { kind: 'not_sent', reason: 'late' } })
  expect(kinds(outputs)).not.toContain('send')
})

test('a lost link leaves what was sent open and says that the rest was not sent', () => {
  const line = master()
  line.submit(pulse, timing, 0)
  line.submit(pulse, timing, 0)
  expect(kinds(line.linkDown())).toEqual(['no_reply', 'not_sent'])
  expect(line.submit(pulse, timing, 0).outputs).toMatchObject([{ end: { reason: 'link_down' } }])
})

test('a full queue refuses', () => {
  const line = master()
  for (let count = 0; count <= masterQueueMax; count += 1) line.submit(poll, timing, 0)
  expect(line.submit(poll, timing, 0).outputs).toMatchObject([{ end: { reason: 'queue_full' } }])
})

test('whatever comes from the line in whatever order, every request ends once and nothing throws', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('submit' as const), write: fc.boolean() }),
    fc.record({ kind: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
    fc.record({ kind: fc.constant('answer' as const), write: fc.boolean() }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 400 }) }),
    fc.record({ kind: fc.constant('link' as const), up: fc.boolean() }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const line = master()
      const open = new Set<number>()
      let nowMs = 0
      const run = (outputs: readonly MasterOutput[]) => {
        for (const output of outputs) {
          if (output.kind === 'ended') expect(open.delete(output.ticket)).toBe(true)
        }
      }
      for (const action of steps) {
        if (action.kind === 'submit') {
          const due = { deadlineMs: nowMs + 500, replyTimeoutMs: 100 }
          const { ticket, outputs } = line.submit(action.write ? pulse : poll, due, nowMs)
          open.add(ticket)
          run(outputs)
        } else if (action.kind === 'bytes') run(line.receive(action.bytes, nowMs))
        else if (action.kind === 'answer') {
          run(line.receive(action.write ? encodeRequest(pulse) : inputs, nowMs))
        } else if (action.kind === 'link') run(action.up ? line.linkUp(nowMs) : line.linkDown())
        else {
          nowMs += action.ms
          run(line.tick(nowMs))
        }
      }
      // Nothing stalls: ticking at each wake ends all that is open.
      for (let guard = 0; open.size > 0 && guard < 300; guard += 1) {
        const wakeMs = line.wakeAtMs
        expect(wakeMs).toBeDefined()
        nowMs = Math.max(nowMs, wakeMs ?? nowMs)
        run(line.tick(nowMs))
      }
      expect(open.size).toBe(0)
    }),
  )
})
