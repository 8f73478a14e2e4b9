import { createHmac, timingSafeEqual } from 'node:crypto'
import { isChangeMessage, isControlMessage, type Message, type Row, ShapeStream } from '@electric-sql/client'
import { canonicalJson } from '@gatehouse/shared/ledger/chain'
import { type DirectoryRow, directoryRowSchema } from '@gatehouse/shared/wire/v1/directory'
import { type Failpoint, noFailpoint } from '../ledger/failpoints.ts'
import { fetchAnswered } from './answer-limit.ts'
import type { CloudClientOptions } from './cloud-client.ts'
import {
  type AppliedRow,
  type Directory,
  type DirectoryPosition,
  type RefusedRow,
  revOf,
} from './directory.ts'
import type { SiteIdentity } from './site-identity.ts'
import { Wakeup } from './wakeup.ts'

/**
 * Follows the site's directory shape with the stock client.
 *
 *   following ─ change ─▶ collecting ─ up-to-date ─▶ applied with its position ─▶ following
 *   any ─ must-refetch ─▶ shadow (the old copy stays in force) ─ up-to-date ─▶ swapped ─▶ following
 *                            └ up-to-date, but older than the copy in force ─▶ refused: shadow, and shake hands
 *   following ─ a row's digest was wrong ─▶ the rest is applied; then once shadow, from the start of the shape
 *
 * A copy that is older than what this site was told comes from a cloud that was put back. Swapping it in would undo
 * revocations and lose the proof; the handshake shows the proof, a new epoch begins, and its copy is swapped in. A row
 * that was refused leaves its earlier state in force, also in a swap; what the cloud keeps right comes with the refetch.
 */

export interface SubscriptionOptions {
  readonly directory: Directory
  readonly identity: SiteIdentity
  readonly client: CloudClientOptions
  readonly onReachable: (reachable: boolean) => void
  /** A row that was refused: `wrong_digest`, `older_position`, `unreadable`. It is reported, not applied. */
  readonly onRefused: (reason: string, key: string) => void
  /** The cloud's whole directory is older than what it told this site before: another handshake must prove it. */
  readonly onOlderCopy: () => void
  readonly onFailure: (error: unknown) => void
  readonly failpoint?: Failpoint
  /** A call without an answer for longer is made again; the cloud answers an idle one after 20 s. */
  readonly answerMaxMs?: number
  /** How long to wait after the cloud has refused the call for the `attempt`-th time in a row (0 = first), milliseconds. */
  readonly retryMs: (attempt: number) => number
}

const answerMaxMs = 45_000

/** Keeps the edge's directory equal to the cloud's, across restarts and interruptions. */
export class DirectorySubscription {
  readonly #options: SubscriptionOptions
  readonly #abort = new AbortController()
  readonly #rest = new Wakeup()
  #refusals = 0
  #collected = new Map<string, AppliedRow>()
  /** Rows of this round that were refused and did not come right in it. */
  #refused = new Map<string, RefusedRow>()
  #replacing: boolean
  /** This copy is fetched because a row's digest was wrong; it is not fetched again for the same reason. */
  #isRefetch = false
  #stream = new AbortController()

  constructor(options: SubscriptionOptions) {
    this.#options = options
    this.#replacing = options.directory.position().offset === '-1'
  }

  start(): void {
    this.#follow(this.#options.directory.position())
  }

  #follow({ handle, offset }: Pick<DirectoryPosition, 'handle' | 'offset'>): void {
    const { client, identity, onFailure, onReachable, retryMs } = this.#options
    const fetchClient = fetchAnswered(this.#options.answerMaxMs ?? answerMaxMs)
    this.#stream = new AbortController()
    const signal = AbortSignal.any([this.#abort.signal, this.#stream.signal])
    const stream = new ShapeStream({
      url: `${client.cloudUrl}/sync/v1/shape`,
      params: { table: 'site_directory', where: `site_id='${identity.siteId}'` },
      headers: { Authorization: async () => `Bearer ${await client.token()}` },
      // The stored offset was produced by this client; its type only spells out the form.
      offset: offset as '-1',
      ...(handle === undefined ? {} : { handle }),
      signal,
      // A refused token is made anew in the cloud's time, which the refusal names.
      fetchClient: async (input, init) => {
        const answer = await fetchClient(input, init)
        client.cloudTime.observe(answer.headers)
        return answer
      },
      backoffOptions: { initialDelay: 250, maxDelay: 5_000, multiplier: 1.7 },
      // The client itself waits between calls that find nobody; what is refused it would ask again at once.
      onError: async (error) => {
        onReachable(false)
        onFailure(error)
        await this.#rest.pause(retryMs(this.#refusals++))
        return {}
      },
    })
    stream.subscribe(
      (messages) => this.#take(messages, stream, signal),
      (error) => onFailure(error),
    )
  }

  stop(): void {
    this.#abort.abort()
    this.#rest.cancel()
  }

  async #take(
    messages: Message<Row>[],
    stream: Pick<ShapeStream, 'lastOffset' | 'shapeHandle'>,
    signal: AbortSignal,
  ) {
    this.#refusals = 0
    for (const message of messages) {
      if (signal.aborted) return
      if (isControlMessage(message)) {
        if (message.headers.control === 'must-refetch') this.#startShadow()
        if (message.headers.control === 'up-to-date') await this.#apply(stream)
      } else if (isChangeMessage(message)) {
        this.#collect(message.value, message.headers.operation)
      }
    }
  }

  #startShadow(): void {
    this.#collected = new Map()
    this.#refused = new Map()
    this.#replacing = true
  }

  #refetch(): void {
    this.#stream.abort()
    this.#startShadow()
    this.#isRefetch = true
    this.#follow({ handle: undefined, offset: '-1' })
  }

  #collect(value: Row, operation: string): void {
    const parsed = directoryRowSchema.safeParse(value)
    if (!parsed.success) {
      this.#refuse({ kind: String(value.kind), key: String(value.key), code: 'unreadable' })
      return
    }
    const row = parsed.data
    const { kind, key, epoch, rev } = row
    if (!this.#authentic(row)) {
      this.#refuse({ kind, key, code: 'wrong_digest' })
      return
    }
    const body = operation === 'delete' ? null : row.body
    this.#collected.set(nameOf(row), { kind, key, epoch, rev, body })
    this.#refused.delete(nameOf(row))
  }

  #refuse(row: RefusedRow): void {
    this.#options.onRefused(row.code, nameOf(row))
    this.#refused.set(nameOf(row), row)
  }

  #authentic(row: DirectoryRow): boolean {
    const text = canonicalJson([row.site_id, row.epoch, row.rev, row.kind, row.key, row.body])
    const { siteKey } = this.#options.identity
    const expected = createHmac('sha256', Buffer.from(siteKey, 'base64url')).update(text).digest()
    const actual = Buffer.from(row.digest, 'hex')
    return actual.length === expected.length && timingSafeEqual(actual, expected)
  }

  // The client asks for more only when this has ended.
  async #apply({ lastOffset: offset, shapeHandle: handle }: Pick<ShapeStream, 'lastOffset' | 'shapeHandle'>) {
    const { directory, onReachable } = this.#options
    onReachable(true)
    const before = directory.position()
    const rows = this.#replacing ? [...this.#collected.values()] : this.#newerRows(before)
    if (rows.length + this.#refused.size === 0 && !this.#replacing && offset === before.offset) return
    const latest = rows.reduce(
      (best, row) => (isAfter(row, best) ? row : best),
      this.#replacing ? { epoch: rows.length === 0 ? before.epoch : 0, rev: 0 } : before,
    )
    const position = { epoch: latest.epoch, rev: Math.max(latest.rev, revOf(offset)), handle, offset }
    if (this.#replacing && isAfter(before, position)) return this.#refuseCopy(position)
    const again = !this.#isRefetch && [...this.#refused.values()].some(({ code }) => code === 'wrong_digest')
    // Without a place in the shape the next start fetches it anew, too.
    const place = again ? { ...position, handle: undefined, offset: '-1' } : position
    if (!(await this.#store(this.#replacing ? this.#wholeCopy(rows) : rows, place))) return
    this.#collected = new Map()
    directory.noteRefused(this.#refused.values())
    this.#refused = new Map()
    this.#replacing = false
    this.#isRefetch = false
    if (again) this.#refetch()
  }

  async #store(rows: readonly AppliedRow[], position: DirectoryPosition): Promise<boolean> {
    const { directory, failpoint = noFailpoint, onFailure } = this.#options
    try {
      await directory.prepare(rows, this.#abort.signal)
      if (this.#abort.signal.aborted) return false
      failpoint('directory.before_commit')
      directory.apply(rows, position, this.#replacing)
    } catch (error) {
      // The store cannot take them now (a full disk): they wait for the next round, the copy in force stays.
      onFailure(error)
      return false
    }
    failpoint('directory.after_commit')
    return true
  }

  #wholeCopy(rows: readonly AppliedRow[]): readonly AppliedRow[] {
    const kept = [...this.#refused.values()].flatMap((row) =>
      this.#collected.has(nameOf(row)) ? [] : (this.#options.directory.applied(row) ?? []),
    )
    return [...rows.filter(({ body }) => body !== null), ...kept]
  }

  #newerRows(before: DirectoryPosition): readonly AppliedRow[] {
    return [...this.#collected.values()].filter((row) => {
      if (isAfter(row, before)) return true
      // Told once: what is newer may have to wait here until the store can take it.
      this.#collected.delete(nameOf(row))
      this.#refuse({ kind: row.kind, key: row.key, code: 'older_position' })
      return false
    })
  }

  // What was collected stays a shadow: it counts once the cloud has come past what this site was told.
  #refuseCopy({ epoch, rev }: Place): void {
    const { directory, onOlderCopy, onRefused } = this.#options
    const copy = { kind: 'directory', key: `${epoch}.${rev}`, code: 'older_position' }
    onRefused(copy.code, nameOf(copy))
    directory.noteRefused([copy])
    onOlderCopy()
  }
}

function nameOf({ kind, key }: Pick<RefusedRow, 'kind' | 'key'>): string {
  return `${kind}/${key}`
}

interface Place {
  readonly epoch: number
  readonly rev: number
}

function isAfter(one: Place, other: Place): boolean {
  return one.epoch > other.epoch || (one.epoch === other.epoch && one.rev > other.rev)
}
