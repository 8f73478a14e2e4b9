import { lifeName } from './chain-memory.ts'
import type { Chance } from './chance.ts'
import { putBack } from './image-steps.ts'
import { grantLoan, recallLoan } from './loan-steps.ts'
import { openWire } from './network.ts'
import { holdAt, holdInAppAt } from './people-steps.ts'
import { type ProtocolState, statesOf } from './protocol-states.ts'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'

/** Calls of one machine that are moved at most until something holds. */
const movesMax = 10

type Maker = (simulation: Simulation, machine: SiteMachine, chance: Chance) => Promise<unknown>

/** Something that can be brought about, so many times out of a hundred. */
type Made = readonly [state: ProtocolState, percent: number, make: Maker]

/** What lasts and costs little. */
const loans: readonly Made[] = [
  ['loan past its cut-off', 70, lendBriefly],
  ['loan asked back', 70, lendAndRecall],
  ['loan open', 70, grantLoan],
  ['hold unpaid', 50, holdAt],
]

/** What takes long until it is over, and is seldom brought about for that. */
const troubles: readonly Made[] = [
  ['selling stopped', 25, stopSelling],
  ['store behind', 4, goBack],
  ['lending stopped', 3, recover],
  ['epoch behind', 2, forget],
]

/** What is over as soon as a message arrives. */
const moments: readonly Made[] = [
  ['request known', 60, askForRoom],
  ['entries under way', 60, sendEntries],
]

/** Brings about much of what holds seldom, at one machine; each is left as it is where it holds already. */
export async function bringAbout(
  simulation: Simulation,
  machine: SiteMachine,
  chance: Chance,
): Promise<void> {
  await connect(simulation, machine, chance)
  if (simulation.replaced.has(machine)) await until(simulation, machine, 'fenced')
  const make = async ([state, percent, maker]: Made) => {
    if (!chance.percent(percent) || !machine.life) return
    const holding = statesOf(simulation, machine)
    // What else is brought about would let the handshake end.
    const isLeft = holding.includes('handshake under way') && chance.percent(40)
    if (!holding.includes(state) && !isLeft) await maker(simulation, machine, chance)
  }
  for (const made of [...loans, ...troubles, ...moments]) await make(made)
}

/** Lets a machine mostly run and reach the cloud. */
async function connect(simulation: Simulation, machine: SiteMachine, chance: Chance): Promise<void> {
  if (!simulation.cloud.isRunning && chance.percent(50)) await simulation.startCloud()
  simulation.network.setWire(machine.siteId, openWire)
  if (machine.isOff && chance.percent(60)) await simulation.start(machine)
}

/** Moves what a machine asks and is answered, until something holds; says whether it does. */
async function moveUntil(
  simulation: Simulation,
  machine: SiteMachine,
  holds: () => boolean,
): Promise<boolean> {
  for (let moved = 0; moved < movesMax && !holds(); moved += 1) {
    const own = simulation.network.movable().filter(({ life }) => machine.isAlive(life))
    const message = own.find(({ state }) => state === 'answered') ?? own[0]
    if (!message) return false
    simulation.network.move(message)
    await simulation.settle()
  }
  return holds()
}

const until = (simulation: Simulation, machine: SiteMachine, state: ProtocolState) =>
  moveUntil(simulation, machine, () => statesOf(simulation, machine).includes(state))

async function lendBriefly(simulation: Simulation, machine: SiteMachine, chance: Chance): Promise<void> {
  await grantLoan(simulation, machine, chance, 1)
  await simulation.pass(5)
}

async function lendAndRecall(simulation: Simulation, machine: SiteMachine, chance: Chance): Promise<void> {
  await grantLoan(simulation, machine, chance)
  await recallLoan(simulation, machine, chance)
}

/** The cloud is an older one, and has not said so to the site. */
async function forget(simulation: Simulation): Promise<void> {
  if (simulation.copiedMs !== undefined) await simulation.restoreCloud()
}

/** Its disk goes back behind what the cloud has heard. */
async function goBack(simulation: Simulation, machine: SiteMachine, chance: Chance): Promise<void> {
  const image = machine.takeImage()
  if (!image) return
  simulation.images.set(machine, image)
  await holdAt(simulation, machine, chance)
  const isHeard = () => !statesOf(simulation, machine).includes('entries waiting')
  if (!(await moveUntil(simulation, machine, isHeard))) return
  const kernel = machine.life?.site.kernel
  if (!kernel || kernel.incarnation !== image.incarnation) return
  simulation.cloudKnows.heads.set(lifeName(machine.siteId, kernel.incarnation), kernel.head)
  await putBack(simulation, machine, image, chance)
}

/** Its disk went back, and it has begun the life after. */
async function recover(simulation: Simulation, machine: SiteMachine, chance: Chance): Promise<void> {
  await goBack(simulation, machine, chance)
  await until(simulation, machine, 'lending stopped')
}

async function askForRoom(simulation: Simulation, machine: SiteMachine, chance: Chance): Promise<void> {
  await holdInAppAt(simulation, machine, chance)
  await until(simulation, machine, 'request known')
}

/** On a full disk a site sells nothing; it learns of it by trying. */
export async function stopSelling(
  simulation: Simulation,
  machine: SiteMachine,
  chance: Chance,
): Promise<void> {
  simulation.stage.disks.fill(machine)
  await holdAt(simulation, machine, chance)
}

async function sendEntries(simulation: Simulation, machine: SiteMachine, chance: Chance): Promise<void> {
  await holdAt(simulation, machine, chance)
  await until(simulation, machine, 'entries under way')
}
