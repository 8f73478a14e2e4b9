import type { DayView } from '@gatehouse/shared/api/views'
import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useHolidayWords } from '@gatehouse/shared/ui/space-facts.ts'
import { type ChipState, StateShape } from '@gatehouse/shared/ui/state-chip.tsx'
import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import './day-slots.css'
import { type DaySegment, daySegments } from './day-segments.ts'

const shapes: Readonly<Record<DaySegment['state'], ChipState>> = {
  free: 'free',
  held: 'held',
  taken: 'taken',
  gap: 'stale',
  closed: 'out',
  past: 'stale',
}

const legends = {
  live: 'space.slot.free',
  lent: 'space.slot.lent',
  stale: 'space.slot.freeBefore',
} as const

interface Chosen {
  readonly fromMs: number
  readonly toMs: number
}

function FreeSlots(props: {
  readonly segment: DaySegment
  readonly timeZone: string
  readonly chosen: Chosen
  /** `stale`: it was so when the site was last heard; `lent`: it is so, although the site is not heard. */
  readonly certainty: 'live' | 'lent' | 'stale'
  readonly onChoose: (fromMs: number) => void
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const stale = props.certainty === 'stale'
  return (
    <fieldset className="day-free">
      <legend>{t(legends[props.certainty])}</legend>
      <div>
        {props.segment.slots.map((slot) => {
          const within = slot.fromMs >= props.chosen.fromMs && slot.fromMs < props.chosen.toMs
          return (
            <button
              key={slot.fromMs}
              type="button"
              className="day-slot gh-figures"
              data-chosen={within || undefined}
              data-stale={stale || undefined}
              aria-pressed={slot.fromMs === props.chosen.fromMs}
              onClick={() => props.onChoose(slot.fromMs)}
            >
              <StateShape state={within ? 'yours' : stale ? 'stale' : 'free'} size={12} />
              {formatTime(slot.fromMs, locale, 'time', props.timeZone)}
            </button>
          )
        })}
      </div>
    </fieldset>
  )
}

/** A space's day: free half-hours to choose a start from, and for everything else the rule that blocks it. */
export function DaySlots(props: {
  readonly day: DayView
  readonly chosen: Chosen
  /** The site is not heard: what is shown was so when it last was. */
  readonly stale: boolean
  readonly onChoose: (fromMs: number) => void
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const holidayWords = useHolidayWords()
  const { day } = props
  const time = (ms: number) => formatTime(ms, locale, 'time', day.timeZone)
  const segments = daySegments(day.slots, props.stale)
  const holiday = day.holiday === undefined ? null : <Text fw={600}>{holidayWords(day.holiday)}</Text>
  if (segments.every(({ state }) => state === 'closed')) {
    return holiday ?? <Text>{t('space.closedAllDay')}</Text>
  }
  const none = segments.every(({ state }) => state !== 'free')
  return (
    <div className="day-slots">
      {holiday}
      {none ? <Text fw={600}>{t('space.noSlots')}</Text> : null}
      {segments.map((segment) =>
        segment.state === 'free' ? (
          <FreeSlots
            key={segment.fromMs}
            segment={segment}
            timeZone={day.timeZone}
            chosen={props.chosen}
            certainty={!props.stale ? 'live' : segment.slots[0]?.lent ? 'lent' : 'stale'}
            onChoose={props.onChoose}
          />
        ) : (
          <p key={segment.fromMs} className="day-blocked">
            <StateShape state={shapes[segment.state]} size={12} />
            <span className="gh-figures">
              {time(segment.fromMs)}–{time(segment.toMs)}
            </span>
            <span>{t(`space.slot.${segment.state}`)}</span>
          </p>
        ),
      )}
    </div>
  )
}
