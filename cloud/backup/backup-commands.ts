import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import type { CloudAdapters } from '../cloud-core.ts'
import type { CommandOutput } from '../commands.ts'
import type { CloudConfig } from '../config.ts'
import { openDatabase } from '../database/open-database.ts'
import { loadCloudIdentity } from '../sites/cloud-identity.ts'
import { checkBackup, fillDatabase } from './read-backup.ts'
import { writeBackup } from './write-backup.ts'

/**
 * `backup --to FOLDER`: every table as of one moment, beside a running cloud or without one.
 * Exit 0 made · 1 it could not be made, and nothing is left of it · 2 the target cannot be used.
 */
export async function backupCommand(
  config: CloudConfig,
  { clock }: Pick<CloudAdapters, 'clock'>,
  target: string | undefined,
  output: CommandOutput,
): Promise<number> {
  const wrong = wrongTarget(config, target)
  if (target === undefined || wrong !== undefined) {
    output(wrong ?? '')
    return 2
  }
  return reportFailure('No backup was made', output, async () => {
    const database = await openDatabase(config, { beside: true, migrations: 'as they are' })
    try {
      const { tables, epoch } = await writeBackup(database.pool, target, clock.now().wallMs)
      const rows = tables.reduce((sum, table) => sum + table.rows, 0)
      output(`${target}: ${rows} rows of ${tables.length} tables, epoch ${epoch}.`)
      output('It holds the keys of this cloud and of its sites: keep it as carefully as a password.')
      if (!database.isEmbedded) output(ownTools)
      return 0
    } finally {
      await database.close()
    }
  })
}

const ownTools =
  'This PostgreSQL is yours: with its own tools (base backups and archived WAL) you can also go back to a point in time.'

/**
 * `restore --from FOLDER`: fills a new data folder, or an empty database of your own, and begins a new epoch there.
 * Exit 0 restored · 1 there is a cloud already, or the backup cannot be used · 2 no source was named.
 */
export async function restoreCommand(
  config: CloudConfig,
  { clock, random }: Pick<CloudAdapters, 'clock' | 'random'>,
  source: string | undefined,
  output: CommandOutput,
): Promise<number> {
  if (source === undefined) {
    output('Say from where: --from FOLDER, as backup wrote it.')
    return 2
  }
  return reportFailure('Nothing was restored', output, async () => {
    const manifest = await checkBackup(source)
    // Not beside a running cloud: it would go on with what it remembers of the database before.
    const database = await openDatabase(config, { beside: false, migrations: 'as they are' })
    try {
      await fillDatabase(database.pool, source, manifest)
      const { epoch } = await loadCloudIdentity(database.pool, random, clock.now().wallMs)
      output(`The cloud is back as of ${new Date(manifest.madeMs).toISOString()}, in epoch ${epoch}.`)
      output('Sites send again what it has not, and fetch their directory anew.')
      return 0
    } finally {
      await database.close()
    }
  })
}

function wrongTarget(config: CloudConfig, target: string | undefined): string | undefined {
  if (target === undefined) return 'Say where: --to FOLDER, a name that does not exist yet.'
  if (existsSync(target)) return `${target} exists; nothing is overwritten. Choose another name.`
  const parent = dirname(resolve(target))
  if (!existsSync(parent) || !statSync(parent).isDirectory())
    return `${parent} is not a folder; make it first.`
  const isEmbedded = config.databaseUrl === undefined
  return isEmbedded && !existsSync(join(config.dataFolder, 'postgres'))
    ? `There is no cloud in ${config.dataFolder}; there is nothing to back up.`
    : undefined
}

async function reportFailure(
  what: string,
  output: CommandOutput,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    output(`${what}: ${isSiteError(error) ? error.hint : why}`)
    return 1
  }
}
