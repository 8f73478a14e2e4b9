import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import {
  type ChainHead,
  canonicalJson,
  chainBreak,
  emptyHead,
  type SealedEntry,
  sha256Hex,
} from '@gatehouse/shared/ledger/chain'
import { entryFrameSchema } from '@gatehouse/shared/wire/v1/entries'
import type { PastLife } from '@gatehouse/shared/wire/v1/sync'
import { z } from 'zod'
import { type CloudClientOptions, request } from '../sync/cloud-client.ts'

const timeoutMs = 30_000
const offsetHeader = 'stream-next-offset'
const page = z.array(z.record(z.string(), z.unknown()))

/**
 * Reads a past life's entries back from the cloud, page by page, each checked against the chain; ends at the entry at
 * which the life was taken over.
 *
 * @throws SiteError `cloud_unreachable`, `history_<status>` (try again), `history_broken` (the cloud's copy is not the
 * ledger that it acknowledged; nothing of it may be used).
 */
export async function* fetchHistory(
  client: CloudClientOptions,
  siteId: SiteId,
  life: PastLife,
): AsyncGenerator<readonly SealedEntry[]> {
  let head: ChainHead = emptyHead
  let offset = '-1'
  while (head.seq < life.head.seq) {
    const answer = await readPage(client, `/sync/v1/stream/${siteId}/${life.incarnation}`, offset)
    const entries: SealedEntry[] = []
    for (const found of answer.entries) {
      const sealed = verified(found, head, life.incarnation)
      if (sealed.entry.seq > life.head.seq) break
      entries.push(sealed)
      head = { seq: sealed.entry.seq, hash: sealed.hash }
    }
    if (entries.length === 0)
      throw broken(`life ${life.incarnation} ends at ${head.seq}, not ${life.head.seq}`)
    yield entries
    offset = answer.nextOffset
  }
  if (head.hash !== life.head.hash) throw broken(`life ${life.incarnation} ends with another entry`)
}

async function readPage(
  client: CloudClientOptions,
  path: string,
  offset: string,
): Promise<{ readonly entries: readonly Record<string, unknown>[]; readonly nextOffset: string }> {
  const response = await request(`${client.cloudUrl}${path}?offset=${offset}`, {
    headers: { authorization: `Bearer ${await client.token()}` },
    signal: AbortSignal.timeout(timeoutMs),
  })
  client.cloudTime.observe(response.headers)
  const nextOffset = response.headers.get(offsetHeader)
  if (response.ok && nextOffset !== null) {
    return { entries: page.parse(await response.json()), nextOffset }
  }
  await response.arrayBuffer()
  const hint = `The cloud answered ${response.status} for the history of this site; it is asked again.`
  throw new SiteError({ code: `history_${response.status}`, op: `GET ${path}`, hint, retryable: true })
}

function verified(found: Record<string, unknown>, head: ChainHead, incarnation: number): SealedEntry {
  const frame = entryFrameSchema.safeParse(found)
  if (!frame.success || frame.data.incarnation !== incarnation)
    throw broken(`after ${head.seq}: not an entry`)
  const why = chainBreak(head, frame.data)
  if (why !== undefined) throw broken(`after ${head.seq}: ${why}`)
  // The text is made of what came, not of what this release understands of it.
  const text = canonicalJson(found)
  return { entry: frame.data, text, hash: sha256Hex(text) }
}

function broken(what: string): SiteError {
  const hint = `The cloud's copy of this site's ledger is not whole (${what}); nothing of it was used. Ask HQ.`
  return new SiteError({ code: 'history_broken', op: 'recovery.fetch', hint, retryable: false })
}
