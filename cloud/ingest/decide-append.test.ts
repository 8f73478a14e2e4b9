import { type ChainHead, emptyHead, type SealedEntry, sealEntry } from '@gatehouse/shared/ledger/chain'
import type { Entry } from '@gatehouse/shared/wire/v1/entries'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideAppend, type StoredChain } from './decide-append.ts'

function chain(length: number, from: ChainHead = emptyHead, salt = ''): SealedEntry[] {
  let head = from
  return Array.from({ length }, () => {
    const sealed = sealEntry({ seq: head.seq + 1, prev: head.hash, salt } as unknown as Entry)
    head = { seq: sealed.entry.seq, hash: sealed.hash }
    return sealed
  })
}

function stored(entries: readonly SealedEntry[]): StoredChain {
  const last = entries.at(-1)
  return {
    head: last === undefined ? emptyHead : { seq: last.entry.seq, hash: last.hash },
    hashes: new Map(entries.map(({ entry, hash }) => [entry.seq, hash])),
  }
}

const entries = chain(8)
const seqs = (sealed: readonly SealedEntry[]) => sealed.map(({ entry }) => entry.seq)

describe('decideAppend', () => {
  it('takes exactly the missing entries, whatever part of the chain is sent again', () => {
    const part = fc.tuple(fc.nat(8), fc.nat(8), fc.nat(8))
    fc.assert(
      fc.property(part, ([have, a, b]) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const decision = decideAppend(stored(entries.slice(0, have)), entries.slice(from, to))
        if (from > have && to > from) expect(decision).toEqual({ kind: 'gap', seq: from + 1 })
        else {
          expect(decision.kind).toBe('append')
          if (decision.kind !== 'append') return
          const missing = from === to ? [] : entries.slice(have, Math.max(have, to))
          expect(seqs(decision.entries)).toEqual(seqs(missing))
          expect(decision.head.seq).toBe(have + missing.length)
        }
      }),
    )
  })

  it('names every entry that contradicts the stored chain', () => {
    const other = chain(4, emptyHead, 'other')
    expect(decideAppend(stored(entries), other)).toEqual({ kind: 'fork', forked: other })
  })

  it('sees a tampered entry by the hash that the next one names', () => {
    const tampered = sealEntry({ ...entries[0]?.entry, salt: 'changed' } as unknown as Entry)
    const [, second] = entries
    const sent = [tampered, ...(second === undefined ? [] : [second])]
    expect(decideAppend(stored([]), sent)).toEqual({ kind: 'fork', forked: [second] })
  })

  it('takes an entry that is sent twice in one request once', () => {
    const [first] = entries
    const sent = first === undefined ? [] : [first, first]
    expect(decideAppend(stored([]), sent)).toMatchObject({ kind: 'append', entries: [first] })
  })
})
