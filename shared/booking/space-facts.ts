import type { SpaceView } from '../api/views.ts'
import type { DirectoryBody } from '../wire/v1/directory.ts'

/** What a space's row says of it beside its state, as views of both tiers show it. */
export function spaceFacts(
  space: DirectoryBody<'space'>,
): Pick<
  SpaceView,
  'distanceMeters' | 'covered' | 'charging' | 'availableFromMs' | 'availableToMs' | 'parts'
> {
  const { distanceMeters, covered, charging, availableFromMs, availableToMs, parts } = space
  return {
    distanceMeters,
    ...(covered === undefined ? {} : { covered }),
    ...(charging === undefined ? {} : { charging }),
    ...(availableFromMs === undefined ? {} : { availableFromMs }),
    ...(availableToMs === undefined ? {} : { availableToMs }),
    ...(parts === undefined || parts.length === 0 ? {} : { parts }),
  }
}
