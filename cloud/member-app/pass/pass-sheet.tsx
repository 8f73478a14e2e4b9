import { windowMs } from '@gatehouse/shared/passes/presentation'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { QrCode } from '@gatehouse/shared/ui/qr-code.tsx'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { IntervalText, TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Progress, Text } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import '../bookings/booking-screen.css'
import { useWords } from '../words/words.ts'
import type { HeldPass } from './kept-pass.ts'
import './pass-screen.css'
import { usePresentation } from './use-presentation.ts'

/** Keeps the screen lit while the pass is shown, where the browser can. */
function useWakeLock(): void {
  useEffect(() => {
    const lock = 'wakeLock' in navigator ? navigator.wakeLock.request('screen') : undefined
    // Refused, for example when the battery is low: the pass works all the same.
    lock?.catch(() => undefined)
    return () => void lock?.then((held) => held.release()).catch(() => undefined)
  }, [])
}

function Code(props: { readonly held: HeldPass }): ReactNode {
  const t = useWords()
  const { text, leftMs } = usePresentation(props.held)
  useWakeLock()
  const seconds = Math.max(1, Math.ceil(leftMs / 1000))
  return (
    <>
      {text === undefined ? (
        <div className="pass-code-waiting" />
      ) : (
        <div className="pass-code">
          <QrCode text={text} label={t('pass.code')} dense />
        </div>
      )}
      <div className="pass-next">
        <Progress value={(100 * leftMs) / windowMs} size="sm" aria-label={t('pass.nextLabel')} />
        <Text size="sm" c="dimmed" mt={4} className="gh-figures">
          {t('pass.next', { seconds })}
        </Text>
      </div>
    </>
  )
}

function RenewalNote(props: { readonly held: HeldPass; readonly timeZone: string }): ReactNode {
  const t = useWords()
  const { view, refused } = props.held
  return (
    <>
      {refused ? (
        <Notice tone="held" title={t('pass.offline')}>
          {t('pass.offlineHint')}
        </Notice>
      ) : null}
      <dl className="booking-details">
        <div>
          <dt>{t('pass.valid')}</dt>
          <dd>
            <IntervalText fromMs={view.issuedMs} toMs={view.toMs} timeZone={props.timeZone} />
          </dd>
        </div>
        <div>
          <dt>{t('pass.renewed')}</dt>
          <dd>
            <TimeText ms={view.issuedMs} timeZone={props.timeZone} />
          </dd>
        </div>
      </dl>
    </>
  )
}

/** A pass with its rotating code, and how long it is valid; `overHint` says what to do once it has run out. */
export function PassSheet(props: {
  readonly held: HeldPass
  readonly timeZone: string
  readonly overHint: string
}): ReactNode {
  const t = useWords()
  const now = useServerNowMs(1_000)
  if (now >= props.held.view.toMs) {
    return (
      <Notice tone="out" title={t('pass.over')}>
        {props.overHint}
      </Notice>
    )
  }
  return (
    <section className="gh-card pass-sheet" aria-label={t('pass.title')}>
      <Code held={props.held} />
      <RenewalNote {...props} />
    </section>
  )
}
