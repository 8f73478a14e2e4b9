import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import { headSchema } from '@gatehouse/shared/wire/v1/sync'
import { z } from 'zod'
import type { EdgeConfig } from '../config.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { writeDurably } from '../ledger/durable-file.ts'
import { placeInChain } from '../ledger/kept-chain.ts'
import type { Kernel } from '../ledger/kernel.ts'

/**
 * A small note outside the store of the last entry that the box remembers: a store that was put back to an older state
 * does not hold that entry (ARCHITECTURE §5). It only ever moves on.
 */
const witnessSchema = headSchema.extend({ incarnation: z.int().min(1) })
type Witness = z.infer<typeof witnessSchema>

/** Reads the witness; `undefined` when there is none, or none that can be read: it proves nothing then. */
function readWitness(path: string): Witness | undefined {
  if (!existsSync(path)) return undefined
  try {
    return witnessSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

/** Tells whether the witness remembers an entry that this store does not hold, or a later life than its own. */
function isAhead(witness: Witness, db: SiteDatabase, incarnation: number): boolean {
  if (witness.incarnation < incarnation) return false
  if (witness.incarnation > incarnation) return true
  if (witness.seq === 0) return false
  const place = placeInChain(db, incarnation, witness.seq)
  // A witness that could not be moved on for so long proves nothing against what was pruned since.
  if (place.kind === 'pruned') return false
  return place.kind === 'absent' || place.hash !== witness.hash
}

/**
 * Keeps the witness of one site.
 *
 *   trusted ─ store opened that does not hold what the witness remembers ─▶ ahead: lending stopped, witness left alone
 *   ahead ─ the cloud has nothing that is missing here ─▶ trusted
 */
export class WitnessKeeper {
  readonly #path: string
  #isTrusted = true
  #noted: ChainHead | undefined

  constructor({ dataFolder, witnessFile }: Pick<EdgeConfig, 'dataFolder' | 'witnessFile'>) {
    this.#path = witnessFile ?? join(dataFolder, 'witness.json')
  }

  /** Compares the store with the witness: one that is older sells only what it never lends (ARCHITECTURE §5). */
  async compare(kernel: Kernel): Promise<void> {
    const witness = readWitness(this.#path)
    if (witness === undefined || !isAhead(witness, kernel.db, kernel.incarnation)) return
    this.#isTrusted = false
    const key = `witness-${kernel.incarnation}-${witness.incarnation}-${witness.seq}-${kernel.head.seq}`
    const input = { reason: 'witness_ahead' }
    await kernel.submit({ kind: 'stopLending', caller: 'system', key, input })
  }

  /** The cloud has nothing that is missing here: from now on the witness follows this store. */
  trust(): void {
    this.#isTrusted = true
  }

  /** Moves the witness on to the ledger's head; durable before it returns, and nothing is written when nothing moved. */
  note({ incarnation, head }: Pick<Kernel, 'incarnation' | 'head'>): void {
    if (!this.#isTrusted || head.seq === 0) return
    if (this.#noted?.seq === head.seq && this.#noted.hash === head.hash) return
    const { seq, hash } = head
    writeDurably(this.#path, JSON.stringify({ incarnation, seq, hash } satisfies Witness))
    this.#noted = head
  }
}
