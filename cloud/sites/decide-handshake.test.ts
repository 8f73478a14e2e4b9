import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import { describe, expect, it } from 'vitest'
import {
  decideHandshake,
  type EpochEvidence,
  type HandshakeFacts,
  type HandshakeState,
  newEpochBecause,
  verdictOf,
} from './decide-handshake.ts'

const hashA = 'a'.repeat(64)
const hashB = 'b'.repeat(64)

type Heads =
  | 'pruned_differs'
  | 'cloud_before_pruned'
  | 'equal'
  | 'edge_more'
  | 'cloud_more'
  | 'edge_last_differs'
  | 'cloud_last_differs'
type Life = 'newest' | 'older'

const heads: Record<Heads, Pick<HandshakeFacts, 'edgeHead' | 'cloudHead' | 'cloudHashAtEdgeHead'> & object> =
  {
    pruned_differs: {
      ...{ edgeHead: { seq: 9, hash: hashA }, cloudHead: { seq: 5, hash: hashA } },
      ...{ cloudHashAtEdgeHead: undefined, pruned: { seq: 4, hash: hashB }, cloudHashAtPruned: hashA },
    },
    cloud_before_pruned: {
      ...{ edgeHead: { seq: 9, hash: hashA }, cloudHead: { seq: 5, hash: hashA } },
      ...{ cloudHashAtEdgeHead: undefined, pruned: { seq: 6, hash: hashB } },
    },
    equal: {
      edgeHead: { seq: 5, hash: hashA },
      cloudHead: { seq: 5, hash: hashA },
      cloudHashAtEdgeHead: hashA,
    },
    edge_more: {
      edgeHead: { seq: 9, hash: hashB },
      cloudHead: { seq: 5, hash: hashA },
      cloudHashAtEdgeHead: undefined,
    },
    cloud_more: {
      edgeHead: { seq: 3, hash: hashA },
      cloudHead: { seq: 5, hash: hashA },
      cloudHashAtEdgeHead: hashA,
    },
    edge_last_differs: {
      edgeHead: { seq: 3, hash: hashB },
      cloudHead: { seq: 5, hash: hashA },
      cloudHashAtEdgeHead: hashA,
    },
    // The edge has more, and saw that its own entry in place of the cloud's last one is another.
    cloud_last_differs: {
      ...{ edgeHead: { seq: 9, hash: hashA }, cloudHead: { seq: 5, hash: hashA } },
      ...{
        cloudHashAtEdgeHead: undefined,
        contradicts: { seq: 5, hash: hashB },
        cloudHashAtContradicted: hashA,
      },
    },
  }

const expected: Record<Life, Record<Heads, HandshakeState['kind']>> = {
  newest: {
    pruned_differs: 'fork',
    cloud_before_pruned: 'history_gone',
    equal: 'in_step',
    edge_more: 'edge_ahead',
    cloud_more: 'cloud_ahead',
    edge_last_differs: 'fork',
    cloud_last_differs: 'fork',
  },
  older: {
    pruned_differs: 'older_life',
    cloud_before_pruned: 'older_life',
    equal: 'older_life',
    edge_more: 'older_life',
    cloud_more: 'older_life',
    edge_last_differs: 'older_life',
    cloud_last_differs: 'older_life',
  },
}

describe('a handshake', () => {
  const cells = Object.entries(expected).flatMap(([life, row]) =>
    Object.entries(row).map(([what, state]) => [life as Life, what as Heads, state] as const),
  )
  it.each(cells)('of the %s life with heads %s finds %s', (life, what, state) => {
    const incarnation = life === 'newest' ? 2 : 1
    const found = decideHandshake({ ...heads[what], incarnation, currentIncarnation: 2 })
    expect(found.kind).toBe(state)
  })

  it('counts what is waiting and what is lost, and names where the histories part', () => {
    const of = (what: Heads) => decideHandshake({ ...heads[what], incarnation: 2, currentIncarnation: 2 })
    expect(of('edge_more')).toEqual({ kind: 'edge_ahead', waiting: 4 })
    expect(of('cloud_more')).toEqual({ kind: 'cloud_ahead', lost: 2 })
    expect(of('cloud_last_differs')).toMatchObject({ edge: { seq: 5, hash: hashB }, cloudHash: hashA })
  })

  it('lets nobody go on selling but the newest life in step, ahead, or facing a cloud that lost what it pruned', () => {
    const verdicts = Object.fromEntries(
      cells.map(([life, what]) => {
        const incarnation = life === 'newest' ? 2 : 1
        return [
          `${life} ${what}`,
          verdictOf(decideHandshake({ ...heads[what], incarnation, currentIncarnation: 2 })),
        ]
      }),
    )
    const goesOn = Object.entries(verdicts).filter(([, verdict]) => verdict === 'continue')
    expect(goesOn.map(([cell]) => cell)).toEqual([
      'newest cloud_before_pruned',
      'newest equal',
      'newest edge_more',
    ])
  })
})

type Epoch = 'earlier' | 'same' | 'later'
type Memory = 'nothing' | 'what_is_here' | 'more_than_here' | 'another_entry' | 'later_row'

const memories: Record<Memory, { acknowledged: ChainHead; rev: number; here: string | undefined }> = {
  nothing: { acknowledged: { seq: 0, hash: hashA }, rev: 0, here: undefined },
  what_is_here: { acknowledged: { seq: 4, hash: hashA }, rev: 7, here: hashA },
  more_than_here: { acknowledged: { seq: 6, hash: hashA }, rev: 7, here: undefined },
  another_entry: { acknowledged: { seq: 4, hash: hashA }, rev: 7, here: hashB },
  later_row: { acknowledged: { seq: 4, hash: hashA }, rev: 8, here: hashA },
}

const evidence: Record<Epoch, Record<Memory, EpochEvidence | undefined>> = {
  earlier: {
    nothing: undefined,
    what_is_here: undefined,
    more_than_here: undefined,
    another_entry: undefined,
    later_row: undefined,
  },
  same: {
    nothing: undefined,
    what_is_here: undefined,
    more_than_here: 'acknowledged_ahead',
    another_entry: 'acknowledged_differs',
    later_row: 'position_ahead',
  },
  later: {
    nothing: 'position_ahead',
    what_is_here: 'position_ahead',
    more_than_here: 'position_ahead',
    another_entry: 'position_ahead',
    later_row: 'position_ahead',
  },
}

describe('a new epoch', () => {
  const cells = Object.entries(evidence).flatMap(([epoch, row]) =>
    Object.entries(row).map(([memory, why]) => [epoch as Epoch, memory as Memory, why] as const),
  )
  it.each(cells)('asked of an edge of a %s epoch that remembers %s: %s', (epoch, memory, why) => {
    const { acknowledged, rev, here } = memories[memory]
    const then = { earlier: 2, same: 3, later: 4 }[epoch]
    const edge = { position: { epoch: then, rev }, acknowledged: { ...acknowledged, epoch: then } }
    const cloud = { position: { epoch: 3, rev: 7 }, head: { seq: 5, hash: hashA } }
    expect(newEpochBecause({ edge, cloud, cloudHashAtAcknowledged: here })).toBe(why)
  })

  it('is not asked for by what an earlier epoch acknowledged, also when the directory is of this one already', () => {
    const edge = { position: { epoch: 3, rev: 7 }, acknowledged: { epoch: 2, seq: 9, hash: hashA } }
    const cloud = { position: { epoch: 3, rev: 7 }, head: { seq: 5, hash: hashA } }
    expect(newEpochBecause({ edge, cloud, cloudHashAtAcknowledged: undefined })).toBeUndefined()
  })
})
