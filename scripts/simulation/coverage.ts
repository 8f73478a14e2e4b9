import { statement } from '@gatehouse/edge/ledger/statements'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'

/** How far the protocols of a site have come, in words; several hold at once. */
function statesOf(simulation: Simulation, machine: SiteMachine): readonly string[] {
  const { siteId, life } = machine
  const flows = new Set(
    simulation.network.underWay().flatMap(({ site, flow }) => (site === siteId ? [flow] : [])),
  )
  const states: string[] = []
  if (!life) states.push('site down')
  if (simulation.clouds.length === 0) states.push('cloud down')
  if (flows.has('handshake')) states.push('handshake under way')
  if (flows.has('stream')) states.push('entries under way')
  if (flows.has('shape')) states.push('directory followed')
  const db = life?.site.kernel.db
  if (!life || !db) return states
  const { acked, held } = statement<StoreState>(db, stateSql).get() ?? { acked: 0, held: 0 }
  if (life.site.kernel.head.seq > acked) states.push('entries waiting')
  if (held) states.push('hold unpaid')
  if (life.site.directory.all('request').size > 0) states.push('request known')
  if (simulation.calls.some(({ outcome }) => outcome === undefined)) states.push('member waits')
  if (!life.site.kernel.sells) states.push('selling stopped')
  return states
}

interface StoreState {
  readonly acked: number
  readonly held: number
}

const stateSql = `SELECT coalesce(max(acked_seq), 0) AS acked,
    EXISTS (SELECT 1 FROM bookings WHERE status = 'held') AS held FROM upload_position`
/** What a step says when it found nothing to do. */
const idle = new Set(['it is down', 'it runs', 'not now', 'no cloud'])
const quietKinds = new Set(['time passes', 'messages move'])

/** Counts which fault met which state of the protocols. */
export class Coverage {
  readonly #simulation: Simulation
  readonly #counts = new Map<string, number>()
  #before: ReadonlyMap<string, readonly string[]> = new Map()

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  /** Notes where everything stands before a step. */
  before(kind: string): void {
    const armed = this.#simulation.machines.some((machine) => machine.armed !== undefined)
    if (quietKinds.has(kind) && !armed) {
      this.#before = new Map()
      return
    }
    const { machines } = this.#simulation
    this.#before = new Map(machines.map((machine) => [machine.siteId, statesOf(this.#simulation, machine)]))
  }

  /** Counts the step, and each life that fell in it, against the states before. */
  after(kind: string, outcome: string): void {
    for (const machine of this.#simulation.machines) {
      const states = this.#before.get(machine.siteId) ?? []
      if (outcome.includes(machine.siteId) && !quietKinds.has(kind)) this.#count(kind, states)
      if (machine.fell !== undefined && !machine.life) {
        this.#count(`fell at ${machine.fell}`, states)
        machine.fell = undefined
      }
    }
    if (kind.startsWith('the cloud') && !idle.has(outcome))
      for (const states of this.#before.values()) this.#count(kind, states)
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  #count(fault: string, states: readonly string[]): void {
    for (const state of states) {
      const cell = `${fault} × ${state}`
      this.#counts.set(cell, (this.#counts.get(cell) ?? 0) + 1)
    }
  }
}
