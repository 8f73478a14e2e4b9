import { windowMs } from '@gatehouse/shared/passes/presentation'
import type { CDPSession, Page } from 'playwright-core'
import { demoPassword } from '../demo/world/people.ts'
import { amountIn, textOf } from './kiosk.ts'
import { readQrPath } from './qr-reader.ts'
import { until } from './until.ts'

/** Light modules around the code of a pass. */
const passCodeBorder = 4

/** Logs in on a screen of the cloud that asks for it. */
export async function logIn(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('textbox', { name: /^Password/ }).fill(demoPassword)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** A time as the app asks for it. */
export interface ChosenTime {
  /** 0 is today. */
  readonly daysAhead: number
  /** Wall time of the site, `HH:MM`. */
  readonly from: string
}

/** The demo's history has no bookings then, so that every room is free. */
const aWeekAhead: ChosenTime = { daysAhead: 7, from: '12:00' }

/** A member with the member app. */
export class MemberApp {
  readonly page: Page
  readonly cloudUrl: string
  #network: CDPSession | undefined

  constructor(page: Page, cloudUrl: string) {
    this.page = page
    this.cloudUrl = cloudUrl
  }

  async logsIn(email: string): Promise<void> {
    await this.page.goto(`${this.cloudUrl}/app/`)
    await logIn(this.page, email)
    await this.page.getByRole('heading', { name: 'Find a space' }).waitFor()
  }

  /** Opens a space that is free from the live floor plan of a level; a week ahead at noon unless said otherwise. */
  async choosesOnPlan(
    siteName: string,
    space: { readonly spaceId: string; readonly levelName: string },
    when: ChosenTime = aWeekAhead,
  ): Promise<void> {
    const { page } = this
    await this.#asksFor(siteName, when)
    await page.getByRole('radiogroup', { name: 'Level' }).getByText(space.levelName).click()
    await page.locator(`g[data-space="${space.spaceId}"][data-state="free"]`).click()
  }

  /** Opens a space from the list beside the plan. */
  async choosesInList(siteName: string, spaceId: string): Promise<void> {
    const { page } = this
    await this.#asksFor(siteName, { ...aWeekAhead, from: '14:00' })
    await page.getByText('List', { exact: true }).click()
    await page.locator(`li[data-space="${spaceId}"] button`).click()
  }

  async #asksFor(siteName: string, { daysAhead, from }: ChosenTime): Promise<void> {
    const { page } = this
    await page.bringToFront()
    await page.getByRole('link', { name: 'Find', exact: true }).first().click()
    await page.getByRole('link', { name: new RegExp(`^${siteName}`) }).click()
    await page.getByLabel('Day', { exact: true }).selectOption({ index: daysAhead })
    await page.getByLabel('From').selectOption(from)
  }

  async holds(): Promise<void> {
    await this.page.getByRole('button', { name: 'Hold for 5 minutes' }).click()
  }

  /** Pays a held booking by sandbox card and waits for whose word it is; gives amount and reference code. */
  async paysByCard(
    word: RegExp = /^Confirmed by the site/,
  ): Promise<{ readonly amountMinor: number; readonly reference: string }> {
    const { page } = this
    await page.getByRole('heading', { name: 'How do you pay?' }).waitFor()
    const pay = page.getByRole('button', { name: /^Pay €/ })
    const amountMinor = amountIn(await textOf(pay))
    await pay.click()
    await page.getByText(word).waitFor()
    return { amountMinor, reference: await textOf(page.getByTestId('reference')) }
  }

  /** Opens the pass of the booking on the screen, whose site is offline; a moved clock is heard with the site's answer. */
  async opensPass(): Promise<void> {
    await this.page.bringToFront()
    await this.page.reload()
    await this.page.getByText(/^Offline since/).waitFor()
    await this.page.getByRole('link', { name: 'Show pass' }).click()
    await this.page.locator('.pass-code svg').waitFor()
  }

  /** Invites a guest from the pass of the booking on the screen; gives the link. */
  async invitesGuest(name: string): Promise<string> {
    const { page } = this
    await page.bringToFront()
    await page.getByRole('link', { name: 'Booking', exact: true }).click()
    await page.getByRole('button', { name: 'Invite a guest' }).click()
    await page.getByLabel(/^Name of your guest/).fill(name)
    await page.getByRole('button', { name: 'Make the link' }).click()
    const link = await page.getByTestId('guest-link').inputValue()
    await page.getByRole('button', { name: 'Close' }).click()
    return link
  }

  /** Opens the link of a guest on this phone, which nobody has logged in on, and gets the pass. */
  async opensGuestLink(link: string): Promise<void> {
    await this.page.goto(link)
    await this.page.getByRole('button', { name: 'Get my pass' }).click()
    await this.page.locator('.pass-code svg').waitFor()
  }

  /** This screen alone; the others of the story stay on their networks. */
  async losesNetwork(): Promise<void> {
    await this.#setOffline(true)
  }

  async findsNetwork(): Promise<void> {
    await this.#setOffline(false)
  }

  async #setOffline(offline: boolean): Promise<void> {
    this.#network ??= await this.page.context().newCDPSession(this.page)
    await this.#network.send('Network.enable')
    const unlimited = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 }
    await this.#network.send('Network.emulateNetworkConditions', { offline, ...unlimited })
  }

  /** Waits for the code of the next half minute. */
  async seesNextCode(shown: string): Promise<void> {
    await until(
      'the next code of the pass',
      async () => ((await this.passText()) === shown ? undefined : true),
      2 * windowMs,
    )
  }

  /** What the code on the screen says now, read as a scanner reads it. */
  async passText(): Promise<string> {
    const code = this.page.locator('.pass-code svg')
    const [, , size = '0'] = ((await code.getAttribute('viewBox')) ?? '').split(' ')
    return readQrPath((await code.locator('path').getAttribute('d')) ?? '', Number(size), passCodeBorder)
  }
}
