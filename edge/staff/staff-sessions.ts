import type { Clock } from '@gatehouse/shared/clock/clock'
import { randomCode } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import type { Random } from '@gatehouse/shared/random/random'
import type { DirectoryReader } from '../sync/directory.ts'

/** A login session ends after so long without an act, and after so long in any case, milliseconds. */
const idleMaxMs = 30 * 60_000
const sessionMaxMs = 12 * 3_600_000
/** Login sessions of one site at once; one more ends the one that was idle longest. */
const sessionsMax = 50
const tokenLength = 40

/** Who is logged in to the site's admin. */
export interface StaffSession {
  readonly staffId: string
  readonly displayName: string
}

interface Kept {
  readonly staffId: string
  /** Of the password it was opened with: another password ends it. */
  readonly verifier: string
  readonly openedMs: number
  seenMs: number
}

/**
 * The login sessions of those who run the site. They live in memory, by the machine's own time: a restart ends them, and a
 * wrong wall clock neither ends nor lengthens them.
 */
export class StaffSessions {
  readonly #directory: Pick<DirectoryReader, 'get'>
  readonly #clock: Clock
  readonly #random: Random
  readonly #byDigest = new Map<string, Kept>()

  constructor(parts: {
    readonly directory: Pick<DirectoryReader, 'get'>
    readonly clock: Clock
    readonly random: Random
  }) {
    this.#directory = parts.directory
    this.#clock = parts.clock
    this.#random = parts.random
  }

  /** Opens one; gives the secret that the browser keeps. */
  open(staffId: string, verifier: string): string {
    const nowMs = this.#clock.now().monotonicMs
    const token = randomCode(this.#random, tokenLength)
    if (this.#byDigest.size >= sessionsMax) this.#endIdlest()
    this.#byDigest.set(sha256Hex(token), { staffId, verifier, openedMs: nowMs, seenMs: nowMs })
    return token
  }

  /**
   * Whose it is; `undefined` when it ended, or when its person no longer runs this site. Only an act keeps it alive: a page
   * that nobody sits at looks again and again by itself.
   */
  find(token: string, isAct: boolean): StaffSession | undefined {
    const digest = sha256Hex(token)
    const kept = this.#byDigest.get(digest)
    if (!kept) return undefined
    const nowMs = this.#clock.now().monotonicMs
    const row = this.#directory.get('staff', kept.staffId)
    const isOver = nowMs - kept.seenMs >= idleMaxMs || nowMs - kept.openedMs >= sessionMaxMs
    if (isOver || row?.verifier !== kept.verifier) {
      this.#byDigest.delete(digest)
      return undefined
    }
    if (isAct) kept.seenMs = nowMs
    return { staffId: kept.staffId, displayName: row.displayName }
  }

  end(token: string): void {
    this.#byDigest.delete(sha256Hex(token))
  }

  #endIdlest(): void {
    const [idlest] = [...this.#byDigest].sort(([, a], [, b]) => a.seenMs - b.seenMs)
    if (idlest) this.#byDigest.delete(idlest[0])
  }
}
