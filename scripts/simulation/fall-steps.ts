import { type FailpointName, failpointNames } from '@gatehouse/edge/ledger/failpoints'
import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import type { Chance } from './chance.ts'
import { changeCard } from './pass-steps.ts'
import { holdAt, holdInAppAt } from './people-steps.ts'
import { aMachineOf, isRareMoment } from './protocol-states.ts'
import { stopSelling } from './rare-moments.ts'
import type { Simulation } from './simulation.ts'
import type { Life, SiteMachine } from './site-machine.ts'
import type { StepKind } from './step.ts'
import { cardOf, memberIds } from './world-rows.ts'

/** Falls that are brought about: a failpoint that is only armed is seldom reached while something rare holds. */
export const fallSteps: readonly StepKind[] = [{ name: 'a site falls at work', weight: 2, run: fallAtWork }]

/** Where to fall: oftener on the way to the cloud and back, which is not always reached. */
const places: readonly FailpointName[] = [
  ...failpointNames,
  ...failpointNames.filter((name) => /^(upload|directory)\./.test(name)),
]

/** Calls of one site that are moved at most until it falls. */
const movesMax = 8
const againMs = 5_000
const waitsMax = 2

async function fallAtWork(simulation: Simulation, chance: Chance): Promise<string> {
  const running = simulation.machines.filter(({ life }) => life !== undefined)
  const machine = aMachineOf(simulation, chance, running)
  const life = machine?.life
  if (!machine || !life) return 'nobody there'
  const isMeant = machine === simulation.focus
  if (!isMeant && !isRareMoment(simulation, machine) && chance.percent(60)) return 'not now'
  const name = chance.pickAny(places) ?? 'commit.after'
  if (chance.percent(30)) await holdInAppAt(simulation, machine, chance)
  if (!isMeant && chance.percent(15)) await stopSelling(simulation, machine, chance)
  if (machine.life !== life) return `${machine.name}: fell before`
  const work = { simulation, machine, life, withoutCloud: chance.percent(50) }
  machine.arm(name, 1)
  await reach(name, work, chance)
  const fell = machine.life !== life
  if (!fell) machine.disarm()
  return `${machine.name} ${name}${fell ? '' : ': not reached'}`
}

interface Work {
  readonly simulation: Simulation
  readonly machine: SiteMachine
  readonly life: Life
  /** Whether the cloud is killed as late as it can be. */
  readonly withoutCloud: boolean
}

/** Lets a site do what leads to the failpoint. */
async function reach(name: FailpointName, work: Work, chance: Chance): Promise<void> {
  switch (name) {
    case 'upload.before':
      if (work.withoutCloud) await killCloud(work)
      await showCards(work)
      return moveCalls(work)
    case 'upload.after':
      await showCards(work)
      return moveCalls(work)
    case 'directory.before_commit':
    case 'directory.after_commit':
      await changeCard(work.simulation, chance)
      return moveCalls(work)
    default:
      // What is decided at a kiosk or a door, and what is done about it.
      if (work.withoutCloud) await killCloud(work)
      if (chance.percent(50)) await holdAt(work.simulation, work.machine, chance)
      return showCards(work)
  }
}

async function showCards({ simulation, machine, life }: Work): Promise<void> {
  const deviceId = deviceIdSchema.parse('door-main-reader')
  for (const memberId of memberIds) {
    if (machine.life !== life) return
    machine.asSite(({ devices }) => devices.tell({ kind: 'card', deviceId, number: cardOf(memberId) }))
    await simulation.settle()
  }
}

/** Moves what this life asks and is answered; the cloud may be gone when an answer is on its way. */
async function moveCalls(work: Work): Promise<void> {
  const { simulation, machine, life, withoutCloud } = work
  let waits = 0
  for (let moved = 0; moved < movesMax && machine.life === life; moved += 1) {
    const own = simulation.network.movable().filter((message) => message.life === life.owner)
    const message = own.find(({ state }) => state === 'answered') ?? own[0]
    if (!message && waits === waitsMax) return
    if (!message) {
      // Whoever failed to reach the cloud tries again after a while.
      waits += 1
      await simulation.pass(againMs)
      continue
    }
    if (withoutCloud && message.state === 'answered') await killCloud(work)
    simulation.network.move(message)
    await simulation.settle()
  }
}

async function killCloud({ simulation }: Work): Promise<void> {
  for (const process of simulation.clouds) await simulation.killCloud(process)
}
