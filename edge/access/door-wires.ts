import { type DoorId, doorIdSchema } from '@gatehouse/shared/ids/ids'
import type { DirectoryReader } from '../sync/directory.ts'

/** Which door a device belongs to, by what it is there. */
export interface DoorWires {
  readonly byReader: ReadonlyMap<string, DoorId>
  readonly byExitReader: ReadonlyMap<string, DoorId>
  readonly byContact: ReadonlyMap<string, DoorId>
  readonly byExitButton: ReadonlyMap<string, DoorId>
}

/** Reads the doors of the directory by their devices. */
export function doorWires(directory: DirectoryReader): DoorWires {
  const byReader = new Map<string, DoorId>()
  const byExitReader = new Map<string, DoorId>()
  const byContact = new Map<string, DoorId>()
  const byExitButton = new Map<string, DoorId>()
  for (const [key, door] of directory.all('door')) {
    const doorId = doorIdSchema.parse(key)
    byReader.set(door.readerDeviceId, doorId)
    if (door.exitReaderDeviceId) byExitReader.set(door.exitReaderDeviceId, doorId)
    if (door.contactDeviceId) byContact.set(door.contactDeviceId, doorId)
    if (door.exitButtonDeviceId) byExitButton.set(door.exitButtonDeviceId, doorId)
  }
  return { byReader, byExitReader, byContact, byExitButton }
}
