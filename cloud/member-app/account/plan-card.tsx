import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { Money } from '@gatehouse/shared/ui/money.tsx'
import { useSpaceKindWords } from '@gatehouse/shared/ui/space-list.tsx'
import { type ChipState, StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type MemberPlan, memberPlanQuery } from '../api/queries.ts'
import { useWords } from '../words/words.ts'

const shapes: Readonly<Record<MemberPlan['state'], ChipState>> = {
  running: 'free',
  coming: 'held',
  over: 'out',
}

/** From when to when the plan holds, in days of the reader. */
function Span(props: { readonly plan: MemberPlan }): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { fromMs, toMs } = props.plan
  const day = (ms: number) => formatTime(ms, locale, 'fullDate')
  return (
    <Text size="sm">
      {fromMs === undefined ? null : `${t('plan.since', { day: day(fromMs) })} · `}
      {toMs === undefined ? t('plan.open') : t('plan.until', { day: day(toMs) })}
    </Text>
  )
}

function Plan(props: { readonly plan: MemberPlan }): ReactNode {
  const t = useWords()
  const kindWords = useSpaceKindWords()
  const { plan } = props
  const covered = plan.covers.map((kind) => kindWords({ kind }))
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="sm">
        <Text fw={600}>{plan.name}</Text>
        <StateChip state={shapes[plan.state]}>{t(`plan.state.${plan.state}`)}</StateChip>
      </Group>
      {plan.currency === undefined ? null : (
        <Text>
          <Money minor={plan.monthlyMinor} currency={plan.currency} /> {t('plan.monthly')}
        </Text>
      )}
      <Text size="sm">
        {covered.length === 0 ? t('plan.coversNothing') : t('plan.covers', { what: covered.join(', ') })}
      </Text>
      {plan.discountPercent > 0 ? (
        <Text size="sm">{t('plan.discount', { percent: plan.discountPercent })}</Text>
      ) : null}
      <Text size="sm">{t(`plan.doors.${plan.access.doors}`)}</Text>
      <Span plan={plan} />
    </Stack>
  )
}

/** What somebody's plan is called, costs and covers, and how long it holds. */
export function PlanCard(): ReactNode {
  const t = useWords()
  const plan = useQuery(memberPlanQuery)
  return (
    <Paper className="gh-card" p="md">
      <Stack gap="xs">
        <Title order={2} size="h3">
          {t('plan.title')}
        </Title>
        <Faces
          query={plan}
          rows={2}
          isEmpty={(found) => found.plan === null}
          empty={<Notice title={t('plan.none')}>{t('plan.noneHint')}</Notice>}
        >
          {(found) => (found.plan === null ? null : <Plan plan={found.plan} />)}
        </Faces>
      </Stack>
    </Paper>
  )
}
