import { readEntries } from '@gatehouse/edge/ledger/entry-store'
import { readPending } from '@gatehouse/edge/parking/session-store'
import { deviceIdSchema, laneIdSchema } from '@gatehouse/shared/ids/ids'
import type { Chance } from './chance.ts'
import { aMachineOf } from './protocol-states.ts'
import type { Simulation } from './simulation.ts'
import type { Life, SiteMachine } from './site-machine.ts'
import { type Fault, faultAt, type StepKind } from './step.ts'
import { cardOf, memberIds } from './world-rows.ts'

const sameRefusalMs = 15_000
/** Entries that are looked through at most for what an exit said a moment ago. */
const lookedBackMax = 200

/** Disks that fill up and have room again. */
export const diskSteps: readonly StepKind[] = [
  { name: 'a disk fills up', weight: 2, run: fillDisk },
  { name: 'somebody comes to a full disk', weight: 3, run: comeToFullDisk },
  { name: 'a disk has room again', weight: 2, run: freeDisk },
]

async function fillDisk(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const { disks } = simulation.stage
  const withRoom = simulation.machines.filter((one) => one.life && !disks.isFull(one))
  const machine = aMachineOf(simulation, chance, withRoom)
  if (!machine) return 'none has room'
  disks.fill(machine)
  return faultAt(machine, 'a disk fills up')
}

async function freeDisk(simulation: Simulation, chance: Chance): Promise<string | Fault> {
  const machine = aMachineOf(simulation, chance, fullOnes(simulation))
  if (!machine) return 'none is full'
  simulation.stage.disks.free(machine)
  return faultAt(machine, 'a disk has room again')
}

/** Whoever holds a card to a door, or waits at the exit, is decided upon and recorded, whatever else no longer fits. */
async function comeToFullDisk(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = chance.pickAny(fullOnes(simulation))
  const life = machine?.life
  if (!machine || !life) return 'none is full'
  const before = life.site.kernel.head.seq
  // While somebody who was let out has not driven off, nobody else is next.
  const atDoor = chance.percent(50) || isLetOut(life)
  const repeats = !atDoor && hasJustRefused(machine, life)
  if (atDoor) showCard(machine, chance)
  else await waitAtExit(simulation, machine, chance)
  await simulation.settle()
  // A failpoint may have ended the life on the way.
  if (machine.life !== life) return `${machine.name} fell`
  const { head, storage } = life.site.kernel
  if (head.seq === before && !repeats && life.site.directory.site()) {
    simulation.violations.push(
      `${machine.name} decided about nobody at its ${atDoor ? 'door' : 'exit'}: ${storage}`,
    )
  }
  return `${machine.name} ${atDoor ? 'door' : 'exit'}: ${storage}`
}

/**
 * Whether the chain says that the exit refused somebody a moment ago. Who waits there is read again and again, and the same
 * refusal is recorded once in this time (`repeated-refusal.ts`).
 */
function hasJustRefused({ clock }: SiteMachine, { site }: Life): boolean {
  const { db, incarnation, head } = site.kernel
  const afterSeq = Math.max(0, head.seq - lookedBackMax)
  return readEntries(db, { incarnation, afterSeq, limit: lookedBackMax }).some(({ text }) => {
    const { type, body, at } = JSON.parse(text)
    const agoMs = clock.now().wallMs - at.wallMs
    return type === 'lane.refused' && body.laneId === 'exit' && agoMs >= 0 && agoMs < sameRefusalMs
  })
}

function showCard(machine: SiteMachine, chance: Chance): void {
  const deviceId = deviceIdSchema.parse('door-main-reader')
  const number = cardOf(chance.pick(memberIds))
  machine.asSite(({ devices }) => devices.tell({ kind: 'card', deviceId, number }))
}

async function waitAtExit(simulation: Simulation, machine: SiteMachine, chance: Chance): Promise<void> {
  const at = (part: string) => deviceIdSchema.parse(`exit-${part}`)
  const loop = (covered: boolean, which: 'approach' | 'safety' = 'approach') =>
    machine.asSite(({ devices }) =>
      devices.tell({ kind: 'loop', deviceId: at('barrier'), loop: which, covered }),
    )
  const capturedMs = simulation.stage.time.nowMs
  const read = {
    plate: `HH${chance.below(6)}`,
    score: 0.9,
    candidates: [],
    capturedMs,
    arrivalKey: chance.key(),
  }
  loop(true)
  await simulation.settle()
  machine.asSite(({ devices }) => devices.tell({ kind: 'plate', deviceId: at('camera'), ...read }))
  await simulation.settle()
  const drives = machine.life !== undefined && isLetOut(machine.life)
  if (drives) loop(true, 'safety')
  loop(false)
  if (drives) loop(false, 'safety')
}

/** Whether the exit has let somebody out whom no loop has seen pass. */
function isLetOut({ site }: Life): boolean {
  return readPending(site.kernel.db, laneIdSchema.parse('exit')).length > 0
}

function fullOnes(simulation: Simulation): readonly SiteMachine[] {
  return simulation.machines.filter((one) => one.life && simulation.stage.disks.isFull(one))
}
