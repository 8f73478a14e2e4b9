import { createServer } from 'node:net'
import { SiteError } from '@gatehouse/shared/errors/site-error'

/** Every port of a demo, derived from the cloud's port and the edges' base. */
export interface DemoPorts {
  readonly cloud: number
  readonly panel: number
  /** By place in the world: the first site is 0. */
  readonly sites: readonly SitePorts[]
}

export interface SitePorts {
  readonly edge: number
  /** Stands between this edge and the cloud, so that the network can be cut. */
  readonly proxy: number
  readonly mqtt: number
  /** The first of the ports on which simulated boards and readers listen, one a wire. */
  readonly devices: number
  readonly wires: number
}

/** Lays out the ports of sites with so many wires each: edges on base+1…, panel on base+9, proxies +11…, brokers +21…, devices +31 and +51. */
export function demoPorts(cloud: number, edgeBase: number, wires: readonly number[]): DemoPorts {
  const sites = wires.map((count, index) => ({
    edge: edgeBase + 1 + index,
    proxy: edgeBase + 11 + index,
    mqtt: edgeBase + 21 + index,
    devices: edgeBase + 31 + 20 * index,
    wires: count,
  }))
  return { cloud, panel: edgeBase + 9, sites }
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/** Refuses with `port_in_use`, naming each taken port, before anything is started. */
export async function requireFreePorts(ports: DemoPorts, host: string, ownBroker: boolean): Promise<void> {
  const wanted: [string, number][] = [
    ['the cloud (CLOUD_PORT)', ports.cloud],
    ['the simulator panel (EDGE_PORT_BASE + 9)', ports.panel],
    ...ports.sites.flatMap((site): [string, number][] => [
      ['an edge (EDGE_PORT_BASE)', site.edge],
      ['the network between the tiers (EDGE_PORT_BASE)', site.proxy],
      ...(ownBroker ? ([['an MQTT broker (EDGE_PORT_BASE)', site.mqtt]] as [string, number][]) : []),
      ...Array.from({ length: site.wires }, (_, wire): [string, number] => [
        'simulated devices (EDGE_PORT_BASE)',
        site.devices + wire,
      ]),
    ]),
  ]
  const taken: string[] = []
  for (const [what, port] of wanted)
    if (!(await isFree(port, host))) taken.push(`${port}, wanted for ${what}`)
  if (taken.length === 0) return
  throw new SiteError({
    code: 'port_in_use',
    op: 'demo.ports',
    hint: `In use: ${taken.join('; ')}. Stop what listens there, or choose other ports with CLOUD_PORT and EDGE_PORT_BASE.`,
    retryable: true,
  })
}
