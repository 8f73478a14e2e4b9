import { describe, expect, it } from 'vitest'
import { tidy } from './tidy.ts'

/** Rules that a checkout of these files breaches. */
function breaches(texts: Record<string, string>, topLevel: string[] = []): string[] {
  const findings = tidy({ texts: new Map(Object.entries(texts)), topLevel })
  return [...new Set(findings.map((finding) => finding.rule))]
}

const clean = 'export const one = 1\n'
const long = (lines: number) => Array.from({ length: lines }, () => '  one += 1\n').join('')
const todo = ['TO', 'DO'].join('')
const fixme = ['FIX', 'ME'].join('')

const samples: [string, string, Record<string, string>][] = [
  ['visited-nothing', 'a checkout without sources', {}],
  ['import-unresolved', 'an import that leads nowhere', { 'edge/a.ts': `import './missing.ts'\n` }],
  [
    'import-scripts',
    'product code that imports scripts',
    { 'edge/a.ts': `import '../scripts/b.ts'\n`, 'scripts/b.ts': clean },
  ],
  [
    'import-shared-up',
    'shared that imports a tier',
    { 'shared/a.ts': `import '../edge/b.ts'\n`, 'edge/b.ts': clean },
  ],
  [
    'import-across-tiers',
    'edge that imports cloud',
    { 'edge/a.ts': `import '@gatehouse/cloud/b'\n`, 'cloud/b.ts': clean },
  ],
  [
    'import-across-tiers',
    'cloud that imports a type of edge',
    { 'cloud/a.ts': `import type { B } from '../edge/b.ts'\n`, 'edge/b.ts': clean },
  ],
  [
    'import-ui',
    'a program that imports components',
    { 'edge/a.ts': `import '@gatehouse/shared/ui/b.tsx'\n`, 'shared/ui/b.tsx': clean },
  ],
  [
    'import-screen',
    'a program that imports a front end',
    { 'edge/a.ts': `import './kiosk/b.tsx'\n`, 'edge/kiosk/b.tsx': clean },
  ],
  [
    'import-into-screen',
    'a front end that imports its program',
    { 'edge/kiosk/a.tsx': `import '../b.ts'\n`, 'edge/b.ts': clean },
  ],
  ['import-node-in-screen', 'a front end that imports node:', { 'cloud/hq/a.tsx': `import 'node:fs'\n` }],
  ['import-shared-io', 'shared that does I/O', { 'shared/booking/a.ts': `import 'node:fs'\n` }],
  [
    'import-shared-io',
    'shared that hashes outside ledger and passes',
    { 'shared/booking/a.ts': `import 'node:crypto'\n` },
  ],
  ['import-shared-io', 'shared that imports a package with I/O', { 'shared/a.ts': `import 'pg'\n` }],
  ['import-decision', 'a decision that imports node:', { 'edge/access/decide.ts': `import 'node:fs'\n` }],
  ['import-decision', 'a decision that imports a logger', { 'edge/access/decide.ts': `import 'pino'\n` }],
  [
    'import-decision',
    'a decision that imports another concern',
    { 'edge/access/decide.ts': `import '../http/b.ts'\n`, 'edge/http/b.ts': clean },
  ],
  [
    'import-decision',
    'what a decision uses and that imports node:',
    { 'edge/access/decide.ts': `import './b.ts'\n`, 'edge/access/b.ts': `import 'node:fs'\n` },
  ],
  [
    'import-driver',
    'a driver that knows business',
    { 'edge/devices/drivers/a.ts': `import '../../parking/b.ts'\n`, 'edge/parking/b.ts': clean },
  ],
  [
    'import-transport',
    'a transport that knows a driver',
    { 'edge/devices/transports/a.ts': `import '../drivers/b.ts'\n`, 'edge/devices/drivers/b.ts': clean },
  ],
  [
    'import-simulator',
    'an edge that knows a simulator',
    { 'edge/devices/hub.ts': `import './simulators/b.ts'\n`, 'edge/devices/simulators/b.ts': clean },
  ],
  [
    'import-adapter',
    'an adapter outside main.ts',
    { 'edge/sync/a.ts': `import '../clock/system-clock.ts'\n`, 'edge/clock/system-clock.ts': clean },
  ],
  [
    'import-cycle',
    'files that import each other',
    { 'edge/a.ts': `import './b.ts'\n`, 'edge/b.ts': `import './c.ts'\n`, 'edge/c.ts': `import './a.ts'\n` },
  ],
  ['banned-call', 'Date.now', { 'edge/a.ts': 'export const at = Date.now()\n' }],
  ['banned-call', 'new Date()', { 'cloud/a.ts': 'export const at = new Date()\n' }],
  ['banned-call', 'performance.now', { 'cloud/a.ts': 'export const at = performance.now()\n' }],
  ['banned-call', 'Math.random', { 'edge/a.ts': 'export const at = Math.random()\n' }],
  [
    'banned-call',
    'randomUUID',
    { 'edge/a.ts': `import { randomUUID } from 'node:crypto'\nexport const id = randomUUID()\n` },
  ],
  ['banned-call', 'crypto.randomUUID', { 'edge/a.ts': 'export const id = crypto.randomUUID()\n' }],
  ['banned-call', 'setTimeout in a decision', { 'shared/a.ts': 'setTimeout(() => 1, 1)\n' }],
  [
    'banned-call',
    'SQL now() in a decision',
    { 'edge/access/decide.ts': 'export const sql = `select now()`\n' },
  ],
  [
    'banned-call',
    `datetime('now') in a decision`,
    { 'edge/access/decide.ts': `export const sql = "select datetime('now')"\n` },
  ],
  ['pure-decision', 'an async decision', { 'edge/access/decide.ts': 'export async function decide() {}\n' }],
  [
    'pure-decision',
    'a decision that reads the environment',
    { 'shared/a.ts': 'export const a = process.env.A\n' },
  ],
  ['throw-error', 'throw new Error', { 'scripts/a.ts': `throw new Error('no')\n` }],
  ['console', 'console.log', { 'scripts/a.ts': 'console.log(1)\n' }],
  ['unfinished', todo, { 'edge/a.ts': `// ${todo}: later\n${clean}` }],
  ['unfinished', fixme, { 'edge/a.test.ts': `/* ${fixme} */\n${clean}` }],
  ['test-left-out', 'it.skip', { 'edge/a.test.ts': `it.skip('a', () => {})\n` }],
  ['test-left-out', 'describe.only', { 'edge/a.test.ts': `describe.only('a', () => {})\n` }],
  ['test-left-out', 'a chain that skips', { 'edge/a.test.ts': `it.concurrent.skip('a', () => {})\n` }],
  [
    'test-left-out',
    'a table that is alone',
    { 'edge/a.test.ts': `describe.each([1]).only('a', () => {})\n` },
  ],
  ['as-any', 'as any', { 'edge/a.ts': 'export const a = 1 as any\n' }],
  [
    'non-null',
    'a non-null mark in product code',
    { 'edge/a.ts': 'export const b = (a?: string) => a!.length\n' },
  ],
  ['file-length', 'a file of 501 lines', { 'shared/a.ts': clean.repeat(501).replaceAll('one', 'o') }],
  [
    'function-length',
    'a function of 72 lines',
    { 'edge/a.ts': `export function a(one: number) {\n${long(70)}}\n` },
  ],
  ['syntax', 'a file that does not parse', { 'edge/a.ts': 'export const = 1\n' }],
  ['file-name', 'a file in camel case', { 'edge/doorSession.ts': clean }],
  ['empty-name', 'a folder of utils', { 'edge/utils/a.ts': clean }],
  [
    'barrel',
    'a file that only passes names on',
    { 'edge/a.ts': `export { one } from './b.ts'\n`, 'edge/b.ts': clean },
  ],
  ['default-export', 'a default export', { 'edge/a.ts': 'export default 1\n' }],
]

describe('tidy refuses', () => {
  it.each(samples)('%s: %s', (rule, _what, texts) => {
    expect(breaches(texts)).toContain(rule)
  })

  it('an entry at the top level that nobody agreed to', () => {
    expect(breaches({ 'edge/a.ts': clean }, ['docs'])).toEqual(['top-level'])
  })
})

const allowed: [string, Record<string, string>][] = [
  ['a function of 70 lines', { 'edge/a.ts': `export function a(one: number) {\n${long(68)}}\n` }],
  ['a long describe block', { 'edge/a.test.ts': `describe('a', () => {\n${long(90)}})\n` }],
  ['hashing in shared/ledger', { 'shared/ledger/a.ts': `import 'node:crypto'\n` }],
  [
    'a circle of types',
    {
      'edge/a.ts': `import type { B } from './b.ts'\nexport type A = B\n`,
      'edge/b.ts': `import type { A } from './a.ts'\nexport type B = A\n`,
    },
  ],
  ['a date made from a number', { 'edge/a.ts': 'export const a = (ms: number) => new Date(ms)\n' }],
  [
    'the clock that main.ts builds',
    {
      'edge/main.ts': `import './clock/system-clock.ts'\n`,
      'edge/clock/system-clock.ts': 'export const a = () => Date.now()\n',
    },
  ],
  [
    'a timer in a loop around decisions',
    { 'edge/sync/loop.ts': 'export const a = setTimeout(() => 1, 1)\n' },
  ],
  ['a non-null mark in a test', { 'edge/a.test.ts': 'export const b = (a?: string) => a!.length\n' }],
  [
    'scripts that start simulators',
    {
      'scripts/a.ts': `import '@gatehouse/edge/devices/simulators/b'\n`,
      'edge/devices/simulators/b.ts': clean,
    },
  ],
  ['a stylesheet', { 'edge/kiosk/a.tsx': `import './a.css'\n` }],
]

describe('tidy allows', () => {
  it.each(allowed)('%s', (_what, texts) => {
    expect(breaches(texts)).toEqual([])
  })
})
