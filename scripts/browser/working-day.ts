import { siteViewSchema } from '@gatehouse/shared/api/views'
import { Member } from '../story/member.ts'
import type { DemoUnderTest } from './demo-under-test.ts'
import { until } from './until.ts'

const hourMs = 3_600_000
const openingHour = 8
const lastHour = 18

/**
 * At night and on weekends a house sells little: moves the clock of the demo on to its next working hour, and waits until
 * the cloud has heard of the site again, which was hours ago for it.
 */
export async function beginWorkingDay({ cloudUrl, panel }: DemoUnderTest, siteId: string): Promise<void> {
  const { clock, timeZone } = await panel.site(siteId)
  const atWork = (byMs: number) => isWorkingHour(clock.nowMs + byMs, timeZone)
  if (atWork(0)) return
  let byMs = hourMs
  while (!atWork(byMs)) byMs += hourMs
  await panel.act({ kind: 'moveClock', byMs })
  const member = await Member.logIn(cloudUrl, 'member@demo.example')
  await until(`the cloud hears of ${siteId} at the new hour`, async () => {
    const answer = await member.get(`/sites/${siteId}`)
    return answer.ok && siteViewSchema.parse(await answer.json()).link.state === 'live'
  })
}

function isWorkingHour(atMs: number, timeZone: string): boolean {
  const options = { weekday: 'short', hour: '2-digit', hourCycle: 'h23', timeZone } as const
  const parts = new Intl.DateTimeFormat('en-GB', options).formatToParts(atMs)
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? ''
  const hour = Number(part('hour'))
  return !['Sat', 'Sun'].includes(part('weekday')) && hour >= openingHour && hour < lastHour
}
