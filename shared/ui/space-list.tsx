import { Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { formatTime } from './format.ts'
import { useLanguage } from './language.ts'
import { PriceTotal } from './money.tsx'
import { type PlanSpace, planStateOf } from './plan-space.ts'
import { useSpaceFacts } from './space-facts.ts'
import { useStaleWords } from './stale-words.ts'
import { chipStateOf, StateChip } from './state-chip.tsx'
import { token } from './tokens.ts'
import { useUiWords } from './words.ts'

const nobody: ReadonlySet<string> = new Set()

/** What a space is, in words: its bay class, or its kind. */
export function useSpaceKindWords(): (space: {
  readonly kind: string
  readonly bayClass?: string | undefined
}) => string {
  const t = useUiWords()
  return (space) => {
    const key = space.bayClass ? `class.${space.bayClass}` : `kind.${space.kind}`
    return t(key as 'kind.desk')
  }
}

function Row(props: {
  readonly space: PlanSpace
  readonly yours: ReadonlySet<string>
  readonly isAskable: boolean
  readonly timeZone: string
  readonly since: string | undefined
}): ReactNode {
  const t = useUiWords()
  const { locale } = useLanguage()
  const kindOf = useSpaceKindWords()
  const factsOf = useSpaceFacts()
  const { space, isAskable } = props
  const state = isAskable ? 'held' : planStateOf(space, props.yours, props.since !== undefined)
  const last = state === 'stale' ? t(`state.${chipStateOf(space.status)}`) : ''
  const until =
    space.untilMs === undefined || isAskable
      ? ''
      : t('plan.until', { time: formatTime(space.untilMs, locale, 'time', props.timeZone) })
  return (
    <Group justify="space-between" gap="4px 12px" mih={56} px="md" py="xs">
      {/* Price and state go below before they would cut a long word of the name. */}
      <Stack gap={0} style={{ flex: '1 1 min-content', maxWidth: '100%' }}>
        <Text fw={500}>{space.name}</Text>
        <Text size="sm" c="dimmed">
          {[kindOf(space), ...factsOf(space), last, until].filter(Boolean).join('\u00a0· ')}
        </Text>
      </Stack>
      <Group gap="sm" wrap="nowrap" style={{ flex: 'none' }}>
        {space.price ? <PriceTotal price={space.price} /> : null}
        <StateChip state={state}>{isAskable ? t('state.askable') : undefined}</StateChip>
      </Group>
    </Group>
  )
}

/** The same as the floor plan in rows: name, what it is, price and state; with `onSelect` each is a button. */
export function SpaceList(props: {
  readonly spaces: readonly PlanSpace[]
  readonly levelId?: string
  readonly timeZone: string
  readonly yours?: ReadonlySet<string>
  /** What somebody else may sell, and is given when it is asked for. */
  readonly askable?: ReadonlySet<string>
  readonly selectedId?: string | undefined
  readonly onSelect?: (spaceId: string) => void
  /** The site was not heard since; states are greyed. Epoch ms. */
  readonly staleSinceMs?: number | undefined
}): ReactNode {
  const t = useUiWords()
  const since = useStaleWords(props.staleSinceMs, props.timeZone)
  const { onSelect } = props
  const spaces = props.spaces.filter((space) => !props.levelId || space.levelId === props.levelId)
  if (spaces.length === 0) return <Text c="dimmed">{t('plan.empty')}</Text>
  return (
    <ul className="gh-card" style={{ listStyle: 'none', margin: 0, padding: 0, overflow: 'hidden' }}>
      {spaces.map((space, index) => {
        const row = (
          <Row
            {...{ space, since, timeZone: props.timeZone, yours: props.yours ?? nobody }}
            isAskable={props.askable?.has(space.spaceId) ?? false}
          />
        )
        return (
          <li
            key={space.spaceId}
            data-space={space.spaceId}
            style={{ borderTop: index === 0 ? 'none' : `1px solid ${token('line')}` }}
          >
            {onSelect ? (
              <UnstyledButton
                w="100%"
                aria-pressed={space.spaceId === props.selectedId}
                onClick={() => onSelect(space.spaceId)}
                className="gh-space-row"
              >
                <div style={{ flex: 1, minWidth: 0 }}>{row}</div>
                <IconChevronRight size={18} aria-hidden style={{ marginRight: 12, color: token('muted') }} />
              </UnstyledButton>
            ) : (
              row
            )}
          </li>
        )
      })}
    </ul>
  )
}
