import { Counter, Gauge, type Registry } from 'prom-client'
import type { LiveScreens } from '../http/live.ts'
import type { ParkingDevices } from '../parking/parking-devices.ts'
import type { SiteSync } from '../sync/site-sync.ts'
import type { SiteCore } from './site-core.ts'
import type { SiteDevices } from './site-devices.ts'

export interface SiteMeasures {
  readonly core: SiteCore
  readonly live: LiveScreens
  readonly sync: SiteSync
  readonly devices: SiteDevices
  readonly parking: ParkingDevices
}

/** Registers the site's own figures for `/metrics`. */
export function measureSite(registry: Registry, measures: SiteMeasures): void {
  const { core, live, sync, devices } = measures
  const { kernel, link, retention } = core
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `gatehouse_edge_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge('head_seq', 'Sequence number of the newest entry', () => kernel.head.seq)
  gauge(
    'ledger_pruned_seq',
    'Sequence number of the last entry that was pruned, 0 while all are kept',
    () => retention.state.prunedSeq,
  )
  gauge(
    'ledger_checkpoint_seconds',
    'When the checkpoint behind which entries were pruned was made, Unix time',
    () => Math.floor((retention.state.checkpointMs ?? 0) / 1000),
  )
  gauge('ledger_retention_stopped', '1 while old entries cannot be pruned', () =>
    retention.state.problem === undefined ? 0 : 1,
  )
  gauge('upload_waiting_entries', 'Entries the cloud has not acknowledged', () => sync.waiting)
  gauge('commands_waiting', 'Commands waiting for their turn', () => kernel.waiting)
  gauge('screens', 'Connected screens', () => live.count)
  gauge('devices_down', 'Devices that do not answer', () => devices.down().length)
  gauge('cloud_link', '1 while the cloud hears this site', () => (link.state.state === 'live' ? 1 : 0))
  gauge('storage_reserved', '1 while the disk is full and only the reserve is used', () =>
    kernel.storage === 'reserved' ? 1 : 0,
  )
  measureShedding(registry, measures)
  const entries = new Counter({
    name: 'gatehouse_edge_entries_total',
    help: 'Entries committed by this process, by type',
    labelNames: ['type'],
    registers: [registry],
  })
  kernel.onCommitted((sealed) => {
    for (const { entry } of sealed) entries.inc({ type: entry.type })
  })
}

/** What came in, and what was left out because too much came at once. */
function measureShedding(registry: Registry, { core, devices, parking }: SiteMeasures): void {
  const counter = (
    name: string,
    help: string,
    count: (counter: Counter) => void,
    labelNames: readonly string[] = [],
  ) =>
    new Counter({
      name: `gatehouse_edge_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset()
        count(this)
      },
    })
  counter('broker_messages_total', 'Messages that came from the MQTT broker', (count) =>
    count.inc(devices.hub.brokerMessages),
  )
  counter(
    'bay_changes_shed_total',
    'Changes of bays left out because a newer one came before they could be recorded',
    (count) => count.inc(parking.bays.shed),
  )
  counter(
    'commands_shed_total',
    'Commands refused because too many of their priority waited: 0 life safety, 1 doors and gates, 2 people, 3 the cloud and sensors',
    (count) => {
      for (const [priority, shed] of core.kernel.shed.entries()) count.inc({ priority }, shed)
    },
    ['priority'],
  )
}
