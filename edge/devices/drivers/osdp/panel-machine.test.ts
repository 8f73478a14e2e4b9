import { describe, expect, test } from 'vitest'
import { Bench, facts, frameOf, ownKey } from '../../testing/osdp-bench.ts'
import { busyMax, triesMax } from './exchange.ts'
import { oldAnswersMax } from './panel-handshake.ts'
import { panelDueMs } from './panel-machine.ts'
import { backoffFirstMs, backoffLongestMs } from './panel-step.ts'

test('numbers go 0, 1, 2, 3, 1… and the handshake is ID, CAP, CHLNG, SCRYPT', () => {
  const bench = new Bench()
  const frames = Array.from({ length: 8 }, () => bench.turn())
  expect(frames.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 1, 2, 3, 1])
  expect(frames.map(({ code }) => code)).toEqual([0x61, 0x62, 0x76, 0x77, 0x64, 0x60, 0x60, 0x60])
  expect(frames.map(({ security }) => security?.type)).toEqual([
    undefined,
    undefined,
    0x11,
    0x13,
    0x15,
    0x15,
    0x15,
    0x15,
  ])
  expect(bench.actions.filter(({ kind }) => kind === 'presence')).toEqual([
    { kind: 'presence', online: true },
  ])
})

describe('an answer that does not come', () => {
  test('the same bytes go again under the same number, and the reader repeats its answer without obeying twice', () => {
    const bench = new Bench().until('online')
    bench.turn()
    bench.step({
      kind: 'requested',
      ticket: 7,
      command: { kind: 'output', output: 0, code: 5, timerMs: 100 },
    })
    const first = bench.ask()
    const lost = bench.reader.answer(first)
    bench.hear(undefined)
    const again = bench.ask()
    expect(again).toEqual(first)
    expect(bench.reader.answer(again)).toEqual(lost)
    bench.hear(lost)
    expect(bench.reader.obeyed).toHaveLength(1)
    expect(bench.actions).toContainEqual({ kind: 'ended', ticket: 7, end: 'done' })
    bench.turn()
    bench.reader.report({ kind: 'formatted', reader: 0, backwards: false, text: '42' })
    bench.turn()
    expect(bench.actions).toContainEqual({ kind: 'fact', fact: { kind: 'formatted', text: '42' } })
  })

  test(`after ${triesMax} tries the reader is gone, and what was sent is unknown`, () => {
    const bench = new Bench().until('online')
    bench.turn()
    const light = { kind: 'led', reader: 0, led: 0, steady: 'red' } as const
    bench.step({ kind: 'requested', ticket: 1, command: light })
    bench.step({ kind: 'requested', ticket: 2, command: light })
    for (let tries = 0; tries < triesMax; tries += 1) {
      expect(bench.state.kind).toBe('online')
      bench.ask()
      bench.hear(undefined)
    }
    expect(bench.offlineFor).toBe('no_reply')
    expect(bench.actions).toContainEqual({ kind: 'ended', ticket: 1, end: 'unknown' })
    expect(bench.actions).toContainEqual({ kind: 'ended', ticket: 2, end: 'offline' })
  })

  test('the pause doubles from 1 s to 30 s, one question each, and is short again after a while online', () => {
    const bench = new Bench()
    const pauses = Array.from({ length: 7 }, () => {
      bench.ask()
      bench.hear(undefined)
      return panelDueMs(bench.state) - bench.nowMs
    })
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
    expect([pauses[0], pauses.at(-1)]).toEqual([backoffFirstMs, backoffLongestMs])
    bench.until('online')
    bench.nowMs += 11_000
    bench.turn()
    for (let tries = 0; tries < triesMax; tries += 1) {
      bench.ask()
      bench.hear(undefined)
    }
    expect(panelDueMs(bench.state) - bench.nowMs).toBe(1_000)
  })

  test('an answer to the question before is dropped, and the panel goes on waiting', () => {
    const bench = new Bench().until('online')
    const late = bench.reader.answer(bench.ask())
    bench.hear(late)
    const before = bench.state
    bench.ask()
    expect(bench.hear(late)).toEqual([{ kind: 'keepWaiting' }])
    bench.state = before
    bench.turn()
    expect(bench.state.kind).toBe('online')
  })
})

describe('a reader that is busy', () => {
  test('is asked the same again after a pause', () => {
    const bench = new Bench().until('online')
    bench.turn()
    bench.reader.busy = 3
    const first = bench.turn()
    expect(panelDueMs(bench.state)).toBe(bench.nowMs + 50)
    for (let rest = 0; rest < 3; rest += 1) expect(bench.turn()).toEqual(first)
    expect(bench.state.kind).toBe('online')
    expect(bench.turn().sequence).toBe((first.sequence % 3) + 1)
  })

  test('for ever is gone', () => {
    const bench = new Bench().until('online')
    bench.reader.busy = busyMax + 1
    for (let rest = 0; rest <= busyMax; rest += 1) bench.turn()
    expect(bench.offlineFor).toBe('always_busy')
  })
})

describe('a refusal', () => {
  const online = () => {
    const bench = new Bench().until('online')
    bench.turn()
    return bench
  }

  test('of the check sends the same bytes again, a few times', () => {
    const bench = online()
    const frames = Array.from({ length: triesMax }, () => {
      const frame = bench.ask()
      bench.hear(bench.plain(frame, { kind: 'nak', reason: 'check' }))
      return frame
    })
    expect(new Set(frames.map(({ covered }) => Buffer.from(covered).toString('hex'))).size).toBe(1)
    expect(bench.state.kind).toBe('offline')
  })

  test.each(['sequence', 'no_secure_channel', 'secure_channel_needed', 'unable'] as const)(
    'in clear (%s) means that the session is gone: it begins anew with number 0',
    (reason) => {
      const bench = online()
      const frame = bench.ask()
      bench.hear(bench.plain(frame, { kind: 'nak', reason }, reason === 'sequence' ? 0 : frame.sequence))
      expect(bench.offlineFor).toBe('restarted')
      expect(bench.alarms).toEqual([])
      bench.reader.restart()
      expect(bench.turn().sequence).toBe(0)
      bench.until('online')
    },
  )

  test('inside the session ends the request and nothing else', () => {
    const bench = online()
    bench.reader.facts = { ...facts }
    const unheardOf = { kind: 'text', reader: 0, text: 'Hello', forSeconds: 1 } as const
    bench.reader.refuses.add('text')
    bench.step({ kind: 'requested', ticket: 5, command: unheardOf })
    bench.turn()
    expect(bench.actions).toContainEqual({ kind: 'ended', ticket: 5, end: 'refused' })
    expect(bench.state.kind).toBe('online')
  })
})

describe('a session', () => {
  test('survives no clear text, no wrong MAC, and no card of the session before', () => {
    const bench = new Bench().until('online')
    bench.turn()
    const raw = { kind: 'raw', reader: 0, bitCount: 26, bits: new Uint8Array(4) } as const
    const frame = bench.ask()
    bench.hear(bench.plain(frame, raw, 0))
    expect(bench.alarms).toEqual(['plain_text'])

    bench.until('online').turn()
    bench.reader.spoilsNextMac = true
    bench.turn()
    expect(bench.alarms).toEqual(['plain_text', 'mac_failed'])

    bench.until('online').turn()
    bench.reader.report(raw)
    const old = bench.reader.answer(bench.ask())
    bench.step({ kind: 'lineDown' })
    bench.until('online')
    bench.turn()
    while (bench.ask().sequence !== (old && frameOf(old).sequence)) {
      const poll = bench.state.kind === 'online' ? bench.state.exchange : undefined
      bench.hear(poll && bench.reader.answer(frameOf(poll.bytes)))
    }
    bench.hear(old)
    expect(bench.alarms).toEqual(['plain_text', 'mac_failed', 'mac_failed'])
    expect(bench.actions.filter(({ kind }) => kind === 'fact')).toEqual(
      bench.actions.filter((action) => action.kind === 'fact' && action.fact.kind === 'local'),
    )
  })

  test('a reader that answers in clear to a question in clear tells no cards', () => {
    const bench = new Bench()
    const frame = bench.ask()
    bench.hear(bench.plain(frame, { kind: 'formatted', reader: 0, backwards: false, text: '1' }))
    expect(bench.offlineFor).toBe('refused')
    expect(bench.actions.some(({ kind }) => kind === 'fact')).toBe(false)
  })

  test('status that is signed in clear is believed; a card or PIN that is only signed is an alarm', () => {
    const bench = new Bench()
    bench.reader.signsOnly = true
    bench.reader.tamper = true
    bench.until('online').turn()
    expect(bench.actions).toContainEqual({
      kind: 'fact',
      fact: { kind: 'local', tamper: true, powerFailed: false },
    })
    const secrets = [
      { kind: 'raw', reader: 0, bitCount: 8, bits: Uint8Array.of(7) },
      { kind: 'formatted', reader: 0, backwards: false, text: '7' },
      { kind: 'keypad', reader: 0, keys: '7' },
    ] as const
    for (const secret of secrets) {
      bench.until('online').turn()
      bench.reader.report(secret)
      bench.turn()
      expect(bench.offlineFor).toBe('plain_text')
    }
    const told = bench.actions.flatMap((action) => (action.kind === 'fact' ? [action.fact.kind] : []))
    expect(new Set(told)).toEqual(new Set(['local']))
  })

  test('a reader that proves another key, or the default key, is refused', () => {
    const forged = new Bench()
    forged.reader.key = ownKey.map((byte) => byte ^ 1)
    forged.until('challenging').turn()
    expect(forged.alarms).toEqual(['wrong_key'])

    const reset = new Bench()
    reset.reader.saysDefaultKey = true
    reset.until('challenging').turn()
    expect(reset.alarms).toEqual(['default_key'])
  })
})

test('a reader that cannot say the first MAC of a session has no session, whatever it said before', () => {
  const bench = new Bench().until('proving')
  const frame = bench.ask()
  bench.hear(bench.plain(frame, { kind: 'initialMac', mac: new Uint8Array(16).fill(7) }))
  expect(bench.alarms).toEqual(['wrong_key'])
})

test('a reader without a secure channel is refused, key and window or not', () => {
  for (const keyed of [true, false]) {
    const bench = new Bench(keyed)
    bench.isInstalling = true
    bench.reader.facts = { ...facts, capabilities: [{ function: 3, level: 1, count: 1 }] }
    bench.until('describing').turn()
    expect(bench.alarms).toEqual(['no_secure_channel'])
  }
})

describe('installation', () => {
  test('outside the window a new reader is never challenged', () => {
    const bench = new Bench(false)
    for (let turns = 0; turns < 6; turns += 1) expect([0x61, 0x62]).toContain(bench.turn().code)
    expect(bench.offlineFor).toBe('no_key')
  })

  test('a window that ends during the handshake gives no key', () => {
    const bench = new Bench(false)
    bench.isInstalling = true
    bench.until('proving')
    bench.isInstalling = false
    bench.turn()
    expect(bench.offlineFor).toBe('no_key')
    expect(bench.reader.key).toBeUndefined()
  })

  test('the key is on the disk before the reader hears of it', () => {
    const bench = new Bench(false)
    bench.isInstalling = true
    bench.until('keying')
    expect(bench.secrets?.key).toBeDefined()
    expect(bench.reader.key).toBeUndefined()
    bench.until('online')
    expect(bench.reader.key).toEqual(bench.secrets?.key)
    expect(bench.secrets?.facts).toEqual(facts)

    const full = new Bench(false)
    full.isInstalling = true
    full.isDiskFull = true
    full.until('proving').turn()
    expect(full.offlineFor).toBe('key_not_stored')
    expect(full.reader.key).toBeUndefined()
  })

  test('power that fails between the two, or an answer that is lost, leaves a reader that can be installed again', () => {
    const early = new Bench(false)
    early.isInstalling = true
    early.until('keying').step({ kind: 'lineDown' })
    early.until('online')
    expect(early.reader.key).toEqual(early.secrets?.key)

    const late = new Bench(false)
    late.isInstalling = true
    late.reader.answer(late.until('keying').ask())
    late.isInstalling = false
    late.reader.restart()
    late.step({ kind: 'lineDown' })
    late.until('online')
    expect(late.reader.key).toEqual(late.secrets?.key)
  })

  test('a reader that was set back to the default key gets another inside the window alone', () => {
    const bench = new Bench()
    bench.reader.key = undefined
    bench.until('challenging').turn()
    expect(bench.alarms).toEqual(['wrong_key'])
    bench.isInstalling = true
    bench.until('online')
    expect(bench.reader.key).not.toEqual(ownKey)
    expect(bench.secrets?.key).toEqual(bench.reader.key)
  })
})

describe('what a reader kept while nobody asked it', () => {
  const card = (text: string) => ({ kind: 'formatted', reader: 0, backwards: false, text }) as const
  const raw = { kind: 'raw', reader: 0, bitCount: 8, bits: Uint8Array.of(7) } as const
  const keys = { kind: 'keypad', reader: 0, keys: '7' } as const
  const toldOf = (bench: Bench) =>
    bench.actions.flatMap((action) => (action.kind === 'fact' ? [action.fact] : []))

  test('cards and keys of before open nothing, tampering is told, and only then is the reader there', () => {
    const bench = new Bench()
    bench.step({ kind: 'lineDown' })
    for (const kept of [card('1'), raw, keys]) bench.reader.report(kept)
    bench.reader.report({ kind: 'localStatus', tamper: true, powerFailed: false })
    bench.until('online')
    for (let turns = 0; turns < 5; turns += 1) bench.turn()
    expect(bench.actions.filter(({ kind }) => kind === 'presence').at(-1)).toMatchObject({ online: false })
    bench.turn()
    expect(bench.actions.at(-1)).toEqual({ kind: 'presence', online: true })
    bench.reader.report(card('2'))
    bench.turn()
    const now = { kind: 'local', powerFailed: false }
    expect(toldOf(bench)).toEqual([
      { ...now, tamper: false },
      { ...now, tamper: true },
      { kind: 'formatted', text: '2' },
    ])
  })

  test('a light that was set ends nothing: only an empty poll does, or a bound', () => {
    const bench = new Bench().until('online')
    bench.reader.report(card('1'))
    bench.step({ kind: 'requested', ticket: 3, command: { kind: 'led', reader: 0, led: 0, steady: 'red' } })
    for (let turns = 0; turns < 3; turns += 1) bench.turn()
    expect(toldOf(bench).map(({ kind }) => kind)).toEqual(['local'])

    const endless = new Bench().until('online')
    endless.turn()
    for (let turns = 0; turns <= oldAnswersMax; turns += 1) {
      endless.reader.report(card('1'))
      endless.turn()
    }
    expect(toldOf(endless).filter(({ kind }) => kind === 'formatted')).toHaveLength(1)
  })
})

test('a card that was drawn through backwards has the number that it has forwards', () => {
  const bench = new Bench().until('online')
  bench.turn()
  bench.turn()
  bench.reader.report({ kind: 'formatted', reader: 0, backwards: true, text: '7124' })
  bench.turn()
  expect(bench.actions).toContainEqual({ kind: 'fact', fact: { kind: 'formatted', text: '4217' } })
})

describe('what was enrolled', () => {
  test('another model that can do less takes the place of a broken one inside the window alone', () => {
    const bench = new Bench()
    const more = [...facts.capabilities, { function: 4, level: 1, count: 1 }]
    bench.secrets = { key: ownKey, facts: { ...facts, capabilities: more } }
    bench.reader.key = undefined
    bench.until('describing').turn()
    expect(bench.alarms).toEqual(['capability_downgraded'])
    bench.isInstalling = true
    bench.until('online')
    expect(bench.secrets).toEqual({ key: bench.reader.key, facts })

    const keyed = new Bench()
    keyed.secrets = { key: ownKey, facts: { ...facts, capabilities: more } }
    keyed.isInstalling = true
    keyed.until('online')
    expect(keyed.secrets).toEqual({ key: ownKey, facts })
  })

  test('a reader that can do less stays outside, one that can do more does not', () => {
    const bench = new Bench()
    bench.secrets = { key: ownKey, facts }
    bench.reader.facts = {
      ...facts,
      capabilities: [...facts.capabilities, { function: 4, level: 1, count: 1 }],
    }
    bench.until('online')
    const less = new Bench()
    less.secrets = { key: ownKey, facts: bench.reader.facts }
    less.until('describing').turn()
    expect(less.alarms).toEqual(['capability_downgraded'])
  })
})
