import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { token } from '@gatehouse/shared/ui/tokens.ts'
import { Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import { niceTop } from './nice-top.ts'

interface HourValue {
  readonly fromMs: number
  readonly value: number
}

const width = 480
const height = 140
const floor = 112
const left = 64

function Bars(props: {
  readonly hours: readonly HourValue[]
  readonly top: number
  readonly write: (value: number) => string
}): ReactNode {
  const { locale } = useLanguage()
  const { hours, top } = props
  const step = (width - left) / Math.max(hours.length, 1)
  const every = Math.max(1, Math.ceil(hours.length / 8))
  const text = { fill: token('muted'), fontFamily: 'inherit' }
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width="100%" aria-hidden="true" focusable="false">
      {[0, 0.5, 1].map((part) => (
        <g key={part}>
          <line
            x1={left}
            x2={width}
            y1={floor - part * 100}
            y2={floor - part * 100}
            stroke={token('line')}
            strokeWidth="1"
          />
          <text {...text} x={left - 6} y={floor - part * 100 + 4} textAnchor="end">
            {props.write(top * part)}
          </text>
        </g>
      ))}
      {hours.map((hour, index) => {
        const tall = top > 0 ? (hour.value / top) * 100 : 0
        const x = left + index * step
        return (
          <g key={hour.fromMs}>
            <rect
              x={x + 1.5}
              y={floor - tall}
              width={Math.max(step - 3, 1)}
              height={tall}
              rx="2"
              fill={token('brand')}
            />
            {index % every === 0 ? (
              <text {...text} x={x + step / 2} y={floor + 18} textAnchor="middle">
                {formatTime(hour.fromMs, locale, 'time')}
              </text>
            ) : null}
          </g>
        )
      })}
    </svg>
  )
}

/** A figure by hour as bars, with the same figures as a table for those who do not see them. */
export function HourBars(props: {
  readonly title: string
  readonly hours: readonly HourValue[]
  /** The value at the top of the scale; absent: a round number above the largest. */
  readonly top?: number
  readonly write: (value: number) => string
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { hours } = props
  const top = props.top ?? niceTop(Math.max(0, ...hours.map(({ value }) => value)))
  return (
    <section className="gh-card hour-bars">
      <Title order={2} size="h3">
        {props.title}
      </Title>
      {hours.length === 0 || top === 0 ? (
        <Text size="sm" c="dimmed">
          {t('overview.noHours')}
        </Text>
      ) : (
        <>
          <Bars hours={hours} top={top} write={props.write} />
          <div className="gh-visually-hidden">
            <table>
              <caption>{props.title}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('overview.hour')}</th>
                  <th scope="col">{t('overview.value')}</th>
                </tr>
              </thead>
              <tbody>
                {hours.map((hour) => (
                  <tr key={hour.fromMs}>
                    <th scope="row">{formatTime(hour.fromMs, locale, 'time')}</th>
                    <td>{props.write(hour.value)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  )
}
