import { type PartMistake, partMistakes } from '@gatehouse/shared/booking/combined'
import { type HolidayMistake, holidayMistakes } from '@gatehouse/shared/calendar/holiday-mistakes'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { Queryable } from '../database/pool.ts'
import { readDirectory } from '../directory/read-rows.ts'
import type { ImportFile } from './import-file.ts'

const partWords: Readonly<Record<PartMistake['why'], string>> = {
  unknown_part: 'is no space of this site',
  own_part: 'is the space itself',
  part_twice: 'is named twice',
  nested_part: 'is combined of others itself',
}
const holidayWords: Readonly<Record<HolidayMistake['why'], string>> = {
  no_such_date: 'is no date',
  date_twice: 'comes twice',
  hours_overlap: 'has hours that overlap',
}

/** Says what the sites of a file, together with the spaces they have already, contradict; one line each. */
export async function siteMistakes(db: Queryable, file: ImportFile): Promise<readonly string[]> {
  const lines: string[] = []
  for (const { siteId, rows } of file.sites) {
    const spaces = new Map<string, DirectoryBody<'space'>>()
    for (const { key, body } of await readDirectory(db, 'space', [siteId])) spaces.set(key, body)
    for (const row of rows) {
      if (row.kind === 'site' && row.body !== null) lines.push(...ofHolidays(siteId, row.body))
      if (row.kind !== 'space') continue
      if (row.body === null) spaces.delete(row.key)
      else spaces.set(row.key, row.body)
    }
    lines.push(...ofSpaces(siteId, spaces))
  }
  return lines
}

function ofHolidays(siteId: string, { holidays = [] }: DirectoryBody<'site'>): string[] {
  return holidayMistakes(holidays).map(
    ({ date, why }) => `site ${siteId}: the holiday ${date} ${holidayWords[why]}`,
  )
}

function ofSpaces(siteId: string, spaces: ReadonlyMap<string, DirectoryBody<'space'>>): string[] {
  const never = [...spaces].filter(
    ([, { availableFromMs = 0, availableToMs = Number.MAX_SAFE_INTEGER }]) =>
      availableFromMs >= availableToMs,
  )
  return [
    ...partMistakes(spaces).map(
      ({ spaceId, part, why }) => `site ${siteId}, space ${spaceId}: the part ${part} ${partWords[why]}`,
    ),
    ...never.map(([spaceId]) => `site ${siteId}, space ${spaceId}: it is never available`),
  ]
}
