import { formatTime, spanUnit } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { useUiWords } from '@gatehouse/shared/ui/words.ts'
import { Button, Group } from '@mantine/core'
import { IconCreditCard, IconCreditCardOff, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { usePanel } from '../live/panel-context.tsx'
import panel from '../panel.module.css'
import { useWords } from '../words/words.ts'
import css from './clock.module.css'

const minuteMs = 60_000
const jumps = [
  ['clock.minutes', 15 * minuteMs],
  ['clock.hour', 60 * minuteMs],
  ['clock.day', 24 * 60 * minuteMs],
] as const

/** The test clock of every program of the demo, with jumps forward, and the traffic switch. */
export function ClockBar(): ReactNode {
  const { state, act } = usePanel()
  const { locale } = useLanguage()
  const t = useWords()
  const ui = useUiWords()
  const now = useServerNowMs(1_000)
  const [site] = state.sites
  const offsetMs = site?.clock.offsetMs ?? 0
  const { unit, count } = spanUnit(offsetMs)
  const { paused } = state.traffic
  return (
    <section className={css.bar} aria-label={t('clock.label')}>
      <div className={css.face}>
        <strong className={css.time}>{formatTime(now, locale, 'timeSeconds', site?.timeZone)}</strong>
        <span className={panel.hint}>
          {formatTime(now, locale, 'date', site?.timeZone)} ·{' '}
          {Math.abs(offsetMs) < 1_000
            ? t('clock.real')
            : t('clock.ahead', { span: ui(`time.${unit}`, { count }) })}
        </span>
      </div>
      <Group gap={6}>
        {jumps.map(([word, byMs]) => (
          <Button key={word} size="sm" variant="default" onClick={() => act({ kind: 'moveClock', byMs })}>
            {t(word)}
          </Button>
        ))}
      </Group>
      <div className={css.switch}>
        <Button
          size="sm"
          variant="default"
          aria-pressed={paused}
          leftSection={
            paused ? <IconPlayerPlay size={18} aria-hidden /> : <IconPlayerPause size={18} aria-hidden />
          }
          onClick={() => act({ kind: 'setTraffic', paused: !paused })}
        >
          {t(paused ? 'traffic.resume' : 'traffic.pause')}
        </Button>
        <span className={panel.hint}>{t(paused ? 'traffic.paused' : 'traffic.running')}</span>
      </div>
      <GatewaySwitch />
    </section>
  )
}

/** Takes the card gateway down and up: what is left are cash and plans. */
function GatewaySwitch(): ReactNode {
  const { state, act } = usePanel()
  const t = useWords()
  const up = state.gateway === 'up'
  return (
    <div className={css.switch}>
      <Button
        size="sm"
        variant="default"
        aria-pressed={!up}
        leftSection={
          up ? <IconCreditCardOff size={18} aria-hidden /> : <IconCreditCard size={18} aria-hidden />
        }
        onClick={() => act({ kind: 'setGateway', up: !up })}
      >
        {t(up ? 'gateway.takeDown' : 'gateway.bringUp')}
      </Button>
      <span className={panel.hint} role="status">
        {t(up ? 'gateway.up' : 'gateway.down')}
      </span>
    </div>
  )
}
