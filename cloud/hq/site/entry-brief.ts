const shown = [
  'reference',
  'ticket',
  'spaceId',
  'doorId',
  'laneId',
  'method',
  'state',
  'reason',
  'outcome',
  'code',
]

/** The few values of a body that tell a person what it is about, in one line. */
export function briefOf(body: Readonly<Record<string, unknown>>): string {
  return shown
    .map((key) => body[key])
    .filter((value): value is string => typeof value === 'string' && value !== '')
    .slice(0, 3)
    .join(' · ')
}
