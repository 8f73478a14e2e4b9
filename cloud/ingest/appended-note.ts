import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { StreamId } from './stream-store.ts'

const wholeNumber = /^\d{1,15}$/

/** What processes tell each other of an append. */
export interface AppendedNote extends StreamId {
  /** The last entry of the stream at that moment; `undefined` from a process of an earlier release. */
  readonly headSeq: number | undefined
}

/** Writes the note; earlier releases read its first two parts. */
export function appendedNote({ siteId, incarnation, headSeq }: AppendedNote): string {
  return [siteId, incarnation, ...(headSeq === undefined ? [] : [headSeq])].join('/')
}

/** Reads a note; `undefined` when it names no stream: anything may have been appended. */
export function parseAppendedNote(payload: string): AppendedNote | undefined {
  const [site, incarnation, headSeq] = payload.split('/')
  const siteId = siteIdSchema.safeParse(site)
  if (!siteId.success || incarnation === undefined) return undefined
  const known = headSeq !== undefined && wholeNumber.test(headSeq) ? Number(headSeq) : undefined
  return { siteId: siteId.data, incarnation: Number(incarnation), headSeq: known }
}
