import { type MemberId, memberIdSchema, newId, vehicleIdSchema } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { SubjectStore } from '../bookings/subject-store.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { PlateVault } from './open-plates.ts'

export interface PlateVaultOptions {
  readonly subjects: SubjectStore
  readonly random: Random
  readonly directory: DirectoryReader
  /** The keyed digest under which the directory names a member's normalised plate. */
  readonly plateDigest: (plate: string) => string
}

/** Keeps plates sealed beside the ledger; a member's vehicle keeps the id that the directory gave it. */
export function createPlateVault({
  subjects,
  random,
  directory,
  plateDigest,
}: PlateVaultOptions): PlateVault {
  return {
    put: (db, plate) => {
      const known = memberVehicle(directory, plateDigest(plate))
      const vehicleId = known?.vehicleId ?? newId(vehicleIdSchema, 'v', random)
      subjects.put(db, vehicleId, plate)
      return vehicleId
    },
    get: (db, vehicleId) => subjects.get(db, vehicleId),
    erase: (db, vehicleId) => subjects.erase(db, vehicleId),
  }
}

/** The member's vehicle whose plate has this digest, with the class that its member says it is of. */
export function memberVehicle(
  directory: DirectoryReader,
  digest: string,
): (DirectoryBody<'member'>['vehicles'][number] & { readonly memberId: MemberId }) | undefined {
  for (const [memberId, member] of directory.all('member')) {
    const vehicle = member.vehicles.find(({ plateDigest }) => plateDigest === digest)
    if (vehicle) return { ...vehicle, memberId: memberIdSchema.parse(memberId) }
  }
  return undefined
}
