import type { CardFormatChoice } from '@gatehouse/shared/profiles/card-number'
import type { ProfileEvent } from '@gatehouse/shared/profiles/interpretation'
import type { Parameters } from '@gatehouse/shared/profiles/placeholders'
import type { DeviceProfile } from '@gatehouse/shared/profiles/profile'
import type { BarrierOutput } from '../ports/barrier.ts'
import type { Display } from '../ports/display.ts'
import type { Indicator } from '../ports/indicator.ts'
import type { Printer } from '../ports/printer.ts'
import type { Strike } from '../ports/strike.ts'

/** A device as drivers know it: what it is and how it is set. */
export interface DeviceSetting {
  readonly profile: DeviceProfile
  /** Complete and checked against the profile. */
  readonly parameters: Parameters
  /** Which cards it takes, for readers that send bits. */
  readonly cardFormats?: CardFormatChoice
}

/** What a driver tells about its device. */
export interface DeviceReport {
  event(event: ProfileEvent): void
  presence(presence: { readonly online: boolean; readonly detail?: string }): void
  /** A message of a camera, as it came. */
  plates?(text: string): void
  /** Something of this device that was not understood. */
  garbage(reason: string): void
}

/** A device that its driver serves, with the ports that it implements. */
export interface Attachment {
  readonly strike?: Strike
  /** What else a barrier's wires switch. */
  readonly outputs?: Readonly<Partial<Record<BarrierOutput, Strike>>>
  readonly display?: Display
  readonly indicator?: Indicator
  readonly printer?: Printer
  detach(): void
}
