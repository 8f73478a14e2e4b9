import { Button } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { usePanel } from '../live/panel-context.tsx'
import { useWords } from '../words/words.ts'
import css from './tour.module.css'
import { stepIsDone, type TourStep, tourCast, tourStepOf, tourSteps } from './tour.ts'
import { TourDo } from './tour-do.tsx'
import { useTourStart } from './use-tour-start.ts'

/** The seven-step tour: what to do, a button that does it, and a tick when it has happened. */
export function TourBar(): ReactNode {
  const { state, act, acted } = usePanel()
  const t = useWords()
  const { step } = state.tour
  const start = useTourStart(step, state, acted)
  const go = (next: number) => void act({ kind: 'setTour', step: next })
  const current = tourStepOf(step)
  if (current === undefined) {
    return (
      <section className={css.tour} aria-label={t('tour.title')}>
        <p className={css.text}>{t(step === 0 ? 'tour.invite' : 'tour.finished')}</p>
        <Button onClick={() => go(1)}>{t(step === 0 ? 'tour.start' : 'tour.again')}</Button>
      </section>
    )
  }
  const done = stepIsDone(current, state, start)
  return (
    <section
      className={css.tour}
      aria-label={t('tour.title')}
      data-step={current}
      data-done={done || undefined}
    >
      <Steps current={current} done={done} />
      <div className={css.body}>
        <StepText step={current} />
        <div className={css.buttons}>
          <Button variant="default" onClick={() => go(current - 1)}>
            {t(current === 1 ? 'tour.end' : 'tour.back')}
          </Button>
          {done ? (
            <Button leftSection={<IconCheck size={18} aria-hidden />} onClick={() => go(current + 1)}>
              {t('tour.done')} · {t('tour.next')}
            </Button>
          ) : (
            <>
              <Button variant="default" onClick={() => go(current + 1)}>
                {t('tour.next')}
              </Button>
              <TourDo step={current} />
            </>
          )}
        </div>
      </div>
    </section>
  )
}

function Steps(props: { readonly current: TourStep; readonly done: boolean }): ReactNode {
  const t = useWords()
  const { current, done } = props
  return (
    <ol className={css.steps}>
      {tourSteps.map((step) => {
        const isDone = step < current || (step === current && done)
        return (
          <li
            key={step}
            className={css.step}
            data-done={isDone || undefined}
            aria-current={step === current ? 'step' : undefined}
          >
            <span className={css.dot}>{isDone ? <IconCheck size={14} stroke={3} aria-hidden /> : step}</span>
            {t(`tour.${step}.name`)}
          </li>
        )
      })}
    </ol>
  )
}

function StepText(props: { readonly step: TourStep }): ReactNode {
  const { state } = usePanel()
  const t = useWords()
  const { house, garage, cut, unpaidPlate } = tourCast(state)
  const site = props.step === 1 ? house : (cut ?? garage)
  const values = {
    site: site?.name ?? '',
    person: house?.people[0]?.displayName ?? '',
    door: house?.doors[0]?.name ?? '',
    lane: garage?.lanes.find(({ direction }) => direction === 'entry')?.name ?? '',
    plate: unpaidPlate ?? '',
  }
  return (
    <p className={css.text} role="status">
      <b>{t('tour.of', { step: props.step })}</b> {t(`tour.${props.step}.text`, values)}
    </p>
  )
}
