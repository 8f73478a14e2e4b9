import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import { systemAdapters } from '@gatehouse/edge/main'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { z } from 'zod'
import { runUnderSupervisor } from './child-runtime.ts'
import { liveThroughHistory } from './history/history.ts'

/** Tests shorten the past; without the variable it is three weeks. */
const days = z.coerce.number().int().min(1).max(21).default(21).parse(process.env.DEMO_HISTORY_DAYS)

// Produces a site's past through its real commands, before its edge is started for the first time.
await runUnderSupervisor(async ({ clock, config: path }) => {
  const config = readEdgeConfig(path)
  if (isConfigProblem(config)) {
    const hint = `${path} cannot be used: ${config.lines.join('; ')}`
    throw new SiteError({ code: 'config_invalid', op: 'demo.history', hint, retryable: false })
  }
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 })
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
