import { type DehydratedState, dehydrate, hydrate, type QueryClient } from '@tanstack/react-query'

const storageKey = 'gatehouse.member-app.answers'
/** Kept for the phone without a network; plans and days are not, because they are wrong within minutes. */
const keptNames: ReadonlySet<unknown> = new Set(['me', 'my-plan', 'sites', 'site', 'bookings'])
const writeAfterMs = 1_000

function read(): DehydratedState | undefined {
  try {
    const text = window.localStorage.getItem(storageKey)
    return text === null ? undefined : (JSON.parse(text) as DehydratedState)
  } catch {
    return undefined
  }
}

/** Starts with what was loaded before, and keeps what is loaded from now on, on this device. */
export function keepAnswers(client: QueryClient): void {
  hydrate(client, read() ?? {})
  let timer: ReturnType<typeof setTimeout> | undefined
  client.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'success' || timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      const state = dehydrate(client, {
        shouldDehydrateQuery: ({ queryKey, state: { status, data } }) =>
          status === 'success' && data !== null && keptNames.has(queryKey[0]),
        shouldDehydrateMutation: () => false,
      })
      try {
        window.localStorage.setItem(storageKey, JSON.stringify(state))
      } catch {
        // The device keeps nothing, for example in a private window: the app then needs a network to start.
      }
    }, writeAfterMs)
  })
}

/** Forgets everything kept on this device: at log-out, and when the log-in has ended. */
export function forgetAnswers(): void {
  window.localStorage.removeItem(storageKey)
}
