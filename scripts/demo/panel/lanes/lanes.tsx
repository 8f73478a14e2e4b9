import { Button } from '@mantine/core'
import { IconGhost } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { PanelSite } from '../../panel-contract.ts'
import { usePanel } from '../live/panel-context.tsx'
import panel from '../panel.module.css'
import { useWords } from '../words/words.ts'
import { LaneTile } from './lane-tile.tsx'
import css from './lanes.module.css'

/** The lanes of a site, entries first. */
export function Lanes(props: { readonly site: PanelSite }): ReactNode {
  const { site } = props
  const { act } = usePanel()
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
      <div className={css.slip}>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconGhost size={16} aria-hidden />}
          onClick={() => act({ kind: 'slipIn', siteId: site.siteId })}
        >
          {t('lanes.slipIn')}
        </Button>
        <span className={panel.hint}>{t('lanes.slipInHint')}</span>
      </div>
    </section>
  )
}
