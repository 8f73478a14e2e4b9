import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { canonicalJson, emptyHead, sha256Hex } from '@gatehouse/shared/ledger/chain'
import type { readPreviousWire } from './previous-wire.ts'

/** A row that the cloud of the release before writes for a site. */
export interface OldRow {
  readonly kind: string
  readonly key: string
  readonly body: unknown
}

interface Identity {
  readonly siteId: string
  /** Base64url; keys the digests of rows. */
  readonly siteKey: string
}

/**
 * A cloud of the release before as a site sees it: it reads with that release's frozen wire, refuses what it cannot read,
 * keeps the texts of entries, and serves one copy of a directory. It keeps nothing else.
 */
export class OldCloud {
  readonly #wire: ReturnType<typeof readPreviousWire>
  readonly #identity: Identity
  readonly #rows: readonly OldRow[]
  readonly #server: Server
  /** Entries as they came, in order. */
  readonly entries: { readonly type: string; readonly hash: string }[] = []
  /** Types that this release does not know: set aside, not refused. */
  readonly aside = new Set<string>()
  /** What it could not read. */
  readonly refused: string[] = []
  heartbeats = 0

  constructor(wire: ReturnType<typeof readPreviousWire>, identity: Identity, rows: readonly OldRow[]) {
    this.#wire = wire
    this.#identity = identity
    this.#rows = rows
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    const url = new URL(request.url ?? '/', 'http://cloud')
    if (url.pathname.endsWith('/shape')) return this.#shape(url, response)
    if (url.pathname.includes('/stream/')) return this.#append(text, response)
    if (url.pathname.endsWith('/handshake')) return this.#greet(text, response)
    if (url.pathname.endsWith('/heartbeat')) return this.#hear(text, response)
    this.refused.push(url.pathname)
    response.writeHead(404).end()
  }

  #greet(text: string, response: ServerResponse): void {
    if (!this.#reads('handshakeRequest', text)) return void response.writeHead(422).end()
    answer(response, { head: this.#head(), epoch: 1, cloudWallMs: 1_795_181_400_000, verdict: 'continue' })
  }

  #hear(text: string, response: ServerResponse): void {
    if (!this.#reads('heartbeat', text)) return void response.writeHead(422).end()
    this.heartbeats += 1
    answer(response, { verdict: 'continue' })
  }

  #append(text: string, response: ServerResponse): void {
    for (const found of JSON.parse(text) as unknown[]) {
      const frame = this.#wire.frames.get('entry')?.safeParse(found)
      if (!frame?.success) return void response.writeHead(422).end()
      const { type, body } = frame.data as { type: string; body: unknown }
      const reader = this.#wire.entries.get(type)
      if (reader === undefined) this.aside.add(type)
      else if (!reader.safeParse(body).success) this.refused.push(`entry ${type}`)
      this.entries.push({ type, hash: sha256Hex(canonicalJson(found)) })
    }
    const { seq, hash } = this.#head()
    response.writeHead(204, { 'gatehouse-head': `${seq}:${hash}` }).end()
  }

  #head() {
    const last = this.entries.at(-1)
    return last === undefined ? emptyHead : { seq: this.entries.length, hash: last.hash }
  }

  #reads(message: string, text: string): boolean {
    const read = this.#wire.messages.get(message)?.safeParse(JSON.parse(text)).success ?? false
    if (!read) this.refused.push(message)
    return read
  }

  /** One copy; who asks for what comes after it waits until the end. */
  #shape(url: URL, response: ServerResponse): void {
    if (url.searchParams.get('live') === 'true') return
    const columns = ['site_id', 'kind', 'key', 'epoch', 'rev', 'body', 'digest']
    const schema = Object.fromEntries(
      columns.map((name) => [
        name,
        { type: name === 'body' ? 'jsonb' : name.match(/epoch|rev/) ? 'int8' : 'text' },
      ]),
    )
    const rows = url.searchParams.get('offset') === '-1' ? this.#rows : []
    const found = rows.map((row, at) => this.#message(row, at + 1))
    response.writeHead(200, {
      ...{ 'content-type': 'application/json', 'electric-handle': 'old-1', 'electric-offset': '0_0' },
      ...{ 'electric-schema': JSON.stringify(schema), 'electric-cursor': '1', 'electric-up-to-date': '' },
    })
    response.end(JSON.stringify([...found, { headers: { control: 'up-to-date' } }]))
  }

  #message({ kind, key, body }: OldRow, rev: number): object {
    const { siteId, siteKey } = this.#identity
    const signed = canonicalJson([siteId, 1, rev, kind, key, body])
    const digest = createHmac('sha256', Buffer.from(siteKey, 'base64url')).update(signed).digest('hex')
    const value = {
      site_id: siteId,
      kind,
      key,
      epoch: '1',
      rev: String(rev),
      body: JSON.stringify(body),
      digest,
    }
    return { key: `"${kind}"/"${key}"`, value, headers: { operation: 'insert' } }
  }
}

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
