import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { repositoryRoot } from '../repository-root.ts'
import { checkAccessibility } from './accessibility.ts'
import { Checklist } from './checklist.ts'
import { type StartedBrowser, startBrowser } from './chromium.ts'
import { type DemoUnderTest, startDemo } from './demo-under-test.ts'
import { Story } from './story.ts'
import { expectThat } from './until.ts'

const storyHistoryDays = 2
const pictures = join(tmpdir(), 'gatehouse-browser-failures')
const { values } = parseArgs({
  options: { counts: { type: 'string' }, only: { type: 'string' }, screen: { type: 'string' } },
})

function writeCounts(counts: {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}): void {
  if (values.counts === undefined) return
  const { passed, failed, skipped } = counts
  const body = { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped }
  writeFileSync(values.counts, JSON.stringify(body))
}

/** Keeps a picture of every open screen, and says where. */
async function keepPictures(name: string, story: Story): Promise<void> {
  mkdirSync(pictures, { recursive: true })
  for (const [index, page] of story.pages.entries()) {
    const path = join(pictures, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}-${index + 1}.png`)
    await page.screenshot({ path, timeout: 5_000 }).then(
      () => process.stdout.write(`          ${path} (${page.url()})\n`),
      () => undefined,
    )
  }
}

/** `rebuild --check` of a site through the edge's own command; throws with its output unless it says equal. */
function rebuildIsEqual(demo: DemoUnderTest, siteId: string): Promise<void> {
  const program = join(repositoryRoot, 'edge/dist/main.js')
  const child = spawn(process.execPath, [program, 'rebuild', '--check', '--config', demo.configOf(siteId)])
  let output = ''
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString()
  })
  child.stderr.on('data', (bytes: Buffer) => {
    output += bytes.toString()
  })
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      try {
        expectThat(
          code === 0 && /: equal$/m.test(output),
          `rebuild of ${siteId} ended with ${code}:\n${output}`,
        )
        resolve()
      } catch (error) {
        reject(error)
      }
    })
  })
}

async function run(browser: StartedBrowser, against: DemoUnderTest): Promise<Checklist> {
  const story = new Story(against, browser.browser)
  const list = new Checklist((name) => keepPictures(name, story))
  if (values.only !== 'axe') await list.inOrder(story.steps())
  if (values.only !== 'axe') {
    for (const siteId of ['harbour-house', 'quay-street']) {
      await list.check(`rebuild --check says equal at ${siteId}`, () => rebuildIsEqual(against, siteId))
    }
  }
  await story.close()
  if (values.only !== 'story') await checkAccessibility(list, against, browser.browser, values.screen)
  return list
}

/** What runs now; an interrupted run takes it down, too. */
let demo: DemoUnderTest | undefined

async function main(): Promise<number> {
  let browser: StartedBrowser
  try {
    browser = await startBrowser()
  } catch (error) {
    if (!isSiteError(error) || error.code !== 'browser_missing') throw error
    process.stdout.write(`Skipped, no browser: ${error.hint}\n`)
    writeCounts({ passed: 0, failed: 0, skipped: 1 })
    return 0
  }
  try {
    demo = await startDemo({ historyDays: storyHistoryDays })
    const list = await run(browser, demo)
    const running = demo
    demo = undefined
    await list.check('nothing is left running', async () => {
      const left = await running.stop()
      expectThat(left.length === 0, `left behind:\n${left.join('\n')}`)
    })
    writeCounts({ passed: list.passed, failed: list.failed, skipped: 0 })
    process.stdout.write(`${list.passed} passed, ${list.failed} failed\n`)
    return list.failed === 0 ? 0 : 1
  } finally {
    await demo?.stop()
    await browser.close()
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (demo === undefined) process.exit(130)
    void demo.stop().finally(() => process.exit(130))
  })
}
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${isSiteError(error) ? error.hint : String(error)}\n`)
    process.exit(1)
  },
)
