import type { PanelClient } from './panel-client.ts'

const hourMs = 3_600_000
const openingHour = 8
const lastHour = 18

/** At night and on weekends a house sells little: moves the clock of the demo on to its next working hour. */
export async function beginWorkingDay(panel: PanelClient, siteId: string): Promise<void> {
  const { clock, timeZone } = await panel.site(siteId)
  const atWork = (byMs: number) => isWorkingHour(clock.nowMs + byMs, timeZone)
  if (atWork(0)) return
  let byMs = hourMs
  while (!atWork(byMs)) byMs += hourMs
  await panel.act({ kind: 'moveClock', byMs })
}

function isWorkingHour(atMs: number, timeZone: string): boolean {
  const options = { weekday: 'short', hour: '2-digit', hourCycle: 'h23', timeZone } as const
  const parts = new Intl.DateTimeFormat('en-GB', options).formatToParts(atMs)
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? ''
  const hour = Number(part('hour'))
  return !['Sat', 'Sun'].includes(part('weekday')) && hour >= openingHour && hour < lastHour
}
