import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cloudConfigSchema } from '@gatehouse/cloud/config'
import { edgeConfigSchema } from '@gatehouse/edge/config'
import { expect, test } from 'vitest'
import { listenHost, writeCloudConfig, writeEdgeConfig } from './configuration.ts'
import { demoFolders, demoSites, demoWires } from './demo-sites.ts'
import { parseDemoOptions } from './options.ts'
import { demoPorts } from './ports.ts'

/** Every address on which the programs of a demo listen, as their written configurations say. */
function listening(flags: readonly string[]): string[] {
  const dataFolder = mkdtempSync(join(tmpdir(), 'demo-configuration-'))
  const options = parseDemoOptions(flags, { GATEHOUSE_DATA: dataFolder })
  const ports = demoPorts(options.cloudPort, options.edgePortBase, demoWires)
  const folders = demoFolders(dataFolder)
  writeCloudConfig(options, ports)
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
  const hosts = [listenHost(options), cloudConfigSchema.parse(read(folders.cloudConfig)).http.host]
  demoSites(dataFolder).forEach((site, index) => {
    const sitePorts = ports.sites[index] ?? expect.fail('a site has no ports')
    writeEdgeConfig(options, site, sitePorts, 'demo-code')
    const { http, mqtt } = edgeConfigSchema.parse(read(folders.ofSite(site.siteId).config))
    hosts.push(http.host, mqtt?.kind === 'embedded' ? mqtt.host : 'outside')
  })
  return hosts
}

test('a demo listens on this machine only', () => {
  expect(new Set(listening([]))).toEqual(new Set(['127.0.0.1']))
})

test('with --lan its screens listen everywhere, its broker does not', () => {
  const all = listening(['--lan'])
  expect(all.filter((host) => host === '0.0.0.0')).toHaveLength(4)
  expect(all.filter((host) => host === '127.0.0.1')).toHaveLength(2)
})
