import { type FailpointName, failpointNames } from '@gatehouse/edge/ledger/failpoints'

/** Every fault that is brought about on purpose, under the name by which its meetings are counted. */
const madeFaults = [
  ...([
    'a cable is cut',
    'a cable is cut one way',
    'a connection is half open',
    'a cable is mended',
  ] as const),
  ...(['a message is lost', 'a message is lost in silence', 'a message is late'] as const),
  ...(['a message overtakes another', 'a message comes again', 'a message arrives late'] as const),
  ...(['a clock jumps', 'a clock drifts', 'a clock begins at 1970', 'a clock is set'] as const),
  ...(['a disk fills up', 'a disk has room again', 'an older disk is put back'] as const),
  ...(['a failpoint is armed', 'a site loses power', 'a site starts'] as const),
  ...(['a dead machine is replaced', 'a machine is replaced and goes on'] as const),
  ...(['the cloud is killed', 'the cloud starts', 'the cloud is restored from a copy'] as const),
] as const
export type MadeFault = (typeof madeFaults)[number]

/** Where a statement is the last of a life of the cloud. */
export const cloudFall = 'the cloud fell between two statements'

/** The name of a fall at a failpoint. */
export const fallAt = (name: FailpointName) => `fell at ${name}` as const

export type FaultName = MadeFault | typeof cloudFall | ReturnType<typeof fallAt>

/** Every fault that has to meet every state. */
export const faultNames: readonly FaultName[] = [...madeFaults, cloudFall, ...failpointNames.map(fallAt)]
