import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { DemoUnderTest } from './demo-under-test.ts'
import { logIn } from './member-app.ts'
import { heightAt, type Screen, type ScreenView, type Who } from './screens.ts'

type Kept = Awaited<ReturnType<BrowserContext['storageState']>>

const locales = { en: 'en-GB', de: 'de-DE' } as const
const screenMaxMs = 30_000

/** Opens screens of a demo as the people who use them see them; logs in and pairs once. */
export class ScreenCamera {
  readonly #demo: DemoUnderTest
  readonly #browser: Browser
  readonly #kept = new Map<Who, Kept>()

  constructor(demo: DemoUnderTest, browser: Browser) {
    this.#demo = demo
    this.#browser = browser
  }

  /** Shows a screen to `look`, complete and at rest, and closes it again. */
  async show(screen: Screen, view: ScreenView, look: (page: Page) => Promise<void>): Promise<void> {
    const context = await this.#browser.newContext({
      viewport: { width: view.width, height: heightAt(screen, view.width) },
      colorScheme: view.scheme,
      locale: locales[view.language],
      reducedMotion: 'reduce',
      storageState: await this.#identity(screen.who),
    })
    context.setDefaultTimeout(screenMaxMs)
    try {
      const page = await context.newPage()
      await page.goto(await this.#address(screen))
      await screen.reach?.(page, this.#demo)
      await screen.complete(page).waitFor()
      await page.evaluate('document.fonts.ready.then(() => undefined)')
      await look(page)
      await screen.leave?.(page)
    } finally {
      await context.close()
    }
  }

  async #address(screen: Screen): Promise<string> {
    const { cloudUrl, panelUrl, panel } = this.#demo
    if (screen.path === undefined) return panelUrl
    if (['nobody', 'member', 'hq'].includes(screen.who)) return cloudUrl + screen.path
    const site = await panel.site(screen.who.startsWith('house-') ? 'harbour-house' : 'quay-street')
    return site.edge.url + screen.path
  }

  async #identity(who: Who): Promise<Kept> {
    const known = this.#kept.get(who)
    if (known !== undefined) return known
    const context = await this.#browser.newContext()
    await this.#identify(await context.newPage(), who)
    const kept = await context.storageState()
    await context.close()
    // Language and colours stay those of each view.
    const cookiesOnly = { ...kept, origins: [] }
    this.#kept.set(who, cookiesOnly)
    return cookiesOnly
  }

  async #identify(page: Page, who: Who): Promise<void> {
    const { cloudUrl, panel } = this.#demo
    const site = await panel.site(who.startsWith('house-') ? 'harbour-house' : 'quay-street')
    switch (who) {
      case 'nobody':
        return
      case 'member':
        await page.goto(`${cloudUrl}/app/`)
        await logIn(page, 'member@demo.example')
        return page.locator('.site-card').first().waitFor()
      case 'hq':
        await page.goto(`${cloudUrl}/hq/`)
        await logIn(page, 'hq@demo.example')
        return page.locator('table').first().waitFor()
      case 'house-kiosk':
      case 'garage-kiosk':
        await page.goto(site.edge.kioskUrl)
        return page.locator('nav a').first().waitFor()
      case 'house-admin':
      case 'garage-admin':
        await page.goto(`${site.edge.url}/admin`)
        await logIn(page, `${who === 'house-admin' ? 'harbour' : 'garage'}@demo.example`)
        return page.locator('nav a').first().waitFor()
      case 'board':
        await page.goto(site.edge.boardUrl)
        return page.locator('main ol li').first().waitFor()
    }
  }
}

/** Makes the window as high as its page, so that no bar fixed to its edge covers anything. */
export async function fitWindow(page: Page, width: number): Promise<void> {
  const height = Number(await page.evaluate('document.documentElement.scrollHeight'))
  await page.setViewportSize({ width, height })
}

// Transitions only: the spinner of a busy button turns for ever. An inherited colour reaches each level of the page
// a frame after the level above, so that several quiet frames must pass.
const atRest = `new Promise((resolve) => {
  let quiet = 0
  const look = () => {
    const moving = document.getAnimations().some((one) => one instanceof CSSTransition)
    quiet = moving ? 0 : quiet + 1
    if (quiet < 5) requestAnimationFrame(look)
    else resolve(undefined)
  }
  look()
})`

/** Turns the colours dark, as the device would, and waits until every transition has ended. */
export async function turnDark(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
  await page.evaluate(atRest)
}
