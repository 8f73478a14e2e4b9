import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { freezeWire, goldenSamples, previousWireFile, readPreviousWire, todaysWire } from './previous-wire.ts'

/** Right after a release was made, and only then: the next one is held against it. */
if (process.env.GATEHOUSE_FREEZE_WIRE !== undefined) writeFileSync(previousWireFile, freezeWire(todaysWire))

const previous = readPreviousWire()
const entries = goldenSamples('entries')
const directory = goldenSamples('directory')
const sync = goldenSamples('sync')

/** Which message each sample of the sync endpoints is. */
const messageOf: Readonly<Record<string, string>> = {
  ...{ enrolRequest: 'enrolRequest', adoptRequest: 'enrolRequest' },
  ...{ enrolAnswer: 'enrolAnswer', adoptAnswer: 'enrolAnswer' },
  ...{ handshakeRequest: 'handshakeRequest', handshakeOfMemory: 'handshakeRequest' },
  ...{ handshakeOfPruned: 'handshakeRequest', handshakeAnswer: 'handshakeAnswer' },
  ...{
    heartbeat: 'heartbeat',
    heartbeatOfRefusals: 'heartbeat',
    heartbeatOfRefusedRows: 'heartbeat',
    heartbeatAnswer: 'heartbeatAnswer',
  },
  ...{ recoverRequest: 'recoverRequest', recoverGranted: 'recoverAnswer', recoverWaiting: 'recoverAnswer' },
}

const samples = [
  ...Object.entries(entries).map(([name, body]) => ['entries', name, name, body] as const),
  ...Object.entries(directory).map(([name, body]) => ['directory', name, name, body] as const),
  ...Object.entries(sync).map(([name, body]) => ['messages', messageOf[name] ?? '', name, body] as const),
]
const ofNextRelease = { ofTheNextRelease: { kind: 'unknown', list: [1, 2] } }

describe('what this release writes', () => {
  test.each(samples)(
    '%s %s (%s) is read by the release before, which may not know its kind',
    (part, name, sample, body) => {
      const reader = previous[part].get(name)
      // A kind that is new is set aside there without loss: its frame is read, its body is not looked at.
      if (reader === undefined) expect(todaysWire[part].has(name)).toBe(true)
      else expect([sample, reader.safeParse(body).success]).toEqual([sample, true])
    },
  )

  test('of the sync endpoints is no message that the release before does not know', () => {
    expect([...todaysWire.messages.keys()]).toEqual([...previous.messages.keys()])
  })
})

describe('what the release before writes', () => {
  test.each(['frames', 'messages', 'entries', 'directory'] as const)('no kind of its %s is gone', (part) => {
    const gone = [...previous[part].keys()].filter((name) => !todaysWire[part].has(name))
    expect(gone).toEqual([])
  })
})

describe('a field of the next release', () => {
  const read = (wire: typeof previous, [part, name, , body]: (typeof samples)[number]) =>
    wire[part].get(name)?.safeParse({ ...(body as object), ...ofNextRelease })

  test.each(samples)('in %s %s (%s) is in nobody’s way', (...sample) => {
    expect(read(todaysWire, sample)?.success).toBe(true)
    expect(read(previous, sample)?.success ?? true).toBe(true)
  })

  test('in a frame is in nobody’s way, and of an entry of an unknown kind all is kept', () => {
    const { sealedEntry, directoryRow } = goldenSamples('frames') as {
      readonly sealedEntry: { readonly entry: object }
      readonly directoryRow: object
    }
    const entry = { ...sealedEntry.entry, type: 'hologram.shown', body: { beam: [1] }, ...ofNextRelease }
    for (const { frames } of [todaysWire, previous]) {
      const parsed = frames.get('entry')?.safeParse(entry) as z.ZodSafeParseResult<{ body: unknown }>
      expect(parsed.data?.body).toEqual({ beam: [1] })
      const row = { ...directoryRow, kind: 'hologram', ...ofNextRelease }
      expect(frames.get('directoryRow')?.safeParse(row).success).toBe(true)
    }
  })
})

test('the frozen wire bites: a field that became required, another type and another word are refused by it', () => {
  const handshake = previous.messages.get('handshakeRequest')
  const answer = previous.messages.get('handshakeAnswer')
  const request = sync.handshakeRequest as object
  expect(handshake?.safeParse({ ...request, head: undefined }).success).toBe(false)
  expect(handshake?.safeParse({ ...request, rev: 'nine' }).success).toBe(false)
  expect(answer?.safeParse({ ...(sync.handshakeAnswer as object), verdict: 'history_gone' }).success).toBe(
    false,
  )
})
