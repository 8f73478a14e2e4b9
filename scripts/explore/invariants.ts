import { cloudLoan, inCloud, noShape, type State, shapeInside, shapes, shapesMeet } from './model-state.ts'
import { isCloudRestored, isLent, occupiesAtSite } from './site-steps.ts'

/** The single intervals, as shapes. */
const instants = shapes.flatMap((shape, at) => (shape.to - shape.from === 1 ? [at] : []))

const has = (bits: number, booking: number) => ((bits >> booking) & 1) === 1

/** What is broken in a state; `undefined` when all holds. */
export function brokenInvariant(state: State): string | undefined {
  if (state.fault === 1) return 'a holder is turned away from a booking that stands'
  if (state.fault === 2) return 'a holder finds the space taken'
  if (state.fault === 3) return 'a sale of the cloud reaches a site that has sold the space'
  if (instants.some((instant) => siteMaySell(state, instant) && cloudMaySell(state, instant))) {
    return 'two authorities for one space and moment'
  }
  const holding = state.bookingShapes.map((_, booking) => holds(state, booking))
  for (const [booking, shape] of state.bookingShapes.entries()) {
    if (shape === noShape) continue
    const meets = (other: number, at: number) => at > booking && holding[at] && shapesMeet(shape, other)
    if (holding[booking] && state.bookingShapes.some(meets)) return 'two holding bookings overlap'
    if (isLost(state, booking)) return 'an acknowledged sale is lost'
  }
  return undefined
}

function siteMaySell(state: State, instant: number): boolean {
  if (state.site.stopped) return false
  const isInside = (loan: number) => shapeInside(instant, state.loanShapes[loan] ?? noShape)
  return !state.site.loans.some((kind, loan) => isLent(kind) && isInside(loan))
}

function cloudMaySell(state: State, instant: number): boolean {
  return state.cloud.loans.some(
    (kind, loan) => kind === cloudLoan.open && shapeInside(instant, state.loanShapes[loan] ?? noShape),
  )
}

/** The site's word on a booking that it knows, else the cloud's, else the pass that a member holds of a lost one. */
function holds(state: State, booking: number): boolean {
  if (has(state.forgotten, booking)) return false
  // A restored site may let in the holder of a pass whose cancellation its lost life had confirmed: it has no right to the
  // space, and what the site had told comes back at the handshake (shared/loans/decisions.md).
  if (state.restored === 1 && state.newLife === 0 && has(state.over, booking)) return false
  const mine = state.site.bookings[booking]
  if (mine !== 0 && mine !== 5) return occupiesAtSite(mine)
  const theirs = state.cloud.bookings[booking]
  if (theirs === inCloud.none) return has(state.passes, booking) && !has(state.over, booking)
  return theirs === inCloud.sold || theirs === inCloud.own
}

function isLost(state: State, booking: number): boolean {
  if (has(state.forgotten, booking) || has(state.over, booking)) return false
  const theirs = state.cloud.bookings[booking]
  const mine = occupiesAtSite(state.site.bookings[booking])
  if (theirs === inCloud.freed) return false
  if (!mine && theirs !== inCloud.sold && theirs !== inCloud.own && !has(state.passes, booking)) return true
  // With nothing on its way any more, what the cloud sold is in the site's books.
  return theirs === inCloud.sold && !mine && isQuiet(state)
}

function isQuiet(state: State): boolean {
  if (state.oldRows.length > 0 || state.site.position < state.rows.length) return false
  if (state.restored === 1) return state.newLife === 1
  return !isCloudRestored(state) || state.heard > 0
}
