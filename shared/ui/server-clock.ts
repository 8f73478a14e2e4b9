import { useSyncExternalStore } from 'react'
import { nowMs, useNowMs } from './browser-clock.ts'

let offsetMs = 0
const listeners = new Set<() => void>()

/** Takes note of a server's time as it arrives, so that countdowns follow the clock that decides. */
export function noteServerTime(serverMs: number): void {
  const next = serverMs - nowMs()
  // Below a second it is the way of the answer, not the clock.
  if (Math.abs(next - offsetMs) < 1_000) return
  offsetMs = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const readOffset = () => offsetMs

/** The server's time now in epoch milliseconds, for use outside of rendering. */
export function serverNowMs(): number {
  return nowMs() + offsetMs
}

/** The server's time, read again every `everyMs`. */
export function useServerNowMs(everyMs = 1_000): number {
  const offset = useSyncExternalStore(subscribe, readOffset, readOffset)
  return useNowMs(everyMs) + offset
}
