import { isTest } from './places.ts'
import { type Finding, isNode, type SourceFile, type SyntaxNode, walk } from './source-file.ts'

const fileLinesMax = 500
const functionLinesMax = 70

/** Files fail beyond 500 lines and functions beyond 70; the blocks of a test file are lists, not functions. */
export function checkLengths(file: SourceFile): Finding[] {
  const findings: Finding[] = []
  if (file.lineCount > fileLinesMax) {
    const message = `${file.lineCount} lines; split by meaning below ${fileLinesMax}.`
    findings.push({ rule: 'file-length', path: file.path, line: 1, message })
  }
  walk(file.program, (node, ancestors) => {
    if (!isFunction(node)) return
    if (isTest(file.path) && isBlockOfTests(ancestors.at(-1))) return
    const lines = file.lineAt(node.end) - file.lineAt(node.start) + 1
    if (lines <= functionLinesMax) return
    const message = `a function of ${lines} lines; split by meaning below ${functionLinesMax}.`
    findings.push({ rule: 'function-length', path: file.path, line: file.lineAt(node.start), message })
  })
  return findings
}

function isFunction(node: SyntaxNode): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)
}

/** `describe(name, () => …)` and its kin hold tests one below the other. */
function isBlockOfTests(parent: SyntaxNode | undefined): boolean {
  if (parent?.type !== 'CallExpression') return false
  let callee: unknown = parent.callee
  while (isNode(callee) && callee.type !== 'Identifier') callee = callee.object ?? callee.callee
  return isNode(callee) && /^(describe|suite)/.test(String(callee.name))
}
