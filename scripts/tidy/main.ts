import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../repository-root.ts'
import { tidy } from './tidy.ts'

const leftOut = new Set(['node_modules', 'dist', 'coverage'])

function collect(folder: string, texts: Map<string, string>): void {
  for (const entry of readdirSync(join(repositoryRoot, folder), { withFileTypes: true })) {
    if (leftOut.has(entry.name) || entry.name.startsWith('.')) continue
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) collect(path, texts)
    else if (/\.(ts|tsx|mts)$/.test(entry.name))
      texts.set(path, readFileSync(join(repositoryRoot, path), 'utf8'))
  }
}

const texts = new Map<string, string>()
collect('', texts)
const findings = tidy({ texts, topLevel: readdirSync(repositoryRoot) })
for (const { rule, path, line, message } of findings.sort((a, b) => (a.path < b.path ? -1 : 1))) {
  process.stdout.write(`${path}:${line} ${rule}: ${message}\n`)
}
process.stdout.write(`${texts.size} files visited, ${findings.length} findings\n`)
process.exitCode = findings.length === 0 ? 0 : 1
