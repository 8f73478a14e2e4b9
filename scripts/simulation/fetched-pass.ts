import type { PassView } from '@gatehouse/shared/api/pass-view'
import type { HolderKeys } from '../demo/site/holder-keys.ts'

/** A pass that somebody has fetched. */
export interface FetchedPass {
  readonly view: PassView
  readonly memberId: string
  /** Of the phone that it was given to. */
  readonly keys: HolderKeys
  /** What its phone has shown last. */
  shown: string | undefined
  /** Machines that a presentation has opened a door of, as `machine run presentation`. */
  readonly opened: Set<string>
}
