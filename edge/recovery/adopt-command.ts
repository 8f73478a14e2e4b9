import { existsSync, mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { restoreObstacles } from '../backup/restore-command.ts'
import type { EdgeConfig } from '../config.ts'
import type { EdgeAdapters } from '../edge-program.ts'
import { subjectKeyPath } from '../site/store-file.ts'
import { enrol } from '../sync/cloud-client.ts'
import { loadSiteKey } from '../sync/site-identity.ts'
import { beginNextLife, buildFromHistory, type RecoveryOptions } from './recover-site.ts'

type Print = (line: string) => void

/**
 * `adopt SITE --code CODE`: makes this box the site's next life, with its whole history from the cloud's copy. The code was
 * made with a statement that the old box is off and stays off. May be repeated with the same code when it was interrupted.
 * Exit 0 the site is here · 1 something is in the way, or the cloud refused or cannot be reached · 2 SITE or code is missing.
 */
export async function adoptCommand(
  config: EdgeConfig,
  adapters: EdgeAdapters,
  asked: { readonly site: string | undefined; readonly code: string | undefined },
  print: Print,
): Promise<number> {
  const siteId = siteIdSchema.safeParse(asked.site)
  if (!siteId.success || asked.code === undefined) {
    print('Say which site, and the code that HQ made for taking it over: adopt SITE --code CODE.')
    return 2
  }
  const { dataFolder, cloud } = config
  const obstacles = restoreObstacles(dataFolder)
  if (obstacles.length > 0) {
    print(
      `${dataFolder} holds a site already (${obstacles.join(', ')}); a box takes over one only where there is none.`,
    )
    return 1
  }
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const { clock, random, machineMark } = adapters
  const key = loadSiteKey(dataFolder)
  const options = { dataFolder, cloudUrl: cloud.url, key, clock, random, machineMark }
  try {
    await adopt(options, { siteId: siteId.data, code: asked.code }, print)
    return 0
  } catch (error) {
    if (!isSiteError(error)) throw error
    print(
      `Nothing was taken over (${error.code}): ${error.hint} The same code works again on this box until it expires.`,
    )
    return 1
  }
}

async function adopt(
  options: RecoveryOptions,
  { siteId, code }: { readonly siteId: ReturnType<typeof siteIdSchema.parse>; readonly code: string },
  print: Print,
): Promise<void> {
  const { cloudUrl, key, machineMark } = options
  const { history = [], ...identity } = await enrol(cloudUrl, {
    ...{ code, siteId, adopts: true, publicKey: key.publicKey, machine: hostname() || 'edge' },
    ...(machineMark !== undefined && { machineMark }),
  })
  print(`${siteId} goes on here as life ${identity.incarnation}; fetching its history.`)
  const store = await buildFromHistory(options, identity, history)
  const fetched = store.entries
  const from = history.at(-1) ?? { incarnation: 1, head: { seq: 0, hash: '' } }
  beginNextLife(options, identity, store, { how: 'adopted', from })
  print(
    `${fetched} entries of ${history.length} lives came back and are whole. Start the edge: it sells again at once.`,
  )
  if (!existsSync(subjectKeyPath(options.dataFolder))) return
  print(
    `Names and plates of the time before cannot come back: they never left the old box. ${join('keys', 'subjects.key')} is new here.`,
  )
}
