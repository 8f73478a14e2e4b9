import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '@gatehouse/edge/ledger/database'
import { storeFile } from '@gatehouse/edge/site/store-file'
import { Directory } from '@gatehouse/edge/sync/directory'
import { syncTablesSql } from '@gatehouse/edge/sync/tables'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import { type DemoSite, demoSites } from '../demo/demo-sites.ts'
import { demoMembers } from '../demo/world/people.ts'
import { planRows } from '../demo/world/plans.ts'
import { row, type WorldRow } from '../demo/world/rows.ts'

const siteKey = Buffer.alloc(32, 7).toString('base64url')

/** A site of the demo that was enrolled once and is now alone, with its cable cut. */
export interface LoneSite {
  readonly site: DemoSite
  readonly configPath: string
  readonly dataFolder: string
  /** Opens every door of the site. */
  readonly card: string
}

export interface LoneSiteOptions {
  readonly siteId: string
  readonly port: number
  readonly buses?: object
  /** Further things of the site. */
  readonly rows?: readonly WorldRow[]
}

/** Writes the site's identity, directory and configuration into `folder`; its data is in `folder/store`. */
export function writeLoneSite(folder: string, options: LoneSiteOptions): LoneSite {
  const site = demoSites(folder).find(({ siteId }) => siteId === options.siteId)
  if (!site) throw new RangeError('the demo has no such site')
  const dataFolder = join(folder, 'store')
  mkdirSync(dataFolder, { recursive: true })
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  writeFileSync(join(dataFolder, 'site-key.json'), JSON.stringify(key))
  const identity = { siteId: site.siteId, incarnation: 1, cloudPublicKey: key.x ?? '', siteKey }
  writeFileSync(join(dataFolder, 'identity.json'), JSON.stringify(identity))
  const card = demoMembers[0]?.card ?? ''
  writeDirectory(dataFolder, { ...site, rows: [...site.rows, ...(options.rows ?? [])] }, card)
  const configPath = join(folder, 'edge.json')
  const config = {
    dataFolder: 'store',
    http: { port: options.port, requestsPerSecondMax: 100_000 },
    // Nothing listens there.
    cloud: { url: 'http://127.0.0.1:9' },
    buses: options.buses ?? {},
    log: { level: 'silent' },
  }
  writeFileSync(configPath, JSON.stringify(config))
  return { site, configPath, dataFolder, card }
}

function writeDirectory(dataFolder: string, site: DemoSite, card: string): void {
  const memberId = 'm-01'
  const digest = credentialDigest(siteKey, 'card', card)
  const rows = [
    ...site.rows,
    ...planRows,
    row('member', memberId, { displayName: 'Demo Member', planId: 'plan-resident', vehicles: [] }),
    row('credential', 'c-01', { kind: 'card', digest, memberId, revoked: false }),
  ]
  const db = openDatabase({ path: join(dataFolder, storeFile), locking: 'exclusive' })
  db.exec(syncTablesSql)
  const applied = rows.map(({ kind, key, body }) => ({ kind, key, epoch: 1, rev: 1, body: { ...body } }))
  const position = { epoch: 1, rev: 1, handle: undefined, offset: '-1' }
  new Directory(db, site.siteId).apply(applied, position, true)
  db.close()
}
