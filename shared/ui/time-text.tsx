import { type ReactNode, useCallback } from 'react'
import { foreignZoneName, formatCountdown, formatTime, spanUnit, type TimeStyle } from './format.ts'
import { useLanguage } from './language.ts'
import { useServerNowMs } from './server-clock.ts'
import { useUiWords } from './words.ts'

/** An instant as wall time of the site; the zone is shown when the viewer's clock differs from it. */
export function TimeText(props: {
  readonly ms: number
  readonly timeZone?: string
  readonly style?: TimeStyle
  readonly hideZone?: boolean
}): ReactNode {
  const { locale } = useLanguage()
  const zone = props.timeZone && !props.hideZone ? foreignZoneName(props.ms, props.timeZone, locale) : ''
  const text = formatTime(props.ms, locale, props.style ?? 'time', props.timeZone)
  return (
    <time className="gh-figures" dateTime={new Date(props.ms).toISOString()}>
      {zone ? `${text} ${zone}` : text}
    </time>
  )
}

const whole = { whiteSpace: 'nowrap' } as const

/** A half-open interval on one line, `Fri 20 Nov 09:00–10:00`; the date again only when it ends on another day. */
export function IntervalText(props: {
  readonly fromMs: number
  readonly toMs: number
  readonly timeZone: string
}): ReactNode {
  const { locale } = useLanguage()
  const { fromMs, toMs, timeZone } = props
  const day = (ms: number) => formatTime(ms, locale, 'date', timeZone)
  const sameDay = day(fromMs) === day(toMs - 1)
  const zone = foreignZoneName(fromMs, timeZone, locale)
  const clock = (ms: number) => formatTime(ms, locale, 'time', timeZone)
  const begin = `${clock(fromMs)}–`
  const end = zone ? `${clock(toMs)} ${zone}` : clock(toMs)
  // Where it does not fit on a line it breaks between day and time, or between two days.
  return (
    <span className="gh-figures">
      {sameDay ? (
        <>
          {day(fromMs)} <span style={whole}>{`${begin}${end}`}</span>
        </>
      ) : (
        <>
          <span style={whole}>{`${day(fromMs)} ${begin}`}</span>
          <wbr />
          <span style={whole}>{`${day(toMs)} ${end}`}</span>
        </>
      )}
    </span>
  )
}

/** Words for the distance between two instants: `in 12 min`, `3 h ago`, `now` below five seconds. */
function useRelativeTime(): (ms: number, nowMs: number) => string {
  const t = useUiWords()
  return useCallback(
    (ms, nowMs) => {
      const delta = ms - nowMs
      if (Math.abs(delta) < 5_000) return t('time.now')
      const { unit, count } = spanUnit(delta)
      const span = t(`time.${unit}`, { count })
      return t(delta > 0 ? 'time.in' : 'time.ago', { span })
    },
    [t],
  )
}

/** `12 min ago`, kept up to date by the server's clock. */
export function RelativeTime(props: { readonly ms: number }): ReactNode {
  const relative = useRelativeTime()
  const now = useServerNowMs(5_000)
  return <span className="gh-figures">{relative(props.ms, now)}</span>
}

/** `04:31` to an instant of the server's clock, once a second. */
export function Countdown(props: { readonly untilMs: number }): ReactNode {
  const now = useServerNowMs(1_000)
  return (
    <span className="gh-figures" role="timer">
      {formatCountdown(props.untilMs - now)}
    </span>
  )
}
