import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { type Browser, chromium } from 'playwright-core'

const commands = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge']
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
]

function onPath(command: string): string | undefined {
  const found = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' })
  const path = found.stdout.trim()
  return found.status === 0 && path !== '' ? path : undefined
}

function installedBrowser(): string | undefined {
  for (const command of commands) {
    const path = onPath(command)
    if (path !== undefined) return path
  }
  return places.find((path) => existsSync(path))
}

function installFromDebian(): void {
  if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) return
  process.stdout.write('No browser found; installing the package chromium.\n')
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { stdio: 'inherit', env: environment } as const
  spawnSync('apt-get', ['update', '-q'], options)
  spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], options)
}

/** The browser to test with: CHROME_PATH, an installed one, else Debian's package when we may install it. */
export function findBrowser(): string {
  const named = process.env.CHROME_PATH
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named
    throw missing(`CHROME_PATH names ${named}, which does not exist.`)
  }
  const installed = installedBrowser()
  if (installed !== undefined) return installed
  installFromDebian()
  const fresh = installedBrowser()
  if (fresh !== undefined) return fresh
  throw missing('Install Chrome, Chromium or Edge, or set CHROME_PATH to one.')
}

function missing(hint: string): SiteError {
  return new SiteError({ code: 'browser_missing', op: 'browser.find', hint, retryable: false })
}

/** A started browser with a profile of its own, which is removed when it closes. */
export interface StartedBrowser {
  readonly browser: Browser
  close(): Promise<void>
}

/** Starts the browser without a window and without its own calls to the internet. */
export async function startBrowser(): Promise<StartedBrowser> {
  const home = mkdtempSync(join(tmpdir(), 'gatehouse-browser-'))
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    headless: true,
    env: { ...process.env, HOME: home } as Record<string, string>,
    args: [
      // As root Chromium refuses to start inside its sandbox; the pages tested here are our own.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  })
  return {
    browser,
    close: async () => {
      await browser.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
