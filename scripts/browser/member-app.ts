import type { Page } from 'playwright-core'
import { demoPassword } from '../demo/world/people.ts'
import { amountIn, textOf } from './kiosk.ts'

/** Logs in on a screen of the cloud that asks for it. */
export async function logIn(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('textbox', { name: /^Password/ }).fill(demoPassword)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** Days ahead that the demo's history has no bookings for, so that every room is free. */
const daysAhead = 7

/** A member with the member app. */
export class MemberApp {
  readonly page: Page
  readonly #url: string

  constructor(page: Page, cloudUrl: string) {
    this.page = page
    this.#url = `${cloudUrl}/app/`
  }

  async logsIn(email: string): Promise<void> {
    await this.page.goto(this.#url)
    await logIn(this.page, email)
    await this.page.getByRole('heading', { name: 'Find a space' }).waitFor()
  }

  /** Opens a space from the live floor plan, a week ahead at noon. */
  async choosesOnPlan(siteName: string, spaceId: string): Promise<void> {
    const { page } = this
    await page.bringToFront()
    await page.getByRole('link', { name: 'Find', exact: true }).first().click()
    await page.getByRole('link', { name: new RegExp(`^${siteName}`) }).click()
    await page.getByLabel('Day', { exact: true }).selectOption({ index: daysAhead })
    await page.getByLabel('From').selectOption('12:00')
    const space = page.locator(`g[data-space="${spaceId}"][data-state="free"]`)
    await space.waitFor()
    await space.click()
  }

  /** Opens a space from the list beside the plan. */
  async choosesInList(siteName: string, spaceId: string): Promise<void> {
    const { page } = this
    await page.bringToFront()
    await page.getByRole('link', { name: 'Find', exact: true }).first().click()
    await page.getByRole('link', { name: new RegExp(`^${siteName}`) }).click()
    await page.getByLabel('Day', { exact: true }).selectOption({ index: daysAhead })
    await page.getByLabel('From').selectOption('14:00')
    await page.getByText('List', { exact: true }).click()
    await page.locator(`li[data-space="${spaceId}"] button`).click()
  }

  async holds(): Promise<void> {
    await this.page.getByRole('button', { name: 'Hold for 5 minutes' }).click()
  }

  /** Pays a held booking by sandbox card and waits for the site's word; gives amount and reference code. */
  async paysByCard(): Promise<{ readonly amountMinor: number; readonly reference: string }> {
    const { page } = this
    await page.getByRole('heading', { name: 'How do you pay?' }).waitFor()
    const pay = page.getByRole('button', { name: /^Pay €/ })
    const amountMinor = amountIn(await textOf(pay))
    await pay.click()
    await page.getByText(/^Confirmed by the site/).waitFor()
    return { amountMinor, reference: await textOf(page.getByTestId('reference')) }
  }
}
