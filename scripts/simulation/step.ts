import type { Chance } from './chance.ts'
import type { Simulation } from './simulation.ts'

/** One kind of thing that can happen. `run` says in a few words what came of it. */
export interface StepKind {
  readonly name: string
  /** How often it happens, beside the others. */
  readonly weight: number
  run(simulation: Simulation, chance: Chance): Promise<string>
}
