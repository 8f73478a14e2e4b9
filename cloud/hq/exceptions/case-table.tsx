import { Money } from '@gatehouse/shared/ui/money.tsx'
import { type ChipState, StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { RelativeTime } from '@gatehouse/shared/ui/time-text.tsx'
import { UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { useCaseText } from './case-text.ts'
import type { Case } from './views.ts'
import { useCaseWords } from './words/words.ts'

const shapes: Readonly<Record<Case['state'], ChipState>> = {
  open: 'out',
  taken: 'held',
  proposed: 'yours',
  settled: 'free',
}

/** The state of a case in colour, shape and word. */
export function CaseChip(props: { readonly state: Case['state'] }): ReactNode {
  const t = useCaseWords()
  return <StateChip state={shapes[props.state]}>{t(`state.${props.state}`)}</StateChip>
}

/** The money in a case, or that there is none. */
export function CaseAmount(props: { readonly of: Case }): ReactNode {
  const t = useCaseWords()
  const { amountMinor, currency } = props.of
  if (amountMinor === undefined || currency === undefined) return t('noAmount')
  return <Money minor={amountMinor} currency={currency} />
}

function Row(props: { readonly row: Case; readonly onOpen: (id: number) => void }): ReactNode {
  const t = useCaseWords()
  const text = useCaseText()
  const { row } = props
  const kind = t(`kind.${row.kind}`)
  return (
    <tr data-case={row.exceptionId} data-case-state={row.state} data-severity={row.severity}>
      <th scope="row" className="case-kind">
        <UnstyledButton
          className="case-open"
          aria-label={t('open', { id: row.exceptionId, kind })}
          onClick={() => props.onOpen(row.exceptionId)}
        >
          {kind}
        </UnstyledButton>
      </th>
      <td>
        <CaseChip state={row.state} />
      </td>
      <td>{row.siteName}</td>
      <td className="number" data-label={t('column.amount')}>
        <CaseAmount of={row} />
      </td>
      <td data-label={t('column.age')}>
        <RelativeTime ms={row.sinceMs} />
      </td>
      <td data-label={t('column.owner')}>{row.owner ? text.person(row.owner) : t('nobody')}</td>
    </tr>
  )
}

/** Cases: what is wrong, state, where, how much, how old, whose. */
export function CaseTable(props: {
  readonly rows: readonly Case[]
  readonly onOpen: (exceptionId: number) => void
}): ReactNode {
  const t = useCaseWords()
  return (
    <ScrollBox className="gh-card" label={t('table')}>
      <table className="hq-table hq-stack">
        <thead>
          <tr>
            <th scope="col">{t('column.kind')}</th>
            <th scope="col">{t('column.state')}</th>
            <th scope="col">{t('column.site')}</th>
            <th scope="col" className="number">
              {t('column.amount')}
            </th>
            <th scope="col">{t('column.age')}</th>
            <th scope="col">{t('column.owner')}</th>
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <Row key={row.exceptionId} row={row} onOpen={props.onOpen} />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
