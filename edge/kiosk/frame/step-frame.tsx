import type { Problem } from '@gatehouse/shared/api/problem'
import { useProblemWords } from '@gatehouse/shared/ui/problem-words.ts'
import { IconAlertTriangle, IconArrowLeft, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { germanKioskProblems } from '../words/problems.ts'
import { useWords } from '../words/words.ts'
import { ActionButton } from './action-button.tsx'
import css from './frame.module.css'
import { useLeave } from './leave.ts'

/**
 * One step of a flow: title, content, and a foot with Back, Cancel and the one filled button, always in the same
 * places. Without `onBack` the step cannot be undone, for example a finished payment.
 */
export function StepFrame(props: {
  readonly title: string
  readonly lead?: ReactNode
  readonly children: ReactNode
  readonly problem?: Problem | undefined
  readonly onBack?: (() => void) | undefined
  /** Replaces Cancel at the end of a flow. */
  readonly closing?: ReactNode
  readonly primary?: ReactNode
}): ReactNode {
  const t = useWords()
  const leave = useLeave()
  return (
    <>
      <main className={css.main}>
        <div className={css.content}>
          <div>
            <h1 className={css.title}>{props.title}</h1>
            {props.lead === undefined ? null : <p className={css.lead}>{props.lead}</p>}
          </div>
          {props.problem === undefined ? null : <ProblemPanel problem={props.problem} />}
          {props.children}
        </div>
      </main>
      <footer className={css.footer}>
        {props.onBack === undefined ? null : (
          <ActionButton onPress={props.onBack} icon={<IconArrowLeft aria-hidden />}>
            {t('back')}
          </ActionButton>
        )}
        {props.closing ?? (
          <ActionButton onPress={leave} icon={<IconX aria-hidden />}>
            {t('cancel')}
          </ActionButton>
        )}
        <span className={css.spread} />
        {props.primary}
      </footer>
    </>
  )
}

/** What did not work and what to do next, in words. */
export function ProblemPanel(props: { readonly problem: Problem }): ReactNode {
  const t = useWords()
  const sentences = useProblemWords(germanKioskProblems)
  const { problem } = props
  const known = sentences(problem)
  const words =
    problem.code === 'unreachable'
      ? { title: t('problem.network'), hint: t('problem.networkHint') }
      : { title: known.title || t('problem.unknown'), hint: known.hint || t('problem.unknownHint') }
  return (
    <div className={css.problem} role="alert">
      <IconAlertTriangle size={28} aria-hidden style={{ flex: 'none' }} />
      <div>
        <h2>{words.title}</h2>
        <p>{words.hint}</p>
      </div>
    </div>
  )
}
