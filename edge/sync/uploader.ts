import { PRODUCER_EPOCH_HEADER, PRODUCER_ID_HEADER, PRODUCER_SEQ_HEADER } from '@durable-streams/client'
import { isSiteError, SiteError } from '@gatehouse/shared/errors/site-error'
import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import type { Random } from '@gatehouse/shared/random/random'
import { type HandshakeAnswer, headHeader } from '@gatehouse/shared/wire/v1/sync'
import { readEntries, type StoredEntry } from '../ledger/entry-store.ts'
import { type Failpoint, noFailpoint } from '../ledger/failpoints.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { retryDelayMs } from './backoff.ts'
import { type CloudClientOptions, request } from './cloud-client.ts'
import {
  acknowledgedHead,
  nextProducerEpoch,
  storeAcknowledgement,
  storeHandshake,
} from './upload-position.ts'
import { Wakeup } from './wakeup.ts'

/**
 * Sends the ledger up, in order, and forgets nothing.
 *
 *   resting ─ commit or start ─▶ handshake ─ continue, fenced ─▶ sending ─ all acknowledged ─▶ resting
 *                                   │  └ fork, edge_behind, history_pruned ─▶ held (a person decides)
 *                                   └───────── any failure ◀────────────┘ ─▶ waiting (jittered) ─▶ handshake
 *   resting ─ the cloud is back, or is another one ─▶ handshake: it may have lost what it had
 *
 * Only the head the cloud answers is an acknowledgement; memory is bounded by one request.
 */

const entriesPerRequestMax = 500
const bytesPerRequestMax = 512 * 1024
const timeoutMs = 20_000

/**
 * What a handshake came to here. `history_pruned`: the cloud ends before the entries that this site still keeps, so that
 * nothing it could send continues there (edge/retention/decisions.md).
 */
export type HandshakeVerdict = HandshakeAnswer['verdict'] | 'history_pruned'

/** The cloud's answer, as this site understands it. */
export interface HandshakeOutcome extends Omit<HandshakeAnswer, 'verdict'> {
  readonly verdict: HandshakeVerdict
}

export interface UploaderOptions {
  readonly kernel: Kernel
  readonly client: CloudClientOptions
  readonly random: Random
  readonly handshake: () => Promise<HandshakeOutcome>
  readonly onVerdict: (verdict: HandshakeVerdict) => void
  readonly onReachable: (reachable: boolean) => void
  readonly onFailure: (error: unknown) => void
  readonly failpoint?: Failpoint
}

/** Uploads one incarnation's entries until stopped. */
export class Uploader {
  readonly #options: UploaderOptions
  readonly #wakeup = new Wakeup()
  #stopped = false
  #greets = false
  #running: Promise<void> | undefined

  constructor(options: UploaderOptions) {
    this.#options = options
    options.kernel.onCommitted(() => this.#wakeup.ring())
  }

  /** How many committed entries the cloud has not acknowledged. */
  get waiting(): number {
    const { kernel } = this.#options
    return kernel.head.seq - acknowledgedHead(kernel.db, kernel.incarnation).seq
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Shakes hands again at once: something else has just heard from the cloud, or learned that it was restored. */
  retryNow(): void {
    this.#greets = true
    this.#wakeup.endPause()
    this.#wakeup.ring()
  }

  /** Stops after the request in flight. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#wakeup.cancel()
    await this.#running
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#stopped) {
      try {
        await this.#uploadRun()
        failures = 0
      } catch (error) {
        this.#options.onReachable(false)
        if (failures === 0 || !isSiteError(error) || !error.retryable) this.#options.onFailure(error)
        await this.#wakeup.pause(retryDelayMs(failures, this.#options.random))
        failures += 1
      }
    }
  }

  async #uploadRun(): Promise<void> {
    const { kernel, onReachable, onVerdict } = this.#options
    const answer = await this.#options.handshake()
    onReachable(true)
    // Being reachable asks for a handshake, which this is.
    this.#greets = false
    onVerdict(answer.verdict)
    // Who was replaced still reports what it did; what it may not do any more is sell.
    if (answer.verdict !== 'continue' && answer.verdict !== 'fenced') return this.#hold(answer.verdict)
    let head: ChainHead = answer.head
    storeHandshake(kernel.db, kernel.incarnation, answer)
    const producer = { epoch: nextProducerEpoch(kernel.db, kernel.incarnation), seq: 0 }
    while (!this.#stopped && !this.#greets) {
      const batch = boundedBatch(
        readEntries(kernel.db, {
          incarnation: kernel.incarnation,
          afterSeq: head.seq,
          limit: entriesPerRequestMax,
        }),
      )
      if (batch.length === 0) {
        await this.#wakeup.wait()
        continue
      }
      head = await this.#send(batch, producer)
      storeAcknowledgement(kernel.db, kernel.incarnation, head)
      producer.seq += 1
    }
  }

  #hold(verdict: HandshakeVerdict): never {
    const hint =
      verdict === 'history_pruned'
        ? 'The cloud lacks entries that this site no longer keeps; HQ must restore a later backup of the cloud or accept the loss.'
        : 'The cloud holds another history of this site; HQ must decide which one goes on.'
    throw new SiteError({ code: `upload_${verdict}`, op: 'sync.handshake', hint, retryable: true })
  }

  async #send(batch: readonly StoredEntry[], producer: { epoch: number; seq: number }): Promise<ChainHead> {
    const { client, kernel, failpoint = noFailpoint } = this.#options
    const path = `/sync/v1/stream/${kernel.siteId}/${kernel.incarnation}`
    failpoint('upload.before')
    const response = await request(`${client.cloudUrl}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await client.token()}`,
        'content-type': 'application/json',
        [PRODUCER_ID_HEADER]: `${kernel.siteId}.${kernel.incarnation}`,
        [PRODUCER_EPOCH_HEADER]: String(producer.epoch),
        [PRODUCER_SEQ_HEADER]: String(producer.seq),
      },
      body: `[${batch.map((entry) => entry.text).join(',')}]`,
      signal: AbortSignal.timeout(timeoutMs),
    })
    client.cloudTime.observe(response.headers)
    await response.arrayBuffer()
    failpoint('upload.after')
    const head = parseHead(response.headers.get(headHeader))
    if (response.ok && head) return head
    const hint = `The cloud answered ${response.status}; the entries stay here and are sent again.`
    throw new SiteError({ code: `append_${response.status}`, op: `POST ${path}`, hint, retryable: true })
  }
}

function boundedBatch(entries: readonly StoredEntry[]): StoredEntry[] {
  let bytes = 0
  const batch: StoredEntry[] = []
  for (const entry of entries) {
    bytes += entry.text.length
    if (bytes > bytesPerRequestMax && batch.length > 0) break
    batch.push(entry)
  }
  return batch
}

function parseHead(header: string | null): ChainHead | undefined {
  const match = /^(\d+):([0-9a-f]{64})$/.exec(header ?? '')
  return match?.[1] !== undefined && match[2] !== undefined
    ? { seq: Number(match[1]), hash: match[2] }
    : undefined
}
