import { Faces } from '@gatehouse/shared/ui/faces.tsx'
import { RelativeTime, TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { DetailDrawer } from '../frame/detail-drawer.tsx'
import { Fact } from '../frame/fact.tsx'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { CaseActions } from './case-actions.tsx'
import { CaseAmount, CaseChip } from './case-table.tsx'
import { useCaseText } from './case-text.ts'
import { caseQuery } from './queries.ts'
import type { CaseDetail } from './views.ts'
import { useCaseWords } from './words/words.ts'

function Sides(props: { readonly of: CaseDetail }): ReactNode {
  const t = useCaseWords()
  const text = useCaseText()
  const { sides, timeZone } = props.of
  if (sides.length === 0) return <Text size="sm">{t('noSides')}</Text>
  const withDifference = sides.some(({ difference, unit }) => difference !== undefined && unit !== 'hash')
  return (
    <ScrollBox label={t('sides')}>
      <table className="hq-table case-sides">
        <thead>
          <tr>
            <th scope="col">{t('what')}</th>
            <th scope="col">{t('siteSays')}</th>
            <th scope="col">{t('cloudSays')}</th>
            {withDifference ? <th scope="col">{t('difference')}</th> : null}
          </tr>
        </thead>
        <tbody>
          {sides.map((side) => (
            <tr key={`${side.what}-${side.unit}`}>
              <th scope="row">{text.side(side)}</th>
              <td>{text.value(side.site, side.unit, timeZone)}</td>
              <td>{text.value(side.cloud, side.unit, timeZone)}</td>
              {withDifference ? (
                <td>
                  {side.difference === undefined || side.unit === 'hash'
                    ? ''
                    : `≠ ${text.value(side.difference, side.unit, timeZone)}`}
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}

function Drills(props: { readonly of: CaseDetail }): ReactNode {
  const t = useCaseWords()
  const { entry, siteId, kind } = props.of
  return (
    <Group gap="md">
      {entry === undefined ? null : (
        <Anchor
          size="sm"
          renderRoot={(anchor) => (
            <Link
              to="/sites/$siteId"
              params={{ siteId }}
              search={{ incarnation: entry.incarnation, before: entry.seq + 1, entry: entry.seq }}
              {...anchor}
            />
          )}
        >
          {t('entry')} #{entry.seq}
        </Anchor>
      )}
      {kind === 'difference' ? (
        <Anchor size="sm" renderRoot={(anchor) => <Link to="/books" hash={siteId} {...anchor} />}>
          {t('books')}
        </Anchor>
      ) : null}
      <Anchor size="sm" renderRoot={(anchor) => <Link to="/audit" search={{ site: siteId }} {...anchor} />}>
        {t('audit')}
      </Anchor>
    </Group>
  )
}

function History(props: { readonly of: CaseDetail }): ReactNode {
  const t = useCaseWords()
  const text = useCaseText()
  return (
    <section aria-label={t('history')}>
      <Title order={3}>{t('history')}</Title>
      <ol className="case-history">
        {props.of.history.map((step) => (
          <li key={step.step}>
            <b>{text.act(step.act)}</b> · {text.person(step.by)} ·{' '}
            <TimeText ms={step.atMs} timeZone={props.of.timeZone} style="dateTime" />
            {step.fix === undefined ? null : <div>{text.fix(step.fix)}</div>}
            {step.note === undefined ? null : <div className="case-note">{step.note}</div>}
          </li>
        ))}
      </ol>
    </section>
  )
}

function Outcome(props: { readonly of: CaseDetail }): ReactNode {
  const t = useCaseWords()
  const text = useCaseText()
  const { fix, fixes, state, proposedBy, settledBy, note } = props.of
  const said = fix ?? fixes[0]
  return (
    <Fact label={t('proposedFix')}>
      {said === undefined ? '–' : text.fix(said)}
      {state === 'settled' && settledBy ? (
        <div>{t('settledBy', { name: text.person(settledBy) })}</div>
      ) : null}
      {proposedBy ? <div>{t('proposedBy', { name: text.person(proposedBy) })}</div> : null}
      {note === undefined ? null : <div className="case-note">{note}</div>}
    </Fact>
  )
}

function Body(props: { readonly of: CaseDetail }): ReactNode {
  const t = useCaseWords()
  const text = useCaseText()
  const { of } = props
  return (
    <Stack gap="md">
      <Group gap="sm">
        <CaseChip state={of.state} />
        <Text fw={600}>{t(`kind.${of.kind}`)}</Text>
      </Group>
      <Text size="sm">{t(`reason.${of.kind}`)}</Text>
      <Sides of={of} />
      <Drills of={of} />
      <dl className="case-facts">
        <Fact label={t('column.site')}>{of.siteName}</Fact>
        <Fact label={t('column.amount')}>
          <CaseAmount of={of} />
        </Fact>
        <Fact label={t('since')}>
          <TimeText ms={of.sinceMs} timeZone={of.timeZone} style="dateTime" /> ·{' '}
          <RelativeTime ms={of.sinceMs} />
        </Fact>
        <Fact label={t('found')}>
          <TimeText ms={of.foundMs} timeZone={of.timeZone} style="dateTime" />
        </Fact>
        <Fact label={t('owner')}>{of.owner ? text.person(of.owner) : t('nobody')}</Fact>
        <Outcome of={of} />
      </dl>
      <CaseActions key={of.exceptionId} of={of} />
      <History of={of} />
    </Stack>
  )
}

/** One case in full: why, both sides, whose, the fix, what may be done, and everything that became of it. */
export function CaseDrawer(props: {
  readonly exceptionId: number | undefined
  readonly onClose: () => void
}): ReactNode {
  const t = useCaseWords()
  const { exceptionId } = props
  const found = useQuery({ ...caseQuery(exceptionId ?? 0), enabled: exceptionId !== undefined })
  return (
    <DetailDrawer
      title={exceptionId === undefined ? undefined : t('case', { id: exceptionId })}
      close={t('close')}
      onClose={props.onClose}
    >
      <Faces query={found}>{(detail) => <Body of={detail} />}</Faces>
    </DetailDrawer>
  )
}
