import type { PlanView } from '@gatehouse/shared/api/views'
import { FloorPlan } from '@gatehouse/shared/ui/floor-plan.tsx'
import { SpaceList } from '@gatehouse/shared/ui/space-list.tsx'
import { StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { useUiWords } from '@gatehouse/shared/ui/words.ts'
import { Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'

const legend = ['free', 'held', 'taken', 'yours', 'out'] as const

/** The floor plan of one level, or the same as a list; level and view live in the address. */
export function PlanSection(props: {
  readonly plan: PlanView
  readonly timeZone: string
  readonly levelId: string | undefined
  readonly view: 'plan' | 'list'
  readonly yours: ReadonlySet<string>
  readonly onLevel: (levelId: string) => void
  readonly onView: (view: 'plan' | 'list') => void
  readonly onSelect: (spaceId: string) => void
}): ReactNode {
  const t = useWords()
  const ui = useUiWords()
  const phone = useMediaQuery('(max-width: 47.99em)')
  const levels = [...props.plan.levels].sort((a, b) => a.ordinal - b.ordinal)
  const level = levels.find(({ levelId }) => levelId === props.levelId) ?? levels[0]
  if (level === undefined) return <Text c="dimmed">{t('site.noLevels')}</Text>
  const spaces = props.plan.spaces.filter(({ levelId }) => levelId === level.levelId)
  const present = new Set(
    spaces.map((space) => (space.status === 'out_of_service' ? 'out' : space.status) as string),
  )
  if (spaces.some(({ spaceId }) => props.yours.has(spaceId))) present.add('yours')
  const shared = { yours: props.yours, onSelect: props.onSelect }
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <SegmentedControl
          aria-label={ui('plan.level')}
          value={level.levelId}
          data={levels.map(({ levelId, name }) => ({ value: levelId, label: name }))}
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
      {props.view === 'plan' ? (
        <>
          <FloorPlan level={level} spaces={spaces} minWidth={phone ? 640 : 0} {...shared} />
          <Group gap="xs">
            {legend.map((state) => (present.has(state) ? <StateChip key={state} state={state} /> : null))}
          </Group>
          <Text size="sm" c="dimmed">
            {t('site.choose')}
          </Text>
        </>
      ) : (
        <SpaceList spaces={spaces} timeZone={props.timeZone} {...shared} />
      )}
    </Stack>
  )
}
