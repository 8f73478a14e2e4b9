import type { MyPass } from '@gatehouse/shared/api/pass-view'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import { DangerAct } from './danger-act.tsx'
import { passesQuery, takeBack } from './passes.ts'

/** Takes a pass back after saying what that means; `title` says which one. */
export function TakeBackPass(props: { readonly pass: MyPass; readonly title: string }): ReactNode {
  const t = useWords()
  const { pass, title } = props
  return (
    <DangerAct
      doIt={t('passes.takeBack')}
      doItNamed={t('passes.takeBackNamed', { title })}
      title={t('passes.takeBackTitle', { title })}
      hint={t('passes.takeBackHint')}
      leaveIt={t('passes.keep')}
      run={() => takeBack(pass)}
      changes={passesQuery.queryKey}
    />
  )
}
