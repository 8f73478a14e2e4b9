import type { Locator, Page } from 'playwright-core'
import * as app from './app-steps.ts'
import type { DemoUnderTest } from './demo-under-test.ts'
import * as kiosk from './kiosk-steps.ts'

export type Scheme = 'light' | 'dark'
export type Language = 'en' | 'de'

/** How a screen is looked at; `width` in CSS pixels. */
export interface ScreenView {
  readonly width: number
  readonly scheme: Scheme
  readonly language: Language
}

/** Whose log-in or pairing a screen needs. */
export type Who =
  | 'nobody'
  | 'member'
  | 'hq'
  | 'house-kiosk'
  | 'garage-kiosk'
  | 'board'
  | 'house-admin'
  | 'garage-admin'

/** One screen of the product: who sees it, where, and what is there once it is complete. */
export interface Screen {
  readonly name: string
  readonly who: Who
  /** Path below the program that serves it; absent: the simulator panel. */
  readonly path?: string
  /** The widths it is made for; the first is the one that is tested. */
  readonly widths: readonly number[]
  readonly height: number
  /** Goes from the opened page to the screen. */
  readonly reach?: (page: Page, demo: DemoUnderTest) => Promise<void>
  /** Leaves it again where it holds something. */
  readonly leave?: (page: Page) => Promise<void>
  /** Visible once the screen shows what it has to show. */
  readonly complete: (page: Page) => Locator
}

type Sketch = readonly [name: string, path: string, complete: string | ((page: Page) => Locator)]

const heading = (page: Page) => page.getByRole('heading', { level: 1 })
const everyWidth = [1440, 820, 390] as const
const kioskWidths = [1280, 1080] as const
const portraitWidth = 1080

function sketched(
  who: Who,
  widths: readonly number[],
  height: number,
  sketches: readonly Sketch[],
): Screen[] {
  return sketches.map(([name, path, complete]) => ({
    name,
    who,
    path,
    widths,
    height,
    complete: typeof complete === 'string' ? (page) => page.locator(complete).first() : complete,
  }))
}

type Step = readonly [
  name: string,
  path: string,
  complete: string,
  reach: (page: Page, demo: DemoUnderTest) => Promise<void>,
]

/** A step within a flow of a kiosk; left by Cancel, which gives a hold back. */
function steps(who: Who, sketches: readonly Step[]): Screen[] {
  return sketches.map(([name, path, complete, reach]) => ({
    name,
    who,
    path,
    widths: kioskWidths,
    height: 800,
    reach,
    leave: (page) => page.locator('footer button').nth(1).click(),
    complete: (page) => page.locator(complete).first(),
  }))
}

/** Steps of a member from one page of the app on. */
function appSteps(
  path: string,
  sketches: readonly (readonly [string, string, NonNullable<Screen['reach']>])[],
): Screen[] {
  return sketches.map(([name, complete, reach]) => ({
    name,
    who: 'member',
    path,
    widths: [390, 820, 1440],
    height: 844,
    reach,
    complete: (page) => page.locator(complete).first(),
  }))
}

/** The height of a screen's window at a width: a kiosk or a board may also stand upright. */
export function heightAt(screen: Screen, width: number): number {
  return width === portraitWidth ? 1920 : screen.height
}

/** Every screen of the product. */
export const screens: readonly Screen[] = [
  ...sketched('nobody', everyWidth, 900, [
    ['front-door', '/', '.logins li'],
    ['app-login', '/app/', 'form'],
    ['hq-login', '/hq/', 'form'],
    ['app-guest-unknown', `/app/guest#${'A'.repeat(32)}`, '.gh-notice'],
  ]),
  {
    name: 'panel',
    who: 'nobody',
    widths: everyWidth,
    height: 1000,
    complete: (page) => page.locator('[data-door]').first(),
  },
  ...sketched('member', [390, 820, 1440], 844, [
    ['app-find', '/app/', '.site-card'],
    ['app-site', '/app/sites/harbour-house', '[data-space]'],
    ['app-garage-list', '/app/sites/quay-street?view=list', '[data-space]'],
    ['app-space', '/app/sites/harbour-house/spaces/room-reef', '.day-slots'],
    ['app-bookings', '/app/bookings', '.site-list li'],
    ['app-hall', '/app/sites/harbour-house/spaces/hall', '.day-slots'],
    ['app-account', '/app/account', heading],
    ['app-empty', '/app/?text=nothing-like-this', '.gh-notice'],
    ['app-missing', '/app/nowhere', '.gh-notice'],
  ]),
  ...appSteps('/app/account', [
    ['app-password', 'input[name="current"]', app.reachPassword],
    ['app-device-offline', '[role="status"] b', app.reachOffline],
  ]),
  // A booking of a room, days ahead.
  ...appSteps('/app/sites/harbour-house/spaces/room-dune', [
    ['app-payment', '[role="radiogroup"]', app.reachPayment],
    ['app-booking', '[data-testid="reference"]', app.reachBooking],
    ['app-extending', '[role="dialog"] [role="radiogroup"]', app.reachExtending],
    ['app-extension', 'main [role="timer"]', app.reachExtension],
    ['app-inviting', '[data-testid="guest-link"]', app.reachInviting],
    ['app-guest-pass', '.pass-code svg', app.reachGuestPass],
    ['app-cancelling', '[role="dialog"]', app.reachCancelling],
  ]),
  ...sketched('hq', everyWidth, 900, [
    ['hq-overview', '/hq/', 'table tbody tr'],
    ['hq-books', '/hq/books', '.books ~ .books'],
    ['hq-ledger', '/hq/sites/quay-street', 'table tbody tr'],
    ['hq-exceptions', '/hq/exceptions', heading],
    ['hq-credits', '/hq/credits', 'table tbody tr'],
    ['hq-audit', '/hq/audit', 'table tbody tr'],
    ['hq-access', '/hq/access', 'table tbody tr'],
    ['hq-account', '/hq/account', 'main button'],
    ['hq-doors', '/hq/sites/harbour-house/doors', 'table tbody tr'],
    // Without a lending policy it says that nothing is lent.
    ['hq-authority', '/hq/sites/harbour-house/authority', 'table tbody tr, .gh-notice'],
    ['hq-incidents', '/hq/incidents', 'main [role="status"], table tbody tr'],
  ]),
  ...sketched('house-kiosk', kioskWidths, 800, [
    ['kiosk-home', '/', heading],
    ['kiosk-book', '/book', '[role="radiogroup"]'],
    ['kiosk-check-in', '/check-in', 'fieldset[data-kind]'],
    ['kiosk-help', '/help', heading],
    ['kiosk-pass', '/pass', heading],
  ]),
  ...steps('house-kiosk', [
    ['kiosk-plan', '/book', '[data-space]', kiosk.reachPlan],
    ['kiosk-close-up', '/book', 'main button', kiosk.reachCloseUp],
    ['kiosk-guest', '/book', 'fieldset[data-kind]', kiosk.reachGuest],
    ['kiosk-price', '/book', 'footer button[data-tone="primary"]', kiosk.reachPrice],
    ['kiosk-cash', '/book', 'dl', kiosk.reachCash],
    ['kiosk-extending', '/book', '[role="radiogroup"]', kiosk.reachExtending],
    ['kiosk-extension', '/book', 'dl', kiosk.reachExtensionPrice],
    ['kiosk-leaving', '/book', 'footer button[data-tone="primary"]', kiosk.reachLeaving],
    ['kiosk-help-called', '/help', 'main [role="status"]', kiosk.reachHelpCalled],
  ]),
  ...sketched('garage-kiosk', kioskWidths, 800, [
    ['garage-home', '/', heading],
    ['garage-parking', '/parking', 'fieldset[data-kind]'],
  ]),
  ...steps('garage-kiosk', [
    ['garage-lost', '/parking', 'fieldset[data-kind]', kiosk.reachLost],
    ['garage-lost-price', '/parking', 'main dl', kiosk.reachLostPrice],
    ['garage-quote', '/parking', 'footer button[data-tone="primary"]', kiosk.reachQuote],
    ['garage-paid', '/parking', 'footer [role="timer"]', kiosk.reachParkingPaid],
  ]),
  // The garage's has every kind of device; the house's buses speak to readers.
  ...sketched('garage-admin', everyWidth, 900, [
    ['garage-admin', '/admin', '[data-device]'],
    ['garage-inside', '/admin/inside', 'main h2'],
  ]),
  ...sketched('house-admin', everyWidth, 900, [['admin-devices', '/admin', '[data-bus] li']]),
  {
    name: 'admin-device',
    who: 'house-admin',
    path: '/admin',
    widths: everyWidth,
    height: 900,
    reach: (page) => page.locator('[data-device*="strike"] button').first().click(),
    complete: (page) => page.locator('[role="dialog"] select'),
  },
  ...sketched('board', [1920, portraitWidth], 1080, [['board', '/board', 'main ol li']]),
]
