import { readEntries, type StoredEntry } from '@gatehouse/edge/ledger/entry-store'
import { statement } from '@gatehouse/edge/ledger/statements'
import { emptyHead, sha256Hex } from '@gatehouse/shared/ledger/chain'
import { checkAccess } from './access-checks.ts'
import { statusIn } from './booking-status.ts'
import { type Branch, ChainMemory, type CommittedEntry } from './chain-memory.ts'
import { checkLendingStop, checkNewLife, checkWitness } from './recovery-checks.ts'
import type { Deed } from './simulated-devices.ts'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'

interface Overlap {
  readonly a: string
  readonly b: string
  readonly space: string
}

const overlapSql = `SELECT a.booking_id AS a, b.booking_id AS b, a.space_id AS space
  FROM booking_blocks a JOIN booking_blocks b ON a.space_id = b.space_id AND a.booking_id < b.booking_id
    AND a.from_ms < b.block_to_ms AND b.from_ms < a.block_to_ms LIMIT 1`

const withoutBlockSql = `SELECT booking_id FROM bookings WHERE status IN ('held', 'confirmed', 'checked_in')
  AND booking_id NOT IN (SELECT booking_id FROM booking_blocks) LIMIT 1`

/**
 * What must be true of every site after every step. It keeps its own copy of each chain, as it was when somebody could
 * first have seen it: whatever was answered, sent or acted on has to be in the chain for ever.
 */
export class SiteChecks {
  readonly #simulation: Simulation
  readonly chains = new ChainMemory()
  readonly #performed = new Set<string>()
  /** `booking status` of everything that chains say. */
  readonly #recorded = new Set<string>()

  constructor(simulation: Simulation) {
    this.#simulation = simulation
    simulation.onDeed = (machine, deed) => this.#checkDeed(machine, deed)
    // What was uploaded before the life fell has to be known, too.
    simulation.onCommitted = (machine) => this.#checkSite(machine)
    simulation.onOpened = (machine) => this.#checkOpened(machine)
    simulation.onPutBack = (machine, { incarnation, head }) => this.chains.goBack(machine, incarnation, head)
  }

  /** Looks at every site whose ledger has moved. */
  check(): void {
    for (const machine of this.#simulation.machines) if (machine.life) this.#checkSite(machine)
    this.#checkTold()
    this.#checkFence()
  }

  /** An older life that has shaken hands sells nothing. */
  #checkFence(): void {
    for (const [machine, owner] of this.#simulation.replaced) {
      const { life } = machine
      if (life?.owner === owner && life?.site.kernel.sells) {
        this.#broken(`${machine.name} was replaced, has heard it, and sells`)
      }
    }
  }

  /** Whatever a site has said about a booking is in its chain, also when it fell right after. */
  #checkTold(): void {
    const { told, sites } = this.#simulation
    for (const said of told.splice(0)) {
      if (!sites.get(said.siteId)?.machine.life) told.push(said)
      else if (said.status !== 'expired' && !this.#recorded.has(`${said.bookingId} ${said.status}`)) {
        this.#broken(`${said.siteId} said that ${said.bookingId} is ${said.status}, and has no such entry`)
      }
    }
  }

  #checkOpened(machine: SiteMachine): void {
    const before = this.chains.present(machine)
    this.#checkSite(machine)
    // The cloud has let it go on as the next life: it is its site's again.
    if (before && this.chains.present(machine)?.name !== before.name)
      this.#simulation.replaced.delete(machine)
    const kernel = machine.life?.site.kernel
    if (!kernel) return
    const branch = this.chains.presentOf(machine, kernel.incarnation)
    this.#expect(machine, checkWitness(branch, kernel.incarnation, machine.witness))
  }

  #checkSite(machine: SiteMachine): void {
    const kernel = machine.life?.site.kernel
    if (!kernel) return
    const { siteId } = machine
    const own = this.chains.present(machine)
    const branch = this.chains.presentOf(machine, kernel.incarnation)
    const { entries: chain } = branch
    const { seq, hash } = kernel.head
    const known = chain.at(-1) ?? emptyHead
    if (seq === known.seq && hash === known.hash) return
    if (seq < known.seq) {
      this.#broken(`${siteId} lost entries ${seq + 1} to ${known.seq}`)
      return
    }
    const { db, incarnation } = kernel
    const [atKnown] = readEntries(db, { incarnation, afterSeq: known.seq - 1, limit: 1 })
    if (known.seq > 0 && atKnown?.hash !== known.hash) this.#broken(`${siteId} changed entry ${known.seq}`)
    const fresh = readEntries(db, { incarnation, afterSeq: known.seq, limit: seq - known.seq })
    for (const entry of fresh) this.#keep(machine, branch, entry)
    this.#expect(machine, checkAccess(machine, chain.slice(known.seq)))
    this.#expect(machine, checkLendingStop(chain, chain.slice(known.seq)))
    if (known.seq === 0) this.#expect(machine, checkNewLife(this.chains, machine, kernel, { branch, own }))
    const [bare] = statement<{ booking_id: string }>(db, withoutBlockSql).all()
    if (bare) this.#broken(`${siteId} keeps no room for ${bare.booking_id}, which is in force`)
    const [overlap] = statement<Overlap>(db, overlapSql).all()
    if (overlap) this.#broken(`${siteId} sold ${overlap.space} twice: ${overlap.a} and ${overlap.b}`)
  }

  #keep({ siteId }: SiteMachine, { entries }: Branch, { seq, hash, text }: StoredEntry): void {
    const { prev, type, body, origin } = JSON.parse(text)
    const last = entries.at(-1) ?? emptyHead
    const follows = seq === last.seq + 1 && prev === last.hash && sha256Hex(text) === hash
    if (!follows) this.#broken(`${siteId} entry ${seq} does not continue the chain`)
    const originHash: string | undefined = origin?.hash ?? body.origin?.hash
    entries.push({ seq, hash, type, body, originHash } satisfies CommittedEntry)
    const status = statusIn(type, body)
    if (status !== undefined) this.#recorded.add(`${body.bookingId} ${status}`)
  }

  #checkDeed(machine: SiteMachine, deed: Deed): void {
    const wrong = this.#wrongWith(machine, deed)
    if (wrong !== undefined) this.#broken(`${machine.siteId} did a ${deed.kind} ${wrong}`)
  }

  #wrongWith(machine: SiteMachine, { kind, deviceId }: Deed): string | undefined {
    const db = machine.life?.site.kernel.db
    // While a life starts nothing physical is done: what a crash left open becomes unknown.
    if (!db) return 'while it started'
    if (db.inTransaction) return 'before it was durable'
    const open = db
      .prepare<[string, string], { effect_id: string }>(
        `SELECT effect_id FROM effects WHERE outcome IS NULL AND kind = ? AND body ->> 'deviceId' = ?`,
      )
      .all(kind, deviceId)
    const fresh = open.find(({ effect_id }) => !this.#performed.has(effect_id))
    if (!fresh) return 'that nobody decided, or did one twice'
    this.#performed.add(fresh.effect_id)
    return undefined
  }

  #expect({ siteId }: SiteMachine, wrong: string | undefined): void {
    if (wrong !== undefined) this.#broken(`${siteId} ${wrong}`)
  }

  #broken(sentence: string): void {
    this.#simulation.violations.push(sentence)
  }
}
