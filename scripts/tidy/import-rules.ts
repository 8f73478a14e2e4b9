import { decisionClosure, type Edge, type ImportGraph } from './graph.ts'
import { isFrontEnd, isScreen, isTest, isToolConfig, mayBuildAdapters, tierOf } from './places.ts'
import type { Finding } from './source-file.ts'

/** Packages without I/O that `shared` may use. */
const purePackages = new Set(['zod', 'temporal-polyfill', 'canonicalize', 'uqr', 'rrule-temporal'])
/** Where `shared` may hash and sign. */
const cryptoFolders = ['shared/ledger/', 'shared/passes/', 'shared/privacy/']

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1)
const packageOf = (name: string) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')
const bound = (path: string) => !isTest(path) && !isToolConfig(path)

/** ARCHITECTURE §8 on the resolved graph: who may know whom. */
export function checkImports(graph: ImportGraph): Finding[] {
  const decisions = decisionClosure(graph)
  return [
    ...graph.unresolved.map((miss) => ({
      rule: 'import-unresolved',
      path: miss.from,
      line: miss.line,
      message: `"${miss.specifier}" leads to no file of the repository.`,
    })),
    ...graph.edges.flatMap((edge) => checkEdge(edge, decisions)),
    ...graph.outside.flatMap((use) => checkOutside(use, decisions)),
  ]
}

function checkEdge(edge: Edge, decisions: ReadonlySet<string>): Finding[] {
  const from = tierOf(edge.from)
  const to = tierOf(edge.to)
  const findings: Finding[] = []
  const report = (rule: string, message: string) =>
    findings.push({ rule, path: edge.from, line: edge.line, message })

  if (to === 'scripts' && from !== 'scripts') {
    report(
      'import-scripts',
      `nothing imports scripts/; move what you need from ${edge.to} to where it belongs.`,
    )
  }
  if (from === 'shared' && to !== 'shared') report('import-shared-up', 'shared knows neither edge nor cloud.')
  if ((from === 'edge' && to === 'cloud') || (from === 'cloud' && to === 'edge')) {
    report('import-across-tiers', `${from} and ${to} meet in shared/wire; they never import each other.`)
  }
  if (edge.to.startsWith('shared/ui/') && !isScreen(edge.from)) {
    report('import-ui', 'only the front ends import shared/ui.')
  }
  if (isFrontEnd(edge.to) && !isFrontEnd(edge.from)) {
    report('import-screen', 'programs serve the built screens; they do not import them.')
  }
  if (
    isScreen(edge.from) &&
    bound(edge.from) &&
    !edge.typeOnly &&
    !isScreen(edge.to) &&
    to !== 'shared' &&
    from !== 'scripts'
  ) {
    report(
      'import-into-screen',
      'a front end imports shared and its own files; it talks to its program over HTTP.',
    )
  }
  if (bound(edge.from)) findings.push(...checkDevices(edge))
  if (
    bound(edge.from) &&
    mayBuildAdapters(edge.to) &&
    !mayBuildAdapters(edge.from) &&
    !edge.typeOnly &&
    from !== 'scripts'
  ) {
    report('import-adapter', 'only main.ts constructs adapters; take the port as an argument.')
  }
  if (decisions.has(edge.from) && from !== 'shared' && to !== 'shared') {
    if (folderOf(edge.from) !== folderOf(edge.to)) {
      report(
        'import-decision',
        'a decision imports only shared and its siblings; pass the rest in as state or context.',
      )
    }
  }
  return findings
}

/** Drivers know ports and transports; transports carry bytes and know only ports. */
function checkDevices(edge: Edge): Finding[] {
  const within = (path: string, folder: string) => path.startsWith(`edge/devices/${folder}/`)
  const report = (rule: string, message: string) => [{ rule, path: edge.from, line: edge.line, message }]
  if (tierOf(edge.to) === 'shared') return []
  if (within(edge.from, 'transports') && !within(edge.to, 'transports') && !within(edge.to, 'ports')) {
    return report('import-transport', 'a transport carries bytes; it knows ports and nothing else.')
  }
  if (within(edge.from, 'drivers') && !edge.to.startsWith('edge/devices/')) {
    return report('import-driver', 'a driver knows ports and transports, never business concerns.')
  }
  if (within(edge.to, 'simulators') && !within(edge.from, 'simulators') && tierOf(edge.from) === 'edge') {
    return report(
      'import-simulator',
      'nothing in the edge knows a simulation; only scripts start simulators.',
    )
  }
  return []
}

function checkOutside(use: ImportGraph['outside'][number], decisions: ReadonlySet<string>): Finding[] {
  const { from, name, line } = use
  if (!bound(from) || isScreen(from) || use.typeOnly) {
    const nodeInScreen = isScreen(from) && bound(from) && name.startsWith('node:') && !use.typeOnly
    return nodeInScreen
      ? [{ rule: 'import-node-in-screen', path: from, line, message: `${name} does not exist in a browser.` }]
      : []
  }
  if (tierOf(from) === 'shared') {
    const hashing = name === 'node:crypto' && cryptoFolders.some((folder) => from.startsWith(folder))
    if (hashing || purePackages.has(packageOf(name))) return []
    return [
      {
        rule: 'import-shared-io',
        path: from,
        line,
        message: `shared imports no I/O: "${name}" belongs to edge or cloud.`,
      },
    ]
  }
  if (decisions.has(from) && !purePackages.has(packageOf(name))) {
    return [
      {
        rule: 'import-decision',
        path: from,
        line,
        message: `a decision imports only shared and its siblings, not "${name}".`,
      },
    ]
  }
  return []
}
