import type { SiteCore } from '@gatehouse/edge/site/site-core'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import type { PlannedTap } from './plan.ts'
import type { Timeline } from './timeline.ts'

const walkMs = 1_500
const shutMs = 4_000

export interface TapHistoryOptions {
  readonly core: SiteCore
  readonly timeline: Timeline
  /** Keys the digests of cards at this site. */
  readonly siteKey: string
  readonly onRefused: (what: string, code: string) => void
}

/** Plans each card at its reader, and the door that opens and shuts behind whoever was let in. */
export function replayTaps(options: TapHistoryOptions, planned: readonly PlannedTap[]): void {
  options.timeline.plan(
    planned.map((tap, index) => ({
      atMs: tap.atMs,
      run: () => present(options, tap, `history-tap-${index}`),
    })),
  )
}

async function present(options: TapHistoryOptions, tap: PlannedTap, key: string): Promise<void> {
  const { core, timeline, siteKey, onRefused } = options
  const { kernel, directory } = core
  const { doorId } = tap
  const deviceId = directory.all('door').get(doorId)?.readerDeviceId
  const outcome = await kernel.submit({
    kind: 'presentCredential',
    caller: `device:${deviceId}`,
    key,
    input: { doorId, deviceId, kind: 'card', digest: credentialDigest(siteKey, 'card', tap.card) },
  })
  if (!outcome.ok) return onRefused('presentCredential', outcome.refusal.code)
  const { granted } = outcome.value as { granted: boolean }
  if (!granted) return
  for (const [state, afterMs] of [
    ['open', walkMs],
    ['closed', shutMs],
  ] as const) {
    timeline.at(tap.atMs + afterMs, async () => {
      await kernel.submit({
        kind: 'reportDoor',
        caller: 'system',
        key: `${key}-${state}`,
        input: { doorId, state },
      })
    })
  }
}
