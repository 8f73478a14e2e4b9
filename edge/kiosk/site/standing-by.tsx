import { IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import css from '../frame/frame.module.css'
import { useWords } from '../words/words.ts'
import type { Pairing } from './pairing.ts'

/** The screen of a device that the site does not know, with what to do. */
export function Unpaired(props: { readonly pairing: Pairing }): ReactNode {
  const t = useWords()
  const refused = props.pairing === 'refused'
  return (
    <main className={css.notice}>
      <IconPlugConnected size={64} stroke={1.5} aria-hidden />
      <h1 className={css.title}>{t(refused ? 'unpaired.refused' : 'unpaired.title')}</h1>
      <p className={css.still}>{t(refused ? 'unpaired.refusedText' : 'unpaired.text')}</p>
    </main>
  )
}

/** Before the site answered for the first time; `failed` once it did not. */
export function Waiting(props: { readonly failed: boolean }): ReactNode {
  const t = useWords()
  if (!props.failed) return <main aria-busy="true" />
  return (
    <main className={css.notice} role="alert">
      <IconPlugConnectedX size={64} stroke={1.5} aria-hidden />
      <h1 className={css.title}>{t('unreachable.title')}</h1>
      <p className={css.still}>{t('unreachable.text')}</p>
    </main>
  )
}
