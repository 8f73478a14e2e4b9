import { isProduct, isTest, isToolConfig } from './places.ts'
import { type Finding, isNode, type SourceFile, type SyntaxNode, walk } from './source-file.ts'

// Put together from parts, so that this file does not breach its own rule.
const markers = new RegExp(`\\b(${['TO', 'FIX'].map((part, at) => part + ['DO', 'ME'][at]).join('|')})\\b`)
const testRoots = new Set(['it', 'test', 'describe', 'suite', 'bench'])

/** `throw new Error`, `console.`, markers of unfinished work, skipped tests, `as any`, non-null `!`. */
export function checkWording(file: SourceFile): Finding[] {
  const findings: Finding[] = []
  const report = (rule: string, line: number, message: string) =>
    findings.push({ rule, path: file.path, line, message })
  for (const error of file.parseErrors) report('syntax', 1, error)
  for (const comment of file.comments) {
    if (markers.test(comment.value)) {
      report('unfinished', comment.line, 'finish it, or write an issue and name it in a whole sentence.')
    }
  }
  walk(file.program, (node) => {
    const breach = breachOf(node, file.path)
    if (breach !== undefined) report(breach.rule, file.lineAt(node.start), breach.message)
  })
  return findings
}

function breachOf(node: SyntaxNode, path: string): { rule: string; message: string } | undefined {
  switch (node.type) {
    case 'ThrowStatement': {
      const thrown = node.argument
      const plain =
        isNode(thrown) &&
        thrown.type === 'NewExpression' &&
        isNode(thrown.callee) &&
        thrown.callee.name === 'Error'
      if (!plain || isTest(path)) return undefined
      return {
        rule: 'throw-error',
        message: 'throw a SiteError (operational), return a Result (expected), or assert (a bug).',
      }
    }
    case 'MemberExpression':
      return memberBreach(node)
    case 'TSAsExpression': {
      const type = node.typeAnnotation
      if (!isNode(type) || type.type !== 'TSAnyKeyword') return undefined
      return { rule: 'as-any', message: 'parse it with zod, or narrow it with a type guard.' }
    }
    case 'TSNonNullExpression':
      if (!isProduct(path) && (isTest(path) || isToolConfig(path))) return undefined
      return { rule: 'non-null', message: 'handle the missing case, or assert with a reason.' }
    default:
      return undefined
  }
}

function memberBreach(node: SyntaxNode): { rule: string; message: string } | undefined {
  const { object, property } = node as { object?: unknown; property?: unknown }
  if (!isNode(object) || !isNode(property)) return undefined
  const owner = rootName(object)
  const member = String(property.name ?? property.value ?? '')
  if (owner === 'console') {
    return {
      rule: 'console',
      message: 'use the logger (programs), process.stdout.write (scripts) or the screen.',
    }
  }
  if (testRoots.has(owner) && (member === 'skip' || member === 'only')) {
    return {
      rule: 'test-left-out',
      message: `every test runs; where a prerequisite may be missing use ${owner}.skipIf, loudly.`,
    }
  }
  return undefined
}

/** The name with which a chain begins: `it` of `it.concurrent`, `describe` of `describe.each(cases)`. */
function rootName(node: SyntaxNode): string {
  const { object, callee } = node as { object?: unknown; callee?: unknown }
  if (node.type === 'Identifier') return String(node.name)
  if (node.type === 'MemberExpression' && isNode(object)) return rootName(object)
  return node.type === 'CallExpression' && isNode(callee) ? rootName(callee) : ''
}
