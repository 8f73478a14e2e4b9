import { addDays, formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { Group, NativeSelect } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import { lengthChoices, type When, type WhenSearch, wallTime } from './when.ts'

const startChoices = Array.from({ length: 48 }, (_, half) => wallTime(half * 30))

/** Words for a length of minutes, `1 h 30`. */
export function useLengthWords(): (minutes: number) => string {
  const t = useWords()
  return (minutes) => {
    if (minutes < 60) return t('when.minutes', { count: minutes })
    const hours = t('when.hours', { hours: Math.floor(minutes / 60) })
    return minutes % 60 === 0 ? hours : `${hours} ${minutes % 60}`
  }
}

const daysAhead = 28

/** The next four weeks as choices, and the chosen day when it lies outside of them. */
function useDayChoices(today: string, chosen: string): { readonly value: string; readonly label: string }[] {
  const t = useWords()
  const { locale } = useLanguage()
  const days = Array.from({ length: daysAhead }, (_, day) => addDays(today, day))
  const all = days.includes(chosen) ? days : [chosen, ...days]
  return all.map((value) => {
    if (value === today) return { value, label: t('when.today') }
    if (value === days[1]) return { value, label: t('when.tomorrow') }
    return { value, label: formatTime(Date.parse(`${value}T12:00:00Z`), locale, 'date', 'UTC') }
  })
}

/** Chooses day, start and length; what is chosen goes into the address. */
export function WhenBar(props: {
  readonly when: When
  readonly today: string
  readonly onChange: (search: WhenSearch) => void
  /** Where the day is chosen elsewhere on the page. */
  readonly hideDay?: boolean
}): ReactNode {
  const t = useWords()
  const words = useLengthWords()
  const { when } = props
  const from = wallTime(when.fromMinutes)
  const starts = startChoices.includes(from) ? startChoices : [from, ...startChoices]
  const lengths = [...new Set<number>([...lengthChoices, when.minutes])].sort((a, b) => a - b)
  const days = useDayChoices(props.today, when.date)
  const base = { date: when.date, from, minutes: when.minutes }
  return (
    <Group gap="xs" grow wrap="nowrap" align="flex-end">
      {props.hideDay ? null : (
        <NativeSelect
          label={t('when.date')}
          value={when.date}
          data={days}
          onChange={(event) => props.onChange({ ...base, date: event.currentTarget.value })}
        />
      )}
      <NativeSelect
        label={t('when.from')}
        value={from}
        data={starts}
        onChange={(event) => props.onChange({ ...base, from: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('when.length')}
        value={String(when.minutes)}
        data={lengths.map((minutes) => ({ value: String(minutes), label: words(minutes) }))}
        onChange={(event) => props.onChange({ ...base, minutes: Number(event.currentTarget.value) })}
      />
    </Group>
  )
}
