import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { type ReactNode, useState } from 'react'
import { Choice } from '../../choice/choice.tsx'
import { ActionButton } from '../../frame/action-button.tsx'
import { useLeave } from '../../frame/leave.ts'
import { StepFrame } from '../../frame/step-frame.tsx'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'
import type { Wish } from './book-flow.ts'
import { durationsMs, laterStartsMs } from './start-times.ts'

const hourMs = 3_600_000

/** Writes a length as `30 min`, `1 hour`, `4 hours`. */
function useDurationWords(): (durationMs: number) => string {
  const t = useWords()
  return (durationMs) =>
    durationMs < hourMs
      ? t('duration.minutes', { count: Math.round(durationMs / 60_000) })
      : t('duration.hours', { count: durationMs / hourMs })
}

/** First step: which kind of space, from when, for how long. */
export function WhenStep(props: { readonly wish: Wish; readonly onWish: (wish: Wish) => void }): ReactNode {
  const { site } = useSite()
  const { locale } = useLanguage()
  const t = useWords()
  const leave = useLeave()
  const durationWords = useDurationWords()
  const [wish, setWish] = useState(props.wish)
  const now = useServerNowMs(20_000)
  const starts = laterStartsMs(now, site.timeZone)
  const clockTime = (ms: number) => formatTime(ms, locale, 'time', site.timeZone)
  return (
    <StepFrame
      title={t('book.whenTitle')}
      onBack={leave}
      primary={
        <ActionButton tone="primary" onPress={() => props.onWish(wish)}>
          {t('book.show')}
        </ActionButton>
      }
    >
      <Choice
        label={t('book.kind')}
        value={wish.kind}
        width={260}
        onChange={(kind) => setWish({ ...wish, kind })}
        options={Object.entries(site.freeNow).map(([kind, { free, total }]) => ({
          value: kind,
          label: t(`kindName.${kind}` as 'kindName.desk'),
          hint: t('book.freeCount', { free, total }),
        }))}
      />
      <Choice
        label={t('book.start')}
        value={String(wish.startMs ?? 'now')}
        width={110}
        onChange={(value) => {
          const { kind, durationMs } = wish
          setWish(value === 'now' ? { kind, durationMs } : { kind, durationMs, startMs: Number(value) })
        }}
        options={[
          { value: 'now', label: t('book.now') },
          ...starts.map((startMs) => ({ value: String(startMs), label: clockTime(startMs) })),
        ]}
      />
      <Choice
        label={t('book.duration')}
        value={String(wish.durationMs)}
        width={150}
        onChange={(value) => setWish({ ...wish, durationMs: Number(value) })}
        options={durationsMs(site.kind).map((durationMs) => ({
          value: String(durationMs),
          label: durationWords(durationMs),
        }))}
      />
    </StepFrame>
  )
}
