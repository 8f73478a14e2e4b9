import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import type { Checklist } from './checklist.ts'
import type { DemoUnderTest } from './demo-under-test.ts'
import { parkCar } from './parked-car.ts'
import { fitWindow, ScreenCamera, turnDark } from './screen-camera.ts'
import { type Screen, screens, type Who } from './screens.ts'
import { expectThat } from './until.ts'
import { beginWorkingDay } from './working-day.ts'

// WCAG 2.2 level AA; axe names it by the version in which each rule appeared.
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const openDialog = '[role="dialog"][aria-modal="true"]'
// What a change of colours can break; the rest of the page is the same in the dark.
const colourRules = ['color-contrast', 'link-in-text-block']

// Looks at one site, and at one member's bookings, follow each other: each gives back what the one before had held.
const atSite = new Set<Who>(['house-kiosk', 'garage-kiosk', 'board'])

/**
 * Axe for a page without frames of other origins, of which there are none: it needs no second page to put its findings
 * together, and describes only what it finds wrong. Of a page with an open dialog it looks at the dialog: nothing behind
 * it can be pressed, so that a button which it half covers is not too small.
 */
async function axeOn(page: Page): Promise<AxeBuilder> {
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  return (await page.locator(openDialog).isVisible()) ? axe.include(openDialog) : axe
}

/** What axe finds on a page, one line per element: rule, why, where. */
async function violationsOn(axe: AxeBuilder): Promise<readonly string[]> {
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')}\n  ${node.failureSummary ?? ''}\n  ${node.html}`),
  )
}

/** Runs axe on every screen, light and dark, and expects no violation of WCAG 2.2 AA. */
export async function checkAccessibility(
  list: Checklist,
  demo: DemoUnderTest,
  browser: Browser,
  only?: string,
): Promise<void> {
  await parkCar(demo.panel)
  await beginWorkingDay(demo, 'harbour-house')
  const camera = new ScreenCamera(demo, browser)
  const wanted = screens.filter(({ name }) => only === undefined || name.includes(only))
  const anyTime = wanted.filter(({ who }) => ['nobody', 'hq', 'house-admin', 'garage-admin'].includes(who))
  const checkAll = async (inOrder: readonly Screen[]) => {
    const check = (screen: Screen) =>
      list.check(`axe finds nothing on ${screen.name}`, () => checkScreen(camera, screen))
    for (const screen of inOrder) await check(screen)
    for (let screen = anyTime.shift(); screen !== undefined; screen = anyTime.shift()) await check(screen)
  }
  // Two at once, for as many processors.
  await Promise.all([
    checkAll(wanted.filter(({ who }) => atSite.has(who))),
    checkAll(wanted.filter(({ who }) => who === 'member')),
  ])
}

async function checkScreen(camera: ScreenCamera, screen: Screen): Promise<void> {
  const width = screen.widths[0] ?? 1280
  await camera.show(screen, { width, scheme: 'light', language: 'en' }, async (page) => {
    await fitWindow(page, width)
    const light = await violationsOn((await axeOn(page)).withTags(rules))
    await turnDark(page)
    const dark = await violationsOn((await axeOn(page)).withRules(colourRules))
    expectThat(light.length === 0, `light:\n${light.join('\n')}`)
    expectThat(dark.length === 0, `dark:\n${dark.join('\n')}`)
  })
}
