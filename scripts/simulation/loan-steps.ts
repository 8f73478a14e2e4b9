import { loanIdSchema, newId } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import type { Chance } from './chance.ts'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'
import type { StepKind } from './step.ts'
import { roomIds } from './world-rows.ts'

const minute = 60_000
const half = 30 * minute

/** What a site does about what it lends to the cloud. */
export const loanSteps: readonly StepKind[] = [
  { name: 'a site lends', weight: 9, run: lend },
  { name: 'a site asks a loan back', weight: 4, run: askBack },
]

async function lend(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = aRunningSite(simulation, chance)
  return machine?.life ? grantLoan(simulation, machine, chance) : 'nobody there'
}

/** Lends a space to the cloud; `sellForMs`: how long it may be sold, drawn when absent. */
export async function grantLoan(
  simulation: Simulation,
  machine: SiteMachine,
  chance: Chance,
  sellForMs?: number,
): Promise<string> {
  const { nowMs } = simulation.stage.time
  const fromMs = Math.floor(nowMs / half) * half + chance.below(10) * half
  const toMs = fromMs + (2 + chance.below(8)) * half
  const leftMs = Math.max(1, toMs - nowMs)
  const drawnMs = chance.percent(30) ? Math.min(leftMs, 10 * minute) : 1 + chance.below(leftMs)
  const terms = {
    loanId: newId(loanIdSchema, 'ln', new SeededRandom(chance.below(0x7fff_ffff))),
    spaceId: chance.pick(roomIds),
    ...{ fromMs, toMs },
    sellUntilMs: nowMs + (sellForMs ?? drawnMs),
    epoch: machine.life?.site.directory.position().epoch,
  }
  return submitted(simulation, machine, 'grantLoan', terms, chance)
}

async function askBack(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = aRunningSite(simulation, chance)
  return machine?.life ? recallLoan(simulation, machine, chance) : 'nobody there'
}

/** Asks back something that is lent. */
export async function recallLoan(
  simulation: Simulation,
  machine: SiteMachine,
  chance: Chance,
): Promise<string> {
  const lent = machine.life?.site.kernel.db
    .prepare<[], { loan_id: string }>("SELECT loan_id FROM loans WHERE kind = 'lent' ORDER BY loan_id")
    .all()
  const loan = chance.pickAny(lent ?? [])
  if (!loan) return `${machine.siteId} nothing lent`
  const reason = chance.pick(['kiosk', 'policy', 'person'])
  return submitted(simulation, machine, 'recallLoans', { loanIds: [loan.loan_id], reason }, chance)
}

function aRunningSite(simulation: Simulation, chance: Chance): SiteMachine | undefined {
  return chance.pickAny(simulation.machines.filter(({ life }) => life !== undefined))
}

async function submitted(
  simulation: Simulation,
  machine: SiteMachine,
  kind: string,
  input: unknown,
  chance: Chance,
): Promise<string> {
  let outcome = 'no answer'
  machine.asSite(({ site }) => {
    site.kernel.submit({ kind, caller: 'lending', key: chance.key(), input }).then((answer) => {
      outcome = answer.ok ? 'done' : answer.refusal.code
    })
  })
  await simulation.settle()
  return `${machine.siteId}: ${outcome}`
}
