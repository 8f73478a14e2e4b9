import { isDecisionByName } from './places.ts'
import type { SourceFile } from './source-file.ts'

/** One import between two files of the repository. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly line: number
  readonly typeOnly: boolean
}

/** The resolved import graph: edges inside the repository, and the outside names each file imports. */
export interface ImportGraph {
  readonly files: ReadonlyMap<string, SourceFile>
  readonly edges: readonly Edge[]
  readonly outside: readonly {
    readonly from: string
    readonly name: string
    readonly line: number
    readonly typeOnly: boolean
  }[]
  readonly unresolved: readonly { readonly from: string; readonly specifier: string; readonly line: number }[]
}

const assetPattern = /\.(css|json|svg|png|woff2|sql|html)(\?.*)?$/

function normalize(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

/** The repository path an import means, or `undefined` for a package from outside. */
function localTarget(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return normalize(`${from.slice(0, from.lastIndexOf('/'))}/${specifier}`)
  const workspace = /^@gatehouse\/(shared|edge|cloud)\/(.+)$/.exec(specifier)
  return workspace === null ? undefined : `${workspace[1]}/${workspace[2]}`
}

/** Resolves every import of `files`; what points nowhere is listed in `unresolved`. */
export function buildGraph(files: ReadonlyMap<string, SourceFile>): ImportGraph {
  const edges: Edge[] = []
  const outside: ImportGraph['outside'][number][] = []
  const unresolved: ImportGraph['unresolved'][number][] = []
  for (const file of files.values()) {
    for (const { specifier, line, typeOnly } of file.imports) {
      const target = localTarget(file.path, specifier)
      if (target === undefined) {
        outside.push({ from: file.path, name: specifier, line, typeOnly })
        continue
      }
      const candidates = [target, `${target}.ts`, `${target}.tsx`, target.replace(/\.js$/, '.ts')]
      const to = candidates.find((candidate) => files.has(candidate))
      if (to !== undefined) edges.push({ from: file.path, to, line, typeOnly })
      else if (!assetPattern.test(target)) unresolved.push({ from: file.path, specifier, line })
    }
  }
  return { files, edges, outside, unresolved }
}

/** The decision files: those named so, and everything whose values they use, as far as the graph reaches. */
export function decisionClosure(graph: ImportGraph): ReadonlySet<string> {
  const closure = new Set([...graph.files.keys()].filter(isDecisionByName))
  const queue = [...closure]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    for (const edge of graph.edges) {
      if (edge.from !== path || edge.typeOnly || closure.has(edge.to)) continue
      closure.add(edge.to)
      queue.push(edge.to)
    }
  }
  return closure
}
