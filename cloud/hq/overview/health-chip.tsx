import type { BookState } from '@gatehouse/shared/api/hq-views'
import { type ChipState, StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import type { Health } from './worst-first.ts'

const healthShapes: Readonly<Record<Health, ChipState>> = {
  incident: 'out',
  different: 'out',
  offline: 'out',
  devices: 'held',
  behind: 'out',
  waiting: 'held',
  live: 'free',
}
const differenceShapes: Readonly<Record<BookState, ChipState>> = {
  different: 'out',
  waiting: 'held',
  equal: 'free',
}

/** The worst thing about a site in colour, shape and word. */
export function HealthChip(props: { readonly health: Health }): ReactNode {
  const t = useWords()
  return <StateChip state={healthShapes[props.health]}>{t(`health.${props.health}`)}</StateChip>
}

/** Whether site and cloud agree, in colour, shape and word. */
export function DifferenceChip(props: { readonly state: BookState }): ReactNode {
  const t = useWords()
  return <StateChip state={differenceShapes[props.state]}>{t(`books.${props.state}`)}</StateChip>
}
