import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import { passKeyId, publicKeyBytes } from '@gatehouse/shared/passes/ed25519'
import type { SignMessage } from '@gatehouse/shared/passes/pass'
import type { PaperIssuer } from '@gatehouse/shared/passes/sign-paper'
import type { Random } from '@gatehouse/shared/random/random'
import { accessModule } from '../access/access-module.ts'
import { passKnowledge } from '../access/pass-keys.ts'
import type { BookingEnvironment } from '../bookings/booking-environment.ts'
import { accessBookings } from '../bookings/booking-lookup.ts'
import { createBookingsModule } from '../bookings/bookings-module.ts'
import { commissioningModule } from '../commissioning/commissioning-module.ts'
import { creditsModule } from '../credits/credits-module.ts'
import { installedCatalogue } from '../devices/profile-folder.ts'
import { drawerModule } from '../drawer/drawer-module.ts'
import { helpModule } from '../help/help-module.ts'
import type { LedgerModule } from '../ledger/command.ts'
import { bookingOfPass } from '../loans/adopt-pass.ts'
import { loansModule } from '../loans/loans-module.ts'
import { siteBookedBays } from '../parking/booked-bays.ts'
import { parkingModule } from '../parking/parking-module.ts'
import type { ParkingOptions } from '../parking/parking-options.ts'
import { createPlateVault } from '../parking/plate-vault.ts'
import { printingModule } from '../printing/printing-module.ts'
import { retentionModule } from '../retention/retention-module.ts'
import { staffModule } from '../staff/staff-module.ts'
import type { Directory } from '../sync/directory.ts'
import type { Link } from '../sync/link.ts'

export interface SiteModulesOptions extends BookingEnvironment {
  readonly directory: Directory
  readonly link: Pick<Link, 'state'>
  readonly random: Random
  /** Whether the site sells now; while it does not, departures open and the debt is recorded. */
  readonly canSell: () => boolean
  /** Keys the digests of cards, PINs and plates. */
  readonly siteKey: string
  /** JWK `x` of the cloud's key, pinned at enrolment; signs passes. */
  readonly cloudPublicKey: string
  /** The key of this machine, which signs tickets and receipts; absent in a replay. */
  readonly paperKey?: { readonly publicKey: string; readonly sign: SignMessage }
}

/** Every module of the edge, in the order in which their projections run. */
export function siteModules(options: SiteModulesOptions): LedgerModule[] {
  const { directory, link } = options
  return [
    drawerModule,
    creditsModule,
    createBookingsModule(options),
    loansModule({ directory }),
    accessModule({
      directory,
      bookingsOf: (db, memberId, atMs) => accessBookings(db, directory, { memberId, atMs }),
      passes: passesOf(options),
      bookingOfPass: (db, pass, atMs) => bookingOfPass(directory, db, pass, atMs),
      directoryAgeMs: (atMs) => (link.state.state === 'live' ? 0 : Math.max(0, atMs - link.state.sinceMs)),
    }),
    parkingModule(parkingOptions(options)),
    helpModule,
    printingModule,
    staffModule,
    commissioningModule({ directory, profiles: () => installedCatalogue().profiles }),
    retentionModule,
  ]
}

/** What parking takes from the rest of the site. */
export function parkingOptions(options: SiteModulesOptions): ParkingOptions {
  const { directory, random, siteKey, subjects, tzdataVersion } = options
  const plateDigest = (plate: string) => credentialDigest(siteKey, 'plate', plate)
  return {
    directory,
    vault: createPlateVault({ subjects, random, directory, plateDigest }),
    bookings: siteBookedBays(directory),
    plateDigest,
    passes: passesOf(options),
    papers: paperIssuer(options),
    canPay: options.canSell,
    evForAll: false,
    tzdataVersion,
  }
}

function passesOf({ directory, cloudPublicKey, paperKey }: SiteModulesOptions) {
  return passKnowledge(directory, {
    cloudPublicKey,
    ...(paperKey && { sitePublicKey: paperKey.publicKey }),
  })
}

function paperIssuer({ directory, paperKey }: SiteModulesOptions): PaperIssuer | undefined {
  const publicKey = paperKey && publicKeyBytes(paperKey.publicKey)
  if (!paperKey || !publicKey) return undefined
  const { siteId } = directory
  return { siteId, issuer: 'site', keyId: passKeyId(publicKey), sign: paperKey.sign }
}
