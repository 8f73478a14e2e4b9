import { type SharedRoom, sharedRoom } from '@gatehouse/shared/booking/combined'
import type { DirectoryReader } from '../sync/directory.ts'

const rooms = new WeakMap<DirectoryReader, SharedRoom>()
const followed = new WeakSet<DirectoryReader>()

/** The site's spaces and which of them share room; found out once per change of the directory's spaces. */
export function siteRoom(directory: DirectoryReader): SharedRoom {
  if (!followed.has(directory)) {
    followed.add(directory)
    directory.onChange((changes) => {
      if (changes.some(({ kind }) => kind === 'space')) rooms.delete(directory)
    })
  }
  let room = rooms.get(directory)
  if (!room) {
    room = sharedRoom(directory.all('space'))
    rooms.set(directory, room)
  }
  return room
}
