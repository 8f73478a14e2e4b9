import { type FailpointName, failpointNames } from '@gatehouse/edge/ledger/failpoints'
import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import type { Chance } from './chance.ts'
import { statesOf } from './coverage.ts'
import { changeCard } from './pass-steps.ts'
import { holdAt, holdInApp } from './people-steps.ts'
import type { Simulation } from './simulation.ts'
import type { Life, SiteMachine } from './site-machine.ts'
import type { StepKind } from './step.ts'
import { cardOf, memberIds } from './world-rows.ts'

/** Falls that are brought about: a failpoint that is only armed is seldom reached while something rare holds. */
export const fallSteps: readonly StepKind[] = [{ name: 'a site falls at work', weight: 10, run: fallAtWork }]

/** What holds seldom, so that a fall in it is worth more. */
const rare: ReadonlySet<string> = new Set(['handshake under way', 'member waits', 'selling stopped'])

/** Calls of one site that are moved at most until it falls. */
const movesMax = 8

async function fallAtWork(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = chance.pickAny(simulation.machines.filter(({ life }) => life !== undefined))
  const life = machine?.life
  if (!machine || !life) return 'nobody there'
  const isRare = statesOf(simulation, machine).some((state) => rare.has(state))
  if (!isRare && chance.percent(60)) return 'not now'
  const name = chance.pick(failpointNames as readonly [FailpointName, ...FailpointName[]])
  if (chance.percent(30)) await holdInApp(simulation, chance)
  if (chance.percent(15)) await stopSelling(simulation, machine, chance)
  if (machine.life !== life) return `${machine.siteId}: fell before`
  const work = { simulation, machine, life, withoutCloud: chance.percent(35) }
  machine.arm(name, 1)
  await reach(name, work, chance)
  const fell = machine.life !== life
  if (!fell) machine.disarm()
  return `${machine.siteId} ${name}${fell ? '' : ': not reached'}`
}

interface Work {
  readonly simulation: Simulation
  readonly machine: SiteMachine
  readonly life: Life
  /** Whether the cloud is killed as late as it can be. */
  readonly withoutCloud: boolean
}

/** On a full disk a site sells nothing; it learns of it by trying. */
async function stopSelling(simulation: Simulation, machine: SiteMachine, chance: Chance): Promise<void> {
  simulation.stage.disks.fill(machine)
  await holdAt(simulation, machine, chance)
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
  for (let moved = 0; moved < movesMax && machine.life === life; moved += 1) {
    const own = simulation.network.movable().filter((message) => message.life === life.owner)
    const message = own.find(({ state }) => state === 'answered') ?? own[0]
    if (!message) return
    if (withoutCloud && message.state === 'answered') await killCloud(work)
    simulation.network.move(message)
    await simulation.settle()
  }
}

async function killCloud({ simulation }: Work): Promise<void> {
  for (const process of simulation.clouds) await simulation.killCloud(process)
}
