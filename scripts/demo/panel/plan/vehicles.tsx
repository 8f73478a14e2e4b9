import { RelativeTime } from '@gatehouse/shared/ui/time-text.tsx'
import type { ReactNode } from 'react'
import type { PanelSite } from '../../panel-contract.ts'
import panel from '../panel.module.css'
import { useWords } from '../words/words.ts'
import css from './plan.module.css'

const shownMax = 7

/** The vehicles inside a garage with what a person needs to pay for one at the kiosk: plate or ticket. */
export function Vehicles(props: { readonly site: PanelSite }): ReactNode {
  const { vehicles } = props.site
  const t = useWords()
  const more = vehicles.length - shownMax
  return (
    <section className={css.vehicles} aria-label={t('plan.inside')}>
      <h4 className={panel.heading}>{t('plan.inside')}</h4>
      {vehicles.length === 0 ? <p className={panel.hint}>{t('plan.nobodyInside')}</p> : null}
      <ul>
        {vehicles.slice(0, shownMax).map((vehicle) => (
          <li key={vehicle.plate}>
            <b>{vehicle.plate}</b>
            <span data-paid={vehicle.paid || undefined}>
              {t(vehicle.paid ? 'lanes.paid' : 'lanes.unpaid')}
            </span>
            <small>
              {[vehicle.spaceName, vehicle.ticket].filter(Boolean).join(' · ')} ·{' '}
              <RelativeTime ms={vehicle.arrivedMs} />
            </small>
          </li>
        ))}
      </ul>
      {more > 0 ? <p className={panel.hint}>{t('plan.more', { count: more })}</p> : null}
    </section>
  )
}
