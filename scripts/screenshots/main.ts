import { mkdirSync, mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import type { Page } from 'playwright-core'
import { agreedFigures } from '../browser/books.ts'
import { startBrowser } from '../browser/chromium.ts'
import { type DemoUnderTest, startDemo } from '../browser/demo-under-test.ts'
import { fitWindow, ScreenCamera, turnDark } from '../browser/screen-camera.ts'
import { type Screen, screens } from '../browser/screens.ts'
import { beginWorkingDay } from '../browser/working-day.ts'
import { repositoryRoot } from '../repository-root.ts'

const historyDays = 21
const bytesMax = 200 * 1024

/** A picture of the README: which screen, under which name, and the window it is taken in. */
interface Picture {
  readonly file: string
  readonly screen: string
  readonly width: number
  readonly height: number
  /** What goes on while it is taken. */
  readonly happens?: (demo: DemoUnderTest) => Promise<void>
}

/** A card opens the main entrance of the house, and a car stands before the boom of the garage. */
async function somebodyComes({ panel }: DemoUnderTest): Promise<void> {
  const [house, garage] = [await panel.site('harbour-house'), await panel.site('quay-street')]
  const [door] = house.doors
  const [member] = house.people
  const [lane] = garage.lanes
  if (door === undefined || member === undefined || lane === undefined) return
  await panel.act({ kind: 'driveIn', siteId: garage.siteId, laneId: lane.laneId, plate: 'B-GH 12' })
  await panel.act({ kind: 'tapCard', siteId: house.siteId, doorId: door.doorId, card: member.card })
  await panel.sees('a car at the boom', garage.siteId, ({ lanes }) => lanes[0]?.car?.position === 'passing')
}

const pictures: readonly Picture[] = [
  { file: 'front-door', screen: 'front-door', width: 1200, height: 800 },
  { file: 'panel', screen: 'panel', width: 1200, height: 900, happens: somebodyComes },
  { file: 'kiosk', screen: 'kiosk-plan', width: 1200, height: 800 },
  { file: 'member-app', screen: 'app-site', width: 1200, height: 800 },
  { file: 'hq', screen: 'hq-books', width: 1200, height: 800 },
]

const say = (line: string) => process.stdout.write(`${line}\n`)

function screenNamed(name: string): Screen {
  const screen = screens.find((one) => one.name === name)
  if (screen === undefined) throw new RangeError(`there is no screen ${name}`)
  return screen
}

/** Takes the README's pictures; says which are larger than they should be. */
async function takeReadmePictures(camera: ScreenCamera, demo: DemoUnderTest): Promise<void> {
  const folder = join(repositoryRoot, 'scripts/screenshots/images')
  mkdirSync(folder, { recursive: true })
  for (const { file, screen, width, height, happens } of pictures) {
    const path = join(folder, `${file}.png`)
    const view = { width, scheme: 'light', language: 'en' } as const
    await camera.show({ ...screenNamed(screen), height }, view, async (page) => {
      await happens?.(demo)
      await page.screenshot({ path, animations: 'disabled' })
    })
    const { size } = statSync(path)
    say(`${path} ${Math.round(size / 1024)} KB${size > bytesMax ? ', larger than 200 KB' : ''}`)
  }
}

/** Takes every screen in each of its widths, light and dark, English and German, for people to look at. */
async function takeMatrix(camera: ScreenCamera, only: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-screens-'))
  for (const screen of screens.filter(({ name }) => name.includes(only))) {
    for (const width of screen.widths) {
      for (const language of ['en', 'de'] as const) {
        await takeBothSchemes(camera, screen, { width, language, folder }).catch((error: unknown) =>
          say(`${screen.name} ${width} ${language}: ${String(error)}`),
        )
      }
    }
  }
  say(folder)
}

async function takeBothSchemes(
  camera: ScreenCamera,
  screen: Screen,
  view: { readonly width: number; readonly language: 'en' | 'de'; readonly folder: string },
): Promise<void> {
  const { width, language, folder } = view
  const take = (page: Page, scheme: string) =>
    page.screenshot({
      path: join(folder, `${screen.name}-${width}-${language}-${scheme}.png`),
      animations: 'disabled',
    })
  await camera.show(screen, { width, language, scheme: 'light' }, async (page) => {
    await fitWindow(page, width)
    await take(page, 'light')
    await turnDark(page)
    await take(page, 'dark')
  })
}

/** The books of both sites agree at HQ: everything that the pictures show has arrived. */
async function settled(camera: ScreenCamera, demo: DemoUnderTest): Promise<void> {
  await camera.show(
    screenNamed('hq-books'),
    { width: 1200, scheme: 'light', language: 'en' },
    async (page) => {
      for (const siteId of ['harbour-house', 'quay-street']) await agreedFigures(page, demo, siteId)
    },
  )
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { all: { type: 'boolean' }, screen: { type: 'string' } } })
  const started = await startBrowser()
  let demo: DemoUnderTest | undefined
  try {
    say('Starting a demo of its own …')
    demo = await startDemo({ historyDays })
    await beginWorkingDay(demo, 'harbour-house')
    const camera = new ScreenCamera(demo, started.browser)
    await settled(camera, demo)
    if (values.all) await takeMatrix(camera, values.screen ?? '')
    else await takeReadmePictures(camera, demo)
  } finally {
    await demo?.stop()
    await started.close()
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))
main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${isSiteError(error) ? error.hint : String(error)}\n`)
    process.exit(1)
  },
)
