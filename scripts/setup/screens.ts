import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { repositoryRoot } from '../repository-root.ts'
import { frontEnds } from './front-ends.ts'

/** What every front end is built from besides its own folder. */
const sharedInputs = ['shared', 'package-lock.json']

function feed(hash: ReturnType<typeof createHash>, path: string): void {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    if (entry.name === 'dist' || entry.name === 'node_modules') continue
    const child = join(path, entry.name)
    if (entry.isDirectory()) feed(hash, child)
    else hash.update(child.slice(repositoryRoot.length)).update('\0').update(readFileSync(child))
  }
}

/** SHA-256 hex over everything the build of `screen` reads. */
function inputsOf(screen: string): string {
  const hash = createHash('sha256').update(process.versions.modules)
  feed(hash, join(repositoryRoot, screen))
  for (const input of sharedInputs) {
    const path = join(repositoryRoot, input)
    if (input.includes('.')) hash.update(readFileSync(path))
    else feed(hash, path)
  }
  return hash.digest('hex')
}

function build(screen: string): Promise<{ code: number; output: string }> {
  const vite = join(repositoryRoot, 'node_modules/vite/bin/vite.js')
  const child = spawn(process.execPath, [vite, 'build', join(repositoryRoot, screen), '--logLevel', 'warn'], {
    cwd: join(repositoryRoot, screen),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString()
  })
  child.stderr.on('data', (bytes: Buffer) => {
    output += bytes.toString()
  })
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

async function buildIfChanged(screen: string): Promise<boolean> {
  const folder = join(repositoryRoot, screen)
  if (!existsSync(join(folder, 'index.html'))) {
    process.stdout.write(`${screen}: index.html is missing\n`)
    return false
  }
  const stampFile = join(folder, 'dist', 'screen-stamp')
  const stamp = inputsOf(screen)
  const built = existsSync(join(folder, 'dist/web/index.html'))
  if (built && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
    process.stdout.write(`${screen}: unchanged\n`)
    return true
  }
  // A build that is stopped half-way must not pass for the last one that was finished.
  rmSync(stampFile, { force: true })
  const { code, output } = await build(screen)
  process.stdout.write(`${screen}: ${code === 0 ? 'built' : 'failed'}\n${output}`)
  if (code === 0) writeFileSync(stampFile, stamp)
  return code === 0
}

async function worker(queue: string[], results: boolean[]): Promise<void> {
  for (let screen = queue.shift(); screen !== undefined; screen = queue.shift()) {
    results.push(await buildIfChanged(screen))
  }
}

const queue = [...frontEnds(process.argv.slice(2))]
const results: boolean[] = []
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, () => worker(queue, results)))
process.exitCode = results.every(Boolean) ? 0 : 1
