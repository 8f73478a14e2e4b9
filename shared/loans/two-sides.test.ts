import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bookingIdSchema, loanIdSchema, passIdSchema, spaceIdSchema } from '../ids/ids.ts'
import { type SoldBooking, soldBookingSchema } from '../wire/v1/loans.ts'
import { type Block, blockInside, blocksMeet } from './block.ts'
import type { CloudLoanCommand, CloudLoanContext } from './cloud-command.ts'
import { type CloudLoan, unknownLoan } from './cloud-loan.ts'
import { decideCloudLoan } from './decide-cloud-loan.ts'
import { decideSiteLoan, lentLoanInTheWay, type SiteLoanCommand } from './decide-site-loan.ts'
import { evolveKnownBooking, keep, standsAs, supersede } from './known-booking.ts'
import { adoptBooking, type KnownBooking, receiveBooking } from './received-booking.ts'
import { evolveSiteLoan, isRunning, noLoan, type SiteLoan, type SiteLoanEvent } from './site-loan.ts'

const golden = JSON.parse(readFileSync(new URL('../wire/v1/golden/directory.json', import.meta.url), 'utf8'))
const sample = soldBookingSchema.parse(golden.booking)
const spaceId = spaceIdSchema.parse('room-1')
const sellUntilMs = 60
const holdMs = 8

type Entry =
  | SiteLoanEvent
  | ReturnType<typeof receiveBooking>[number]
  | { readonly type: 'own'; readonly body: object }
type Row =
  | { readonly kind: 'booking'; readonly id: string; readonly body: SoldBooking }
  | { readonly kind: 'loan'; readonly id: string; readonly body: Parameters<typeof endCommand>[1] }

const endCommand = (
  id: string,
  row: Extract<SiteLoanCommand, { kind: 'applyLoanEnd' }>['row'],
  rev: number,
) => ({ kind: 'applyLoanEnd', loanId: loanIdSchema.parse(id), row, position: { epoch: 1, rev } }) as const

/** One space, decided for by the real decisions of both sides; what is between them is two lists. */
class World {
  nowMs = 0
  readonly siteLoans = new Map<string, SiteLoan>()
  readonly cloudLoans = new Map<string, CloudLoan>()
  readonly known = new Map<string, KnownBooking>()
  readonly own: Block[] = []
  readonly entries: Entry[] = []
  readonly rows: Row[] = []
  readonly sold = new Map<string, { readonly loanId: string; body: SoldBooking }>()
  ingested = 0
  applied = 0
  displaced = 0

  occupied(except = ''): (Block & { bookingId: string; by: 'cloud_hold' | 'adopted' | 'other' })[] {
    const received = [...this.known].flatMap(([bookingId, booking]) => {
      if (
        bookingId === except ||
        booking.kind === 'none' ||
        booking.kind === 'gone' ||
        booking.kind === 'used'
      )
        return []
      return [{ ...booking.block, bookingId, by: standsAs(booking) } as const]
    })
    return [...received, ...this.own.map((block) => ({ ...block, bookingId: 'own', by: 'other' as const }))]
  }

  running = () => [...this.siteLoans.values()].filter(isRunning)

  decideOnSite(id: string, command: SiteLoanCommand): void {
    const loan = this.siteLoans.get(id) ?? noLoan
    const occupied = this.occupied()
    const context = {
      nowMs: this.nowMs,
      epoch: 1,
      mayLend: true,
      isCombined: false,
      occupied,
      others: this.running(),
    }
    const decided = decideSiteLoan(loan, command, context)
    if (!decided.ok) return
    this.entries.push(...decided.value)
    this.siteLoans.set(id, decided.value.reduce(evolveSiteLoan, loan))
  }

  decideInCloud(id: string, command: CloudLoanCommand): boolean {
    const context: CloudLoanContext = {
      nowMs: this.nowMs,
      epoch: 1,
      incarnation: 1,
      position: { epoch: 1, rev: this.rows.length + 1 },
      restored: { siteCaughtUp: false, oldPassesOver: false },
    }
    const decided = decideCloudLoan(this.cloudLoans.get(id) ?? unknownLoan, command, context)
    if (!decided.ok) return false
    this.cloudLoans.set(id, decided.value.loan)
    if (decided.value.endRow) this.rows.push({ kind: 'loan', id, body: decided.value.endRow })
    return true
  }

  write(id: string, body: SoldBooking): void {
    const sold = this.sold.get(id)
    if (sold) sold.body = body
    this.rows.push({ kind: 'booking', id, body })
  }

  sell(id: string, loanId: string, block: Block, isHold: boolean): void {
    if (this.sold.has(id)) return
    const hold = isHold ? { holdUntilMs: this.nowMs + holdMs } : {}
    if (!this.decideInCloud(loanId, { kind: 'sell', bookingId: id, ...block, ...hold })) return
    const loanIds = [loanIdSchema.parse(loanId)]
    const body: SoldBooking = {
      ...sample,
      ...block,
      toMs: block.blockToMs,
      loanIds,
      status: isHold ? 'held' : 'confirmed',
    }
    this.sold.set(id, { loanId, body })
    this.write(id, body)
  }

  change(id: string, kind: 'confirmSale' | 'freeSale'): void {
    const sold = this.sold.get(id)
    if (sold === undefined || !this.decideInCloud(sold.loanId, { kind, bookingId: id })) return
    const frees = sold.body.status === 'held' ? 'expired' : 'cancelled'
    this.write(id, { ...sold.body, status: kind === 'confirmSale' ? 'confirmed' : frees })
  }

  ingest(): void {
    const entry = this.entries[this.ingested]
    if (entry === undefined) return
    this.ingested += 1
    if (entry.type === 'loan.granted') {
      this.decideInCloud(entry.body.loanId, { kind: 'openLoan', terms: entry.body, incarnation: 1 })
    } else if (entry.type === 'loan.recalled') {
      this.decideInCloud(entry.body.loanId, { kind: 'endLoan', reason: 'recall' })
    } else if (entry.type === 'loan.ended') {
      this.decideInCloud(entry.body.loanId, { kind: 'releaseLoan' })
    } else if (entry.type === 'booking.received') {
      const { bookingId, epoch, rev, outcome, standing, row } = entry.body
      const settle = { kind: 'settleSale', bookingId, position: { epoch, rev }, outcome, standing } as const
      this.decideInCloud(row.loanIds[0] ?? '', settle)
    }
  }

  apply(at: number): void {
    const row = this.rows[at]
    // The directory refuses what it has; here the decisions must bear it by themselves, but never a gap.
    if (row === undefined || at > this.applied) return
    this.applied = Math.max(this.applied, at + 1)
    if (row.kind === 'loan') {
      this.decideOnSite(row.id, endCommand(row.id, row.body, at + 1))
      for (const { bookingId, ...block } of row.body.kept) {
        this.known.set(bookingId, keep(this.known.get(bookingId) ?? { kind: 'none' }, block))
      }
      return
    }
    const before = this.known.get(row.id) ?? { kind: 'none' }
    const loans = row.body.loanIds.map((id) => this.siteLoans.get(id) ?? noLoan)
    const position = { epoch: 1, rev: at + 1 }
    const sent = { bookingId: bookingIdSchema.parse(row.id), row: row.body, position }
    for (const entry of receiveBooking(before, sent, { loans, inTheWay: this.occupied(row.id) })) {
      this.entries.push(entry)
      if (entry.body.outcome === 'displaced') this.displaced += 1
      this.known.set(row.id, evolveKnownBooking(before, entry))
    }
  }

  /** A member comes with a pass, which exists once the booking was paid, and enters. */
  enter(id: string): void {
    const body = this.sold.get(id)?.body
    if (
      body === undefined ||
      !this.rows.some((row) => row.id === id && row.kind === 'booking' && row.body.status === 'confirmed')
    )
      return
    const loans = body.loanIds.map((loanId) => this.siteLoans.get(loanId) ?? noLoan)
    const before = this.known.get(id) ?? { kind: 'none' as const }
    const { holder, reference, fromMs, toMs, blockToMs, loanIds } = body
    const about = { bookingId: bookingIdSchema.parse(id), passId: passIdSchema.parse('pa_1') }
    const pass = { ...about, loanIds, spaceId, holder, reference, fromMs, toMs, blockToMs }
    const decided = adoptBooking(before, pass, { loans, inTheWay: this.occupied(id) })
    if (!decided.ok) return
    if (decided.value.verdict === 'displaced') this.displaced += 1
    else {
      let known: KnownBooking = before
      for (const event of decided.value.events) {
        if (event.type !== 'booking.adopted') continue
        known = evolveKnownBooking(known, event)
        for (const over of event.body.supersedes ?? []) {
          this.known.set(over, supersede(this.known.get(over) ?? { kind: 'none' }))
        }
      }
      const { bookingId } = about
      this.known.set(id, evolveKnownBooking(known, { type: 'booking.checked_in', body: { bookingId } }))
    }
  }

  siteSell(block: Block): void {
    if (
      lentLoanInTheWay(this.running(), [{ spaceId, ...block }]) ||
      this.occupied().some((other) => blocksMeet(other, block))
    )
      return
    this.own.push(block)
  }

  check(): void {
    expect(this.displaced).toBe(0)
    const inCloud = [...this.cloudLoans.values()].flatMap((loan) =>
      loan.kind === 'unknown'
        ? []
        : loan.sales.filter(({ bookingId }) => (this.known.get(bookingId)?.kind ?? 'none') === 'none'),
    )
    // An unpaid hold of the cloud that ran out is nobody's sale, though the site has not heard of it yet.
    const isOver = (id: string) => this.sold.get(id)?.body.status === 'expired'
    const blocks = [...this.occupied().filter(({ bookingId }) => !isOver(bookingId)), ...inCloud]
    blocks.forEach((a, at) => {
      for (const b of blocks.slice(at + 1)) expect(blocksMeet(a, b)).toBe(false)
    })
    for (const loan of this.cloudLoans.values()) {
      if (loan.kind !== 'open') continue
      const lends = this.running().some(({ terms }) => terms.loanId === loan.terms.loanId)
      expect(lends).toBe(true)
    }
  }
}

const number = (max: number) => fc.integer({ min: 0, max })
const step = fc.record({ what: number(11), a: number(3), b: number(7), c: number(3) })

test('two sides never sell one block twice, whatever is lost, late or sent again', () => {
  let soldCount = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 120, size: 'max' }), (steps) => {
      const world = new World()
      for (const { what, a, b, c } of steps) act(world, what, { a, b, c })
      for (const _ of steps) act(world, 0, { a: 0, b: 0, c: 0 })
      soldCount += world.sold.size
    }),
    { numRuns: 400, seed: 20261121 },
  )
  // Otherwise it would prove nothing.
  expect(soldCount).toBeGreaterThan(400)
})

function act(world: World, what: number, { a, b, c }: { a: number; b: number; c: number }): void {
  const loan = `ln_${a}`
  const block = { fromMs: 100 + b * 10, blockToMs: 100 + (b + 1 + (c % 2)) * 10 }
  const id = `bk_${a}${b}${c}`
  const ids = [...world.sold.keys()]
  const some = ids[(a * 8 + b) % Math.max(1, ids.length)] ?? ''
  const terms = {
    loanId: loanIdSchema.parse(loan),
    spaceId,
    fromMs: 100 + a * 20,
    toMs: 140 + a * 20,
    sellUntilMs,
    epoch: 1,
  }
  if (what === 0 || what === 1) world.apply(world.applied)
  if (what === 0 || what === 2) world.ingest()
  if (what === 3) world.decideOnSite(loan, { kind: 'grantLoan', terms })
  if (what === 4) world.siteSell(block)
  if (what === 5 || what === 6) {
    const inside = [...world.cloudLoans].find(
      ([, one]) => one.kind === 'open' && blockInside(block, one.terms),
    )
    world.sell(id, inside?.[0] ?? loan, block, c > 1)
  }
  if (what === 7) world.change(some, 'freeSale')
  if (what === 8) world.change(some, 'confirmSale')
  if (what === 9) {
    if (c === 0) world.decideOnSite(loan, { kind: 'recallLoan', reason: 'kiosk' })
    else if (c === 1) world.decideInCloud(loan, { kind: 'endLoan', reason: 'return' })
    else world.nowMs += c
  }
  if (what === 10) world.enter(some)
  if (what === 11) world.apply(Math.min(b, world.applied - 1))
  world.check()
}
