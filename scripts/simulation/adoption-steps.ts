import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { createEnrolmentCode, type OldBox } from '@gatehouse/cloud/sites/enrolment'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import type { Chance } from './chance.ts'
import type { MadeFault } from './fault-names.ts'
import { aMachineOf, isRareMoment } from './protocol-states.ts'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'
import { type Fault, faultAt, type StepKind } from './step.ts'

/** A box that takes over a site gives up when this has passed without an end. */
const adoptionMaxMs = 120_000
const waitMs = 5_000

/** A box takes over a site with the cloud's copy of its history. */
export const adoptionSteps: readonly StepKind[] = [
  { name: 'a machine is replaced and goes on', weight: 1, run: replaceWorking },
  { name: 'a dead machine is replaced', weight: 1, run: replaceDead },
]

/** Whoever made the code was wrong: the old box is on, and goes on. */
async function replaceWorking(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const machine = aPresentOne(simulation, chance)
  if (!machine) return 'no site'
  if (isPutOff(simulation, machine, chance)) return 'not now'
  return replace(
    simulation,
    machine,
    { fault: 'a machine is replaced and goes on', oldBox: 'switched_off' },
    chance,
  )
}

/** The old box is off; it may come back all the same, as anything does that was never destroyed. */
async function replaceDead(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const machine = aPresentOne(simulation, chance)
  if (!machine) return 'no site'
  if (isPutOff(simulation, machine, chance)) return 'not now'
  if (!simulation.cloud.isRunning) return 'no cloud'
  machine.kill()
  await simulation.settle()
  const oldBox = chance.percent(50) ? 'broken' : 'gone'
  return replace(simulation, machine, { fault: 'a dead machine is replaced', oldBox }, chance)
}

/** Boxes are replaced seldom, and rather when it hurts. */
function isPutOff(simulation: Simulation, machine: SiteMachine, chance: Chance): boolean {
  if (machine === simulation.focus) return false
  return chance.percent(isRareMoment(simulation, machine) ? 25 : 70)
}

function aPresentOne(simulation: Simulation, chance: Chance): SiteMachine | undefined {
  const present = [...simulation.sites.values()].map(({ machine }) => machine)
  return aMachineOf(simulation, chance, present)
}

async function replace(
  simulation: Simulation,
  machine: SiteMachine,
  { fault, oldBox }: { readonly fault: MadeFault; readonly oldBox: OldBox },
  chance: Chance,
): Promise<string | Fault> {
  if (!simulation.cloud.isRunning) return 'no cloud'
  const fails = chance.percent(25)
  const adopted = await adoptSite(simulation, machine, oldBox, fails ? 1 + chance.below(4) : undefined)
  return faultAt(machine, fault, adopted)
}

/**
 * Lets a new box take over the site of `machine`, over the same wire; what it asks moves, nothing else does. With `losesAt`
 * one of its messages is lost, and the box tries again with the same code. Says in a few words what came of it.
 */
export async function adoptSite(
  simulation: Simulation,
  machine: SiteMachine,
  oldBox: OldBox,
  losesAt?: number,
): Promise<string> {
  const { siteId } = machine
  const { nowMs } = simulation.stage.time
  const by = commandOrigin('simulation', nowMs)
  const asked = { siteId: siteIdSchema.parse(siteId), by, oldBox }
  simulation.stage.time.owner = 'cloud'
  const random = new SeededRandom(nowMs + simulation.boxes)
  // The cloud may fall between two statements of this; then there is no code that anybody saw.
  let code: string | undefined
  const make = async () => {
    code = (await createEnrolmentCode(simulation.stage.pool.outside(), random, asked)).code
  }
  void make()
  await simulation.settle()
  if (code === undefined) return 'the cloud fell before it gave a code'
  const box = simulation.newBox(siteId)
  let exit = await attempt(simulation, box, code, losesAt)
  if (exit !== 0 && losesAt !== undefined) exit = await attempt(simulation, box, code, undefined)
  if (exit !== 0) {
    const life = await simulation.lifeOf(siteId)
    // The next life was admitted all the same, and nobody lives it.
    if (life?.incarnation !== machine.incarnation) simulation.replaced.set(machine, undefined)
    return 'the new box did not get through'
  }
  simulation.succeed(machine, box)
  await simulation.start(box)
  return `life ${box.incarnation}`
}

async function attempt(
  simulation: Simulation,
  box: SiteMachine,
  code: string,
  losesAt: number | undefined,
): Promise<number | undefined> {
  const { network } = simulation
  const { time } = simulation.stage
  const attempted = box.adopt(code)
  let moved = 0
  for (const endMs = time.nowMs + adoptionMaxMs; attempted.exit === undefined && time.nowMs < endMs; ) {
    await simulation.settle()
    const message = network.movable().find(({ life }) => life === attempted.owner)
    if (!message) {
      if (attempted.exit === undefined) await simulation.pass(waitMs)
      continue
    }
    moved += 1
    if (moved === losesAt) network.lose(message, false)
    else network.move(message)
    await simulation.settle()
  }
  box.endAdoption()
  return attempted.exit
}
