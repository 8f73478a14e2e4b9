import type { Chance } from './chance.ts'
import type { MadeFault } from './fault-names.ts'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'

/** A fault as it happened. */
export interface Fault {
  readonly fault: MadeFault
  /** The machines that it happened to. */
  readonly at: readonly SiteMachine[]
  /** What came of it, in a few words. */
  readonly said: string
}

/** One kind of thing that can happen. `run` says in a few words what came of it. */
export interface StepKind {
  readonly name: string
  /** How often it happens, beside the others. */
  readonly weight: number
  run(simulation: Simulation, chance: Chance): Promise<string | Fault>
}

/** A fault that happened to one machine. */
export function faultAt(machine: SiteMachine, fault: MadeFault, said = ''): Fault {
  return { fault, at: [machine], said: `${machine.name}${said === '' ? '' : ` ${said}`}` }
}

/** A fault of the cloud, which happens to all machines. */
export function faultOfCloud(simulation: Simulation, fault: MadeFault, said: string): Fault {
  return { fault, at: simulation.machines, said }
}
