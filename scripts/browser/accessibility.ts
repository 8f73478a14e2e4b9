import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import type { Checklist } from './checklist.ts'
import type { DemoUnderTest } from './demo-under-test.ts'
import { fitWindow, ScreenCamera, turnDark } from './screen-camera.ts'
import { type Screen, screens } from './screens.ts'
import { expectThat } from './until.ts'

// WCAG 2.2 level AA; axe names it by the version in which each rule appeared.
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
// What a change of colours can break; the rest of the page is the same in the dark.
const colourRules = ['color-contrast', 'link-in-text-block']

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
  const camera = new ScreenCamera(demo, browser)
  for (const screen of screens) {
    if (only !== undefined && !screen.name.includes(only)) continue
    await list.check(`axe finds nothing on ${screen.name}`, () => checkScreen(camera, screen))
  }
}

async function checkScreen(camera: ScreenCamera, screen: Screen): Promise<void> {
  const width = screen.widths[0] ?? 1280
  await camera.show(screen, { width, scheme: 'light', language: 'en' }, async (page) => {
    await fitWindow(page, width)
    const light = await violationsOn(new AxeBuilder({ page }).withTags(rules))
    await turnDark(page)
    const dark = await violationsOn(new AxeBuilder({ page }).withRules(colourRules))
    expectThat(light.length === 0, `light:\n${light.join('\n')}`)
    expectThat(dark.length === 0, `dark:\n${dark.join('\n')}`)
  })
}
