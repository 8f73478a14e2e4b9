import {
  atSite,
  type Bounds,
  copySide,
  entry,
  inCloud,
  isBookingShape,
  isLoanShape,
  type Message,
  noShape,
  row,
  type State,
  shapes,
  shapesMeet,
  siteLoan,
  soldBySite,
} from './model-state.ts'
import type { Mutation } from './mutations.ts'

export interface Rules {
  readonly bounds: Bounds
  readonly mutation: Mutation
}

export type Take = (name: string, change: (next: State) => void) => void

/** What keeps others out in the site's books. */
export function occupiesAtSite(kind: number | undefined): boolean {
  return kind === atSite.own || kind === atSite.taken || kind === atSite.inUse || kind === atSite.kept
}

/** Whether the site has given a loan out and not taken it back. */
export function isLent(kind: number | undefined): boolean {
  return kind === siteLoan.lent
}

function record(state: State, kind: number, id: number, bits = 0): void {
  state.log.push({ kind, id, bits })
}

function isTakenAtSite(state: State, shape: number, except = -1): boolean {
  return state.site.bookings.some(
    (kind, booking) =>
      booking !== except &&
      occupiesAtSite(kind) &&
      shapesMeet(state.bookingShapes[booking] ?? noShape, shape),
  )
}

function isLentAtSite(state: State, shape: number): boolean {
  return state.site.loans.some(
    (kind, loan) => isLent(kind) && shapesMeet(state.loanShapes[loan] ?? noShape, shape),
  )
}

/** Everything that the site can do alone: lend, ask back, sell, let in, end, and be photographed or restored. */
export function siteSteps(state: State, { bounds, mutation }: Rules, take: Take): void {
  grantSteps(state, { bounds, mutation }, take)
  sellSteps(state, bounds, take)
  state.site.loans.forEach((kind, loan) => {
    if (isLent(kind) && mutation === 'reclaim by timeout') {
      take(`site takes loan ${loan} back by its clock`, (next) => {
        next.site.loans[loan] = siteLoan.ended
        record(next, entry.ended, loan)
      })
    }
  })
  state.site.bookings.forEach((kind, booking) => {
    if (kind === atSite.taken || kind === atSite.inUse) {
      take(`site ends booking ${booking}`, (next) => {
        next.site.bookings[booking] = atSite.gone
        next.over |= 1 << booking
        record(next, entry.left, booking)
      })
    }
    if ((state.passes >> booking) & 1) passStep(state, booking, take)
  })
  if (bounds.restore === 'site' && !state.restored) {
    if (state.image === null) {
      take('the site is copied', (next) => {
        next.image = copySide(next.site)
      })
    }
    if (state.image !== null) take('the site is restored', (next) => restoreSite(next, mutation))
  }
}

function grantSteps(state: State, { bounds, mutation }: Rules, take: Take): void {
  const loan = state.loanShapes.indexOf(noShape)
  if (loan < 0) return
  shapes.forEach((size, shape) => {
    if (!isLoanShape(bounds, size)) return
    if (mutation === 'sell before the grant is ingested') {
      take(`cloud foresees loan ${loan} of ${shape}`, (next) => {
        next.loanShapes[loan] = shape
        next.cloud.loans[loan] = 1
      })
    }
    if (state.site.stopped || isTakenAtSite(state, shape) || isLentAtSite(state, shape)) return
    take(`site lends ${shape} as loan ${loan}`, (next) => {
      next.loanShapes[loan] = shape
      next.site.loans[loan] = siteLoan.lent
      record(next, entry.granted, loan)
    })
  })
}

function sellSteps(state: State, bounds: Bounds, take: Take): void {
  const booking = state.bookingShapes.indexOf(noShape)
  if (booking < 0 || state.site.stopped) return
  shapes.forEach((size, shape) => {
    if (!isBookingShape(bounds, size) || isTakenAtSite(state, shape) || isLentAtSite(state, shape)) return
    take(`site sells ${shape} as booking ${booking}`, (next) => {
      next.bookingShapes[booking] = shape
      next.site.bookings[booking] = atSite.own
      record(next, entry.sold, booking)
    })
  })
}

/** Somebody comes with a pass and enters. */
function passStep(state: State, booking: number, take: Take): void {
  const kind = state.site.bookings[booking]
  const loan = state.soldIn[booking] ?? soldBySite
  const shape = state.bookingShapes[booking] ?? noShape
  if (kind === atSite.taken) {
    take(`booking ${booking} checks in`, (next) => {
      next.site.bookings[booking] = atSite.inUse
      record(next, entry.entered, booking)
    })
    return
  }
  if (kind !== atSite.none && kind !== atSite.kept) return
  const isKnownLoan = state.site.loans[loan] !== siteLoan.none
  if (kind === atSite.none && isKnownLoan && !isLent(state.site.loans[loan])) {
    // The loan is over and its end did not name the booking: right only when it was given up.
    const isGivenUp = ((state.over | state.forgotten) >> booking) & 1
    const theirs = state.cloud.bookings[booking]
    if (!isGivenUp && (theirs === inCloud.sold || theirs === inCloud.none)) {
      take(`booking ${booking} is turned away`, (next) => {
        next.fault = 1
      })
    }
    return
  }
  take(`booking ${booking} enters with a pass`, (next) => {
    if (!isKnownLoan) next.site.stopped = 1
    if (isTakenAtSite(state, shape, booking)) {
      // Who is in the way of a restored site before its handshake may have no right to be (see `holds`).
      if (isKnownLoan && (state.restored !== 1 || state.newLife === 1)) next.fault = 2
      return
    }
    next.site.bookings[booking] = atSite.inUse
    record(next, entry.entered, booking)
  })
}

function restoreSite(next: State, mutation: Mutation): void {
  const { image } = next
  if (image === null) return
  // What the cloud has not ingested may still be on its way, up to any entry: the rest is lost with the disk.
  next.oldLog = next.log.slice(next.cloud.head)
  next.log = []
  next.site = { ...copySide(image), stopped: mutation === 'forget to confirm loans' ? 0 : 1 }
  next.image = null
  next.restored = 1
  for (const { kind, id } of next.oldLog) {
    // A sale of the site that never left it is gone with its disk, unless the image has it.
    if (kind === entry.sold && next.site.bookings[id] !== atSite.own) next.forgotten |= 1 << id
  }
}

/** The handshake after a restore: the new incarnation, what was lost comes back, the loans are confirmed. */
export function newLifeStep(state: State, { mutation }: Rules, take: Take): void {
  if (state.restored !== 1 || state.newLife) return
  take('the restored site speaks with the cloud', (next) => {
    next.newLife = 1
    next.cloud.head = 0
    next.cloud.loans = next.cloud.loans.map((kind) =>
      kind === 1 && mutation !== 'go on with the old incarnation' ? 2 : kind,
    )
    next.cloud.loans.forEach((kind, loan) => {
      const mine = next.site.loans[loan] ?? 0
      if (kind !== 0 && mine === siteLoan.none)
        next.site.loans[loan] = kind === 5 ? siteLoan.ended : siteLoan.lent
      if (kind === 5) next.site.loans[loan] = siteLoan.ended
    })
    learnBookings(next)
    next.site.loans.forEach((kind, loan) => {
      if (isLent(kind)) record(next, entry.confirmed, loan)
    })
    next.site.stopped = 0
  })
}

// What the site had told comes back before anything is sold, so that a row which it had refused is refused again.
function learnBookings(next: State): void {
  next.cloud.told.forEach((told, booking) => {
    // The image may be ahead of what the cloud has: a word that came later stands.
    const mine = next.site.bookings[booking]
    if (told === atSite.none || mine === atSite.gone) return
    if (mine === atSite.inUse && told === atSite.taken) return
    next.site.bookings[booking] = told
    if (told === atSite.own) next.forgotten &= ~(1 << booking)
  })
}

/** The next row reaches the site, or is left out because a later one of the same thing is there (a refetch). */
export function applySteps(state: State, take: Take): void {
  if (isCloudRestored(state) && state.heard === 0) {
    const [first, ...rest] = state.oldRows
    if (first === undefined) return
    take('the site applies a row of the lost epoch', (next) => {
      next.oldRows = rest
      if (next.site.position < next.boundary) next.site.position += 1
      applyRow(next, first)
    })
    return
  }
  const sent = state.rows[state.site.position]
  if (sent === undefined || (state.restored === 1 && !state.newLife)) return
  take(`the site applies row ${sent.kind} of ${sent.id}`, (next) => {
    next.site.position += 1
    applyRow(next, sent)
  })
  if (state.rows.length - state.site.position < 2) return
  take('the site fetches the directory anew', (next) => {
    const sentRows = next.rows.slice(next.site.position)
    next.site.position = next.rows.length
    sentRows.forEach((one, at) => {
      const isSame = (other: Message) =>
        (other.kind === row.end) === (one.kind === row.end) && other.id === one.id
      if (!sentRows.slice(at + 1).some(isSame)) applyRow(next, one)
    })
  })
}

/** Tells whether it was the cloud that was restored. */
export function isCloudRestored(state: State): boolean {
  return state.restored === 2
}

function applyRow(next: State, { kind, id, bits }: Message): void {
  const { site } = next
  if (kind === row.end) {
    if (site.loans[id] === siteLoan.ended) return
    site.loans[id] = siteLoan.ended
    site.bookings.forEach((mine, booking) => {
      const isKept = (bits >> booking) & 1
      if (isKept && mine === atSite.none) site.bookings[booking] = atSite.kept
    })
    record(next, entry.ended, id)
    return
  }
  const mine = site.bookings[id]
  if (kind === row.sale) {
    if (mine === atSite.none && isTakenAtSite(next, next.bookingShapes[id] ?? noShape, id)) next.fault = 3
    if (mine === atSite.none || mine === atSite.kept) site.bookings[id] = atSite.taken
    record(next, entry.holds, id)
    return
  }
  if (mine === atSite.inUse) {
    record(next, entry.tooLate, id)
    return
  }
  site.bookings[id] = atSite.gone
  next.over |= 1 << id
  record(next, entry.freed, id)
}
