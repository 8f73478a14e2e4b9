import type { PaperIssuer } from '@gatehouse/shared/passes/sign-paper'
import type { PassKnowledge } from '@gatehouse/shared/passes/verify-pass'
import type { DirectoryReader } from '../sync/directory.ts'
import type { BookedBays } from './booked-bays.ts'
import type { PlateVault } from './open-plates.ts'

/** What the parking module is built from. */
export interface ParkingOptions {
  readonly directory: DirectoryReader
  readonly vault: PlateVault
  readonly bookings: BookedBays
  /** The keyed digest under which the directory names a member's normalised plate. */
  readonly plateDigest: (plate: string) => string
  /** Whether a driver can pay now. When not, departures open and the debt is recorded (RULES, Parking). */
  readonly canPay: () => boolean
  /** Lets vehicles that do not charge stand in bays with a charger. */
  readonly evForAll: boolean
  /** What signed tickets and receipts are judged by. */
  readonly passes: Omit<PassKnowledge, 'at'>
  /** Signs tickets and receipts; absent in a replay, which gives none. */
  readonly papers?: PaperIssuer | undefined
  /** Where wall-clock offsets come from, for example `2025b`. */
  readonly tzdataVersion: string
}
