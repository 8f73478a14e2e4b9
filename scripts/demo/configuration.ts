import { mkdirSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { dirname } from 'node:path'
import type { DemoSite } from './demo-sites.ts'
import { demoFolders } from './demo-sites.ts'
import type { DemoOptions } from './options.ts'
import type { DemoPorts, SitePorts } from './ports.ts'
import { demoBuses } from './site/buses.ts'

/** The addresses under which other machines reach this one. */
export function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}

function write(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(value, null, 2), { mode: 0o600 })
}

/** Where programs listen: loopback, or everywhere when the network may come in. */
export function listenHost(options: DemoOptions): string {
  return options.lan ? '0.0.0.0' : '127.0.0.1'
}

/** Writes the cloud's configuration file. */
export function writeCloudConfig(options: DemoOptions, ports: DemoPorts): void {
  const { cloudConfig } = demoFolders(options.dataFolder)
  write(cloudConfig, {
    dataFolder: '.',
    http: {
      host: listenHost(options),
      port: ports.cloud,
      publicUrl: `http://127.0.0.1:${ports.cloud}`,
      allowedHosts: options.lan ? lanAddresses() : [],
      allowedOrigins: options.lan ? lanAddresses().map((address) => `http://${address}:${ports.cloud}`) : [],
    },
    log: { level: 'info' },
  })
}

/** Writes one edge's configuration file; `code` is its enrolment code, when it has yet to enrol. */
export function writeEdgeConfig(
  options: DemoOptions,
  site: DemoSite,
  ports: SitePorts,
  code: string | undefined,
): void {
  const buses = demoBuses(site.rows, ports.devices)
  const mqtt =
    options.mqttUrl === undefined
      ? { kind: 'embedded', host: '127.0.0.1', port: ports.mqtt }
      : { kind: 'outside', url: options.mqttUrl }
  write(demoFolders(options.dataFolder).ofSite(site.siteId).config, {
    dataFolder: 'store',
    http: {
      host: listenHost(options),
      port: ports.edge,
      allowedHosts: options.lan ? lanAddresses().map((address) => `${address}:${ports.edge}`) : [],
      // The panel, the traffic and a kiosk all call from this one address.
      requestsPerSecondMax: 200,
    },
    // The edge reaches the cloud only through the stretch of network that the panel can cut.
    cloud: {
      url: `http://127.0.0.1:${ports.proxy}`,
      ...(code === undefined ? {} : { enrolmentCode: code }),
    },
    buses: Object.fromEntries(
      buses.map(({ name, port }) => [name, { kind: 'tcp', host: '127.0.0.1', port }]),
    ),
    mqtt,
    log: { level: 'info' },
  })
}
