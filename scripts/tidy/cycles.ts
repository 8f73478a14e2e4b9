import type { ImportGraph } from './graph.ts'
import type { Finding } from './source-file.ts'

/** Circular imports of values, each reported once, at the file of the circle that sorts first. */
export function checkCycles(graph: ImportGraph): Finding[] {
  const next = new Map<string, string[]>()
  for (const edge of graph.edges) {
    if (edge.typeOnly) continue
    next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to])
  }
  const findings: Finding[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at !== -1) {
      const circle = trail.slice(at)
      const first = [...circle].sort()[0] ?? path
      const message = `circular import: ${[...circle, path].join(' → ')}; move what both need into a third file.`
      findings.push({ rule: 'import-cycle', path: first, line: 1, message })
      return
    }
    if (done.has(path)) return
    for (const target of next.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of [...graph.files.keys()].sort()) visit(path, [])
  return findings
}
