import { describe, expect, it } from 'vitest'
import {
  type CaseFacts,
  decideException,
  type ExceptionAct,
  type ExceptionCommand,
  type ExceptionRefusal,
  type ExceptionState,
  type Person,
} from './decide.ts'

const otto: Person = { userId: 'us_otto', maySettle: true }
const petra: Person = { userId: 'us_petra', maySettle: true }
const manager: Person = { userId: 'us_manager', maySettle: false }

const states = {
  open: { kind: 'open' },
  taken: { kind: 'taken', ownerId: otto.userId },
  proposed: { kind: 'proposed', ownerId: otto.userId, proposal: { byId: otto.userId, fix: 'accepted' } },
  settled: { kind: 'settled', settlement: { byId: petra.userId, fix: 'cloud_corrected' } },
  accepted: { kind: 'settled', settlement: { byId: petra.userId, fix: 'accepted', accepted: 'same' } },
} as const satisfies Record<string, ExceptionState>

const commands = {
  'take by the owner': { kind: 'take', by: otto },
  'take by another': { kind: 'take', by: petra },
  'release by the owner': { kind: 'release', by: otto },
  'release by HQ': { kind: 'release', by: petra },
  'release by a manager': { kind: 'release', by: manager },
  'propose by the owner': { kind: 'propose', by: otto, fix: 'accepted' },
  'propose by another': { kind: 'propose', by: petra, fix: 'accepted' },
  'approve by the proposer': { kind: 'approve', by: otto },
  'approve by another': { kind: 'approve', by: petra },
  'approve by a manager': { kind: 'approve', by: manager },
  'reject by another': { kind: 'reject', by: petra },
  'reject by a manager': { kind: 'reject', by: manager },
  'find the same': { kind: 'find', print: 'same' },
  'find others': { kind: 'find', print: 'others' },
  resolve: { kind: 'resolve' },
} as const satisfies Record<string, ExceptionCommand>

type Expected = ExceptionRefusal | readonly [ExceptionState['kind'], ExceptionAct | undefined]
const facts: CaseFacts = { print: 'same', needsSecond: true }

const settledCells: Record<keyof typeof commands, Expected> = {
  'take by the owner': 'exception_settled',
  'take by another': 'exception_settled',
  'release by the owner': 'exception_settled',
  'release by HQ': 'exception_settled',
  'release by a manager': 'exception_settled',
  'propose by the owner': 'exception_settled',
  'propose by another': 'exception_settled',
  'approve by the proposer': 'exception_settled',
  'approve by another': 'exception_settled',
  'approve by a manager': 'exception_settled',
  'reject by another': 'exception_settled',
  'reject by a manager': 'exception_settled',
  'find the same': ['open', 'reopened'],
  'find others': ['open', 'reopened'],
  resolve: ['settled', undefined],
}

const table: Record<keyof typeof states, Record<keyof typeof commands, Expected>> = {
  open: {
    'take by the owner': ['taken', 'taken'],
    'take by another': ['taken', 'taken'],
    'release by the owner': 'exception_not_taken',
    'release by HQ': 'exception_not_taken',
    'release by a manager': 'exception_not_taken',
    'propose by the owner': ['proposed', 'proposed'],
    'propose by another': ['proposed', 'proposed'],
    'approve by the proposer': 'nothing_proposed',
    'approve by another': 'nothing_proposed',
    'approve by a manager': 'nothing_proposed',
    'reject by another': 'nothing_proposed',
    'reject by a manager': 'nothing_proposed',
    'find the same': ['open', undefined],
    'find others': ['open', undefined],
    resolve: ['settled', 'settled'],
  },
  taken: {
    'take by the owner': 'exception_taken',
    'take by another': 'exception_taken',
    'release by the owner': ['open', 'released'],
    'release by HQ': ['open', 'released'],
    'release by a manager': 'not_owner',
    'propose by the owner': ['proposed', 'proposed'],
    'propose by another': 'not_owner',
    'approve by the proposer': 'nothing_proposed',
    'approve by another': 'nothing_proposed',
    'approve by a manager': 'nothing_proposed',
    'reject by another': 'nothing_proposed',
    'reject by a manager': 'nothing_proposed',
    'find the same': ['taken', undefined],
    'find others': ['taken', undefined],
    resolve: ['settled', 'settled'],
  },
  proposed: {
    'take by the owner': 'exception_taken',
    'take by another': 'exception_taken',
    'release by the owner': ['open', 'released'],
    'release by HQ': ['open', 'released'],
    'release by a manager': 'not_owner',
    'propose by the owner': 'exception_proposed',
    'propose by another': 'exception_proposed',
    'approve by the proposer': 'second_person_needed',
    'approve by another': ['settled', 'settled'],
    'approve by a manager': 'not_yours_to_settle',
    'reject by another': ['taken', 'rejected'],
    'reject by a manager': 'not_yours_to_settle',
    'find the same': ['proposed', undefined],
    'find others': ['taken', 'changed'],
    resolve: ['settled', 'settled'],
  },
  settled: settledCells,
  accepted: { ...settledCells, 'find the same': ['settled', undefined] },
}

describe.each(Object.keys(states) as (keyof typeof states)[])('a case that is %s', (name) => {
  it.each(Object.keys(commands) as (keyof typeof commands)[])('answers: %s', (command) => {
    const decided = decideException(states[name], commands[command], facts)
    const got = decided.ok ? [decided.value.state.kind, decided.value.act] : decided.error
    expect(got).toEqual(table[name][command])
  })
})

describe('a proposal that needs no second person', () => {
  const small = { ...facts, needsSecond: false }

  it('settles at once for somebody who may settle, also when nobody had taken it', () => {
    for (const state of [states.open, states.taken]) {
      const decided = decideException(state, commands['propose by the owner'], small)
      expect(decided).toMatchObject({ ok: true, value: { state: { kind: 'settled' }, act: 'settled' } })
    }
  })

  it('waits for HQ when it comes from somebody who may not settle', () => {
    const decided = decideException(states.open, { kind: 'propose', by: manager, fix: 'clock_set' }, small)
    expect(decided).toMatchObject({ ok: true, value: { state: { kind: 'proposed' }, act: 'proposed' } })
  })
})

describe('what was settled', () => {
  it('keeps the differences that were accepted, and only those', () => {
    const accept = decideException(states.proposed, commands['approve by another'], facts)
    expect(accept).toMatchObject({ value: { state: { settlement: { accepted: 'same' } } } })
    const corrected: ExceptionState = {
      ...states.proposed,
      proposal: { byId: otto.userId, fix: 'cloud_corrected' },
    }
    const correct = decideException(corrected, commands['approve by another'], facts)
    expect(correct.ok && correct.value.state).toMatchObject({
      kind: 'settled',
      settlement: { accepted: undefined },
    })
  })

  it('is news again once an accepted difference was gone in between', () => {
    const gone = decideException(states.accepted, { kind: 'resolve' }, facts)
    if (!gone.ok) expect.fail('a settled case can be gone')
    const back = decideException(gone.value.state, { kind: 'find', print: 'same' }, facts)
    expect(back).toMatchObject({ ok: true, value: { act: 'reopened' } })
  })
})
