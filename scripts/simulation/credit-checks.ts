import type { Branch, ChainMemory, CommittedEntry } from './chain-memory.ts'
import type { Simulation } from './simulation.ts'

/** A member's credits at one site as its entries tell it; sums in minor units. */
export interface Share {
  readonly bucketId: string
  readonly movedMinor: number
  readonly overdraftMinor: number
  readonly givenBackMinor: number
  readonly drawnMinor: number
  readonly restoredMinor: number
}

interface Books {
  /** How many entries of the lives before are in them, and of the life itself. */
  readonly past: number
  read: number
  readonly shares: Map<string, Share>
}

interface Told {
  readonly allowanceId: string
  readonly amountMinor: number
  readonly givenBackMinor: number
  readonly row: { readonly bucketId: string; readonly movedMinor: number; readonly overdraftMinor: number }
}

/**
 * Credits are never below the limit: neither at a site, whenever it draws, nor of a bucket over all sites. Reads entries
 * anew and adds by itself; what sites and cloud keep of credits is not asked.
 */
export class CreditChecks {
  readonly #simulation: Simulation
  readonly #chains: ChainMemory
  readonly #books = new WeakMap<Branch, Books>()
  #hasMoved = false

  constructor(simulation: Simulation, chains: ChainMemory) {
    this.#simulation = simulation
    this.#chains = chains
  }

  /** Looks at what every machine has recorded since. */
  check(): void {
    this.#hasMoved = false
    for (const machine of this.#simulation.machines) {
      const branch = this.#chains.present(machine)
      if (branch) this.#read(machine.name, branch)
    }
    if (this.#hasMoved) this.#checkBuckets()
  }

  /** What a machine has of credits by its entries. */
  sharesOf(branch: Branch): ReadonlyMap<string, Share> {
    return this.#booksOf(branch).shares
  }

  #booksOf(branch: Branch): Books {
    const known = this.#books.get(branch)
    if (known?.past === branch.past.length) return known
    const books: Books = { past: branch.past.length, read: 0, shares: new Map() }
    for (const entry of branch.past) addTo(books.shares, entry)
    this.#books.set(branch, books)
    return books
  }

  #read(name: string, branch: Branch): void {
    const books = this.#booksOf(branch)
    for (; books.read < branch.entries.length; books.read += 1) {
      const entry = branch.entries[books.read]
      if (!entry?.type.startsWith('allowance.')) continue
      this.#hasMoved = true
      const before = books.shares.get(String(entry.body.allowanceId)) ?? nothing
      const wrong = wrongWith(entry, before, addTo(books.shares, entry))
      if (wrong) this.#simulation.violations.push(`${name} ${wrong}`)
    }
  }

  /** All sites together spent no more of a bucket than was put in, and what they may overdraw. */
  #checkBuckets(): void {
    const { sites, funded, unwitnessed } = this.#simulation
    const spent = new Map<string, { drawnMinor: number; overdraftMinor: number }>()
    for (const { machine } of sites.values()) {
      const branch = this.#chains.present(machine)
      if (!branch || unwitnessed.has(machine.siteId)) continue
      for (const share of this.sharesOf(branch).values()) {
        const sum = spent.get(share.bucketId) ?? { drawnMinor: 0, overdraftMinor: 0 }
        sum.drawnMinor += share.drawnMinor - share.restoredMinor
        // Of an overdraft that was taken back since, what is used of it stays used.
        sum.overdraftMinor += Math.max(share.overdraftMinor, -leftMinor(share))
        spent.set(share.bucketId, sum)
      }
    }
    for (const [bucketId, { drawnMinor, overdraftMinor }] of spent) {
      const limitMinor = (funded.get(bucketId) ?? 0) + overdraftMinor
      if (drawnMinor > limitMinor) {
        this.#simulation.violations.push(
          `sites spent ${drawnMinor} of ${bucketId}, which allows ${limitMinor}`,
        )
      }
    }
  }
}

/** What must not happen to a share at a site; what a later life enters again was done by the one before. */
function wrongWith(
  { type, body, originHash }: CommittedEntry,
  before: Share,
  after: Share,
): string | undefined {
  if (originHash !== undefined) return undefined
  const left = leftMinor(after)
  const about = `${String(body.allowanceId)}, of which ${left} are left, overdraft ${after.overdraftMinor}`
  if (type === 'allowance.drawn' && left < -after.overdraftMinor) return `spent beyond the limit of ${about}`
  if (after.givenBackMinor > before.givenBackMinor && left < 0)
    return `gave back what it had spent of ${about}`
  return undefined
}

/** What is left of a share, minor units; below zero when the overdraft was used. */
export function leftMinor({ movedMinor, givenBackMinor, drawnMinor, restoredMinor }: Share): number {
  return movedMinor - givenBackMinor - drawnMinor + restoredMinor
}

const nothing: Share = {
  ...{ bucketId: '', movedMinor: 0, overdraftMinor: 0 },
  ...{ givenBackMinor: 0, drawnMinor: 0, restoredMinor: 0 },
}

/** Adds what an entry says of credits; the simulation's own reading, not the product's. */
function addTo(shares: Map<string, Share>, { type, body }: CommittedEntry): Share {
  const { allowanceId, amountMinor, givenBackMinor, row } = body as unknown as Told
  const before = shares.get(allowanceId) ?? nothing
  const after = shareAfter(before, type, { amountMinor, givenBackMinor, row })
  if (after !== before) shares.set(allowanceId, after)
  return after
}

function shareAfter(before: Share, type: string, told: Omit<Told, 'allowanceId'>): Share {
  const { amountMinor, givenBackMinor, row } = told
  if (type === 'allowance.drawn') return { ...before, drawnMinor: before.drawnMinor + amountMinor }
  if (type === 'allowance.restored') return { ...before, restoredMinor: before.restoredMinor + amountMinor }
  if (type !== 'allowance.received') return before
  const { bucketId, movedMinor, overdraftMinor } = row
  return { ...before, bucketId, movedMinor, overdraftMinor, givenBackMinor }
}
