import { join } from 'node:path'
import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { DemoSecrets } from './secrets.ts'
import { demoBuses } from './site/buses.ts'
import { harbourHouse } from './world/harbour-house.ts'
import { quayStreet } from './world/quay-street.ts'
import type { WorldRow } from './world/rows.ts'
import { type SiteCallers, siteCallers } from './world/site-devices.ts'

/** One site of the demo as data, with the secrets of its devices. */
export interface DemoSite {
  readonly siteId: SiteId
  readonly rows: readonly WorldRow[]
  readonly callers: SiteCallers
}

const worlds = [harbourHouse, quayStreet]

/** How many wires each site of the demo has, in the order of the world; the ports follow from it. */
export const demoWires: readonly number[] = worlds.map(({ rows, kioskReaderBus }) => {
  const added = siteCallers(rows, kioskReaderBus, () => '')
  return demoBuses([...rows, ...added.rows], 0).length
})

/** The demo's sites, Harbour House first; secrets come from, or go to, the data folder. */
export function demoSites(dataFolder: string): readonly DemoSite[] {
  const secrets = new DemoSecrets(join(dataFolder, 'demo-secrets.json'))
  return worlds.map(({ siteId, rows, kioskReaderBus }) => {
    const added = siteCallers(rows, kioskReaderBus, (name) => secrets.of(`${siteId}/${name}`))
    return { siteId: siteIdSchema.parse(siteId), rows: [...rows, ...added.rows], callers: added.callers }
  })
}

/** Where a demo keeps its files; everything below one folder. */
export function demoFolders(dataFolder: string) {
  const ofSite = (siteId: string) => {
    const folder = join(dataFolder, 'sites', siteId)
    return {
      folder,
      config: join(folder, 'edge.json'),
      store: join(folder, 'store'),
      parked: join(folder, 'parked-vehicles.json'),
      history: join(folder, 'history-done'),
    }
  }
  return {
    cloud: join(dataFolder, 'cloud'),
    cloudConfig: join(dataFolder, 'cloud', 'cloud.json'),
    sites: join(dataFolder, 'sites'),
    logs: join(dataFolder, 'logs'),
    secrets: join(dataFolder, 'demo-secrets.json'),
    ofSite,
  }
}
