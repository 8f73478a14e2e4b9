import type { Page } from 'playwright-core'

// These know places on the screen and no words, so that they lead the way in every language.
const filledButton = '.mantine-Button-root:is([data-variant="filled"], :not([data-variant])):not([disabled])'
const filled = (page: Page) => page.locator(`main ${filledButton}`)
const daysAheadMin = 2
const daysAheadMax = 13
let looks = 0

/** From a space to the payment of a booking that is held a few days ahead; each look takes the next day. */
export async function reachPayment(page: Page): Promise<void> {
  const daysAhead = daysAheadMin + (looks % (daysAheadMax - daysAheadMin + 1))
  looks += 1
  for (let day = 0; day < daysAhead; day += 1) {
    const date = page.locator('main h2').first()
    const before = (await date.textContent()) ?? ''
    await page.locator('main .mantine-ActionIcon-root').last().click()
    await date.filter({ hasNotText: before }).waitFor()
  }
  await page.locator('main .day-slots button').first().waitFor()
  // An hour from the first start that is free; earlier looks may have taken some of them.
  for (const start of await page.locator('main .day-slots button').all()) {
    await start.click()
    if (await filled(page).isVisible()) break
  }
  await filled(page).click()
  await page.waitForURL('**/bookings/**')
  await page.locator('main [role="timer"]').waitFor()
}

/** On to the confirmed booking. */
export async function reachBooking(page: Page): Promise<void> {
  await reachPayment(page)
  await filled(page).click()
  await page.getByTestId('reference').waitFor()
}

/** On to the choice of a later end. */
export async function reachExtending(page: Page): Promise<void> {
  await reachBooking(page)
  await page.locator('main button.mantine-Button-root').first().click()
}

/** On to the payment of a later end. */
export async function reachExtension(page: Page): Promise<void> {
  await reachExtending(page)
  await page.getByRole('dialog').locator(filledButton).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

/** On to the link for a guest. */
export async function reachInviting(page: Page): Promise<void> {
  await reachBooking(page)
  await page.locator('section[aria-labelledby="guests"] button').last().click()
  await page.getByRole('dialog').locator('button[type="submit"]').click()
  await page.getByTestId('guest-link').waitFor()
}

/** On to the pass that the link puts on the phone of the guest. */
export async function reachGuestPass(page: Page): Promise<void> {
  await reachInviting(page)
  await page.goto(await page.getByTestId('guest-link').inputValue())
  await filled(page).click()
}

/** On to the question whether to cancel. */
export async function reachCancelling(page: Page): Promise<void> {
  await reachBooking(page)
  await page.locator('main button[data-variant="danger"]').click()
}

/** From the account to the change of its password. */
export async function reachPassword(page: Page): Promise<void> {
  await page.locator('main .gh-card').last().locator('button').click()
}

/** The device loses its network while a page is open. */
export async function reachOffline(page: Page): Promise<void> {
  await page.locator('main h1').waitFor()
  await page.context().setOffline(true)
}
