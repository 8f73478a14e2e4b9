import type { Channel, Notifications } from './notifications.ts'

// Late messages come in ones and twos; each begins the time anew.
const messagesPerWaitMax = 10

/** What to wait for: a message on the channel with this very payload. */
export interface RowsWait {
  readonly channel: Channel
  readonly payload: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Reads rows; when there are none it waits for a message and reads again, until there are, the time is over,
 * the caller is gone or every wait of the process ends. A message may be late and speak of rows that the caller
 * has already: that does not end the wait.
 */
export async function rowsOrWait<T>(
  notifications: Notifications,
  { channel, payload, timeoutMs, signal }: RowsWait,
  read: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
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
    const rows = await read()
    if (rows.length > 0) {
      told.cancel()
      return rows
    }
    await told.done
    if (!isNamed || signal.aborted) break
  }
  return read()
}
