import { describe, expect, it } from 'vitest'
import { allowanceIdSchema, creditBucketIdSchema, memberIdSchema, paymentIdSchema } from '../ids/ids.ts'
import { drawCredits, restoreCredits } from './draw.ts'
import { type HeldAllowance, leftMinor } from './site-allowance.ts'

const paymentId = paymentIdSchema.parse('pay_1')

function held(id: string, movedMinor: number, row: Partial<HeldAllowance['row']> = {}): HeldAllowance {
  return {
    kind: 'held',
    allowanceId: allowanceIdSchema.parse(id),
    row: {
      ...{ memberId: memberIdSchema.parse('mb_1'), bucketId: creditBucketIdSchema.parse('cb_1') },
      ...{ currency: 'EUR', promotional: false, fromMs: 0, expiresMs: 100 },
      ...{ movedMinor, askedBackMinor: 0, overdraftMinor: 0 },
      ...row,
    },
    position: { epoch: 1, rev: 1 },
    ...{ givenBackMinor: 0, drawnMinor: 0, restoredMinor: 0 },
  }
}

function draw(allowances: readonly HeldAllowance[], amountMinor: number, takesPlaceMs = 50) {
  const drawn = drawCredits(allowances, { paymentId, amountMinor, currency: 'EUR', takesPlaceMs })
  if (!drawn.ok) return drawn.error
  return drawn.value.map(({ body }) => [body.allowanceId, 'amountMinor' in body && body.amountMinor])
}

describe('drawing credits', () => {
  it('spends the earliest expiry first, promotional before paid', () => {
    const late = held('al_late', 100, { expiresMs: 200 })
    const paid = held('al_paid', 100)
    const gift = held('al_gift', 100, { promotional: true })
    expect(draw([late, paid, gift], 250)).toEqual([
      ['al_gift', 100],
      ['al_paid', 100],
      ['al_late', 50],
    ])
  })

  it('uses an overdraft only when everything is spent', () => {
    const first = held('al_1', 100, { overdraftMinor: 40 })
    const second = held('al_2', 100, { expiresMs: 200, overdraftMinor: 40 })
    expect(draw([first, second], 200)).toEqual([
      ['al_1', 100],
      ['al_2', 100],
    ])
    expect(draw([first, second], 250)).toEqual([
      ['al_1', 140],
      ['al_2', 110],
    ])
  })

  it.each([
    ['one more than the limit', held('al_1', 100, { overdraftMinor: 10 }), 111, 50],
    ['another currency', held('al_1', 100, { currency: 'CHF' }), 1, 50],
    ['a time before it counts', held('al_1', 100, { fromMs: 51 }), 1, 50],
    ['the moment it expires', held('al_1', 100), 1, 100],
    ['what was given back', { ...held('al_1', 100), givenBackMinor: 60 }, 41, 50],
    ['what was drawn', { ...held('al_1', 100), drawnMinor: 60 }, 41, 50],
  ])('refuses %s', (_what, allowance, amountMinor, atMs) => {
    expect(draw([allowance], amountMinor, atMs)).toBe('credits_insufficient')
  })

  it('takes nothing for nothing', () => {
    expect(draw([], 0)).toEqual([])
  })

  it('counts what refunds brought back', () => {
    expect(leftMinor({ ...held('al_1', 100), drawnMinor: 80, restoredMinor: 30 })).toBe(50)
  })
})

describe('giving credits back', () => {
  const drawn = [
    { allowanceId: allowanceIdSchema.parse('al_1'), amountMinor: 100 },
    { allowanceId: allowanceIdSchema.parse('al_2'), amountMinor: 50 },
  ]
  const restored = (amountMinor: number) =>
    restoreCredits(drawn, { paymentId, amountMinor }).map(({ body }) => body)

  it('goes the other way: the last drawn first', () => {
    expect(restored(70)).toEqual([
      { allowanceId: 'al_2', paymentId, amountMinor: 50 },
      { allowanceId: 'al_1', paymentId, amountMinor: 20 },
    ])
  })

  it('never gives more than was drawn', () => {
    expect(restored(500).map((body) => 'amountMinor' in body && body.amountMinor)).toEqual([50, 100])
  })
})
