import type { Problem } from '@gatehouse/shared/api/problem'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useProblemWords } from '@gatehouse/shared/ui/problem-words.ts'
import { Anchor, Button, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'

// A long name wraps where the panel is narrow.
const wrapping = {
  root: { height: 'auto', minHeight: 36, maxWidth: '100%', paddingBlock: 4 },
  label: { whiteSpace: 'normal', textAlign: 'left' },
} as const

/** Why a booking was refused, what to do, and the alternatives that came with the answer. */
export function Refusal(props: {
  readonly problem: Problem
  readonly timeZone: string
  readonly onAlternative?: (alternative: { spaceId: string; fromMs: number; toMs: number }) => void
}): ReactNode {
  const t = useWords()
  const words = useProblemWords()
  const { locale } = useLanguage()
  const { problem, onAlternative } = props
  const text = words(problem)
  const alternatives = onAlternative ? (problem.alternatives ?? []) : []
  const time = (ms: number) => formatTime(ms, locale, 'time', props.timeZone)
  return (
    <Notice tone={problem.status === 409 || problem.status === 503 ? 'held' : 'out'} title={text.title}>
      {text.hint}
      {problem.status === 503 && problem.code !== 'card_unavailable' ? (
        <Text size="sm" mt="xs">
          <Anchor renderRoot={(anchor) => <Link to="/" {...anchor} />}>{t('refused.otherSites')}</Anchor>
        </Text>
      ) : null}
      {alternatives.length > 0 ? (
        <Stack gap="xs" mt="sm" align="flex-start">
          <Text size="sm" fw={500} c="var(--gh-ink)">
            {t('refused.alternatives')}
          </Text>
          {alternatives.map((alternative) => (
            <Button
              key={`${alternative.spaceId}-${alternative.fromMs}`}
              variant="default"
              size="sm"
              styles={wrapping}
              onClick={() => onAlternative?.(alternative)}
            >
              {alternative.name} · {time(alternative.fromMs)}–{time(alternative.toMs)}
            </Button>
          ))}
        </Stack>
      ) : null}
    </Notice>
  )
}
