import { type FaultName, faultNames } from './fault-names.ts'
import { isRecovery, type ProtocolState, protocolStates } from './protocol-states.ts'

/** Times that each fault has to meet each state of the protocols over the seeds of one campaign. */
export const meetingsMin = 50
/** Seeds that a campaign needs before it is held to that. */
export const aimedSeedsMin = 500

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
    fault:
      /^(a site loses power|a failpoint is armed|a message (is lost.*|is late|overtakes another)|a disk fills up|fell at .*)$/,
    state: /^site down$/,
    because: 'only a site that runs can fall, be about to, send, or write',
  },
  {
    fault: /^a disk has room again$/,
    state: /^site down$/,
    because: 'room is made on a disk that is in use',
  },
  { fault: /^a (dead )?machine is replaced/, state: /^cloud down$/, because: 'the cloud enrols the box' },
  {
    fault: /^the cloud (is killed|fell between two statements)$/,
    state: /^cloud down$/,
    because: 'what is down neither falls nor is killed',
  },
  {
    fault: /^a message (comes again|arrives late|overtakes another)$/,
    state: /^cloud down$/,
    because: 'whatever reaches a cloud that is down breaks at once',
  },
  {
    fault: /^fell at upload\./,
    state: /^store behind$/,
    because: 'the handshake before each upload tells such a store that it is behind: it sends nothing',
  },
  {
    fault: /^fell at upload\.after$/,
    state: /^handshake under way$/,
    because: 'a site sends nothing before its handshake is answered, and begins no other while it sends',
  },
]

/**
 * Faults of one family: what recovery stands at is not asked to meet each of them, but two of each family. To be brought about it
 * needs a whole recovery, which would make every story half as long again.
 */
export const families: readonly (readonly [family: string, faults: RegExp])[] = [
  ['some cable', /^a (cable|connection) is/],
  ['some message', /^a message/],
  ['some clock', /^a clock/],
  ['some disk', /disk/],
  ['some machine', /^a (site|failpoint|machine|dead machine) /],
  ['the cloud', /^the cloud/],
  ['some fall', /^fell at/],
]

/** Whether a fault can meet a state at all. */
function canMeet(fault: FaultName, state: ProtocolState): boolean {
  return !impossible.some((one) => one.fault.test(fault) && one.state.test(state))
}

interface Meeting {
  readonly cell: string
  readonly count: number
}

/** Meetings that can happen and were seen less than 50 times, as `fault × state: count`, the rarest first. */
export function rareMeetings(coverage: ReadonlyMap<string, number>): readonly string[] {
  const meetings = protocolStates.flatMap((state) => {
    const met = faultNames
      .filter((fault) => canMeet(fault, state))
      .map((fault) => ({ fault, count: coverage.get(`${fault} × ${state}`) ?? 0 }))
    return isRecovery(state)
      ? ofFamilies(state, met)
      : met.map(({ fault, count }) => ({ cell: `${fault} × ${state}`, count }))
  })
  return meetings
    .filter(({ count }) => count < meetingsMin)
    .sort((a, b) => a.count - b.count)
    .map(({ cell, count }) => `${cell}: ${count}`)
}

function ofFamilies(
  state: ProtocolState,
  met: readonly { readonly fault: FaultName; readonly count: number }[],
): readonly Meeting[] {
  return families.flatMap(([family, faults]) => {
    const own = met.filter(({ fault }) => faults.test(fault))
    if (own.length === 0) return []
    // One fault that is everywhere does not speak for its family.
    const metBy = own.filter(({ count }) => count > 0).length
    const count = own.reduce((sum, one) => sum + one.count, 0)
    const cell = `${family} × ${state}`
    return metBy === 1 ? [{ cell: `${cell} (another fault of it)`, count: 0 }] : [{ cell, count }]
  })
}
