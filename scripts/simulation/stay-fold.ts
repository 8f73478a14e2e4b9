import type { CommittedEntry } from './chain-memory.ts'

/** A vehicle's stay; `isPaid` says that nothing is owed of what was charged last. */
export interface Stay {
  place: 'authorised' | 'here' | 'departing' | 'departed' | 'voided'
  isPaid: boolean
  isCharged: boolean
  chargedMinor: number
  paidMinor: number
  debtMinor: number
}

/** A stay as its arrival begins it. */
export function arrived(): Stay {
  const nothing = { chargedMinor: 0, paidMinor: 0, debtMinor: 0 }
  return { place: 'authorised', isPaid: false, isCharged: false, ...nothing }
}

/** Does to a stay what money for it does; below zero when it was given back, minor units. */
export function paidFor(stay: Stay, amountMinor: number): void {
  stay.paidMinor += amountMinor
  if (amountMinor < 0) return
  comeIn(stay)
  if (stay.isCharged && stay.paidMinor >= stay.chargedMinor) stay.isPaid = true
}

/** Does to a stay what an entry about it says; what no longer fits changes nothing. */
export function moveStay(stay: Stay, type: string, body: CommittedEntry['body']): void {
  const isOver = stay.place === 'departed' || stay.place === 'voided'
  if (type === 'session.departed') stay.place = 'departed'
  else if (isOver) return
  else if (type === 'session.voided' && stay.place === 'authorised') stay.place = 'voided'
  else if (type === 'session.entered' && stay.place === 'authorised') stay.place = 'here'
  else if (type === 'incident.opened' && body.kind === 'session_inferred') comeIn(stay)
  else if (type === 'session.charged') {
    comeIn(stay)
    stay.isCharged = true
    stay.chargedMinor = (body as { readonly price: { readonly totalMinor: number } }).price.totalMinor
    stay.isPaid = body.dueMinor === 0
  } else if (type === 'session.departing') {
    stay.place = 'departing'
    stay.debtMinor = Number(body.debtMinor)
  } else if (type === 'lane.refused' && body.reason === 'backed_out' && stay.place === 'departing') {
    stay.place = 'here'
    stay.debtMinor = 0
  }
}

/** Whoever is charged, or found without an arrival, is there also when no loop has seen it come in. */
function comeIn(stay: Stay): void {
  if (stay.place === 'authorised') stay.place = 'here'
}

/** A stay as a line of the cloud's book. */
export function stayLine(stay: Stay): string {
  return `${placeOf(stay)} charged ${stay.chargedMinor} paid ${stay.paidMinor} debt ${stay.debtMinor}`
}

/** Where a stay is, in the cloud's words. */
export function placeOf({ place, isPaid }: Stay): string {
  if (place !== 'here') return place
  return isPaid ? 'paid' : 'inside'
}
