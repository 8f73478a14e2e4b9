import type { Channel, Notifications } from './notifications.ts'

// Late messages come in ones and twos; each begins the time anew.
const messagesPerWaitMax = 10

/** What to wait for: a message on the channel with this very payload. */
export interface MessageWait {
  readonly channel: Channel
  readonly payload: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Reads; when what was found is no answer yet it waits for a message and reads again, until it is one, the time is over,
 * the caller is gone or every wait of the process ends. A message may be late and speak of what the caller has already:
 * that does not end the wait.
 */
export async function readOrWait<T>(
  notifications: Notifications,
  { channel, payload, timeoutMs, signal }: MessageWait,
  { read, isAnswer }: { readonly read: () => Promise<T>; readonly isAnswer: (found: T) => boolean },
): Promise<T> {
  for (let message = 0; message < messagesPerWaitMax; message += 1) {
    let isNamed = false
    const told = notifications.next(channel, {
      matches: (sent) => {
        isNamed ||= sent === payload
        return sent === payload
      },
      timeoutMs,
      signal,
    })
    const found = await read()
    if (isAnswer(found)) {
      told.cancel()
      return found
    }
    await told.done
    if (!isNamed || signal.aborted) break
  }
  return read()
}
