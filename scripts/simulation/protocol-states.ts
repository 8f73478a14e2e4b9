import { statement } from '@gatehouse/edge/ledger/statements'
import { emptyHead } from '@gatehouse/shared/ledger/chain'
import { lifeName } from './chain-memory.ts'
import type { Chance } from './chance.ts'
import type { Flow } from './network.ts'
import type { Simulation } from './simulation.ts'
import type { Life, SiteMachine } from './site-machine.ts'

/** Everything that the protocols of a site can stand at; several hold at once. */
export const protocolStates = [
  ...['cloud down', 'directory followed', 'entries under way', 'entries waiting', 'handshake under way'],
  ...['hold unpaid', 'member waits', 'request known', 'selling stopped', 'site down'],
  ...['loan open', 'loan asked back', 'loan past its cut-off'],
  ...['epoch behind', 'store behind', 'lending stopped', 'fenced'],
] as const

export type ProtocolState = (typeof protocolStates)[number]

const recovery: ReadonlySet<ProtocolState> = new Set<ProtocolState>([
  ...(['epoch behind', 'store behind', 'lending stopped', 'fenced'] as const),
])

/** Whether a state belongs to a recovery of either side. */
export const isRecovery = (state: ProtocolState) => recovery.has(state)

/** What holds seldom, so that a fault in it is worth more. */
const seldom: ReadonlySet<ProtocolState> = new Set<ProtocolState>([
  ...([
    'entries under way',
    'handshake under way',
    'member waits',
    'request known',
    'selling stopped',
  ] as const),
  ...(['loan asked back', 'loan past its cut-off'] as const),
  ...recovery,
])

/** How far the protocols of a site have come. */
export function statesOf(simulation: Simulation, machine: SiteMachine): readonly ProtocolState[] {
  const { life } = machine
  const states: ProtocolState[] = []
  if (simulation.clouds.length === 0) states.push('cloud down')
  if (simulation.calls.some(({ outcome }) => outcome === undefined)) states.push('member waits')
  if (!life) return [...states, 'site down']
  const flows = new Set<Flow>()
  for (const message of simulation.network.underWay()) {
    if (message.life === life.owner) flows.add(message.flow)
  }
  if (flows.has('handshake')) states.push('handshake under way')
  if (flows.has('stream')) states.push('entries under way')
  if (flows.has('shape')) states.push('directory followed')
  // A store that is being changed for another one is closed.
  return life.site.kernel.db.open ? [...states, ...storeStates(simulation, machine, life)] : states
}

interface StoreState {
  readonly acked: number
  readonly held: number
  readonly lent: number
  readonly recalled: number
  readonly overdue: number
  readonly stopped: number
  /** Whether it holds the last entry that the cloud has. */
  readonly isHeld: number
}

const stateSql = `SELECT coalesce(max(acked_seq), 0) AS acked,
    EXISTS (SELECT 1 FROM bookings WHERE status = 'held') AS held,
    EXISTS (SELECT 1 FROM loans WHERE kind = 'lent') AS lent,
    EXISTS (SELECT 1 FROM loans WHERE kind = 'recalled') AS recalled,
    EXISTS (SELECT 1 FROM loans WHERE kind <> 'ended' AND min(terms ->> 'sellUntilMs', to_ms) <= $nowMs) AS overdue,
    EXISTS (SELECT 1 FROM lending WHERE stopped_because IS NOT NULL) AS stopped,
    EXISTS (SELECT 1 FROM entries WHERE incarnation = $life AND seq = $seq AND hash = $hash) AS isHeld
  FROM upload_position WHERE incarnation = $life`

function storeStates(simulation: Simulation, machine: SiteMachine, { owner, site }: Life): ProtocolState[] {
  const { kernel, directory } = site
  const { nowMs } = simulation.stage.time
  const { incarnation: life } = kernel
  const heard = simulation.cloudKnows.heads.get(lifeName(machine.siteId, life)) ?? emptyHead
  const store = statement<StoreState>(kernel.db, stateSql).get({ nowMs, life, ...heard })
  const states: ProtocolState[] = []
  if (!store) return states
  if (kernel.head.seq > store.acked) states.push('entries waiting')
  if (store.held) states.push('hold unpaid')
  if (store.lent) states.push('loan open')
  if (store.recalled) states.push('loan asked back')
  if (store.overdue) states.push('loan past its cut-off')
  if (store.stopped) states.push('lending stopped')
  if (directory.all('request').size > 0) states.push('request known')
  if (!kernel.sells) states.push('selling stopped')
  if (simulation.replaced.get(machine) === owner) states.push('fenced')
  const { epoch } = directory.position()
  if (epoch > 0 && epoch < simulation.cloudKnows.epoch) states.push('epoch behind')
  if (heard.seq > 0 && !store.isHeld) states.push('store behind')
  return states
}

/** Whether something holds of a machine that holds seldom. */
export function isRareMoment(simulation: Simulation, machine: SiteMachine): boolean {
  return rarity(simulation, machine) > 0
}

function rarity(simulation: Simulation, machine: SiteMachine): number {
  return statesOf(simulation, machine).filter((state) => seldom.has(state)).length
}

/** One of some machines: the one that the moment was brought about for, otherwise the likelier the more holds of it that holds seldom. */
export function aMachineOf(
  simulation: Simulation,
  chance: Chance,
  machines: readonly SiteMachine[],
): SiteMachine | undefined {
  const { focus } = simulation
  if (focus !== undefined && machines.includes(focus)) return focus
  if (machines.length < 2) return machines[0]
  const weights = machines.map((machine) => 1 + 3 * rarity(simulation, machine))
  let left = chance.below(weights.reduce((sum, weight) => sum + weight, 0))
  return machines.find((_machine, index) => {
    left -= weights[index] ?? 0
    return left < 0
  })
}
