import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { repositoryRoot } from './repository-root.ts'

const manifest = z.object({ scripts: z.record(z.string(), z.string()) })

/** The flags that `npm run edge` and `npm run cloud` give Node.js, so that demo and benchmark run what operators run. */
export function programFlags(program: 'edge' | 'cloud'): readonly string[] {
  const { scripts } = manifest.parse(JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')))
  const [, ...words] = scripts[program]?.split(' ') ?? []
  return words.filter((word) => word.startsWith('--'))
}
