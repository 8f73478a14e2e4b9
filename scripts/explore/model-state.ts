/**
 * The loan protocol as a small model of its own: it shares no code with `shared/loans`, so that a mistake made there is
 * not made again here. Everything is a small integer, so that a state is a short string.
 */

/** What is explored, always with 2 spaces × 3 intervals. */
export interface Bounds {
  readonly loans: number
  readonly bookings: number
  /** Which side may be restored once, at any moment, from any earlier state of it. */
  readonly restore: 'none' | 'site' | 'cloud'
  /** How many rows may be written again about a booking that stays as it is. */
  readonly rewrites: number
  /** Whether transactions of two processes interleave, or each one reads and writes at once. */
  readonly interleaved: boolean
  /** Loans of exactly two intervals and bookings of one; else loans of one to three and bookings of one or two. */
  readonly isNarrow: boolean
}

const spaceCount = 2
const intervalCount = 3
/** Processes of the cloud, each in at most one transaction. */
export const processCount = 2

interface Shape {
  readonly space: number
  readonly from: number
  readonly to: number
}

/** Every run of intervals of one space. */
export const shapes: readonly Shape[] = [0, 1].flatMap((space) =>
  [0, 1, 2].flatMap((from) =>
    [1, 2, 3].filter((to) => to > from && to <= intervalCount).map((to) => ({ space, from, to })),
  ),
)
/** Tells whether a loan may have this shape. */
export function isLoanShape({ isNarrow }: Bounds, { from, to }: Shape): boolean {
  return !isNarrow || to - from === 2
}

/** Tells whether a booking may have this shape. */
export function isBookingShape({ isNarrow }: Bounds, { from, to }: Shape): boolean {
  return to - from <= (isNarrow ? 1 : 2)
}

/** Not chosen yet. */
export const noShape = 31

/** The site's loan. Asking it back is no state of its own: the cloud may end a loan at any moment. */
export const siteLoan = { none: 0, lent: 1, ended: 2 } as const
/** The cloud's loan. */
export const cloudLoan = { unknown: 0, open: 1, unconfirmed: 2, suspended: 3, ended: 4, released: 5 } as const
/** A booking in the site's books. `kept` is known from an end row alone. */
export const atSite = { none: 0, own: 1, taken: 2, inUse: 3, gone: 4, kept: 5 } as const
/** A booking in the cloud's books. `freed` waits for the site; `own` is a copy of the site's own sale. */
export const inCloud = { none: 0, sold: 1, freed: 2, over: 3, own: 4 } as const

/** An entry of the site or a row of the cloud: what it is about, and a bit set of bookings where it names some. */
export interface Message {
  readonly kind: number
  readonly id: number
  readonly bits: number
}

export const entry = {
  granted: 0,
  ended: 2,
  confirmed: 3,
  sold: 4,
  left: 5,
  freed: 6,
  tooLate: 7,
  holds: 8,
  entered: 9,
} as const
export const row = { sale: 0, cancellation: 1, end: 2 } as const

/** A transaction that has read and not yet written. */
export interface Transaction {
  readonly kind: 'sell' | 'end'
  readonly loan: number
  readonly booking: number
  readonly shape: number
  /** Bookings sold in the loan as it read them. */
  readonly bits: number
}

export interface Site {
  loans: number[]
  bookings: number[]
  /** Rows of the cloud's log that it applied. */
  position: number
  /** It sells nothing that it may lend, until it has spoken with the cloud. */
  stopped: number
}

export interface Cloud {
  loans: number[]
  bookings: number[]
  /** The site's last word on each booking, as far as its entries were ingested. */
  told: number[]
  /** Entries of the present incarnation that it ingested. */
  head: number
  rowCount: number
}

export interface State {
  /** What each loan covers and each booking occupies, chosen once. */
  loanShapes: number[]
  bookingShapes: number[]
  /** The loan in which the cloud sold it; 15 when the site did. */
  soldIn: number[]
  /** Bit sets of bookings: has a pass; was cancelled or ended by right; was lost with what the restored side lost. */
  passes: number
  over: number
  forgotten: number
  site: Site
  log: Message[]
  cloud: Cloud
  rows: Message[]
  transactions: (Transaction | null)[]
  image: Site | null
  backup: Cloud | null
  /** Which side was restored: 0 neither, 1 the site, 2 the cloud. */
  restored: number
  /** After a restore of the site: entries of its lost life that are still on their way. */
  oldLog: Message[]
  /** After a restore of the site: the new incarnation was issued. */
  newLife: number
  /** After a restore of the cloud: rows of its lost life that are still on their way. */
  oldRows: Message[]
  /** How many rows of the lost life the restored cloud still has. */
  boundary: number
  /** After a restore of the cloud: how much of its log the site had when it heard of it, plus 1; 0 before. */
  heard: number
  passesOver: number
  rewrites: number
  /** What went wrong while a step was taken; 0 for nothing. */
  fault: number
}

export const soldBySite = 15

/** The state before anything happened. */
export function initialState(bounds: Bounds): State {
  const zeros = (count: number) => Array.from({ length: count }, () => 0)
  return {
    loanShapes: zeros(bounds.loans).map(() => noShape),
    bookingShapes: zeros(bounds.bookings).map(() => noShape),
    soldIn: zeros(bounds.bookings).map(() => soldBySite),
    passes: 0,
    over: 0,
    forgotten: 0,
    site: { loans: zeros(bounds.loans), bookings: zeros(bounds.bookings), position: 0, stopped: 0 },
    log: [],
    cloud: {
      loans: zeros(bounds.loans),
      bookings: zeros(bounds.bookings),
      told: zeros(bounds.bookings),
      head: 0,
      rowCount: 0,
    },
    rows: [],
    transactions: zeros(processCount).map(() => null),
    image: null,
    backup: null,
    restored: 0,
    oldLog: [],
    newLife: 0,
    oldRows: [],
    boundary: 0,
    heard: 0,
    passesOver: 0,
    rewrites: 0,
    fault: 0,
  }
}

/** A copy of one side, as an image or a backup holds it. */
export function copySide<Side extends Site | Cloud>(side: Side): Side {
  const copy = { ...side, loans: [...side.loans], bookings: [...side.bookings] }
  return 'told' in copy ? { ...copy, told: [...copy.told] } : copy
}

/** A copy that a step may change. */
export function copyState(state: State): State {
  return {
    ...state,
    loanShapes: [...state.loanShapes],
    bookingShapes: [...state.bookingShapes],
    soldIn: [...state.soldIn],
    site: copySide(state.site),
    cloud: copySide(state.cloud),
    log: [...state.log],
    rows: [...state.rows],
    transactions: [...state.transactions],
    oldLog: [...state.oldLog],
    oldRows: [...state.oldRows],
  }
}

/** Tells whether two shapes share an interval of a space. */
export function shapesMeet(a: number, b: number): boolean {
  const one = shapes[a]
  const other = shapes[b]
  if (one === undefined || other === undefined) return false
  return one.space === other.space && one.from < other.to && other.from < one.to
}

/** Tells whether the first shape lies wholly inside the second. */
export function shapeInside(a: number, b: number): boolean {
  const one = shapes[a]
  const other = shapes[b]
  if (one === undefined || other === undefined) return false
  return one.space === other.space && other.from <= one.from && one.to <= other.to
}

function mirrored(swapSpaces: boolean, reverse: boolean): readonly number[] {
  return shapes.map(({ space, from, to }) => {
    const there = swapSpaces ? spaceCount - 1 - space : space
    const [start, end] = reverse ? [intervalCount - to, intervalCount - from] : [from, to]
    return shapes.findIndex((one) => one.space === there && one.from === start && one.to === end)
  })
}

/** The protocol knows neither which space is first nor which way time runs: four states in one. */
const symmetries = [
  mirrored(false, false),
  mirrored(true, false),
  mirrored(false, true),
  mirrored(true, true),
]

/** The text of a state, the same for all states that differ only by a symmetry. */
export function canonicalText(state: State): string {
  const shapesOf = [
    ...state.loanShapes,
    ...state.bookingShapes,
    ...state.transactions.map((one) => one?.shape ?? noShape),
  ]
  let least = ''
  for (const map of symmetries) {
    const text = String.fromCharCode(...shapesOf.map((shape) => 32 + (map[shape] ?? noShape)))
    if (least === '' || text < least) least = text
  }
  return least + shapelessText(state)
}

function shapelessText(state: State): string {
  const parts: number[] = [...state.soldIn, state.passes, state.over, state.forgotten]
  const message = ({ kind, id, bits }: Message) => parts.push(kind, id, bits)
  const list = (messages: readonly Message[]) => {
    parts.push(messages.length)
    messages.forEach(message)
  }
  const site = (one: Site | null) =>
    one === null ? parts.push(99) : parts.push(...one.loans, ...one.bookings, one.position, one.stopped)
  const cloud = (one: Cloud | null) =>
    one === null
      ? parts.push(99)
      : parts.push(...one.loans, ...one.bookings, ...one.told, one.head, one.rowCount)
  site(state.site)
  cloud(state.cloud)
  site(state.image)
  cloud(state.backup)
  list(state.log)
  list(state.rows)
  list(state.oldLog)
  list(state.oldRows)
  for (const one of transactionsInOrder(state)) parts.push(...one)
  parts.push(
    state.restored,
    state.boundary,
    state.newLife,
    state.heard,
    state.passesOver,
    state.rewrites,
    state.fault,
  )
  return String.fromCharCode(...parts.map((part) => 32 + part))
}

function transactionsInOrder({ transactions }: State): number[][] {
  return transactions.map((one) =>
    one === null ? [9] : [one.kind === 'sell' ? 0 : 1, one.loan, one.booking, one.bits],
  )
}
