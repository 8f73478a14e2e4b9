import { useEffect, useRef } from 'react'

/** Something that the site keeps for the person at the kiosk until it is paid. */
interface Held {
  /** Tells one hold from the next; absent while nothing is held. */
  readonly id: string | undefined
  /** Paid: there is nothing to give back any more. */
  readonly settled: () => boolean
  /** A payment was sent and not answered. */
  readonly unanswered: boolean
  readonly giveBack: () => Promise<unknown>
}

/**
 * Gives a hold back when the person leaves it, unless a payment for it was sent and not answered: then it may be
 * paid, and only its own end of time may release it.
 */
export function useGiveBack({ id, settled, unanswered, giveBack }: Held): void {
  const latest = useRef({ settled, giveBack })
  latest.current = { settled, giveBack }
  // Of the last picture: turning back forgets the problem that says so.
  const shown = useRef(unanswered)
  useEffect(() => {
    shown.current = unanswered
  }, [unanswered])
  useEffect(() => {
    if (id === undefined) return
    // What gives this hold back, not the next one.
    const own = latest.current.giveBack
    return () => {
      if (latest.current.settled() || shown.current) return
      void own().catch(() => undefined)
    }
  }, [id])
}
