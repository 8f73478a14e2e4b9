import {
  atSite,
  cloudLoan,
  copySide,
  entry,
  inCloud,
  isBookingShape,
  type Message,
  noShape,
  processCount,
  row,
  type State,
  shapeInside,
  shapes,
  shapesMeet,
  type Transaction,
} from './model-state.ts'
import { isCloudRestored, type Rules, type Take } from './site-steps.ts'

function write(state: State, kind: number, id: number, bits = 0): void {
  state.rows.push({ kind, id, bits })
  state.cloud.rowCount = state.rows.length
}

/** Everything that the cloud can do alone: sell, cancel, end loans, and be backed up or restored. */
export function cloudSteps(state: State, rules: Rules, take: Take): void {
  beginSteps(state, rules, take)
  commitSteps(state, take)
  state.cloud.bookings.forEach((kind, booking) => {
    const loan = state.soldIn[booking] ?? 15
    // Once the site told that the holder is in, there is nothing to cancel.
    const isIn = state.cloud.told[booking] === atSite.inUse
    if (kind !== inCloud.sold || isIn || isLocked(state, loan, rules)) return
    take(`cloud cancels booking ${booking}`, (next) => {
      next.cloud.bookings[booking] = inCloud.freed
      write(next, row.cancellation, booking)
    })
    if (state.rewrites < rules.bounds.rewrites) {
      take(`cloud writes booking ${booking} again`, (next) => {
        next.rewrites += 1
        write(next, row.sale, booking)
      })
    }
  })
  if (rules.bounds.restore === 'cloud') restoreSteps(state, rules, take)
}

function isLocked(state: State, loan: number, { mutation }: Rules): boolean {
  if (mutation === 'stamp a close without the lock') return false
  return state.transactions.some((one) => one?.loan === loan)
}

/** A process takes the lock of a loan and reads. */
function beginSteps(state: State, rules: Rules, take: Take): void {
  const process = state.transactions.indexOf(null)
  if (process < 0 || process >= processCount) return
  const booking = state.bookingShapes.indexOf(noShape)
  state.cloud.loans.forEach((kind, loan) => {
    if (isLocked(state, loan, rules)) return
    if (kind === cloudLoan.open && booking >= 0) {
      shapes.forEach((size, shape) => {
        if (!isBookingShape(rules.bounds, size) || !shapeInside(shape, state.loanShapes[loan] ?? noShape))
          return
        if (isSoldInCloud(state, shape, rules)) return
        begin({ kind: 'sell', loan, booking, shape, bits: 0 })
      })
    }
    if (kind === cloudLoan.open || kind === cloudLoan.unconfirmed || mayRelease(state, kind, rules)) {
      begin({ kind: 'end', loan, booking: 0, shape: noShape, bits: soldBits(state, loan) })
    }
  })

  function begin(transaction: Transaction): void {
    const { kind, loan } = transaction
    if (!rules.bounds.interleaved) {
      take(`cloud does ${kind} in loan ${loan}`, (next) => commit(next, transaction))
      return
    }
    take(`process ${process} begins to ${kind} in loan ${loan}`, (next) => {
      next.transactions[process] = transaction
    })
  }
}

function mayRelease(state: State, kind: number, { mutation }: Rules): boolean {
  if (kind !== cloudLoan.suspended) return false
  const hasCaughtUp = state.heard > 0 && state.cloud.head >= state.heard - 1
  return hasCaughtUp && (state.passesOver === 1 || mutation === 'release while old passes live')
}

function soldBits(state: State, loan: number): number {
  let bits = 0
  state.cloud.bookings.forEach((kind, booking) => {
    if (kind === inCloud.sold && state.soldIn[booking] === loan) bits |= 1 << booking
  })
  return bits
}

function isSoldInCloud(state: State, shape: number, { mutation }: Rules): boolean {
  return state.cloud.bookings.some((kind, booking) => {
    const holds = kind === inCloud.sold || (kind === inCloud.freed && mutation !== 'resell a freed block')
    return holds && shapesMeet(state.bookingShapes[booking] ?? noShape, shape)
  })
}

function commitSteps(state: State, take: Take): void {
  state.transactions.forEach((transaction, process) => {
    if (transaction === null) return
    take(`process ${process} commits to ${transaction.kind} in loan ${transaction.loan}`, (next) => {
      next.transactions[process] = null
      commit(next, transaction)
    })
  })
}

function commit(next: State, { kind, loan, booking, shape, bits }: Transaction): void {
  if (kind === 'end') {
    next.cloud.loans[loan] = cloudLoan.ended
    write(next, row.end, loan, bits)
    return
  }
  // The exclusion constraint of the store stands whatever was read; the losing transaction is rolled back.
  const isTaken = next.cloud.bookings.some(
    (other, id) => other === inCloud.sold && shapesMeet(next.bookingShapes[id] ?? noShape, shape),
  )
  if (isTaken || next.bookingShapes[booking] !== noShape) return
  next.bookingShapes[booking] = shape
  next.soldIn[booking] = loan
  next.cloud.bookings[booking] = inCloud.sold
  next.passes |= 1 << booking
  write(next, row.sale, booking)
}

function restoreSteps(state: State, { mutation }: Rules, take: Take): void {
  if (!state.restored && state.backup === null) {
    take('the cloud is backed up', (next) => {
      next.backup = copySide(next.cloud)
    })
  }
  if (!state.restored && state.backup !== null) {
    take('the cloud is restored', (next) => {
      const { backup } = next
      if (backup === null) return
      next.restored = 2
      next.backup = null
      next.transactions = next.transactions.map(() => null)
      next.oldRows = next.rows.slice(next.site.position)
      next.boundary = backup.rowCount
      next.rows = next.rows.slice(0, backup.rowCount)
      next.site.position = Math.min(next.site.position, backup.rowCount)
      next.cloud = copySide(backup)
      if (mutation !== 'keep loans across an epoch') next.cloud.loans = next.cloud.loans.map(suspended)
    })
  }
  if (!isCloudRestored(state)) return
  if (state.heard === 0) {
    take('the site hears of the new epoch', (next) => {
      next.heard = next.log.length + 1
      next.oldRows = []
    })
  }
  if (state.passesOver === 0) take('passes of the lost epoch are over', passesEnd)
}

function suspended(kind: number): number {
  return kind === cloudLoan.open || kind === cloudLoan.unconfirmed ? cloudLoan.suspended : kind
}

/** A sale that was lost with the store, and of which nobody came with a pass in time, is lost. */
function passesEnd(next: State): void {
  next.passesOver = 1
  next.cloud.bookings.forEach((kind, booking) => {
    if (kind !== inCloud.none || next.soldIn[booking] === 15) return
    next.passes &= ~(1 << booking)
    if (next.site.bookings[booking] === atSite.none) next.forgotten |= 1 << booking
  })
}

/** The next entry reaches the cloud. What was sent twice is known by its number and changes nothing. */
export function ingestSteps(state: State, { mutation }: Rules, take: Take): void {
  const isWaiting = state.restored === 1 && state.newLife === 0
  const sent = isWaiting ? undefined : state.log[state.cloud.head]
  if (sent !== undefined) {
    take(`cloud ingests entry ${sent.kind} of ${sent.id}`, (next) => {
      next.cloud.head += 1
      ingest(next, sent)
    })
  }
  const [late, ...rest] = state.oldLog
  if (late === undefined) return
  // The site of today does not know what it reports: it is kept, and decides nothing.
  if (state.newLife === 0 || mutation === 'go on with the old incarnation') {
    take(`cloud ingests a late entry ${late.kind} of ${late.id}`, (next) => {
      next.oldLog = rest
      ingest(next, late)
    })
  }
  take('the rest of the lost life never comes', (next) => {
    next.oldLog = []
  })
}

function ingest(next: State, { kind, id }: Message): void {
  const { loans, bookings, told } = next.cloud
  switch (kind) {
    case entry.granted:
      // After a restore of the cloud: granted to an epoch that is over, as far as the site had not heard.
      if (loans[id] === cloudLoan.unknown) loans[id] = isOldGrant(next) ? cloudLoan.suspended : cloudLoan.open
      return
    case entry.confirmed:
      if (loans[id] === cloudLoan.unconfirmed || loans[id] === cloudLoan.unknown) loans[id] = cloudLoan.open
      return
    case entry.ended:
      loans[id] = cloudLoan.released
      return
    case entry.sold:
      told[id] = atSite.own
      if (bookings[id] === inCloud.none) bookings[id] = inCloud.own
      return
    case entry.left:
    case entry.freed:
      told[id] = atSite.gone
      bookings[id] = inCloud.over
      return
    case entry.tooLate:
      if (bookings[id] === inCloud.freed) bookings[id] = inCloud.sold
      return
    case entry.entered:
      told[id] = atSite.inUse
      if (bookings[id] === inCloud.none) bookings[id] = inCloud.sold
      return
    case entry.holds:
      if (told[id] === atSite.none) told[id] = atSite.taken
      if (bookings[id] === inCloud.none) bookings[id] = inCloud.sold
      return
    default:
      return
  }
}

function isOldGrant(state: State): boolean {
  return isCloudRestored(state) && (state.heard === 0 || state.cloud.head < state.heard)
}
