import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { Random } from '@gatehouse/shared/random/random'
import type { PastLife, RecoverAnswer } from '@gatehouse/shared/wire/v1/sync'
import type { SiteDatabase } from '../ledger/database.ts'
import type { StoredEntry } from '../ledger/entry-store.ts'
import { commandIdOf } from '../ledger/receipts.ts'
import { storeFile } from '../site/store-file.ts'
import { askForNextLife, type CloudClientOptions } from '../sync/cloud-client.ts'
import { CloudTime } from '../sync/cloud-time.ts'
import type { SiteIdentity, SiteKey } from '../sync/site-identity.ts'
import { siteTokens } from '../sync/site-token.ts'
import { carryOver } from './carry-over.ts'
import { fetchHistory } from './fetch-history.ts'
import { RecoveredStore } from './recovered-store.ts'
import { type Reentered, reenter } from './reenter.ts'
import { recoveredFile, takeOver } from './take-over.ts'

export interface RecoveryOptions {
  readonly dataFolder: string
  readonly cloudUrl: string
  readonly key: SiteKey
  readonly clock: Clock
  readonly random: Random
  readonly machineMark: string | undefined
}

/** What this box asks the cloud with. */
function clientAs(identity: SiteIdentity, { cloudUrl, key, clock }: RecoveryOptions): CloudClientOptions {
  const cloudTime = new CloudTime(clock)
  return { cloudUrl, token: siteTokens({ identity, key, clock, cloudTime }), cloudTime }
}

/** Asks the cloud whether this box may go on as the next life of its site. */
export async function askAsLostLife(
  options: RecoveryOptions,
  identity: SiteIdentity,
  head: PastLife['head'],
): Promise<RecoverAnswer> {
  const { clock, machineMark } = options
  return askForNextLife(clientAs(identity, options), {
    ...{ incarnation: identity.incarnation, head, bootId: clock.now().bootId, machine: hostname() || 'edge' },
    ...(machineMark !== undefined && { machineMark }),
  })
}

/** Builds a store from the cloud's copy of all lives; the site may serve its doors meanwhile. */
export async function buildFromHistory(
  options: RecoveryOptions,
  identity: SiteIdentity,
  history: readonly PastLife[],
): Promise<RecoveredStore> {
  const { dataFolder, random } = options
  const path = join(dataFolder, recoveredFile)
  const store = new RecoveredStore({ path, dataFolder, random, identity })
  try {
    const client = clientAs(identity, options)
    for (const life of history) {
      for await (const page of fetchHistory(client, identity.siteId, life)) store.add(page)
    }
    return store
  } catch (error) {
    store.close()
    throw error
  }
}

/**
 * Ends the life before and begins the next one: brings over what only this box has, enters its own later facts again, and
 * changes the stores. `recovered`: call it while the old store is closed; `adopted`: there is no old store.
 */
export function beginNextLife(
  { dataFolder, clock }: RecoveryOptions,
  identity: SiteIdentity,
  store: RecoveredStore,
  { how, from }: { readonly how: 'recovered' | 'adopted'; readonly from: PastLife },
): Reentered {
  const at = clock.now()
  const { db, modules, projections, entries: fetched } = store
  if (how === 'recovered') db.prepare('ATTACH ? AS old').run(join(dataFolder, storeFile))
  const begin = db.transaction(() => {
    if (how === 'recovered') carryOver(db, modules, 'old')
    const local = how === 'recovered' ? ownLaterEntries(db, from.incarnation) : []
    const { siteId, incarnation } = identity
    const commandId = commandIdOf('system', `begin-${incarnation}`)
    const last = { incarnation: from.incarnation, seq: from.head.seq }
    return reenter({
      ...{ db, projections, incarnation, how, from: last, fetched, local, at, commandId },
      site: siteId,
    })
  })
  const outcome = begin()
  if (how === 'recovered') db.exec('DETACH old')
  store.close()
  takeOver(dataFolder, identity, at.wallMs)
  return outcome
}

/** What the old store holds of the life that ended after the last entry that the cloud's copy has as well. */
function ownLaterEntries(db: SiteDatabase, incarnation: number): StoredEntry[] {
  const common = db
    .prepare<[number], { seq: number | null }>(
      `SELECT max(o.seq) AS seq FROM old.entries o
       JOIN main.entries n ON n.incarnation = o.incarnation AND n.seq = o.seq AND n.hash = o.hash
       WHERE o.incarnation = ?`,
    )
    .get(incarnation)
  return db
    .prepare<[number, number], StoredEntry>(
      'SELECT seq, hash, text FROM old.entries WHERE incarnation = ? AND seq > ? ORDER BY seq',
    )
    .all(incarnation, common?.seq ?? 0)
}
