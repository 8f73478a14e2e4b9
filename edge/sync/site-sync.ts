import type { Clock } from '@gatehouse/shared/clock/clock'
import { type ChainHead, genesisHash } from '@gatehouse/shared/ledger/chain'
import type { Random } from '@gatehouse/shared/random/random'
import type { HandshakeRequest, Heartbeat, SiteSums } from '@gatehouse/shared/wire/v1/sync'
import type { Failpoint } from '../ledger/failpoints.ts'
import { placeInChain, prunedHead } from '../ledger/kept-chain.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { retryDelayMs } from './backoff.ts'
import { type CloudClientOptions, handshake, sendHeartbeat } from './cloud-client.ts'
import { storeContact } from './cloud-contact.ts'
import type { CloudTime } from './cloud-time.ts'
import type { Directory } from './directory.ts'
import { DirectorySubscription } from './directory-subscription.ts'
import type { Link } from './link.ts'
import type { SiteIdentity } from './site-identity.ts'
import { acknowledgedEpoch, acknowledgedHead, standingVerdict, storeVerdict } from './upload-position.ts'
import { type HandshakeOutcome, type HandshakeVerdict, Uploader } from './uploader.ts'
import { Wakeup } from './wakeup.ts'

const heartbeatMs = 10_000
const contactNoteMs = 60_000
/** Rows that a heartbeat names, and characters of each name, at most. */
const rowsNamedMax = 20
const rowNameMax = 300
/** A verdict other than `continue` takes the right to sell, never the right to report or to open doors. */
const verdictStopsSelling: Record<HandshakeVerdict, string | undefined> = {
  continue: undefined,
  // What is missing is missing in the cloud; the site's own books are whole.
  history_pruned: undefined,
  fork: 'ledger_fork',
  edge_behind: 'ledger_behind',
  fenced: 'fenced',
}

export interface SiteSyncOptions {
  readonly kernel: Kernel
  readonly directory: Directory
  readonly identity: SiteIdentity
  readonly cloudUrl: string
  readonly token: () => Promise<string>
  readonly cloudTime: CloudTime
  readonly clock: Clock
  readonly random: Random
  readonly link: Link
  readonly version: string
  readonly devicesDown: () => string[]
  readonly sums: () => SiteSums
  /** False while the entries of this store must not leave the site (a provisional store). */
  readonly uploads: boolean
  readonly machineMark: string | undefined
  /** Called when the cloud found heads equal, or this site ahead: nothing is missing here. */
  readonly onInStep: (epoch: number) => void
  /** Called when the cloud holds more, or another history: this store is older than its own past. */
  readonly onLost: () => void
  readonly log: (problem: string, detail: unknown) => void
  readonly failpoint?: Failpoint
}

/** Both flows with the cloud and the heartbeat beside them. */
export class SiteSync {
  readonly #options: SiteSyncOptions
  readonly #client: CloudClientOptions
  readonly #uploader: Uploader
  readonly #subscription: DirectorySubscription
  readonly #beat = new Wakeup()
  #stopped = false
  /** Of the last handshake; a later one in the directory means that the cloud was restored. */
  #epoch: number | undefined
  #notedMs: number | undefined
  #refusedRows = 0

  constructor(options: SiteSyncOptions) {
    this.#options = options
    const { kernel, directory, identity, random, log, failpoint } = options
    this.#client = { cloudUrl: options.cloudUrl, token: options.token, cloudTime: options.cloudTime }
    this.#uploader = new Uploader({
      kernel,
      client: this.#client,
      random,
      handshake: () => this.#handshake(),
      onVerdict: (verdict) => this.#heed(verdict),
      onReachable: (reachable) => this.#reached(reachable),
      onFailure: (error) => log('upload interrupted', error),
      ...(failpoint && { failpoint }),
    })
    directory.onChange(() => {
      if (this.#epoch !== undefined && directory.position().epoch > this.#epoch) this.#uploader.retryNow()
    })
    this.#subscription = new DirectorySubscription({
      directory,
      identity,
      client: this.#client,
      onReachable: (reachable) => this.#reached(reachable),
      onRefused: (reason, key) => {
        this.#refusedRows += 1
        log('directory row refused', { reason, key })
      },
      onOlderCopy: () => this.#uploader.retryNow(),
      onFailure: (error) => log('directory interrupted', error),
      retryMs: (attempt) => retryDelayMs(attempt, random),
      ...(failpoint && { failpoint }),
    })
  }

  /** Committed entries that the cloud has not acknowledged. */
  get waiting(): number {
    return this.#uploader.waiting
  }

  start(): void {
    if (this.#options.uploads) this.#uploader.start()
    this.#subscription.start()
    void this.#heartbeats()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#subscription.stop()
    this.#beat.cancel()
    await this.#uploader.stop()
  }

  /** Compares both ways: the cloud looks at our head; when ours is ahead, only we can look at the cloud's. */
  async #handshake(): Promise<HandshakeOutcome> {
    const { kernel, directory, version, machineMark } = this.#options
    const { epoch, rev } = directory.position()
    const { db, incarnation, head } = kernel
    const ackedIn = acknowledgedEpoch(db, incarnation)
    const pruned = prunedHead(db, incarnation)
    const request: HandshakeRequest = {
      ...{ incarnation, head, epoch, rev, version },
      ...(machineMark !== undefined && { machineMark }),
      ...(ackedIn && { acknowledged: { ...acknowledgedHead(db, incarnation), epoch: ackedIn } }),
      ...(pruned.seq > 0 && { pruned }),
    }
    const answer = await handshake(this.#client, request)
    this.#epoch = answer.epoch
    if (answer.verdict !== 'continue' && answer.verdict !== 'fenced') return answer
    const place = placeInChain(db, incarnation, answer.head.seq)
    if (place.kind === 'pruned') return { ...answer, verdict: 'history_pruned' }
    const own: ChainHead = {
      seq: answer.head.seq,
      hash: place.kind === 'known' ? place.hash : genesisHash,
    }
    if (own.hash === answer.head.hash) return answer
    // What is known counts before it is told: that call may be lost.
    this.#stand('fork')
    await handshake(this.#client, { ...request, contradicts: own })
    return { ...answer, verdict: 'fork' }
  }

  #heed(verdict: HandshakeVerdict): void {
    const { onInStep, onLost } = this.#options
    this.#stand(verdict)
    if (verdict === 'continue') onInStep(this.#epoch ?? 0)
    if (verdict === 'edge_behind' || verdict === 'fork') onLost()
  }

  /** A newer life of the site exists: nothing is sold from here on, not only from the next upload run. */
  #fence(): void {
    const { kernel, log } = this.#options
    if (kernel.sells) log('this machine was replaced: it reports and opens doors, and sells nothing', {})
    this.#stand('fenced')
  }

  /** Sells, or not, by the cloud's verdict, also after a restart without network: it is kept until another one comes. */
  #stand(verdict: HandshakeVerdict): void {
    const { kernel, log } = this.#options
    const { db, incarnation } = kernel
    const reason = verdictStopsSelling[verdict]
    kernel.setSelling(reason)
    try {
      if (standingVerdict(db, incarnation) !== reason) storeVerdict(db, incarnation, reason)
    } catch (error) {
      // A full disk: what stands counts in this process, and the next handshake says it again.
      log('verdict of the cloud not kept', error)
    }
  }

  #reached(reachable: boolean): void {
    const { link } = this.#options
    const wasLive = link.state.state === 'live'
    link.report(reachable)
    if (reachable && !wasLive) this.#uploader.retryNow()
  }

  async #heartbeats(): Promise<void> {
    while (!this.#stopped) {
      try {
        const { verdict } = await sendHeartbeat(this.#client, this.#heartbeat())
        this.#reached(true)
        if (verdict === 'fenced') this.#fence()
        this.#noteContact()
      } catch (error) {
        // The next one comes in ten seconds; a lost heartbeat is no failure of its own.
        this.#reached(false)
        this.#options.log('heartbeat lost', error)
      }
      await this.#beat.pause(heartbeatMs)
    }
  }

  /** Once a minute: every heartbeat would wear a memory card for nothing. */
  #noteContact(): void {
    const { kernel, clock } = this.#options
    const { wallMs, monotonicMs } = clock.now()
    if (this.#notedMs !== undefined && monotonicMs - this.#notedMs < contactNoteMs) return
    this.#notedMs = monotonicMs
    try {
      storeContact(kernel.db, wallMs)
    } catch (error) {
      // The store may be full: the age of the directory is then counted from the contact before.
      this.#options.log('contact with the cloud not noted', error)
    }
  }

  #heartbeat(): Heartbeat {
    const { kernel, directory, clock, version, devicesDown, sums } = this.#options
    const { bootId, monotonicMs, wallMs, quality } = clock.now()
    const { epoch, rev } = directory.position()
    return {
      incarnation: kernel.incarnation,
      version,
      bootId,
      monotonicMs,
      wallMs,
      clockQuality: quality,
      waiting: this.waiting,
      devicesDown: devicesDown(),
      selling: kernel.sells ? 'all' : 'none',
      directory: {
        ...{ epoch, rev, refused: this.#refusedRows },
        unreadable: [...directory.unreadable.keys()]
          .slice(0, rowsNamedMax)
          .map((name) => name.slice(0, rowNameMax)),
        refusedRows: [...directory.refused]
          .slice(0, rowsNamedMax)
          .map(([name, { code }]) => ({ row: name.slice(0, rowNameMax), code })),
      },
      sums: sums(),
    }
  }
}
