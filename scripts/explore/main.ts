import { explore } from './exploration.ts'
import { boundsOf, fullRuns, mutations } from './mutations.ts'

/** States that one run may keep; beyond it the run says how far it came. The first argument changes it. */
const statesMax = Number(process.argv[2] ?? 500_000)

let isSound = true
for (const bounds of fullRuns) {
  const found = explore(bounds, 'none', { statesMax, keepsWays: false })
  isSound &&= found.broken === undefined
  process.stdout.write(`${JSON.stringify(bounds)}\n  ${JSON.stringify(found)}\n`)
}
for (const mutation of mutations) {
  const found = explore(boundsOf[mutation], mutation, { statesMax, keepsWays: true })
  isSound &&= found.broken !== undefined
  process.stdout.write(`planted: ${mutation}\n`)
  process.stdout.write(`  ${found.broken?.invariant ?? 'NOT FOUND'} after ${found.states} states\n`)
  for (const step of found.broken?.steps ?? []) process.stdout.write(`    ${step}\n`)
}
process.exitCode = isSound ? 0 : 1
