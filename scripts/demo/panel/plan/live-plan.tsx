import { FloorPlan } from '@gatehouse/shared/ui/floor-plan.tsx'
import { useGivenNames } from '@gatehouse/shared/ui/given-names.ts'
import { StateShape } from '@gatehouse/shared/ui/state-chip.tsx'
import { type ReactNode, useState } from 'react'
import type { PanelSite } from '../../panel-contract.ts'
import { usePanel } from '../live/panel-context.tsx'
import panel from '../panel.module.css'
import { useWords } from '../words/words.ts'
import css from './plan.module.css'
import { Vehicles } from './vehicles.tsx'

/** Pixels; both sites should be seen without scrolling far. */
const planHeightMax = 330

/** The live plan of one level, with the free count of each; at a garage a touch covers a bay's sensor. */
export function LivePlan(props: { readonly site: PanelSite }): ReactNode {
  const { site } = props
  const { act } = usePanel()
  const t = useWords()
  const given = useGivenNames()
  const [levelId, setLevelId] = useState(site.levels[0]?.levelId)
  const level = site.levels.find((one) => one.levelId === levelId) ?? site.levels[0]
  if (level === undefined) return null
  const sensors = site.kind === 'parking'
  const toggle = (spaceId: string) => {
    const space = site.spaces.find((one) => one.spaceId === spaceId)
    const { siteId } = site
    void act({ kind: 'setBaySensor', siteId, spaceId, occupied: space?.status !== 'taken' })
  }
  return (
    <section>
      <h3 className={panel.heading}>{t('plan.title')}</h3>
      <fieldset className={css.levels} aria-label={t('plan.title')}>
        {site.levels.map((one) => (
          <button
            key={one.levelId}
            type="button"
            className={css.level}
            aria-pressed={one.levelId === level.levelId}
            onClick={() => setLevelId(one.levelId)}
          >
            <StateShape state={one.full ? 'out' : 'free'} />
            {given(one.name)}
            <b data-full={one.full || undefined}>
              {one.full ? t('plan.full') : t('plan.free', { count: one.free })}
            </b>
          </button>
        ))}
      </fieldset>
      <div className={css.row}>
        <div className={css.plan} style={{ maxWidth: (planHeightMax * level.width) / level.height }}>
          <FloorPlan level={level} spaces={site.spaces} {...(sensors ? { onSelect: toggle } : {})} />
        </div>
        {sensors ? <Vehicles site={site} /> : null}
      </div>
      {sensors ? <p className={panel.hint}>{t('plan.sensorHint')}</p> : null}
    </section>
  )
}
