import type { Page } from 'playwright-core'
import type { DemoUnderTest } from './demo-under-test.ts'
import { notSeen } from './until.ts'

// These know places on the screen and no words, so that they lead the way in every language.
const primary = (page: Page) => page.locator('footer button[data-tone="primary"][aria-disabled="false"]')

/** From the first step of booking to the floor plan. */
export async function reachPlan(page: Page): Promise<void> {
  await page.getByRole('radiogroup').last().getByRole('radio').first().click()
  await primary(page).click()
}

/** A close look at the first space, where the plan draws it too small for a finger. */
export async function reachCloseUp(page: Page): Promise<void> {
  await reachPlan(page)
  await page.locator('g[data-space*="desk"]').first().click()
}

/** On to the visitor's name. */
export async function reachGuest(page: Page): Promise<void> {
  await reachPlan(page)
  await page.locator('.mantine-SegmentedControl-label').nth(1).click()
  await page.locator('li[data-space] button').first().click()
  await primary(page).click()
  await page.locator('main button').nth(1).click()
  await page.locator('fieldset[data-kind]').waitFor()
}

/** On to the price; this holds the space. */
export async function reachPrice(page: Page): Promise<void> {
  await reachGuest(page)
  await page.locator('main form input').fill('Demo Visitor')
  await primary(page).click()
  await page.locator('main dl').waitFor()
}

/** On to the cash acceptor. */
export async function reachCash(page: Page): Promise<void> {
  await reachPrice(page)
  await page.locator('main button').last().click()
}

async function quoteOf(page: Page, plate: string): Promise<void> {
  await page.locator('main form input').fill(plate)
  await primary(page).click()
  await page.locator('main ul').waitFor()
  await primary(page).click()
  await page.locator('main dl').waitFor()
}

/** From a plate to a quote of a vehicle that is inside and owes something. */
export async function reachQuote(page: Page, demo: DemoUnderTest): Promise<void> {
  const { vehicles } = await demo.panel.site('quay-street')
  for (const { plate } of vehicles) {
    await quoteOf(page, plate)
    // Cash is offered where money is due.
    if ((await page.locator('main button').count()) > 0) return
    await page.reload()
  }
  throw notSeen('no vehicle in the garage owes anything')
}

/** On to the receipt. */
export async function reachParkingPaid(page: Page, demo: DemoUnderTest): Promise<void> {
  await reachQuote(page, demo)
  await primary(page).click()
}

/** From the plate of who has no ticket. */
export async function reachLost(page: Page): Promise<void> {
  await page.locator('main button').first().click()
}

/** On to what a lost ticket costs, for a plate that is not inside. */
export async function reachLostPrice(page: Page): Promise<void> {
  await reachLost(page)
  await page.locator('main form input').fill('DEMO 404')
  await primary(page).click()
}

/** After the call for help. */
export async function reachHelpCalled(page: Page): Promise<void> {
  await primary(page).click()
}

async function findByReference(page: Page, reference: string): Promise<void> {
  await page.goto(new URL('/check-in', page.url()).href)
  await page.locator('main form input').fill(reference)
  await primary(page).click()
  await page.locator('main form').waitFor({ state: 'detached' })
}

/** A booking that begins now, found again by its reference. */
export async function reachBooking(page: Page): Promise<string> {
  await reachPrice(page)
  await primary(page).click()
  const reference = (await page.locator('main [role="status"] strong').textContent()) ?? ''
  await findByReference(page, reference)
  return reference
}

/** On to the later ends. */
export async function reachExtending(page: Page): Promise<void> {
  await reachBooking(page)
  await page.locator('main button').first().click()
}

/** On to the price of a later end. */
export async function reachExtensionPrice(page: Page): Promise<void> {
  await reachExtending(page)
  await page.getByRole('radio').first().click()
  await primary(page).click()
  await page.locator('main dl').waitFor()
}

/** Checked in, and on to the question whether to leave. */
export async function reachLeaving(page: Page): Promise<void> {
  const reference = await reachBooking(page)
  await primary(page).click()
  await page.locator('footer [role="timer"], footer button').first().waitFor()
  await page.locator('main button').first().waitFor({ state: 'detached' })
  await findByReference(page, reference)
  await page.locator('main button').first().click()
}
