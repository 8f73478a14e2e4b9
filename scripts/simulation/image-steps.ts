import type { Chance } from './chance.ts'
import type { DiskImage } from './machine-disk.ts'
import { aMachineOf } from './protocol-states.ts'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'
import { type Fault, faultAt, type StepKind } from './step.ts'

/** What happens to the disks of machines. */
export const imageSteps: readonly StepKind[] = [
  { name: 'a copy of a disk is taken', weight: 2, run: takeImage },
  { name: 'an older disk is put back', weight: 2, run: putImageBack },
]

async function takeImage(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = chance.pickAny(simulation.machines.filter(({ life }) => life !== undefined))
  const image = machine?.takeImage()
  if (!machine || !image) return 'nobody there'
  simulation.images.set(machine, image)
  return `${machine.siteId} at ${image.head.seq} of life ${image.incarnation}`
}

async function putImageBack(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const copied = simulation.machines.filter((one) => simulation.images.has(one))
  const machine = aMachineOf(simulation, chance, copied)
  const image = machine && simulation.images.get(machine)
  if (!machine || !image) return 'no copy'
  const { forgets, started } = await putBack(simulation, machine, image, chance)
  const how = `${forgets ? ', its witness with it' : ''}${started ? '' : ': fell again'}`
  const said = `to ${image.head.seq} of life ${image.incarnation}${how}`
  return faultAt(machine, 'an older disk is put back', said)
}

/** Puts an older copy of its disk back into a machine, with its witness or without, and starts it. */
export async function putBack(
  simulation: Simulation,
  machine: SiteMachine,
  image: DiskImage,
  chance: Chance,
): Promise<{ readonly forgets: boolean; readonly started: boolean }> {
  const { siteId } = machine
  if (!machine.isOff) machine.kill()
  await simulation.settle()
  machine.bury()
  // A witness that lies on the same disk goes back with it, and proves nothing.
  const forgets = chance.percent(30)
  if (forgets) machine.witness = image.witness
  if (forgets) simulation.unwitnessed.add(siteId)
  // A disk of an earlier life makes the machine a clone of its own past, unless a restored cloud knows of no later one.
  const life = await simulation.lifeOf(siteId)
  if (image.incarnation < (life?.incarnation ?? 0)) simulation.replaced.set(machine, undefined)
  else simulation.replaced.delete(machine)
  machine.putImage(image)
  simulation.onPutBack(machine, image)
  simulation.forPerson.add(siteId)
  const boots = chance.percent(50)
  if (boots) machine.clock.boot()
  return { forgets, started: await simulation.start(machine) }
}
