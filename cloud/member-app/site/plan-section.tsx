import type { PlanView } from '@gatehouse/shared/api/views'
import { FloorPlan } from '@gatehouse/shared/ui/floor-plan.tsx'
import { planStateOf } from '@gatehouse/shared/ui/plan-space.ts'
import { SpaceList } from '@gatehouse/shared/ui/space-list.tsx'
import { useStaleWords } from '@gatehouse/shared/ui/stale-words.ts'
import { StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { useUiWords } from '@gatehouse/shared/ui/words.ts'
import { Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'

const legend = ['free', 'held', 'taken', 'yours', 'out', 'stale'] as const

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
  const { link } = props.plan
  const staleSinceMs = link.state === 'offline' ? link.sinceMs : undefined
  const since = useStaleWords(staleSinceMs, props.timeZone)
  const levels = [...props.plan.levels].sort((a, b) => a.ordinal - b.ordinal)
  const level = levels.find(({ levelId }) => levelId === props.levelId) ?? levels[0]
  if (level === undefined) return <Text c="dimmed">{t('site.noLevels')}</Text>
  const spaces = props.plan.spaces.filter(({ levelId }) => levelId === level.levelId)
  const present = new Set(spaces.map((space) => planStateOf(space, props.yours, since !== undefined)))
  const shared = { yours: props.yours, onSelect: props.onSelect, staleSinceMs, timeZone: props.timeZone }
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
            {since === undefined ? null : (
              <Text size="sm" c="dimmed">
                {since}
              </Text>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {t('site.choose')}
          </Text>
        </>
      ) : (
        <SpaceList spaces={spaces} {...shared} />
      )}
    </Stack>
  )
}
