import { useNowMs } from '@gatehouse/shared/ui/browser-clock.ts'
import { Modal } from '@mantine/core'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { useWords } from '../words/words.ts'
import { ActionButton } from './action-button.tsx'
import css from './frame.module.css'
import { useWipe } from './leave.ts'

/** How long a step waits for a touch, and how long it then asks before it forgets everything. */
const idleMaxMs = 60_000
const askMaxMs = 20_000
/** Dialogs lie outside the screen that is zoomed. */
const zoomed = { content: css.dialog ?? '' }
/** How long a finished flow stays on the screen; each "Keep this page" adds as much again. */
const doneMaxMs = 45_000

function useSecondsLeft(untilMs: number): number {
  return Math.ceil((untilMs - useNowMs(500)) / 1_000)
}

/** Around a flow: after a minute without a touch it asks, counts down, and wipes what was typed. */
export function IdleGuard(props: { readonly children: ReactNode }): ReactNode {
  const t = useWords()
  const wipe = useWipe()
  const [untilMs, setUntilMs] = useState(() => Date.now() + idleMaxMs + askMaxMs)
  const stay = useCallback(() => setUntilMs(Date.now() + idleMaxMs + askMaxMs), [])
  const seconds = useSecondsLeft(untilMs)
  const asking = seconds * 1_000 <= askMaxMs
  useEffect(() => {
    if (seconds <= 0) wipe()
  }, [seconds, wipe])
  return (
    <div style={{ display: 'contents' }} onPointerDownCapture={stay} onKeyDownCapture={stay}>
      {props.children}
      <Modal
        opened={asking}
        onClose={stay}
        withCloseButton={false}
        size="lg"
        padding="xl"
        radius="lg"
        classNames={zoomed}
      >
        <h2 className={css.title}>{t('wipe.title')}</h2>
        <p className={css.still} role="timer">
          {t('wipe.text', { count: Math.max(0, seconds) })}
        </p>
        <div style={{ display: 'flex', gap: 16, flexWrap: 'wrap', justifyContent: 'flex-end' }}>
          <ActionButton onPress={wipe}>{t('wipe.leave')}</ActionButton>
          <ActionButton tone="primary" focusFirst onPress={stay}>
            {t('wipe.stay')}
          </ActionButton>
        </div>
      </Modal>
    </div>
  )
}

/** The foot of a finished flow: Finish, and a countdown that a touch extends. */
export function Closing(): ReactNode {
  const t = useWords()
  const wipe = useWipe()
  const [untilMs, setUntilMs] = useState(() => Date.now() + doneMaxMs)
  const seconds = useSecondsLeft(untilMs)
  useEffect(() => {
    if (seconds <= 0) wipe()
  }, [seconds, wipe])
  return (
    <>
      <ActionButton onPress={() => setUntilMs((until) => until + doneMaxMs)}>{t('wipe.more')}</ActionButton>
      <span className={css.closing} role="timer">
        {t('wipe.closing', { count: Math.max(0, seconds) })}
      </span>
    </>
  )
}
