import type { BusView } from '@gatehouse/shared/api/device-views'
import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { Group, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { useSiteZone } from '../api/admin-api.ts'
import { useWords } from '../words/words.ts'

const figures = ['sent', 'answered', 'timeouts', 'lost'] as const

function Frames(props: { readonly bus: BusView }): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const timeZone = useSiteZone()
  const { bus, exchanges, family } = props.bus
  if (exchanges.length === 0) return <Text c="dimmed">{t('bus.quiet')}</Text>
  const isAsked = family === 'osdp' || family === 'modbus'
  const newest = [...exchanges].sort((a, b) => b.lastMs - a.lastMs)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <ul className="bus-frames" aria-label={t('bus.frames', { bus })} tabIndex={0}>
      {newest.map((exchange) => (
        <li className="bus-exchange" key={`${exchange.fromMs}-${exchange.out ?? ''}-${exchange.in ?? ''}`}>
          <time className="bus-dim">{formatTime(exchange.lastMs, locale, 'timeSeconds', timeZone)}</time>
          <span>
            {exchange.out === undefined ? null : (
              <span className="bus-line">
                <span aria-hidden>→ </span>
                <VisuallyHidden>{t('bus.sentFrame')} </VisuallyHidden>
                {exchange.out}
              </span>
            )}
            {exchange.in === undefined ? null : (
              <span className="bus-line">
                <span aria-hidden>← </span>
                <VisuallyHidden>{t('bus.receivedFrame')} </VisuallyHidden>
                {exchange.in}
              </span>
            )}
            {isAsked && exchange.in === undefined ? (
              <span className="bus-dim">{t('bus.noAnswer')}</span>
            ) : null}
          </span>
          <span className="bus-dim">
            {exchange.times > 1 ? t('bus.times', { count: exchange.times }) : ''}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** The wires of this machine with their figures and last frames. */
export function Buses(props: { readonly buses: readonly BusView[] }): ReactNode {
  const t = useWords()
  return (
    <section aria-labelledby="buses">
      <Stack gap="md">
        <div>
          <Title order={2} id="buses">
            {t('buses.title')}
          </Title>
          <Text c="dimmed">{t('buses.lead')}</Text>
        </div>
        {props.buses.length === 0 ? <Text>{t('buses.empty')}</Text> : null}
        <div className="bus-cards">
          {props.buses.map((bus) => (
            <Stack key={bus.bus} className="gh-card" p="md" gap="sm" data-bus={bus.bus}>
              <Group justify="space-between" gap="xs">
                <Title order={3} size="h4">
                  {bus.bus}
                </Title>
                <StateChip state={bus.isUp ? 'free' : 'out'}>{t(bus.isUp ? 'bus.up' : 'bus.down')}</StateChip>
              </Group>
              <Text size="sm" c="dimmed">
                {[bus.kind, bus.family].filter((part) => part !== undefined).join(' · ')}
              </Text>
              <dl className="bus-figures">
                {figures.map((figure) => (
                  <div key={figure}>
                    <dt>{t(`bus.${figure}`)}</dt>
                    <dd>{bus[figure]}</dd>
                  </div>
                ))}
              </dl>
              <Frames bus={bus} />
            </Stack>
          ))}
        </div>
      </Stack>
    </section>
  )
}
