import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudTime } from '@gatehouse/edge/sync/cloud-time'
import { loadIdentity, loadSiteKey, type SiteIdentity } from '@gatehouse/edge/sync/site-identity'
import { siteTokens } from '@gatehouse/edge/sync/site-token'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { enrolAnswerSchema } from '@gatehouse/shared/wire/v1/sync'
import { type Answer, type BadCall, callRaw } from './bad-calls.ts'

/** Somebody who holds a site's key and talks to the cloud as that site would, or worse. */
export class SiteCaller {
  readonly identity: SiteIdentity
  readonly #cloudUrl: string
  readonly #token: () => Promise<string>

  private constructor(cloudUrl: string, dataFolder: string, identity: SiteIdentity) {
    const clock = new SystemClock()
    const key = loadSiteKey(dataFolder)
    this.identity = identity
    this.#cloudUrl = cloudUrl
    this.#token = siteTokens({ identity, key, clock, cloudTime: new CloudTime(clock) })
  }

  /** Uses the key in the data folder of a site that is enrolled. */
  static of(cloudUrl: string, dataFolder: string): SiteCaller {
    const identity = loadIdentity(dataFolder)
    if (identity === undefined) throw new RangeError('this site is not enrolled')
    return new SiteCaller(cloudUrl, dataFolder, identity)
  }

  /** Enrols a machine of its own with a code. */
  static async enrol(cloudUrl: string, code: string): Promise<SiteCaller> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-caller-'))
    const { publicKey } = loadSiteKey(folder)
    const answer = await callRaw(`${cloudUrl}/sync/v1/enrol`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, publicKey, machine: 'story' }),
    })
    return new SiteCaller(cloudUrl, folder, enrolAnswerSchema.parse(JSON.parse(answer.text)))
  }

  /** Calls `/sync/v1` with a valid token. */
  async call(path: string, call: BadCall = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${await this.#token()}`, 'content-type': 'application/json' }
    return callRaw(`${this.#cloudUrl}/sync/v1${path}`, { ...call, headers: { ...headers, ...call.headers } })
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.call(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })
  }

  /** The stream of this life. */
  get stream(): string {
    return `/stream/${this.identity.siteId}/${this.identity.incarnation}`
  }
}
