import { type FailpointName, failpointNames } from '@gatehouse/edge/ledger/failpoints'
import type { Chance } from './chance.ts'
import type { MadeFault } from './fault-names.ts'
import { type Message, openWire, type Wire } from './network.ts'
import { aMachineOf } from './protocol-states.ts'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'
import { type Fault, faultAt, faultOfCloud, type StepKind } from './step.ts'

const second = 1_000
const minute = 60 * second
/** A call that has not moved for so long is late. */
const noticedMs = 3 * second
/** How long nothing but time passes: mostly moments, sometimes long enough for holds and bookings to end. */
const pausesMs: readonly [number, ...number[]] = [
  5,
  ...[300, second, second, second, 3 * second, 3 * second, 3 * second, 11 * second, 11 * second],
  ...[30 * second, 6 * minute, 35 * minute],
]

/** How a wire breaks; a half open one says nothing in either direction. */
const brokenWires: readonly BrokenWire[] = [
  ...Array<BrokenWire>(2).fill({ fault: 'a cable is cut', asks: 'refused', answers: 'silent' }),
  { fault: 'a cable is cut one way', asks: 'silent', answers: 'open' },
  { fault: 'a cable is cut one way', asks: 'open', answers: 'silent' },
  ...Array<BrokenWire>(2).fill({ fault: 'a connection is half open', asks: 'silent', answers: 'silent' }),
]

interface BrokenWire extends Wire {
  readonly fault: MadeFault
}

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

async function timePasses(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const ms = chance.pick(pausesMs)
  const late = ms < noticedMs ? [] : ownersOf(simulation, simulation.network.movable())
  await simulation.pass(ms)
  const said = `${ms} ms`
  return late.length === 0 ? said : { fault: 'a message is late', at: late, said }
}

async function messagesMove(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const wanted = 1 + chance.below(12)
  let at: readonly SiteMachine[] = []
  let moved = 0
  for (; moved < wanted; moved += 1) {
    const movable = simulation.network.movable()
    const message = chance.pickAny(movable)
    if (!message) break
    const isOvertaken = ({ id, life, flow }: Message) =>
      life === message.life && flow !== message.flow && id < message.id
    const overtaken = at.length === 0 ? movable.filter(isOvertaken) : []
    if (overtaken.length > 0) {
      // The first of a step is the one that counts, with what holds right before it.
      at = ownersOf(simulation, overtaken)
      simulation.onMoment()
    }
    simulation.network.move(message)
    await simulation.settle()
  }
  return at.length === 0 ? `${moved}` : { fault: 'a message overtakes another', at, said: `${moved}` }
}

/** The machines that asked for something, one time each. */
function ownersOf(simulation: Simulation, messages: readonly Message[]): readonly SiteMachine[] {
  const lives = new Set(messages.map(({ life }) => life))
  return simulation.machines.filter((machine) => [...lives].some((life) => machine.isAlive(life)))
}

async function loseMessage(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const underWay = simulation.network.underWay()
  const machine = aMachineOf(simulation, chance, ownersOf(simulation, underWay))
  const message = chance.pickAny(underWay.filter(({ life }) => machine?.isAlive(life)))
  if (!machine || !message) return 'none'
  const silently = chance.percent(50)
  simulation.network.lose(message, silently)
  await simulation.settle()
  return faultAt(machine, silently ? 'a message is lost in silence' : 'a message is lost', message.flow)
}

async function repeatMessage(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  if (simulation.clouds.length === 0) return 'no cloud'
  const { focus } = simulation
  const past = simulation.network.repeat(
    (count) => chance.below(count),
    (life) => focus?.isAlive(life) ?? true,
  )
  if (!past) return 'none'
  let outcome: string | undefined
  past.answered.then(
    (what) => {
      outcome = what
    },
    () => undefined,
  )
  await simulation.settle()
  if (outcome === undefined) return 'no connection'
  const machine = simulation.machines.find(({ name }) => past.life.startsWith(`${name}#`))
  const fault = past.isLate ? 'a message arrives late' : 'a message comes again'
  return machine ? faultAt(machine, fault, outcome) : outcome
}

async function cutCable(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const machine = aMachineOf(simulation, chance, simulation.machines)
  if (!machine) return 'no site'
  const now = simulation.network.wireOf(machine.siteId)
  const others = brokenWires.filter(({ asks, answers }) => asks !== now.asks || answers !== now.answers)
  const wire = chance.pickAny(others)
  if (!wire) return 'nothing more to break'
  const { fault, asks, answers } = wire
  simulation.network.setWire(machine.siteId, { asks, answers })
  return atSite(simulation, machine, fault, `asks ${asks}, answers ${answers}`)
}

async function mendCable(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const cut = simulation.machines.filter(({ siteId }) => simulation.network.wireOf(siteId) !== openWire)
  const machine = aMachineOf(simulation, chance, cut)
  if (!machine) return 'none is cut'
  simulation.network.setWire(machine.siteId, openWire)
  return atSite(simulation, machine, 'a cable is mended', '')
}

/** What happens to the wire of a site happens to all machines there. */
function atSite(simulation: Simulation, { siteId }: SiteMachine, fault: MadeFault, said: string): Fault {
  const at = simulation.machines.filter((machine) => machine.siteId === siteId)
  return { fault, at, said: `${siteId} ${said}` }
}

async function armFailpoint(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const machine = aMachineOf(simulation, chance, running(simulation))
  if (!machine) return 'no site'
  const name = chance.pick(failpointNames as readonly [FailpointName, ...FailpointName[]])
  machine.arm(name, 1 + chance.below(3))
  return faultAt(machine, 'a failpoint is armed', name)
}

async function losePower(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const machine = aMachineOf(simulation, chance, running(simulation))
  if (!machine) return 'no site'
  machine.kill()
  await simulation.settle()
  return faultAt(machine, 'a site loses power')
}

async function startSite(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const machine = chance.pickAny(simulation.machines.filter(({ isOff }) => isOff))
  if (!machine) return 'all run'
  const rebooted = chance.percent(50)
  if (rebooted) machine.clock.boot()
  const started = await simulation.start(machine)
  const said = `${rebooted ? 'after a boot' : ''}${started ? '' : ': fell again'}`
  return faultAt(machine, 'a site starts', said)
}

async function killCloud(simulation: Simulation): Promise<string | Fault> {
  if (!simulation.cloud.isRunning) return 'it is down'
  await simulation.killCloud()
  return faultOfCloud(simulation, 'the cloud is killed', 'down')
}

async function armCloud(simulation: Simulation, chance: Chance): Promise<string> {
  if (!simulation.cloud.isRunning) return 'it is down'
  const statements = 1 + chance.below(40)
  simulation.stage.pool.killAfter(statements)
  return `after ${statements} statements`
}

async function startCloud(simulation: Simulation): Promise<string | Fault> {
  if (simulation.cloud.isRunning) return 'it runs'
  await simulation.startCloud()
  return faultOfCloud(simulation, 'the cloud starts', 'up')
}

async function copyCloud(simulation: Simulation): Promise<string> {
  await simulation.stage.copies.take('backup')
  simulation.copiedMs = simulation.stage.time.nowMs
  return 'taken'
}

async function restoreCloud(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  if (simulation.copiedMs === undefined) return 'no copy'
  if (simulation.focus === undefined && chance.percent(30)) return 'not now'
  await simulation.restoreCloud()
  return faultOfCloud(simulation, 'the cloud is restored from a copy', 'an older one runs')
}

const wrongClocks = ['a clock jumps', 'a clock drifts', 'a clock begins at 1970'] as const

async function upsetClock(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const machine = aMachineOf(simulation, chance, simulation.machines)
  if (!machine) return 'no site'
  const fault = chance.pick(wrongClocks)
  const sign = chance.percent(50) ? 1 : -1
  if (fault === 'a clock jumps') machine.clock.jump(sign * (1 + chance.below(240)) * minute)
  else if (fault === 'a clock drifts') machine.clock.drift(sign * 20_000)
  else machine.clock.lose()
  return faultAt(machine, fault, sign > 0 ? 'forward' : 'back')
}

async function setClock(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const wrong = simulation.machines.filter(({ clock }) => !clock.isRight)
  const machine = aMachineOf(simulation, chance, wrong)
  machine?.clock.set()
  return machine ? faultAt(machine, 'a clock is set') : 'all are right'
}

function running(simulation: Simulation): SiteMachine[] {
  return simulation.machines.filter(({ life }) => life !== undefined)
}
