import { join } from 'node:path'

/** The ledger and everything projected from it, inside the data folder. */
export const storeFile = 'site.sqlite'

/** The key that seals names and plates; kept out of backups. */
export function subjectKeyPath(dataFolder: string): string {
  return join(dataFolder, 'keys', 'subjects.key')
}

/** What is recorded while the ledger is damaged: a file of its own that is never uploaded. */
export const provisionalFile = 'provisional.sqlite'
