import { cloudFall, type FaultName, fallAt } from './fault-names.ts'
import { type ProtocolState, statesOf } from './protocol-states.ts'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'
import type { Fault } from './step.ts'

type Standing = ReadonlyMap<SiteMachine, readonly ProtocolState[]>

/** Counts which fault met which state of the protocols. */
export class Coverage {
  readonly #simulation: Simulation
  readonly #counts = new Map<string, number>()
  #before: Standing = new Map()
  /** Where everything stood before the delivery of whose consequences nothing has settled yet. */
  #delivery: Standing = new Map()

  constructor(simulation: Simulation) {
    this.#simulation = simulation
    simulation.onFall = (machine, at) => this.#fell(fallAt(at), machine)
    simulation.onMoment = () => this.before(this.#before.size > 0)
    simulation.network.onMoving = () => this.#delivers()
    simulation.onSettled = () => {
      this.#delivery = new Map()
    }
    simulation.onCloudFall = () => {
      for (const machine of simulation.machines) this.#fell(cloudFall, machine)
    }
  }

  /** Notes where everything stands before a step that may be a fault. */
  before(isFault: boolean): void {
    this.#before = isFault ? this.#everywhere() : new Map()
  }

  /** Counts a fault against the states before it. */
  after({ fault, at }: Fault): void {
    for (const machine of at) this.#count(fault, this.#before.get(machine) ?? [])
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  /** A fall has met what holds, and what held before the delivery that led to it. */
  #fell(fault: FaultName, machine: SiteMachine): void {
    const before = this.#delivery.get(machine) ?? []
    this.#count(fault, new Set([...before, ...this.#standing(machine)]))
  }

  /** Where nobody can fall there is nothing to note. */
  #delivers(): void {
    const { machines, stage } = this.#simulation
    const canFall = stage.pool.isArmed || machines.some(({ armed }) => armed !== undefined)
    if (canFall) this.#delivery = this.#everywhere()
  }

  #everywhere(): Standing {
    return new Map(this.#simulation.machines.map((machine) => [machine, this.#standing(machine)]))
  }

  #standing(machine: SiteMachine): readonly ProtocolState[] {
    const states = statesOf(this.#simulation, machine)
    const isPresent = this.#simulation.sites.get(machine.siteId)?.machine === machine
    // Whether a machine runs that another took over from is nothing to its site.
    return isPresent ? states : states.filter((state) => state !== 'site down')
  }

  #count(fault: FaultName, states: Iterable<ProtocolState>): void {
    for (const state of states) {
      const cell = `${fault} × ${state}`
      this.#counts.set(cell, (this.#counts.get(cell) ?? 0) + 1)
    }
  }
}
