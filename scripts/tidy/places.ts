/** Where a file lives decides which rules bind it. All paths are from the root, with forward slashes. */

/** The folders of the browser front ends. */
const screenFolders = [
  'edge/kiosk/',
  'edge/admin/',
  'cloud/member-app/',
  'cloud/hq/',
  'cloud/front-door/',
  'scripts/demo/panel/',
]

/** Tells whether a file runs in a browser: a front end, or the shared kit of components. */
export function isScreen(path: string): boolean {
  return path.startsWith('shared/ui/') || isFrontEnd(path)
}

/** Tells whether a file belongs to one of the front ends, which alone may import the shared components. */
export function isFrontEnd(path: string): boolean {
  return screenFolders.some((folder) => path.startsWith(folder))
}

/** Tests, their fixtures and contract suites: they may touch what product code may not. */
export function isTest(path: string): boolean {
  return (
    /\.test\.tsx?$/.test(path) ||
    /(^|\/)(testing|test-support|fixtures)\//.test(path) ||
    /\.contract\.ts$/.test(path)
  )
}

/** Configuration of tools, such as `vite.config.ts`. */
export function isToolConfig(path: string): boolean {
  return /\.config\.ts$/.test(path)
}

/** `shared`, `edge`, `cloud` or `scripts`; the first folder of the path. */
export function tierOf(path: string): string {
  return path.slice(0, Math.max(0, path.indexOf('/')))
}

/** What ships: everything but tests, tool configuration and `scripts/`. */
export function isProduct(path: string): boolean {
  return !isTest(path) && !isToolConfig(path) && tierOf(path) !== 'scripts' && tierOf(path) !== ''
}

/**
 * The files that are decisions by their name or place: `decide….ts` and `….machine.ts`/`….state.ts` and everything pure
 * in `shared`. What they import becomes a decision too (see `decisionClosure`).
 */
export function isDecisionByName(path: string): boolean {
  if (isTest(path) || isScreen(path) || isToolConfig(path)) return false
  if (tierOf(path) === 'scripts') return false
  if (tierOf(path) === 'shared') return true
  const file = path.slice(path.lastIndexOf('/') + 1)
  return /^decide([-.].*)?\.ts$|-(machine|decision)\.ts$|^(machine|evolve)\.ts$/.test(file)
}

/** The one file of a program that builds clocks, randomness, databases and sockets, and those adapters themselves. */
export function mayBuildAdapters(path: string): boolean {
  return (
    /^(edge|cloud)\/main\.ts$/.test(path) ||
    /^(edge|cloud)\/(adapters|clock|system)\//.test(path) ||
    /(^|\/)(system|real|node)-(clock|random)\.ts$/.test(path)
  )
}
