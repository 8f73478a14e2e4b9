import { failpointNames } from '@gatehouse/edge/ledger/failpoints'

/** Times that each fault has to meet each state of the protocols over the seeds of one campaign. */
export const meetingsMin = 50
/** Seeds that a campaign needs before it is held to that. */
export const aimedSeedsMin = 500

const states = [
  ...['cloud down', 'directory followed', 'entries under way', 'entries waiting', 'handshake under way'],
  ...['hold unpaid', 'member waits', 'request known', 'selling stopped', 'site down'],
] as const

const faults = [
  ...['a cable is cut', 'a cable is mended', 'a clock goes wrong', 'a clock is set', 'a disk fills up'],
  ...['a disk has room again', 'a failpoint is armed', 'a message is lost', 'a dead machine is replaced'],
  ...[
    'a machine is replaced and goes on',
    'a site loses power',
    'a site starts',
    'an older disk is put back',
  ],
  ...['the cloud is killed', 'the cloud will fall', 'the cloud starts', 'the cloud is restored from a copy'],
  ...failpointNames.map((name) => `fell at ${name}`),
]

interface Impossible {
  readonly fault: RegExp
  readonly state: RegExp
  readonly because: string
}

/** Meetings that mean nothing. */
const impossible: readonly Impossible[] = [
  {
    fault: /^a site starts$/,
    state: /^(?!site down$|cloud down$|member waits$)/,
    because: 'a site that is down has no calls under way, and nobody reads its store',
  },
  {
    fault: /^(a site loses power|a failpoint is armed|a message is lost|a disk fills up|fell at .*)$/,
    state: /^site down$/,
    because: 'only a site that runs can fall, be about to, send, or write',
  },
  {
    fault: /^a disk has room again$/,
    state: /^site down$/,
    because: 'room is made on a disk that is in use',
  },
  { fault: /^a (dead )?machine is replaced/, state: /^cloud down$/, because: 'the cloud enrols the box' },
  { fault: /^the cloud is killed$/, state: /^cloud down$/, because: 'what is down is not killed' },
]

/** Whether a fault can meet a state at all. */
function canMeet(fault: string, state: string): boolean {
  return !impossible.some((one) => one.fault.test(fault) && one.state.test(state))
}

/** Meetings that can happen and were seen less than 50 times, as `fault × state: count`, the rarest first. */
export function rareMeetings(coverage: ReadonlyMap<string, number>): readonly string[] {
  return faults
    .flatMap((fault) => states.map((state) => ({ fault, state, cell: `${fault} × ${state}` })))
    .filter(({ fault, state }) => canMeet(fault, state))
    .map(({ cell }) => ({ cell, count: coverage.get(cell) ?? 0 }))
    .filter(({ count }) => count < meetingsMin)
    .sort((a, b) => a.count - b.count)
    .map(({ cell, count }) => `${cell}: ${count}`)
}
