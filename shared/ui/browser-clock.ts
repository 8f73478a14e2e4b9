import { useEffect, useState } from 'react'

/** Epoch milliseconds of the device in front of the person; the only place where screens read it. */
export function nowMs(): number {
  return Date.now()
}

/** The time now, read again every `everyMs`, for countdowns and "12 min ago". */
export function useNowMs(everyMs = 1_000): number {
  const [now, setNow] = useState(nowMs)
  useEffect(() => {
    const timer = setInterval(() => setNow(nowMs()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** Random bytes of the browser; also there without a secure context, unlike `randomUUID`. */
export function browserBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length))
}
