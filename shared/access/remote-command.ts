import type { Moment } from '../clock/clock.ts'
import type { RemoteCommand } from '../wire/v1/remote-commands.ts'

/** Why a site does not do what somebody asked for from afar. */
export type RemoteRefusal = 'remote_other_boot' | 'remote_expired' | 'remote_from_future'

/** A quoted moment may be ahead of the site's by so much: the cloud adds what has passed by its own clock. */
export const quotedAheadMaxMs = 2_000

/**
 * Decides whether a command from afar still counts at `at` on this machine (ARCHITECTURE §5: it quotes the edge's latest
 * boot and monotonic time; another boot or an older stamp than its validity is refused). Wall clocks have no say.
 */
export function remoteRefusal(
  { bootId, monotonicMs, validMs }: Pick<RemoteCommand, 'bootId' | 'monotonicMs' | 'validMs'>,
  at: Pick<Moment, 'bootId' | 'monotonicMs'>,
): RemoteRefusal | undefined {
  if (bootId !== at.bootId) return 'remote_other_boot'
  const ageMs = at.monotonicMs - monotonicMs
  if (ageMs < -quotedAheadMaxMs) return 'remote_from_future'
  return ageMs > validMs ? 'remote_expired' : undefined
}
