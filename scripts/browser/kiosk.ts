import type { Locator, Page } from 'playwright-core'
import { until } from './until.ts'

/** Money that a screen of the story took, as the screen showed it. */
export interface Sale {
  readonly siteId: string
  readonly subject: 'booking' | 'session'
  readonly method: 'cash' | 'card'
  readonly amountMinor: number
}

/** Minor units in a text such as `Pay €14.40 by card`. */
export function amountIn(text: string): number {
  const [, whole = '0', cents = '00'] = /€\s?([\d,]+)\.(\d\d)/.exec(text) ?? []
  return Number(whole.replaceAll(',', '')) * 100 + Number(cents)
}

/** The text of one element; waits until it is there. */
export async function textOf(element: Locator): Promise<string> {
  return (await element.textContent()) ?? ''
}

/** A visitor at a kiosk's touch screen. */
export class Kiosk {
  readonly page: Page
  readonly siteId: string

  constructor(page: Page, siteId: string) {
    this.page = page
    this.siteId = siteId
  }

  #press(name: RegExp | string): Promise<void> {
    return this.page.getByRole('button', { name }).click()
  }

  /** Goes to the price of the first free space of the kind most of which is free now. */
  async choosesSpace(): Promise<void> {
    const { page } = this
    await page.bringToFront()
    await page.getByRole('link', { name: /^Book a space/ }).click()
    const kinds = page.getByRole('radiogroup', { name: 'Space' }).getByRole('radio')
    await kinds.first().waitFor()
    const free = (await kinds.allTextContents()).map((text) => Number(/(\d+) of/.exec(text)?.[1] ?? 0))
    await kinds.nth(free.indexOf(Math.max(...free))).click()
    await page.getByRole('radio', { name: '30 min' }).click()
    await this.#press('Show free spaces')
    await page.getByText('List', { exact: true }).click()
    await page.locator('li[data-space] button').first().click()
    await this.#press(/^Take /)
    await this.#press(/^I am visiting/)
    await this.types('demo')
    await this.#press('Continue to the price')
    await page.getByRole('heading', { name: 'Your price' }).waitFor()
  }

  /** Touches a room in the list of what can be wanted at a later start of today, and reads why it is not to be had. */
  async seesLent(room: { readonly spaceId: string; readonly levelName: string; readonly from: string }) {
    const { page } = this
    await page.bringToFront()
    await page.getByRole('link', { name: /^Book a space/ }).click()
    await page.getByRole('radio', { name: /^Meeting room/ }).click()
    await page.getByRole('radio', { name: room.from, exact: true }).click()
    await page.getByRole('radio', { name: '1 hour' }).click()
    await this.#press('Show free spaces')
    await page.getByText('List', { exact: true }).click()
    await page.getByText(room.levelName, { exact: true }).click()
    await page.locator(`li[data-space="${room.spaceId}"] button`).click()
    await page.getByText(/^The member app sells .+ until /).waitFor()
    await page.getByText(/^This site is offline, so it cannot be asked for/).waitFor()
    await page.getByRole('button', { name: /^Ask for /, disabled: true }).waitFor()
    await this.#press('Cancel')
    await page.getByRole('heading', { name: 'What would you like to do?' }).waitFor()
  }

  /** Holds a code to the scanner, which types what it reads, faster than keys come over the line to a busy browser. */
  async scans(text: string): Promise<void> {
    await this.page.bringToFront()
    const keys = JSON.stringify([...text, 'Enter'])
    const press = "(key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))"
    await this.page.evaluate(`${keys}.forEach(${press})`)
  }

  /** From a price to the moment before the cash is taken; gives what is due. */
  async putsInCash(): Promise<number> {
    const { page } = this
    await this.#press('Pay cash')
    const pay = page.getByRole('button', { name: /^Pay €/ })
    await until('enough cash', async () => {
      if ((await pay.count()) > 0) return true
      await page.getByRole('button', { name: '€20.00' }).click()
      return undefined
    })
    return amountIn(await textOf(pay))
  }

  async paysCash(): Promise<void> {
    await this.#press(/^Pay €/)
  }

  /** Pays what is shown by sandbox card; gives the amount. */
  async paysByCard(): Promise<number> {
    const pay = this.page.getByRole('button', { name: /^Pay €.* by card/ })
    const amountMinor = amountIn(await textOf(pay))
    await pay.click()
    return amountMinor
  }

  /** The reference code on the last step of a booking. */
  async seesBooked(): Promise<string> {
    await this.page.getByRole('heading', { name: 'Booked. It is yours.' }).waitFor({ timeout: 60_000 })
    return await textOf(this.page.getByRole('main').getByRole('status').locator('strong'))
  }

  async finishes(): Promise<void> {
    await this.#press('Finish')
    await this.page.getByRole('heading', { name: 'What would you like to do?' }).waitFor()
  }

  /** Types on the keyboard of the screen. */
  async types(text: string): Promise<void> {
    const keys = this.page.getByRole('group', { name: 'On-screen keyboard' })
    for (const character of text) {
      await keys.getByRole('button', { name: new RegExp(`^${character}$`, 'i') }).click()
    }
  }

  /** From the start screen to the price of a parked vehicle's stay. */
  async findsVehicle(plate: string): Promise<void> {
    await this.page.bringToFront()
    await this.page.getByRole('link', { name: /^Pay parking/ }).click()
    await this.types(plate)
    await this.#press('Find')
    await this.page.getByRole('heading', { name: 'Is this yours?' }).waitFor()
    await this.#press('Yes, show the price')
    await this.page.getByRole('heading', { name: 'Your stay' }).waitFor()
  }

  async seesParkingPaid(): Promise<void> {
    await this.page.getByRole('heading', { name: 'Paid. Have a good trip.' }).waitFor({ timeout: 60_000 })
  }

  /** The banner that says what cannot be done while the site has no cloud. */
  async seesOffline(): Promise<void> {
    await this.page.bringToFront()
    await this.page.getByText(/^Offline since/).waitFor()
  }
}
