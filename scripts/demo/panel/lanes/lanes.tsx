import type { ReactNode } from 'react'
import type { PanelSite } from '../../panel-contract.ts'
import panel from '../panel.module.css'
import { useWords } from '../words/words.ts'
import { LaneTile } from './lane-tile.tsx'
import css from './lanes.module.css'

/** The lanes of a site, entries first. */
export function Lanes(props: { readonly site: PanelSite }): ReactNode {
  const { site } = props
  const t = useWords()
  if (site.lanes.length === 0) return null
  const lanes = site.lanes.toSorted((a, b) => Number(a.direction === 'exit') - Number(b.direction === 'exit'))
  return (
    <section>
      <h3 className={panel.heading}>{t('lanes.title')}</h3>
      <div className={css.lanes}>
        {lanes.map((lane) => (
          <LaneTile key={lane.laneId} site={site} lane={lane} />
        ))}
      </div>
    </section>
  )
}
