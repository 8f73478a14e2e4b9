import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowanceIdSchema, creditBucketIdSchema, memberIdSchema, paymentIdSchema } from '../ids/ids.ts'
import type { Position } from '../loans/block.ts'
import type { AllowanceRow } from '../wire/v1/allowances.ts'
import {
  atSiteMinor,
  type CloudAllowance,
  type CloudAllowanceCommand,
  decideCloudAllowance,
  evolveCloudAllowance,
  nothingMoved,
  outMinor,
} from './cloud-allowance.ts'
import { drawCredits, restoreCredits } from './draw.ts'
import {
  type AllowanceEvent,
  evolveAllowance,
  leftMinor,
  noAllowance,
  receiveAllowance,
  type SiteAllowance,
} from './site-allowance.ts'

const fundedMinor = 100
const overdraftMinor = 15
const allowanceIds = ['al_a', 'al_b'].map((id) => allowanceIdSchema.parse(id))

interface SentRow {
  readonly row: AllowanceRow
  readonly position: Position
}

/** One bucket, two sites; rows and entries between them are lists, read in order, some rows twice, some never. */
class World {
  rev = 0
  readonly cloud: CloudAllowance[] = [nothingMoved, nothingMoved]
  readonly sites: SiteAllowance[] = [noAllowance, noAllowance]
  readonly rows: SentRow[][] = [[], []]
  readonly entries: AllowanceEvent[][] = [[], []]
  readonly drawn: number[] = [0, 0]
  payments = 0

  get freeMinor(): number {
    return fundedMinor - this.cloud.reduce((sum, allowance) => sum + outMinor(allowance), 0)
  }

  command(site: number, command: CloudAllowanceCommand): void {
    const before = this.cloud[site] ?? nothingMoved
    const context = { bucketFreeMinor: this.freeMinor, sitesCaughtUp: true }
    const decided = decideCloudAllowance(before, command, context)
    if (!decided.ok) return
    this.cloud[site] = decided.value
    this.rev += 1
    const { movedMinor, askedBackMinor } = decided.value
    const row = {
      ...{ memberId: memberIdSchema.parse('mb_1'), bucketId: creditBucketIdSchema.parse('cb_1') },
      ...{ currency: 'EUR', promotional: false, fromMs: 0, expiresMs: 9 },
      ...{ movedMinor, askedBackMinor, overdraftMinor },
    }
    this.rows[site]?.push({ row, position: { epoch: 1, rev: this.rev } })
  }

  /** The site sees the row `back` places before the newest: what it missed or sees again must not matter. */
  receive(site: number, back: number): void {
    const sent = this.rows[site]?.at(-1 - back)
    const allowanceId = allowanceIds[site]
    if (!sent || !allowanceId) return
    this.record(site, receiveAllowance(this.sites[site] ?? noAllowance, { allowanceId, ...sent }))
  }

  spend(site: number, amountMinor: number): void {
    const allowance = this.sites[site]
    if (allowance?.kind !== 'held') return
    this.payments += 1
    const paymentId = paymentIdSchema.parse(`pay_${this.payments}`)
    const drawn = drawCredits([allowance], { paymentId, amountMinor, currency: 'EUR', takesPlaceMs: 1 })
    if (!drawn.ok) return
    this.drawn[site] = (this.drawn[site] ?? 0) + amountMinor
    this.record(site, drawn.value)
  }

  refund(site: number, amountMinor: number): void {
    const [allowanceId, mayGive = 0] = [allowanceIds[site], this.drawn[site]]
    if (!allowanceId) return
    const part = Math.min(amountMinor, mayGive)
    this.drawn[site] = mayGive - part
    const paymentId = paymentIdSchema.parse('pay_1.refund')
    this.record(
      site,
      restoreCredits([{ allowanceId, amountMinor: mayGive }], { paymentId, amountMinor: part }),
    )
  }

  record(site: number, events: readonly AllowanceEvent[]): void {
    for (const event of events) {
      this.sites[site] = evolveAllowance(this.sites[site] ?? noAllowance, event)
      this.entries[site]?.push(event)
    }
  }

  ingest(site: number): void {
    const event = this.entries[site]?.shift()
    if (event) this.cloud[site] = evolveCloudAllowance(this.cloud[site] ?? nothingMoved, event)
  }

  check(): void {
    expect(this.freeMinor).toBeGreaterThanOrEqual(0)
    for (const [site, allowance] of this.sites.entries()) {
      if (allowance.kind !== 'held') continue
      expect(leftMinor(allowance)).toBeGreaterThanOrEqual(-overdraftMinor)
      // What the cloud believes to be out there covers whatever the site may still spend, but for the overdraft.
      const known = this.cloud[site] ?? nothingMoved
      expect(outMinor(known)).toBeGreaterThanOrEqual(allowance.row.movedMinor - allowance.givenBackMinor)
    }
    const spent = this.drawn.reduce((sum, amount) => sum + amount, 0)
    expect(spent).toBeLessThanOrEqual(fundedMinor + 2 * overdraftMinor)
  }

  settle(): void {
    for (const site of [0, 1]) {
      this.receive(site, 0)
      while (this.entries[site]?.length) this.ingest(site)
    }
  }
}

const site = fc.constantFrom(0, 1)
const amount = fc.integer({ min: 1, max: 60 })
const step = fc.oneof(
  fc.record({ kind: fc.constantFrom('move', 'askBack', 'spend', 'refund'), site, amount }),
  fc.record({ kind: fc.constant('receive'), site, amount: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('ingest'), site, amount }),
)

function take(world: World, { kind, site, amount }: { kind: string; site: number; amount: number }): void {
  if (kind === 'move' || kind === 'askBack') world.command(site, { kind, amountMinor: amount })
  if (kind === 'spend') world.spend(site, amount)
  if (kind === 'refund') world.refund(site, amount)
  if (kind === 'receive') world.receive(site, amount)
  if (kind === 'ingest') world.ingest(site)
}

describe('a member’s credits between the cloud and two sites', () => {
  it('are never spent twice, whatever is late, lost or seen again, and both sides agree in the end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const world = new World()
        for (const each of steps) {
          take(world, each)
          world.check()
        }
        world.settle()
        for (const [site, allowance] of world.sites.entries()) {
          const left = allowance.kind === 'held' ? leftMinor(allowance) : 0
          expect(atSiteMinor(world.cloud[site] ?? nothingMoved)).toBe(left)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('stay where they are when an older row comes late, or the same one again', () => {
    const world = new World()
    world.command(0, { kind: 'move', amountMinor: 50 })
    world.command(0, { kind: 'askBack', amountMinor: 50 })
    world.command(0, { kind: 'move', amountMinor: 10 })
    for (const back of [0, 0, 1]) world.receive(0, back)
    expect(world.entries[0]).toMatchObject([{ body: { rev: 3, givenBackMinor: 0, row: { movedMinor: 60 } } }])
  })

  it('come back when all was asked back and the site has them', () => {
    const world = new World()
    world.command(0, { kind: 'move', amountMinor: 80 })
    world.receive(0, 0)
    world.spend(0, 30)
    world.command(0, { kind: 'askBack', amountMinor: 80 })
    expect(world.freeMinor).toBe(20)
    world.settle()
    expect(world.freeMinor).toBe(70)
  })

  it('count as given where a restored cloud forgot that it moved them', () => {
    const world = new World()
    world.command(0, { kind: 'move', amountMinor: 80 })
    world.receive(0, 0)
    world.cloud[0] = nothingMoved
    world.settle()
    expect(world.freeMinor).toBe(20)
  })

  it.each([
    ['more than the bucket has', { kind: 'move', amountMinor: 101 }, 'credits_insufficient'],
    ['nothing', { kind: 'move', amountMinor: 0 }, 'not_positive'],
    ['back what was never moved', { kind: 'askBack', amountMinor: 1 }, 'credits_insufficient'],
    ['an overdraft below zero', { kind: 'setOverdraft', overdraftMinor: -1 }, 'not_positive'],
  ] as const)('refuses to move %s', (_what, command, error) => {
    const context = { bucketFreeMinor: fundedMinor, sitesCaughtUp: true }
    expect(decideCloudAllowance(nothingMoved, command, context)).toEqual({ ok: false, error })
  })

  it('move nowhere in a new epoch before every site has told', () => {
    const context = { bucketFreeMinor: fundedMinor, sitesCaughtUp: false }
    const moved = decideCloudAllowance(nothingMoved, { kind: 'move', amountMinor: 1 }, context)
    expect(moved).toEqual({ ok: false, error: 'sites_not_caught_up' })
  })
})
