import { IconPhone } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useLeave } from '../frame/leave.ts'
import { StepFrame } from '../frame/step-frame.tsx'
import { useSite } from '../site/site-context.tsx'
import { useWords } from '../words/words.ts'
import css from './help.module.css'

const topics = [
  { topic: 'door', feature: 'check_in' },
  { topic: 'reference', feature: 'check_in' },
  { topic: 'cancel', feature: 'check_in' },
  { topic: 'ticket', feature: 'pay_parking' },
  { topic: 'money', feature: undefined },
] as const

/** What to do when something does not work, for what this site has. */
export function Help(): ReactNode {
  const { site } = useSite()
  const t = useWords()
  const leave = useLeave()
  const shown = topics.filter(({ feature }) => feature === undefined || site.features.includes(feature))
  return (
    <StepFrame title={t('help.title')} onBack={leave}>
      <div className={css.topics}>
        {shown.map(({ topic }) => (
          <section key={topic} className={css.topic}>
            <h2>{t(`help.${topic}`)}</h2>
            <p>{t(`help.${topic}Text`)}</p>
          </section>
        ))}
      </div>
      <p className={css.emergency}>
        <IconPhone aria-hidden style={{ flex: 'none' }} /> {t('help.emergency')}
      </p>
    </StepFrame>
  )
}
