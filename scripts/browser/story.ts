import type { Browser, BrowserContext, Locator, Page, Route } from 'playwright-core'
import type { PanelSite } from '../demo/panel-contract.ts'
import { agreedFigures, compareWithLedger, compareWithSales, type Figures, ledgerFigures } from './books.ts'
import type { DemoUnderTest } from './demo-under-test.ts'
import { Kiosk, type Sale, textOf } from './kiosk.ts'
import { LentBooking } from './lent-booking.ts'
import { logIn, MemberApp } from './member-app.ts'
import { expectThat, until } from './until.ts'
import { beginWorkingDay } from './working-day.ts'

const harbour = 'harbour-house'
const quay = 'quay-street'
const siteIds = [harbour, quay] as const
/** Rooms cost a resident money; a desk would be covered by the plan. */
const room = { spaceId: 'room-lagoon', levelName: 'Ground floor' } as const
const otherRoom = 'room-cove'
const plates = { paidByCard: 'DEMO77', paidDuringCut: 'DEMO78' } as const
const hourMs = 3_600_000
/** The cloud calls a site offline 25 s after its last heartbeat. */
const offlineMaxMs = 60_000
const rebootMaxMs = 60_000
/** How long a screen may take to show what it should. */
const stepMaxMs = 30_000

/** Everybody's screens in one browser, and what they have bought so far. */
export class Story {
  readonly #demo: DemoUnderTest
  readonly #browser: Browser
  readonly #contexts: BrowserContext[] = []
  readonly #sales: Sale[] = []
  #before: Record<string, Figures> = {}
  #deskKiosk: Kiosk | undefined
  #payStation: Kiosk | undefined
  #app: MemberApp | undefined
  #lent: LentBooking | undefined
  #panel: Page | undefined
  #board: Page | undefined
  #hq: Page | undefined

  constructor(demo: DemoUnderTest, browser: Browser) {
    this.#demo = demo
    this.#browser = browser
  }

  /** The screens that are open now, for pictures of a failure. */
  get pages(): readonly Page[] {
    return this.#contexts.flatMap((context) => context.pages())
  }

  async close(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close()
  }

  /** The steps of the story in their order, each a sentence and what proves it. */
  steps(): readonly (readonly [string, () => Promise<void>])[] {
    return [
      ['every screen opens, and the books agree at the start', () => this.#opensScreens()],
      ['a visitor books a desk at the kiosk and pays cash', () => this.#visitorPaysCash()],
      ['a member books a room on the floor plan, the site confirms', () => this.#memberBooks()],
      ['a card opens a door', () => this.#cardOpensDoor()],
      ['cars drive in and the level board counts them', () => this.#carsArrive()],
      ['a driver pays by card at the garage and drives out', () => this.#driverPaysAndLeaves()],
      ['with both cables cut the kiosk sells on', () => this.#kioskSellsOffline()],
      ['and a card opens a door', () => this.#cardOpensDoor()],
      ['kill -9 in the middle of a cash payment: it happens once', () => this.#killedWhilePayingCash()],
      ['kill -9 while a payment is on its way: it happens once', () => this.#killedWhilePayingParking()],
      ['the car that was paid during the cut drives out', () => this.#driverLeaves(plates.paidDuringCut)],
      ['the member app says that the site is out of reach, and what to do', () => this.#memberIsTold()],
      ['the member books a room that the dark site has lent', () => this.#memberBooksLent()],
      ['which the kiosk does not sell, and says why', () => known(this.#lent).isRefusedAtKiosk()],
      ['the pass opens the door of a site that never heard of it', () => known(this.#lent).opensDoor()],
      ['a guest’s pass opens it too, from a link and without a log-in', () => this.#guestIsLetIn()],
      ['with the cables back HQ sees equal books', () => this.#cablesRestored()],
      ['both sides have the one booking of the pass', () => known(this.#lent).isOnBothSides()],
      ['every total agrees and every sale is counted once', () => this.#totalsAgree()],
    ]
  }

  /** Another browser, with nobody's log-in. */
  async #browserOf(): Promise<BrowserContext> {
    const context = await this.#browser.newContext({ locale: 'en-GB' })
    this.#contexts.push(context)
    context.setDefaultTimeout(stepMaxMs)
    return context
  }

  async #open(
    context: BrowserContext,
    url: string,
    [width, height]: readonly [number, number],
  ): Promise<Page> {
    const page = await context.newPage()
    await page.setViewportSize({ width, height })
    await page.goto(url)
    return page
  }

  async #opensScreens(): Promise<void> {
    const { panel, panelUrl, cloudUrl } = this.#demo
    await beginWorkingDay(this.#demo, harbour)
    const [house, garage] = [await panel.site(harbour), await panel.site(quay)]
    // One browser for all of a person who takes the tour; the screens of the sites must not log each other out.
    const visitor = await this.#browserOf()
    this.#deskKiosk = new Kiosk(await this.#open(visitor, house.edge.kioskUrl, [1080, 1920]), harbour)
    this.#payStation = new Kiosk(await this.#open(visitor, garage.edge.kioskUrl, [1280, 800]), quay)
    this.#board = await this.#open(visitor, garage.edge.boardUrl, [1280, 720])
    this.#panel = await this.#open(visitor, panelUrl, [1440, 1000])
    this.#app = new MemberApp(await this.#open(visitor, 'about:blank', [390, 844]), cloudUrl)
    await this.#app.logsIn('member@demo.example')
    const hq = await this.#open(await this.#browserOf(), `${cloudUrl}/hq/`, [1440, 900])
    this.#hq = hq
    await logIn(hq, 'hq@demo.example')
    await hq.getByRole('row').nth(siteIds.length).waitFor()
    for (const siteId of siteIds) this.#before[siteId] = await agreedFigures(hq, this.#demo, siteId)
  }

  async #visitorPaysCash(): Promise<void> {
    const kiosk = known(this.#deskKiosk)
    await kiosk.choosesSpace()
    const amountMinor = await kiosk.putsInCash()
    await kiosk.paysCash()
    await kiosk.seesBooked()
    this.#sold(harbour, 'booking', 'cash', amountMinor)
    await kiosk.finishes()
  }

  async #memberBooks(): Promise<void> {
    const app = known(this.#app)
    await app.choosesOnPlan('Harbour House', room)
    await app.holds()
    const { amountMinor, reference } = await app.paysByCard()
    this.#sold(harbour, 'booking', 'card', amountMinor)
    expectThat(/^[0-9A-Z]{2}-[0-9A-Z]{5,}$/.test(reference), `"${reference}" is no reference code`)
  }

  async #cardOpensDoor(): Promise<void> {
    await known(this.#panel).bringToFront()
    const door = this.#atSite(harbour).locator('article[data-door]').first()
    const doorId = await door.getAttribute('data-door')
    const grantedAt = ({ doors }: PanelSite) => {
      const last = doors.find((each) => each.doorId === doorId)?.lastEvent
      return last?.kind === 'granted' ? last.atMs : 0
    }
    const before = grantedAt(await this.#demo.panel.site(harbour))
    await door.getByRole('button', { name: 'Tap' }).click()
    await door.locator('span[data-state="unlocked"], span[data-state="open"]').waitFor()
    await this.#demo.panel.sees('somebody let in', harbour, (site) => grantedAt(site) > before)
    await door.getByText(/^Let in/).waitFor()
  }

  #atSite(siteId: string): Locator {
    return known(this.#panel).locator(`article[data-site="${siteId}"]`)
  }

  async #pressAtSite(siteId: string, name: string): Promise<void> {
    await known(this.#panel).bringToFront()
    await this.#atSite(siteId).getByRole('button', { name }).click()
  }

  async #freeOnBoard(): Promise<number> {
    return Number(await textOf(known(this.#board).locator('main > section strong')))
  }

  async #carsArrive(): Promise<void> {
    await known(this.#panel).bringToFront()
    const lane = this.#atSite(quay).locator('article[data-lane]').first()
    const freeBefore = await this.#freeOnBoard()
    for (const plate of Object.values(plates)) {
      await lane.locator('input[aria-label^="Plate"]').fill(plate)
      await lane.getByRole('button', { name: 'Drive in' }).click()
      await this.#demo.panel.sees(`${plate} inside`, quay, ({ vehicles, lanes }) => {
        const beyondBoom = lanes.every(({ car }) => car?.plate !== plate)
        return beyondBoom && vehicles.some((vehicle) => vehicle.plate === plate)
      })
    }
    const wanted = freeBefore - Object.keys(plates).length
    await until(`${wanted} on the level board`, async () => (await this.#freeOnBoard()) === wanted)
    // After a quiet hour complete bay sensors correct the count: both cars must stand on their bays by then.
    await this.#demo.panel.sees('both cars on their bays', quay, ({ vehicles, levels }) => {
      const parked = vehicles.every(({ spaceName }) => spaceName !== undefined)
      return parked && levels.reduce((sum, { free }) => sum + free, 0) === wanted
    })
    // The first minutes are free: an hour later both owe money.
    await known(this.#panel).getByRole('button', { name: '+1 h' }).click()
    await this.#demo.panel.sees('the later time', quay, ({ clock }) => clock.offsetMs >= hourMs)
  }

  async #driverPaysAndLeaves(): Promise<void> {
    const kiosk = known(this.#payStation)
    await kiosk.findsVehicle(plates.paidByCard)
    const amountMinor = await kiosk.paysByCard()
    await kiosk.seesParkingPaid()
    this.#sold(quay, 'session', 'card', amountMinor)
    await kiosk.finishes()
    await this.#driverLeaves(plates.paidByCard)
  }

  /** Drives a paid car out; the gate lets it, and the board counts one more free. */
  async #driverLeaves(plate: string): Promise<void> {
    const panel = known(this.#panel)
    await panel.bringToFront()
    const freeBefore = await this.#freeOnBoard()
    const exit = this.#atSite(quay).locator('article[data-lane]', { hasText: 'Drive out' }).first()
    await exit.getByRole('combobox', { name: 'Which car leaves' }).click()
    await panel.getByRole('option', { name: new RegExp(`^${plate}`) }).click()
    await exit.getByRole('button', { name: 'Drive out' }).click()
    await this.#demo.panel.sees('the car gone', quay, ({ vehicles }) =>
      vehicles.every((vehicle) => vehicle.plate !== plate),
    )
    const wanted = freeBefore + 1
    await until(`${wanted} on the level board`, async () => (await this.#freeOnBoard()) === wanted)
  }

  async #kioskSellsOffline(): Promise<void> {
    for (const siteId of siteIds) {
      await this.#pressAtSite(siteId, 'Cut the cable')
      await this.#demo.panel.sees('the cut', siteId, ({ network }) => network === 'cut')
    }
    const kiosk = known(this.#deskKiosk)
    await kiosk.seesOffline()
    await known(this.#payStation).seesOffline()
    await this.#visitorPaysCash()
    await this.#demo.panel.sees('waiting entries', harbour, (site) => site.headSeq > site.cloudHeadSeq)
  }

  /** The edge takes the money, is killed before the kiosk hears of it, and starts again. */
  async #killedWhilePayingCash(): Promise<void> {
    const kiosk = known(this.#deskKiosk)
    await kiosk.choosesSpace()
    const amountMinor = await kiosk.putsInCash()
    await this.#killDuring(kiosk, '**/api/v1/bookings/*/confirm', async (route) => {
      await route.fetch()
      await this.#demo.panel.act({ kind: 'killEdge', siteId: harbour })
      await route.abort('connectionreset')
    })
    await kiosk.seesBooked()
    this.#sold(harbour, 'booking', 'cash', amountMinor)
    await kiosk.finishes()
  }

  /** The kill and the payment run at the same time: whatever the edge had done, the kiosk asks under its key again. */
  async #killedWhilePayingParking(): Promise<void> {
    const kiosk = known(this.#payStation)
    await kiosk.findsVehicle(plates.paidDuringCut)
    const amountMinor = await kiosk.putsInCash()
    await this.#killDuring(kiosk, '**/api/v1/sessions/*/payments', async (route) => {
      const killed = this.#demo.panel.act({ kind: 'killEdge', siteId: quay })
      await Promise.all([route.continue(), killed])
    })
    await kiosk.seesParkingPaid()
    this.#sold(quay, 'session', 'cash', amountMinor)
    await kiosk.finishes()
  }

  /** Presses Pay, lets `meanwhile` have the request, starts the killed edge, and presses once more if asked to. */
  async #killDuring(kiosk: Kiosk, url: string, meanwhile: (route: Route) => Promise<void>): Promise<void> {
    const { siteId, page } = kiosk
    await page.route(url, meanwhile, { times: 1 })
    await kiosk.paysCash()
    await this.#demo.panel.sees('the killed edge', siteId, ({ edge }) => edge.state === 'stopped')
    await page.getByText('This screen has lost the site’s computer').waitFor()
    await this.#demo.panel.act({ kind: 'restartEdge', siteId })
    const again = page.getByRole('button', { name: /^Pay €/, disabled: false })
    const finish = page.getByRole('button', { name: 'Finish' })
    await until(
      'the end of the payment',
      async () => {
        if ((await finish.count()) > 0) return true
        if ((await again.count()) > 0) await again.click()
        return undefined
      },
      rebootMaxMs,
    )
  }

  async #memberIsTold(): Promise<void> {
    const app = known(this.#app)
    await app.choosesInList('Harbour House', otherRoom)
    await app.page.getByText(/^Offline since/).waitFor({ timeout: offlineMaxMs })
    await app.page.getByRole('link', { name: 'See other sites' }).waitFor()
  }

  async #memberBooksLent(): Promise<void> {
    this.#lent = new LentBooking(this.#demo, known(this.#app), known(this.#deskKiosk))
    const amountMinor = await this.#lent.isBooked()
    this.#sold(harbour, 'booking', 'card', amountMinor)
  }

  async #guestIsLetIn(): Promise<void> {
    const phone = await this.#open(await this.#browserOf(), 'about:blank', [390, 844])
    await known(this.#lent).letsGuestIn(new MemberApp(phone, this.#demo.cloudUrl))
  }

  async #cablesRestored(): Promise<void> {
    for (const siteId of siteIds) {
      await this.#pressAtSite(siteId, 'Plug it in')
      await this.#demo.panel.sees('the cable', siteId, ({ network }) => network === 'on')
    }
    const hq = known(this.#hq)
    for (const siteId of siteIds) await agreedFigures(hq, this.#demo, siteId)
    await hq.getByRole('link', { name: 'Books' }).click()
    await hq
      .locator('.books[data-state="equal"]')
      .nth(siteIds.length - 1)
      .waitFor()
  }

  async #totalsAgree(): Promise<void> {
    for (const siteId of siteIds) {
      // A site may lend between two looks.
      const { after, ledger } = await until(`books of ${siteId} as of its ledger`, async () => {
        const agreed = await agreedFigures(known(this.#hq), this.#demo, siteId)
        const now = await ledgerFigures(this.#demo, siteId)
        return agreed.entries === now.entries && { after: agreed, ledger: now }
      })
      compareWithLedger(siteId, after, ledger)
      const arrivals = siteId === quay ? Object.keys(plates).length : 0
      compareWithSales(siteId, { before: this.#before[siteId] ?? {}, after, arrivals }, this.#sales)
    }
  }

  #sold(siteId: string, subject: Sale['subject'], method: Sale['method'], amountMinor: number): void {
    expectThat(amountMinor > 0, `a ${subject} at ${siteId} was sold for nothing`)
    this.#sales.push({ siteId, subject, method, amountMinor })
  }
}

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError('the story has not opened this screen')
  return value
}
