import { isFrontEnd } from './places.ts'
import { type Finding, isNode, type SourceFile } from './source-file.ts'

/** What a visitor sees on opening the repository; nothing else may lie there. */
const topLevel = new Set([
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'biome.json',
  'vitest.config.ts',
  'edge',
  'cloud',
  'shared',
  'firmware-profiles',
  'scripts',
  'README.md',
  'LICENSE',
  'NOTICE',
])
const emptyWords = /(^|[-/])(utils?|helpers?|managers?|common|misc)([-./]|$)/
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
/** Tanstack-style route and environment files keep the names their tools ask for. */
const toolNames = /^(vite-env\.d|env\.d)\.ts$/

/** Only the agreed entries at the top of the repository; dot files are free. */
export function checkTopLevel(entries: readonly string[]): Finding[] {
  return entries
    .filter((entry) => !entry.startsWith('.') && entry !== 'node_modules' && !topLevel.has(entry))
    .map((entry) => ({
      rule: 'top-level',
      path: entry,
      line: 1,
      message: 'the top level is fixed (PRODUCT.md); put it into the folder of its concern.',
    }))
}

/** Nouns in kebab-case, no empty words, no barrels. */
export function checkNames(file: SourceFile): Finding[] {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1)
  const findings: Finding[] = []
  const report = (rule: string, message: string) => findings.push({ rule, path: file.path, line: 1, message })
  if (!kebab.test(name) && !toolNames.test(name)) report('file-name', 'name files as nouns in kebab-case.')
  if (emptyWords.test(file.path))
    report('empty-name', 'name the concern; utils, helpers, common say nothing.')
  if (isBarrel(file)) report('barrel', 'no barrels: import from the file that owns the name.')
  if (hasDefaultExport(file) && !/\.config\.ts$/.test(name) && !isFrontEnd(file.path)) {
    report('default-export', 'use a named export.')
  }
  return findings
}

function statements(file: SourceFile): readonly Record<string, unknown>[] {
  const body = file.program.body
  return Array.isArray(body) ? body : []
}

function isBarrel(file: SourceFile): boolean {
  const all = statements(file)
  return (
    all.length > 0 &&
    all.every(
      (statement) =>
        /^Export(All|Named)Declaration$/.test(String(statement.type)) && isNode(statement.source),
    )
  )
}

function hasDefaultExport(file: SourceFile): boolean {
  return statements(file).some((statement) => statement.type === 'ExportDefaultDeclaration')
}
