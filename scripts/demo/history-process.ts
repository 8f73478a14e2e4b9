import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import { systemAdapters } from '@gatehouse/edge/main'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { z } from 'zod'
import { runUnderSupervisor } from './child-runtime.ts'
import { liveThroughHistory } from './history/history.ts'

/** Tests shorten the past; without the variable it is three weeks. */
const days = z.coerce.number().int().min(1).max(21).default(21).parse(process.env.DEMO_HISTORY_DAYS)

/** What a site needs to be the one that the cloud admitted. */
const identityFiles = ['identity.json', 'site-key.json']

/** Throws away what an interrupted history left, so that the past begins anew; nothing of it went to the cloud. */
function clearStore(dataFolder: string): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(dataFolder)) {
    if (!identityFiles.includes(name)) rmSync(join(dataFolder, name), { recursive: true, force: true })
  }
}

// Produces a site's past through its real commands, before its edge is started for the first time.
await runUnderSupervisor(async ({ clock, config: path }) => {
  const config = readEdgeConfig(path)
  if (isConfigProblem(config)) {
    const hint = `${path} cannot be used: ${config.lines.join('; ')}`
    throw new SiteError({ code: 'config_invalid', op: 'demo.history', hint, retryable: false })
  }
  clearStore(config.dataFolder)
  const { random, logger } = systemAdapters(config)
  const report = await liveThroughHistory({ config, clock, random, logger, days })
  const folder = join(config.dataFolder, '..')
  writeFileSync(join(folder, 'parked-vehicles.json'), JSON.stringify(report.parked))
  writeFileSync(
    join(folder, 'history-done'),
    JSON.stringify({ ...report, parked: report.parked.length }, null, 2),
  )
  return { stop: async () => undefined }
})
