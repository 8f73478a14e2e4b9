import { describe, expect, test } from 'vitest'
import { authorityOver, decidingAuthority, type LoanStanding } from './authority.ts'

const hour = 3_600_000
const loan = (
  loanId: string,
  from: number,
  to: number,
  change: Partial<LoanStanding> = {},
): LoanStanding => ({
  loanId,
  spaceId: 'a',
  fromMs: from * hour,
  toMs: to * hour,
  sellUntilMs: 9 * hour,
  standing: 'cloud_sells',
  ...change,
})
const context = { nowMs: 0, loans: [loan('l2', 14, 16), loan('l1', 10, 12)], never: new Set<string>() }
const day = { spaceId: 'a', fromMs: 8 * hour, toMs: 15 * hour }
const block = (from: number, to: number, spaceId = 'a') => ({
  spaceId,
  fromMs: from * hour,
  blockToMs: to * hour,
})

describe('who may sell', () => {
  test('is said for every moment asked for, in order and without a gap', () => {
    const spans = authorityOver(day, context)
    expect(spans.map(({ authority }) => authority.kind)).toEqual(['site', 'cloud', 'site', 'cloud'])
    expect(spans[0]?.fromMs).toBe(day.fromMs)
    expect(spans.at(-1)?.toMs).toBe(day.toMs)
    for (const [at, span] of spans.slice(1).entries()) expect(span.fromMs).toBe(spans[at]?.toMs)
  })

  test('is nobody from the cut-off on until the end was applied', () => {
    const [, lent] = authorityOver(day, { ...context, nowMs: 9 * hour })
    expect(lent?.authority).toEqual({ kind: 'nobody', because: 'sell_until_passed', loanId: 'l1' })
  })

  test('is the site for what it never lends while lending is stopped, and nobody for the rest', () => {
    const stopped = { ...context, loans: [], siteStopped: 'lending_stopped' as const }
    expect(authorityOver(day, stopped)[0]?.authority).toEqual({ kind: 'nobody', because: 'lending_stopped' })
    const [own] = authorityOver(day, { ...stopped, never: new Set(['a']) })
    expect(own?.authority).toEqual({ kind: 'site' })
    const [fenced] = authorityOver(day, { ...stopped, siteStopped: 'site_fenced', never: new Set(['a']) })
    expect(fenced?.authority).toEqual({ kind: 'nobody', because: 'site_fenced' })
  })
})

describe('who decides', () => {
  test('is the cloud only when every block lies inside a loan that it sells in', () => {
    const both = [block(10, 12), block(14, 15)]
    expect(decidingAuthority(both, context)).toEqual({ kind: 'cloud', loanIds: ['l1', 'l2'] })
    const because = (blocks: typeof both, now = context) => {
      const decided = decidingAuthority(blocks, now)
      return decided.kind === 'site' ? decided.because : decided.kind
    }
    expect(because([...both, block(12, 13)])).toBe('not_lent')
    expect(because([block(11, 13)])).toBe('straddles')
    expect(because([block(10, 11, 'b')])).toBe('not_lent')
    expect(because(both, { ...context, nowMs: 9 * hour })).toBe('sell_until_passed')
    expect(because([])).toBe('not_lent')
    const recalled = { ...context, loans: [loan('l1', 10, 12, { standing: 'recalled' })] }
    expect(because([block(10, 12)], recalled)).toBe('recalled')
  })
})
