import type { PlanView } from '@gatehouse/shared/api/views'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { FloorPlan } from '@gatehouse/shared/ui/floor-plan.tsx'
import { useGivenNames } from '@gatehouse/shared/ui/given-names.ts'
import { planStateOf } from '@gatehouse/shared/ui/plan-space.ts'
import { filterCodes, useFilterWords } from '@gatehouse/shared/ui/space-facts.ts'
import { SpaceList } from '@gatehouse/shared/ui/space-list.tsx'
import { useStaleWords } from '@gatehouse/shared/ui/stale-words.ts'
import { StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { useUiWords } from '@gatehouse/shared/ui/words.ts'
import { Button, Chip, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'

const legend = ['free', 'held', 'taken', 'yours', 'out', 'stale'] as const

function FactFilter(props: {
  readonly codes: readonly string[]
  readonly has: readonly string[]
  readonly onHas: (has: readonly string[]) => void
}): ReactNode {
  const t = useWords()
  const words = useFilterWords()
  return (
    <Chip.Group multiple value={[...props.has]} onChange={props.onHas}>
      <Group gap="xs" role="group" aria-label={t('site.filter')}>
        <Text size="sm" c="dimmed">
          {t('site.filter')}
        </Text>
        {props.codes.map((code) => (
          <Chip key={code} value={code} variant="outline">
            {words(code)}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  )
}

function Switches(props: {
  readonly levels: PlanView['levels']
  readonly levelId: string
  readonly view: 'plan' | 'list'
  readonly onLevel: (levelId: string) => void
  readonly onView: (view: 'plan' | 'list') => void
}): ReactNode {
  const ui = useUiWords()
  const given = useGivenNames()
  return (
    <Group justify="space-between" gap="sm">
      <SegmentedControl
        aria-label={ui('plan.level')}
        maw="100%"
        style={{ overflowX: 'auto' }}
        value={props.levelId}
        data={props.levels.map(({ levelId, name }) => ({ value: levelId, label: given(name) }))}
        onChange={props.onLevel}
      />
      <SegmentedControl
        aria-label={ui('plan.view')}
        value={props.view}
        data={[
          { value: 'plan', label: ui('plan.show') },
          { value: 'list', label: ui('plan.list') },
        ]}
        onChange={(value) => props.onView(value === 'list' ? 'list' : 'plan')}
      />
    </Group>
  )
}

/** The floor plan of one level, or the same as a list; level and view live in the address. */
export function PlanSection(props: {
  readonly plan: PlanView
  readonly timeZone: string
  readonly levelId: string | undefined
  readonly view: 'plan' | 'list'
  readonly yours: ReadonlySet<string>
  /** What spaces must have to be shown, by code. */
  readonly has: readonly string[]
  readonly onHas: (has: readonly string[]) => void
  readonly onLevel: (levelId: string) => void
  readonly onView: (view: 'plan' | 'list') => void
  readonly onSelect: (spaceId: string) => void
}): ReactNode {
  const t = useWords()
  const phone = useMediaQuery('(max-width: 47.99em)')
  const { link } = props.plan
  const staleSinceMs = link.state === 'offline' ? link.sinceMs : undefined
  const since = useStaleWords(staleSinceMs, props.timeZone)
  const levels = [...props.plan.levels].sort((a, b) => a.ordinal - b.ordinal)
  const level = levels.find(({ levelId }) => levelId === props.levelId) ?? levels[0]
  if (level === undefined) return <Text c="dimmed">{t('site.noLevels')}</Text>
  const onLevel = props.plan.spaces.filter(({ levelId }) => levelId === level.levelId)
  const codes = [...new Set(onLevel.flatMap(filterCodes))]
  const has = props.has.filter((code) => codes.includes(code))
  const spaces = onLevel.filter((space) => has.every((code) => filterCodes(space).includes(code)))
  const none = has.length > 0 && spaces.length === 0
  const present = new Set(spaces.map((space) => planStateOf(space, props.yours, since !== undefined)))
  const shared = { yours: props.yours, onSelect: props.onSelect, staleSinceMs, timeZone: props.timeZone }
  return (
    <Stack gap="sm">
      <Switches {...props} levels={levels} levelId={level.levelId} />
      {codes.length > 0 ? <FactFilter codes={codes} has={has} onHas={props.onHas} /> : null}
      {none ? (
        <Notice
          title={t('site.filterNone')}
          action={
            <Button variant="default" onClick={() => props.onHas([])}>
              {t('site.filterClear')}
            </Button>
          }
        />
      ) : props.view === 'plan' ? (
        <>
          <FloorPlan level={level} spaces={spaces} minWidth={phone ? 640 : 0} {...shared} />
          <Group gap="xs">
            {legend.map((state) => (present.has(state) ? <StateChip key={state} state={state} /> : null))}
            {since === undefined ? null : (
              <Text size="sm" c="dimmed">
                {since}
              </Text>
            )}
          </Group>
          {present.has('free') ? (
            <Text size="sm" c="dimmed">
              {t('site.choose')}
            </Text>
          ) : null}
        </>
      ) : (
        <SpaceList spaces={spaces} {...shared} />
      )}
    </Stack>
  )
}
