import type { Problem } from '@gatehouse/shared/api/problem'
import { IntervalText } from '@gatehouse/shared/ui/time-text.tsx'
import type { ReactNode } from 'react'
import choice from '../../choice/choice.module.css'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'
import { WhyLent } from './lent.tsx'

export type Alternative = NonNullable<Problem['alternatives']>[number]

/** What can be had instead, when the site refused and offered something. */
export function Alternatives(props: {
  readonly problem: Problem | undefined
  readonly onTake: (alternative: Alternative) => void
}): ReactNode {
  const { site } = useSite()
  const t = useWords()
  const offered = props.problem?.alternatives ?? []
  if (offered.length === 0) return <WhyLent problem={props.problem} />
  return (
    <section aria-label={t('book.alternatives')}>
      <WhyLent problem={props.problem} />
      <h2 className={choice.legend}>{t('book.alternatives')}</h2>
      <div className={choice.options}>
        {offered.map((one) => (
          <button
            key={`${one.spaceId}-${one.fromMs}`}
            type="button"
            className={choice.option}
            onClick={() => props.onTake(one)}
          >
            <span>
              {one.name}
              <small>
                <IntervalText fromMs={one.fromMs} toMs={one.toMs} timeZone={site.timeZone} />
              </small>
            </span>
          </button>
        ))}
      </div>
    </section>
  )
}
