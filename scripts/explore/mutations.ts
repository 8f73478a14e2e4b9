import type { Bounds } from './model-state.ts'

/** Mistakes planted on purpose, each of which the exploration must find; `none` is the protocol as it is. */
export const mutations = [
  'sell before the grant is ingested',
  'reclaim by timeout',
  'stamp a close without the lock',
  'keep loans across an epoch',
  'resell a freed block',
  'release while old passes live',
  'forget to confirm loans',
  'go on with the old incarnation',
] as const

export type PlantedMutation = (typeof mutations)[number]
export type Mutation = PlantedMutation | 'none'

const small: Bounds = {
  loans: 1,
  bookings: 1,
  restore: 'none',
  rewrites: 0,
  interleaved: false,
  isNarrow: true,
}

/** The least bounds in which each mistake does harm. */
export const boundsOf: Record<PlantedMutation, Bounds> = {
  'sell before the grant is ingested': small,
  'reclaim by timeout': small,
  'stamp a close without the lock': { ...small, bookings: 2, interleaved: true },
  'keep loans across an epoch': { ...small, restore: 'cloud' },
  'resell a freed block': { ...small, bookings: 2 },
  'release while old passes live': { ...small, restore: 'cloud' },
  'forget to confirm loans': { ...small, restore: 'site' },
  'go on with the old incarnation': { ...small, restore: 'site' },
}

/** What a test can wait for: each kind of restore with one booking, and without a restore two that may collide. */
export const smallRuns: readonly Bounds[] = [
  { ...small, interleaved: true, rewrites: 1 },
  { ...small, restore: 'cloud' },
  { ...small, restore: 'site' },
  { ...small, bookings: 2 },
]

/** What `npm run explore` visits, as far as its bound on states allows. */
export const fullRuns: readonly Bounds[] = [
  { ...small, isNarrow: false, interleaved: true, rewrites: 1 },
  { ...small, restore: 'site' },
  { ...small, restore: 'cloud' },
  { ...small, bookings: 2, interleaved: true },
  { ...small, bookings: 2, isNarrow: false },
  { ...small, loans: 2, bookings: 2 },
  { ...small, bookings: 2, restore: 'site' },
  { ...small, bookings: 2, restore: 'cloud' },
]
