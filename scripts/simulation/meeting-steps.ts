import { adoptionSteps } from './adoption-steps.ts'
import type { Chance } from './chance.ts'
import { diskSteps } from './disk-steps.ts'
import { fallSteps } from './fall-steps.ts'
import { faultSteps } from './fault-steps.ts'
import { imageSteps } from './image-steps.ts'
import { openWire } from './network.ts'
import { holdInAppAt } from './people-steps.ts'
import { aMachineOf } from './protocol-states.ts'
import { bringAbout } from './rare-moments.ts'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'
import type { Fault, StepKind } from './step.ts'

/** A fault that meets on purpose what holds seldom; for plans that dwell. */
export const meeting = 'a fault meets a rare moment'
export const meetingSteps: readonly StepKind[] = [{ name: meeting, weight: 0, run: meet }]

const kinds = new Map(
  [...faultSteps, ...imageSteps, ...adoptionSteps, ...diskSteps, ...fallSteps].map((kind) => [
    kind.name,
    kind,
  ]),
)

/** Which steps bring a fault to the moment: as often as there are faults that each may be. */
const chosen: readonly string[] = [
  ...Array<string>(18).fill('a site falls at work'),
  ...Array<string>(4).fill('a cable is cut'),
  ...Array<string>(4).fill('a clock goes wrong'),
  ...Array<string>(4).fill('a message comes again'),
  ...Array<string>(2).fill('a message is lost'),
  ...Array<string>(2).fill('a dead machine is replaced'),
  ...Array<string>(2).fill('a machine is replaced and goes on'),
  ...Array<string>(2).fill('a disk has room again'),
  ...Array<string>(2).fill('a disk fills up'),
  ...['a cable is mended', 'an older disk is put back', 'a site loses power'],
  ...['the cloud is killed', 'the cloud will fall', 'the cloud starts', 'the cloud is restored from a copy'],
]

/** Brings about what holds seldom at a machine, then a fault. */
async function meet(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const replaced = [...simulation.replaced.keys()]
  const isOld = replaced.length > 0 && chance.percent(25)
  const machine = aMachineOf(simulation, chance, isOld ? replaced : simulation.machines)
  const kind = kinds.get(chance.pickAny(chosen) ?? '')
  if (!machine || !kind) return 'no site'
  await bringAbout(simulation, machine, chance)
  await prepare(kind.name, simulation, machine, chance)
  simulation.focus = machine
  simulation.onMoment()
  const happened = await kind.run(simulation, chance)
  simulation.focus = undefined
  return typeof happened === 'string' ? `${kind.name}: ${happened}` : happened
}

/** Makes that a fault can happen at all. */
async function prepare(
  name: string,
  simulation: Simulation,
  machine: SiteMachine,
  chance: Chance,
): Promise<void> {
  const { network, stage, cloud, beside } = simulation
  const { disks, copies } = stage
  if (name === 'a cable is mended' && network.wireOf(machine.siteId) === openWire) {
    network.setWire(machine.siteId, { asks: 'open', answers: 'silent' })
  }
  const asked = network.movable().find(({ state, life, flow }) => {
    return state === 'asked' && flow !== 'shape' && machine.isAlive(life)
  })
  if (name === 'a message comes again' && asked && chance.percent(50)) network.lose(asked, true)
  if (name === 'a disk has room again' && machine.life) disks.fill(machine)
  // Where selling stopped, the site has not seen yet that there was room in between.
  if (name === 'a disk fills up') disks.free(machine)
  if (name === 'the cloud is restored from a copy' && simulation.copiedMs === undefined) {
    await copies.take('backup')
    simulation.copiedMs = stage.time.nowMs
  }
  if (name !== 'the cloud starts' || !cloud.isRunning) return
  // The second process may be what somebody waits for.
  if (!beside.isRunning && chance.percent(50)) await simulation.startCloud(beside)
  await simulation.killCloud(cloud)
  if (beside.isRunning) await holdInAppAt(simulation, machine, chance)
}
