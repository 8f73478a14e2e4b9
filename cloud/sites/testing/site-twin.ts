import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { type ChainHead, emptyHead, type SealedEntry, sealEntry } from '@gatehouse/shared/ledger/chain'
import type { Entry } from '@gatehouse/shared/wire/v1/entries'
import { enrolAnswerSchema } from '@gatehouse/shared/wire/v1/sync'
import { SignJWT } from 'jose'

/** The producer headers of one request. */
export function producer(epoch: number, seq: number, id = 'uploader'): Record<string, string> {
  return { 'producer-id': id, 'producer-epoch': String(epoch), 'producer-seq': String(seq) }
}

/** A machine of a site, as the cloud sees it: key, tokens, a chain of entries. It keeps nothing. */
export class SiteTwin {
  readonly publicKey: string
  readonly #privateKey: KeyObject
  readonly #baseUrl: string
  readonly #clock: Clock
  siteId: SiteId = siteIdSchema.parse('unknown')
  siteKey = ''
  incarnation = 0
  head: ChainHead = emptyHead

  constructor(baseUrl: string, clock: Clock) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    this.#privateKey = privateKey
    this.publicKey = publicKey.export({ format: 'jwk' }).x ?? ''
    this.#baseUrl = baseUrl
    this.#clock = clock
  }

  async enrol(code: string): Promise<Response> {
    const answer = await fetch(`${this.#baseUrl}/sync/v1/enrol`, {
      method: 'POST',
      body: JSON.stringify({ code, publicKey: this.publicKey, machine: 'test' }),
    })
    if (!answer.ok) return answer
    const identity = enrolAnswerSchema.parse(await answer.clone().json())
    this.siteId = identity.siteId
    this.siteKey = identity.siteKey
    this.incarnation = identity.incarnation
    return answer
  }

  /** A token as the cloud wants it; `claims` and `header` change it for the worse. */
  async token(change: { incarnation?: number; kid?: string; issuedMs?: number; lifeS?: number } = {}) {
    const issuedS = Math.floor((change.issuedMs ?? this.#clock.now().wallMs) / 1000)
    return new SignJWT({ incarnation: change.incarnation ?? this.incarnation })
      .setProtectedHeader({ alg: 'EdDSA', kid: change.kid ?? this.siteId })
      .setAudience('gatehouse-cloud')
      .setIssuedAt(issuedS)
      .setExpirationTime(issuedS + (change.lifeS ?? 60))
      .sign(this.#privateKey)
  }

  get streamUrl(): string {
    return `${this.#baseUrl}/sync/v1/stream/${this.siteId}/${this.incarnation}`
  }

  /** Calls an endpoint with a good token unless `init` brings another. */
  async call(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${await this.token()}`)
    return fetch(url.startsWith('/') ? this.#baseUrl + url : url, { ...init, headers })
  }

  async post(path: string, body: unknown): Promise<Response> {
    return this.call(path, { method: 'POST', body: JSON.stringify(body) })
  }

  /** Records events in order: the chain goes on. */
  record(...events: { readonly type: string; readonly body: object }[]): SealedEntry[] {
    return events.map(({ type, body }) => {
      const sealed = this.sealAfter(this.head, type, body)
      this.head = { seq: sealed.entry.seq, hash: sealed.hash }
      return sealed
    })
  }

  /** Seals one entry after any head, without moving on. */
  sealAfter(head: ChainHead, type: string, body: object): SealedEntry {
    const { wallMs, bootId, monotonicMs, quality } = this.#clock.now()
    return sealEntry({
      v: 1,
      site: this.siteId,
      incarnation: this.incarnation,
      seq: head.seq + 1,
      prev: head.hash,
      at: { wallMs, bootId, monotonicMs, quality },
      type,
      commandId: `cm_${head.seq + 1}`,
      body,
    } as Entry)
  }

  /** Sends entries as the edge does. */
  async send(entries: readonly SealedEntry[], headers: Record<string, string> = {}): Promise<Response> {
    return this.call(this.streamUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: `[${entries.map(({ text }) => text).join(',')}]`,
    })
  }
}
