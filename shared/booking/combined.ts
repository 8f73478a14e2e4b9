import type { SpaceId } from '../ids/ids.ts'
import type { DirectoryBody } from '../wire/v1/directory.ts'
import type { BookableSpace, Occupancy } from './availability.ts'

/** A site's spaces by id. */
export type SiteSpaces = ReadonlyMap<string, DirectoryBody<'space'>>

/** The spaces that a booking of this one occupies beside it: those it is combined of (RULES, Booking). */
export function partsOf(spaces: SiteSpaces, spaceId: string): readonly SpaceId[] {
  return spaces.get(spaceId)?.parts ?? []
}

/** How many spaces a site has at once: a combined space is no more room than its parts. */
export function roomCapacity(spaces: SiteSpaces): number {
  return [...spaces.values()].filter(({ parts = [] }) => parts.length === 0).length
}

/** A site's spaces with the wholes that each one is part of; made once per change of the spaces. */
export interface SharedRoom {
  readonly spaces: SiteSpaces
  readonly wholes: ReadonlyMap<string, readonly string[]>
}

/** Finds out which wholes each space is part of. */
export function sharedRoom(spaces: SiteSpaces): SharedRoom {
  const wholes = new Map<string, string[]>()
  for (const [whole, { parts = [] }] of spaces) {
    for (const part of parts) {
      const known = wholes.get(part)
      if (known) known.push(whole)
      else wholes.set(part, [whole])
    }
  }
  return { spaces, wholes }
}

/** Every space whose bookings keep others out of this one: itself, its parts, and the wholes it is part of. */
export function involvedSpaces({ spaces, wholes }: SharedRoom, spaceId: string): readonly string[] {
  return [spaceId, ...partsOf(spaces, spaceId), ...(wholes.get(spaceId) ?? [])]
}

/**
 * What makes a space bookable together with its parts: the largest gap of all, out of service when one is, and
 * available only while all are. Its own row says whether it is bookable at all.
 */
export function bookableSpace(spaces: SiteSpaces, space: DirectoryBody<'space'>): BookableSpace {
  if (space.parts === undefined || space.parts.length === 0) return space
  const all = [space, ...space.parts.flatMap((part) => spaces.get(part) ?? [])]
  const from = all.flatMap(({ availableFromMs }) => availableFromMs ?? [])
  const to = all.flatMap(({ availableToMs }) => availableToMs ?? [])
  return {
    bookable: space.bookable,
    outOfService: all.some(({ outOfService }) => outOfService),
    gapMs: Math.max(...all.map(({ gapMs }) => gapMs)),
    ...(from.length > 0 ? { availableFromMs: Math.max(...from) } : {}),
    ...(to.length > 0 ? { availableToMs: Math.min(...to) } : {}),
  }
}

/** What occupies a space through any space it shares room with, in order of time, each booking once. */
export function occupancyAround(
  room: SharedRoom,
  spaceId: string,
  bySpace: ReadonlyMap<string, readonly Occupancy[]>,
): readonly Occupancy[] {
  const involved = involvedSpaces(room, spaceId)
  if (involved.length === 1) return bySpace.get(spaceId) ?? []
  const byBooking = new Map<string, Occupancy>()
  for (const id of involved) {
    for (const occupancy of bySpace.get(id) ?? []) byBooking.set(occupancy.bookingId, occupancy)
  }
  return [...byBooking.values()].sort((a, b) => a.fromMs - b.fromMs)
}

/** A mistake in what a row says of its parts; `part` is the id that is wrong. */
export interface PartMistake {
  readonly spaceId: string
  readonly part: string
  readonly why: 'unknown_part' | 'own_part' | 'part_twice' | 'nested_part'
}

/** Finds the parts that a site's spaces may not name: unknown here, itself, named twice, or combined in turn. */
export function partMistakes(spaces: SiteSpaces): PartMistake[] {
  const mistakes: PartMistake[] = []
  for (const [spaceId, { parts = [] }] of spaces) {
    parts.forEach((part, at) => {
      const why = mistakeOf(spaces, { spaceId, part, repeated: parts.indexOf(part) !== at })
      if (why !== undefined) mistakes.push({ spaceId, part, why })
    })
  }
  return mistakes
}

function mistakeOf(
  spaces: SiteSpaces,
  named: { readonly spaceId: string; readonly part: string; readonly repeated: boolean },
): PartMistake['why'] | undefined {
  if (named.part === named.spaceId) return 'own_part'
  if (named.repeated) return 'part_twice'
  const part = spaces.get(named.part)
  if (part === undefined) return 'unknown_part'
  // One level only; that also leaves no room for a circle.
  return (part.parts?.length ?? 0) > 0 ? 'nested_part' : undefined
}
