import { type FailpointName, failpointNames } from '@gatehouse/edge/ledger/failpoints'
import type { Chance } from './chance.ts'
import { openWire, type Wire } from './network.ts'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'
import type { StepKind } from './step.ts'

const second = 1_000
const minute = 60 * second
/** How long nothing but time passes: mostly moments, sometimes long enough for holds and bookings to end. */
const pausesMs = [
  ...[5, 300, second, second, second, 3 * second, 3 * second, 3 * second, 11 * second, 11 * second],
  ...[30 * second, 6 * minute, 35 * minute],
]

const brokenWires: readonly [Wire, ...Wire[]] = [
  { asks: 'refused', answers: 'silent' },
  { asks: 'silent', answers: 'open' },
  { asks: 'open', answers: 'silent' },
  { asks: 'silent', answers: 'silent' },
]

/** What goes wrong, and what simply goes on. */
export const faultSteps: readonly StepKind[] = [
  { name: 'time passes', weight: 24, run: timePasses },
  { name: 'messages move', weight: 40, run: messagesMove },
  { name: 'a message is lost', weight: 3, run: loseMessage },
  { name: 'a message comes again', weight: 3, run: repeatMessage },
  { name: 'a cable is cut', weight: 3, run: cutCable },
  { name: 'a cable is mended', weight: 7, run: mendCable },
  { name: 'a failpoint is armed', weight: 4, run: armFailpoint },
  { name: 'a site loses power', weight: 2, run: losePower },
  { name: 'a site starts', weight: 16, run: startSite },
  { name: 'the cloud is killed', weight: 1, run: killCloud },
  { name: 'the cloud will fall', weight: 1, run: armCloud },
  { name: 'the cloud starts', weight: 14, run: startCloud },
  { name: 'a copy of the cloud is taken', weight: 1, run: copyCloud },
  { name: 'the cloud is restored from a copy', weight: 1, run: restoreCloud },
  { name: 'a clock goes wrong', weight: 2, run: upsetClock },
  { name: 'a clock is set', weight: 4, run: setClock },
]

async function timePasses(simulation: Simulation, chance: Chance): Promise<string> {
  const ms = chance.pickAny(pausesMs) ?? second
  await simulation.pass(ms)
  return `${ms} ms`
}

async function messagesMove(simulation: Simulation, chance: Chance): Promise<string> {
  const wanted = 1 + chance.below(12)
  let moved = 0
  for (; moved < wanted; moved += 1) {
    const message = chance.pickAny(simulation.network.movable())
    if (!message) break
    simulation.network.move(message)
    await simulation.settle()
  }
  return `${moved}`
}

async function loseMessage(simulation: Simulation, chance: Chance): Promise<string> {
  const message = chance.pickAny(simulation.network.underWay())
  if (!message) return 'none'
  simulation.network.lose(message, chance.percent(50))
  await simulation.settle()
  return `${message.site} ${message.flow}`
}

async function repeatMessage(simulation: Simulation, chance: Chance): Promise<string> {
  let outcome: string | undefined = 'no connection'
  const repeat = simulation.network
    .repeat((count) => chance.below(count))
    .then(
      (what) => {
        outcome = what ?? 'none'
      },
      () => undefined,
    )
  await simulation.settle()
  void repeat
  return outcome
}

async function cutCable(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = chance.pickAny(simulation.machines)
  if (!machine) return 'no site'
  const wire = chance.pick(brokenWires)
  simulation.network.setWire(machine.siteId, wire)
  return `${machine.siteId} asks ${wire.asks}, answers ${wire.answers}`
}

async function mendCable(simulation: Simulation, chance: Chance): Promise<string> {
  const cut = simulation.machines.filter(({ siteId }) => simulation.network.wireOf(siteId) !== openWire)
  const machine = chance.pickAny(cut)
  if (!machine) return 'none is cut'
  simulation.network.setWire(machine.siteId, openWire)
  return machine.siteId
}

async function armFailpoint(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = chance.pickAny(running(simulation))
  const name = chance.pick(failpointNames as readonly [FailpointName, ...FailpointName[]])
  machine?.arm(name, 1 + chance.below(3))
  return `${machine?.siteId ?? 'no site'} ${name}`
}

async function losePower(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = chance.pickAny(running(simulation))
  machine?.kill()
  await simulation.settle()
  return machine?.siteId ?? 'no site'
}

async function startSite(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = chance.pickAny(simulation.machines.filter(({ isOff }) => isOff))
  if (!machine) return 'all run'
  const rebooted = chance.percent(50)
  if (rebooted) machine.clock.boot()
  const started = await simulation.start(machine)
  return `${machine.siteId}${rebooted ? ' after a boot' : ''}${started ? '' : ': fell again'}`
}

async function killCloud(simulation: Simulation): Promise<string> {
  if (!simulation.cloud.isRunning) return 'it is down'
  await simulation.killCloud()
  return 'down'
}

async function armCloud(simulation: Simulation, chance: Chance): Promise<string> {
  const statements = 1 + chance.below(40)
  simulation.stage.pool.killAfter(statements)
  return `after ${statements} statements`
}

async function startCloud(simulation: Simulation): Promise<string> {
  if (simulation.cloud.isRunning) return 'it runs'
  await simulation.startCloud()
  return 'up'
}

async function copyCloud(simulation: Simulation): Promise<string> {
  await simulation.stage.copies.take('backup')
  simulation.copiedMs = simulation.stage.time.nowMs
  return 'taken'
}

async function restoreCloud(simulation: Simulation, chance: Chance): Promise<string> {
  if (simulation.copiedMs === undefined || chance.percent(30)) return 'not now'
  await simulation.restoreCloud()
  return 'an older one runs'
}

async function upsetClock(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = chance.pickAny(simulation.machines)
  if (!machine) return 'no site'
  const what = chance.pick(['forward', 'back', 'fast', 'slow', '1970'])
  if (what === 'forward') machine.clock.jump((1 + chance.below(240)) * minute)
  if (what === 'back') machine.clock.jump(-(1 + chance.below(240)) * minute)
  if (what === 'fast') machine.clock.drift(20_000)
  if (what === 'slow') machine.clock.drift(-20_000)
  if (what === '1970') machine.clock.lose()
  return `${machine.siteId} ${what}`
}

async function setClock(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = chance.pickAny(simulation.machines)
  machine?.clock.set()
  return machine?.siteId ?? 'no site'
}

function running(simulation: Simulation): SiteMachine[] {
  return simulation.machines.filter(({ life }) => life !== undefined)
}
