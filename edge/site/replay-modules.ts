import type { Random } from '@gatehouse/shared/random/random'
import { openSubjectKey, SubjectStore } from '../bookings/subject-store.ts'
import type { LedgerModule } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { Directory } from '../sync/directory.ts'
import type { SiteIdentity } from '../sync/site-identity.ts'
import { siteModules } from './site-modules.ts'
import { subjectKeyPath } from './store-file.ts'

/** The modules as the running edge has them, for a replay, which uses only their tables and projections. */
export function replayModules(
  { dataFolder, random }: { readonly dataFolder: string; readonly random: Random },
  db: SiteDatabase,
  identity: Pick<SiteIdentity, 'siteId' | 'siteKey' | 'cloudPublicKey'>,
): LedgerModule[] {
  return siteModules({
    directory: new Directory(db, identity.siteId),
    link: { state: { state: 'offline', sinceMs: 0 } },
    random,
    siteKey: identity.siteKey,
    cloudPublicKey: identity.cloudPublicKey,
    subjects: new SubjectStore(openSubjectKey(subjectKeyPath(dataFolder), random), random),
    tzdataVersion: process.versions.tz ?? 'unknown',
    canSell: () => false,
  })
}
