import type { ChildProgram } from '../child-program.ts'
import type { Network } from '../network.ts'
import type { SiteWatch } from '../site-watch.ts'
import type { WorldRow } from '../world/rows.ts'
import type { SiteCallers } from '../world/site-devices.ts'
import type { SimulatedSite } from './simulated-site.ts'

/** One site of the demo with everything that runs for it. */
export interface RunningSite {
  readonly siteId: string
  readonly rows: readonly WorldRow[]
  readonly edgeUrl: string
  readonly callers: SiteCallers
  readonly edge: ChildProgram
  readonly network: Network
  readonly world: SimulatedSite
  readonly watch: SiteWatch
}
