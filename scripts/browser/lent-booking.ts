import { bookingViewSchema, planViewSchema } from '@gatehouse/shared/api/views'
import { ledgerEvents } from './books.ts'
import type { DemoUnderTest } from './demo-under-test.ts'
import type { Kiosk } from './kiosk.ts'
import type { MemberApp } from './member-app.ts'
import { expectThat, notSeen, until } from './until.ts'

const siteId = 'harbour-house'
/** Where the kiosk stands. */
const kioskDoor = 'door-main'
/** Whose reader reads codes by itself. */
const scannerDoor = 'door-yard'
const halfHourMs = 1_800_000
const hourMs = 2 * halfHourMs
const halfHoursAhead = 12
const scansMax = 3
/** How long the kiosk may take to answer a scan before the code is shown again. */
const scanMaxMs = 10_000

interface LentRoom {
  readonly spaceId: string
  readonly levelName: string
  readonly fromMs: number
  /** Wall time of the site, `HH:MM`. */
  readonly from: string
}

/** A room that a site has lent and that is booked from the cloud while the site is dark, up to the open door. */
export class LentBooking {
  readonly #demo: DemoUnderTest
  readonly #app: MemberApp
  readonly #kiosk: Kiosk
  #bookingId = ''
  #room: LentRoom | undefined

  constructor(demo: DemoUnderTest, app: MemberApp, kiosk: Kiosk) {
    this.#demo = demo
    this.#app = app
    this.#kiosk = kiosk
  }

  /** The member finds a room that is lent, holds it and pays, and reads whose word it is. */
  async isBooked(): Promise<number> {
    const app = this.#app
    const room = await this.#lentRoom()
    this.#room = room
    await app.choosesOnPlan('Harbour House', room, { daysAhead: 0, from: room.from })
    await app.page.getByText('Confirmed at once: the site has lent this time.').waitFor()
    await app.holds()
    const { amountMinor } = await app.paysByCard(/^Confirmed from places the site has lent/)
    this.#bookingId = new URL(app.page.url()).pathname.split('/').at(-1) ?? ''
    return amountMinor
  }

  /** The kiosk of the dark site does not sell that time, and says why. */
  async isRefusedAtKiosk(): Promise<void> {
    await this.#kiosk.seesLent(await this.#lentRoom())
  }

  /** The booking begins; its pass, on a phone without a network, opens a door at its scanner and one at the kiosk's. */
  async opensDoor(): Promise<void> {
    const { panel } = this.#demo
    const { fromMs } = await this.#lentRoom()
    const { clock } = await panel.site(siteId)
    await panel.act({ kind: 'moveClock', byMs: Math.max(0, fromMs - clock.nowMs) })
    await this.#app.opensPass()
    // From here on the phone is as dark as the site.
    await this.#app.losesNetwork()
    const shown = await this.#app.passText()
    await panel.act({ kind: 'showCode', siteId, doorId: scannerDoor, text: shown })
    await this.#seesLetIn(scannerDoor, fromMs)
    await this.#app.seesNextCode(shown)
    await this.#showsPassUntilOpen()
    await this.#seesLetIn(kioskDoor, fromMs)
    await this.#app.findsNetwork()
    await this.#kiosk.finishes()
  }

  /** A guest opens the member's link on a phone of their own, which then shows the pass to a door without a network. */
  async letsGuestIn(guest: MemberApp): Promise<void> {
    const { panel } = this.#demo
    await guest.opensGuestLink(await this.#app.invitesGuest('Zora (demo)'))
    await guest.losesNetwork()
    const { clock } = await panel.site(siteId)
    const text = await guest.passText()
    await panel.act({ kind: 'showCode', siteId, doorId: scannerDoor, text })
    await panel.sees('the guest let in', siteId, ({ doors }) => {
      const last = doors.find(({ doorId }) => doorId === scannerDoor)?.lastEvent
      return last?.kind === 'granted' && last.atMs >= clock.nowMs
    })
  }

  async #seesLetIn(doorId: string, fromMs: number): Promise<void> {
    await this.#demo.panel.sees(`somebody let in at ${doorId}`, siteId, ({ doors, ledgerTail }) => {
      const last = doors.find((door) => door.doorId === doorId)?.lastEvent
      const isLetIn = last?.kind === 'granted' && last.atMs >= fromMs
      return isLetIn && ledgerTail.some(({ type }) => type === 'booking.adopted')
    })
  }

  /** A code that was read at the end of its half minute may come too late; the next scan shows the next one. */
  async #showsPassUntilOpen(): Promise<void> {
    const open = this.#kiosk.page.getByRole('heading', { name: 'Open', exact: true })
    for (let scan = 1; scan <= scansMax; scan += 1) {
      await this.#kiosk.scans(await this.#app.passText())
      const opened = open.waitFor({ timeout: scanMaxMs }).then(() => true)
      if (await opened.catch(() => false)) return
    }
    throw notSeen('the pass opened nothing')
  }

  /** The site took the booking from the pass and then heard of it; the cloud has the same one. */
  async isOnBothSides(): Promise<void> {
    const events = await until('the row of the booking in the ledger', async () => {
      const all = await ledgerEvents(this.#demo, siteId)
      const own = all.filter(
        (event) => event && 'bookingId' in event.body && event.body.bookingId === this.#bookingId,
      )
      return own.some((event) => event?.type === 'booking.received') ? own : undefined
    })
    const adopted = events.filter((event) => event?.type === 'booking.adopted')
    const granted = events.filter((event) => event?.type === 'access.granted')
    expectThat(
      adopted.length === 1 && granted.length === 3,
      'the booking was not adopted once and let in three times',
    )
    for (const event of events) {
      if (event?.type !== 'booking.received') continue
      const { outcome } = event.body
      expectThat(outcome === 'known' || outcome === 'taken', `the site received the booking as ${outcome}`)
    }
    const answer = await this.#app.page.request.get(
      `${this.#app.cloudUrl}/api/v1/bookings/${this.#bookingId}`,
    )
    const { path, status } = bookingViewSchema.parse(await answer.json())
    const stands = status === 'confirmed' || status === 'checked_in'
    expectThat(path === 'loan' && stands, `the cloud has the booking as ${status}, by ${path}`)
  }

  /** The first room that the cloud may sell for an hour today, whoever holds it by then. */
  async #lentRoom(): Promise<LentRoom> {
    if (this.#room !== undefined) return this.#room
    const { clock, timeZone } = await this.#demo.panel.site(siteId)
    return await until('a room that is lent', async () => {
      const first = Math.ceil(clock.nowMs / halfHourMs) * halfHourMs
      for (let ahead = 0; ahead < halfHoursAhead; ahead += 1) {
        const fromMs = first + ahead * halfHourMs
        const url = `${this.#app.cloudUrl}/api/v1/sites/${siteId}/plan?fromMs=${fromMs}&toMs=${fromMs + hourMs}`
        const { spaces, levels } = planViewSchema.parse(await (await this.#app.page.request.get(url)).json())
        const room = spaces.find(
          ({ kind, lent, status }) => kind === 'meeting_room' && lent && status === 'free',
        )
        const level = levels.find(({ levelId }) => levelId === room?.levelId)
        const from = wallTime(fromMs, timeZone)
        if (room && level) return { spaceId: room.spaceId, levelName: level.name, fromMs, from }
      }
      return undefined
    })
  }
}

function wallTime(atMs: number, timeZone: string): string {
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const
  return new Intl.DateTimeFormat('en-GB', options).format(atMs)
}
