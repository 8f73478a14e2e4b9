import { describe, expect, it } from 'vitest'
import { decideHandshake } from './decide-handshake.ts'

const hashA = 'a'.repeat(64)
const hashB = 'b'.repeat(64)
const facts = {
  incarnation: 2,
  currentIncarnation: 2,
  edgeHead: { seq: 5, hash: hashA },
  cloudHead: { seq: 5, hash: hashA },
  cloudHashAtEdgeHead: hashA,
}

describe('decideHandshake', () => {
  it('continues when both heads agree', () => {
    expect(decideHandshake(facts)).toBe('continue')
  })
  it('continues when the site is ahead', () => {
    const ahead = { ...facts, edgeHead: { seq: 9, hash: hashB }, cloudHashAtEdgeHead: undefined }
    expect(decideHandshake(ahead)).toBe('continue')
  })
  it('sees a fork in equal positions with different hashes', () => {
    expect(decideHandshake({ ...facts, cloudHashAtEdgeHead: hashB })).toBe('fork')
  })
  it('sees that the site was restored from an older image', () => {
    expect(decideHandshake({ ...facts, edgeHead: { seq: 3, hash: hashA } })).toBe('edge_behind')
  })
  it('fences an older life, whatever it holds', () => {
    expect(decideHandshake({ ...facts, incarnation: 1 })).toBe('fenced')
  })
})
