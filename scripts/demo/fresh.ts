import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { postgresAccount, reachableDataFolder } from '@gatehouse/cloud/database/postgres-account'
import { demoFolders } from './demo-sites.ts'

/** Removes what earlier demos left in a data folder, and nothing else that lies there. */
export async function removeDemoData(dataFolder: string): Promise<void> {
  const folders = demoFolders(dataFolder)
  // As root the embedded PostgreSQL may keep its data where its own account can reach them.
  const postgres = await reachableDataFolder(join(folders.cloud, 'postgres'), await postgresAccount())
  for (const path of [postgres, folders.cloud, folders.sites, folders.logs, folders.secrets]) {
    rmSync(path, { recursive: true, force: true })
  }
}
