import { checkBannedCalls, checkDecisionIsPure } from './banned-calls.ts'
import { checkCycles } from './cycles.ts'
import { buildGraph, decisionClosure } from './graph.ts'
import { checkImports } from './import-rules.ts'
import { checkLengths } from './lengths.ts'
import { checkNames, checkTopLevel } from './names.ts'
import { type Finding, parseSource } from './source-file.ts'
import { checkWording } from './wording.ts'

/** What tidy looks at: the texts of all source files by path, and the names at the top of the repository. */
export interface Checkout {
  readonly texts: ReadonlyMap<string, string>
  readonly topLevel: readonly string[]
}

/** Checks a whole checkout against every house rule; an empty checkout is a finding itself. */
export function tidy(checkout: Checkout): Finding[] {
  if (checkout.texts.size === 0) {
    return [{ rule: 'visited-nothing', path: '.', line: 1, message: 'no source file was visited.' }]
  }
  const files = new Map([...checkout.texts].map(([path, text]) => [path, parseSource(path, text)]))
  const graph = buildGraph(files)
  const decisions = decisionClosure(graph)
  const perFile = [...files.values()].flatMap((file) => [
    ...checkBannedCalls(file, decisions.has(file.path)),
    ...checkDecisionIsPure(file, decisions.has(file.path)),
    ...checkWording(file),
    ...checkLengths(file),
    ...checkNames(file),
  ])
  return [...checkTopLevel(checkout.topLevel), ...checkImports(graph), ...checkCycles(graph), ...perFile]
}
