import type { FailpointName } from '@gatehouse/edge/ledger/failpoints'
import { statement } from '@gatehouse/edge/ledger/statements'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'

/** How far the protocols of a site have come, in words; several hold at once. */
export function statesOf(simulation: Simulation, machine: SiteMachine): readonly string[] {
  const { life } = machine
  const own = simulation.network.underWay().filter((message) => message.life === life?.owner)
  const flows = new Set(own.map(({ flow }) => flow))
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

/** What holds seldom, so that a rare fault in it is worth more. */
const seldom: ReadonlySet<string> = new Set([
  ...['entries under way', 'handshake under way', 'hold unpaid', 'member waits', 'request known'],
  'selling stopped',
])

/** Whether something holds of a machine that holds seldom. */
export function isRareMoment(simulation: Simulation, machine: SiteMachine): boolean {
  return statesOf(simulation, machine).some((state) => seldom.has(state))
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

/** Where a machine stood before a step. */
interface Standing {
  readonly machine: SiteMachine
  /** Whether it was its site's, and not one that another took over from. */
  readonly isPresent: boolean
  readonly states: readonly string[]
}

/** Counts which fault met which state of the protocols. */
export class Coverage {
  readonly #simulation: Simulation
  readonly #counts = new Map<string, number>()
  #before: readonly Standing[] = []

  constructor(simulation: Simulation) {
    this.#simulation = simulation
    simulation.onFall = (machine, at) => this.#fell(machine, at)
  }

  /** Notes where everything stands before a step. */
  before(kind: string): void {
    const { machines, sites } = this.#simulation
    const armed = machines.some((machine) => machine.armed !== undefined)
    this.#before =
      quietKinds.has(kind) && !armed
        ? []
        : machines.map((machine) => ({
            machine,
            isPresent: sites.get(machine.siteId)?.machine === machine,
            states: statesOf(this.#simulation, machine),
          }))
  }

  /** Counts the step against the states before. */
  after(kind: string, outcome: string): void {
    if (quietKinds.has(kind)) return
    const ofCloud = kind.startsWith('the cloud') && !idle.has(outcome)
    for (const { machine, isPresent, states } of this.#before) {
      if (isPresent && (ofCloud || outcome.includes(machine.siteId))) this.#count(kind, states)
    }
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  /** A fall has met what held when its step began, and what came to hold since. */
  #fell(machine: SiteMachine, at: FailpointName): void {
    const before = this.#before.find((standing) => standing.machine === machine)?.states ?? []
    this.#count(`fell at ${at}`, new Set([...before, ...statesOf(this.#simulation, machine)]))
  }

  #count(fault: string, states: Iterable<string>): void {
    for (const state of states) {
      const cell = `${fault} × ${state}`
      this.#counts.set(cell, (this.#counts.get(cell) ?? 0) + 1)
    }
  }
}
