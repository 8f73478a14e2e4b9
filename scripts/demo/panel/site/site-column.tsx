import type { ReactNode } from 'react'
import type { PanelSite } from '../../panel-contract.ts'
import { Doors } from '../doors/doors.tsx'
import { Lanes } from '../lanes/lanes.tsx'
import { Ledger } from '../ledger/ledger.tsx'
import { LivePlan } from '../plan/live-plan.tsx'
import { Cable } from './cable.tsx'
import css from './site.module.css'
import { SiteHead } from './site-head.tsx'

/** One site as a living picture: cable, doors, lanes, plan and ledger. */
export function SiteColumn(props: { readonly site: PanelSite }): ReactNode {
  const { site } = props
  return (
    <article
      className={css.column}
      data-site={site.siteId}
      data-edge={site.edge.state}
      aria-label={site.name}
    >
      <SiteHead site={site} />
      <Cable site={site} />
      <Lanes site={site} />
      <Doors site={site} />
      <LivePlan site={site} />
      <Ledger site={site} />
    </article>
  )
}
