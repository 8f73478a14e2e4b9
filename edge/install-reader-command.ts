import { problemSchema } from '@gatehouse/shared/api/problem'
import type { EdgeConfig } from './config.ts'
import { readLocalSecret } from './site/local-secret.ts'

/** For how long a reader may be given its key: a walk to the door and back. */
const windowMs = 10 * 60_000
const timeoutMs = 5_000

/**
 * `install-reader DEVICE`: lets the running edge give one reader a key of its own, for ten minutes.
 * Exit 0 the window is open · 1 refused, or no edge runs here · 2 no device named.
 */
export async function installReaderCommand(
  { http, dataFolder }: EdgeConfig,
  deviceId: string | undefined,
  print: (line: string) => void,
): Promise<number> {
  if (deviceId === undefined) {
    print('Say which: gatehouse-edge install-reader DEVICE --config FILE')
    return 2
  }
  const host = http.host === '0.0.0.0' ? '127.0.0.1' : http.host
  const headers = {
    authorization: `Bearer ${readLocalSecret(dataFolder) ?? ''}`,
    'content-type': 'application/json',
  }
  try {
    const response = await fetch(`http://${host}:${http.port}/api/v1/local/readers/install`, {
      ...{ method: 'POST', headers, body: JSON.stringify({ deviceId, forMs: windowMs }) },
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (response.ok) {
      print(
        `${deviceId}: for ${windowMs / 60_000} minutes it may be given its key; it comes online by itself.`,
      )
      print('Whoever is on the wire now learns the key: do this on the bench, or watch the line.')
      return 0
    }
    const problem = problemSchema.safeParse(await response.json().catch(() => undefined))
    print(`${deviceId}: ${problem.success ? `${problem.data.title} ${problem.data.hint}` : response.status}`)
  } catch {
    print(`No edge answers on ${host}:${http.port}; start it first.`)
  }
  return 1
}
