import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { type Cloud, startCloud } from '@gatehouse/cloud/cloud-program'
import { type CloudConfig, readCloudConfig } from '@gatehouse/cloud/config'
import { systemAdapters } from '@gatehouse/cloud/main'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { systemRandom } from '@gatehouse/cloud/system-random'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { runUnderSupervisor } from './child-runtime.ts'
import { demoFolders, demoSites, demoWires } from './demo-sites.ts'
import { demoContentRoutes } from './front-door-content.ts'
import { parseDemoOptions } from './options.ts'
import { demoPorts } from './ports.ts'
import { writeWorld } from './world/write-world.ts'

// The cloud of the demo: the real program with a clock that the panel can move, and the demo world in its tables.
await runUnderSupervisor(async ({ clock, gateway, config: path }) => {
  const config = readCloudConfig(path, process.env)
  if ('lines' in config) {
    const hint = `${path} cannot be used: ${config.lines.join('; ')}`
    throw new SiteError({ code: 'config_invalid', op: 'demo.cloud', hint, retryable: false })
  }
  // The supervisor handed its own options down in the environment.
  const options = parseDemoOptions([], process.env)
  const ports = demoPorts(options.cloudPort, options.edgePortBase, demoWires)
  const hosts = ['127.0.0.1', 'localhost', ...config.http.allowedHosts]
  const furtherRoutes = demoContentRoutes(demoSites(join(config.dataFolder, '..')), ports, hosts)
  const cloud = await startCloud(config, {
    ...systemAdapters(config),
    ...{ clock, furtherRoutes },
    aroundGateway: (own) => gateway.aroundCloud(own),
  })
  try {
    return { stop: () => cloud.stop(), codes: await furnish(cloud, config, clock) }
  } catch (error) {
    await cloud.stop()
    throw error
  }
})

/** Writes the world and makes an enrolment code for each site whose edge has none yet. */
async function furnish(cloud: Cloud, config: CloudConfig, clock: Clock): Promise<Record<string, string>> {
  const dataFolder = join(config.dataFolder, '..')
  const sites = demoSites(dataFolder)
  const nowMs = clock.now().wallMs
  await writeWorld({
    pool: cloud.pool,
    auth: cloud.auth,
    seal: cloud.seal,
    random: systemRandom,
    nowMs,
    sites,
  })
  const codes: Record<string, string> = {}
  for (const { siteId } of sites) {
    if (existsSync(join(demoFolders(dataFolder).ofSite(siteId).store, 'identity.json'))) continue
    const { code } = await createEnrolmentCode(cloud.pool, systemRandom, {
      siteId,
      by: commandOrigin('demo', nowMs),
    })
    codes[siteId] = code
  }
  return codes
}
