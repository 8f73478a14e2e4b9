import { isScreen, isTest, isToolConfig, mayBuildAdapters, tierOf } from './places.ts'
import { type Finding, isNode, type SourceFile, type SyntaxNode, walk } from './source-file.ts'

interface Ban {
  readonly what: string
  readonly instead: string
  /** `program`: nowhere but in main.ts and adapters; `decision`: only decisions and shared are bound. */
  readonly scope: 'program' | 'decision'
}

const takeClock = 'take a Clock (shared/clock/clock.ts), or the moment from the context'
const takeRandom = 'take a Random (shared/random/random.ts), or the id from the context'

const bans = {
  'Date.now': { what: 'Date.now()', instead: takeClock, scope: 'program' },
  'new Date': { what: 'new Date() of the present', instead: takeClock, scope: 'program' },
  'performance.now': { what: 'performance.now()', instead: takeClock, scope: 'program' },
  'process.hrtime': { what: 'process.hrtime()', instead: takeClock, scope: 'program' },
  'Math.random': { what: 'Math.random()', instead: takeRandom, scope: 'program' },
  randomUUID: { what: 'randomUUID()', instead: takeRandom, scope: 'program' },
  randomBytes: { what: 'randomBytes()', instead: takeRandom, scope: 'program' },
  getRandomValues: { what: 'getRandomValues()', instead: takeRandom, scope: 'program' },
  setTimeout: {
    what: 'setTimeout()',
    instead: 'return a deadline; the loop around the decision waits for it',
    scope: 'decision',
  },
  setInterval: {
    what: 'setInterval()',
    instead: 'return a deadline; the loop around the decision waits for it',
    scope: 'decision',
  },
  setImmediate: {
    what: 'setImmediate()',
    instead: 'return an effect; the loop around the decision runs it',
    scope: 'decision',
  },
  'sql now': {
    what: 'SQL now()',
    instead: 'pass the moment as a parameter of the statement',
    scope: 'decision',
  },
} as const satisfies Record<string, Ban>

type BanName = keyof typeof bans

const sqlNow = /\bnow\s*\(\s*\)|\bCURRENT_(TIMESTAMP|DATE|TIME)\b|\b(date)?time\(\s*'now'/i
const bareNames: readonly BanName[] = [
  'randomUUID',
  'randomBytes',
  'getRandomValues',
  'setTimeout',
  'setInterval',
  'setImmediate',
]

function calleeName(node: SyntaxNode): string {
  const callee = node.callee
  if (!isNode(callee)) return ''
  if (callee.type === 'Identifier') return String(callee.name)
  const { object, property } = callee as { object?: unknown; property?: unknown }
  if (callee.type !== 'MemberExpression' || !isNode(property)) return ''
  const owner = isNode(object) && object.type === 'Identifier' ? `${String(object.name)}.` : '.'
  return `${owner}${String(property.name ?? '')}`
}

function bannedHere(node: SyntaxNode): BanName | undefined {
  if (node.type === 'NewExpression') {
    const args = node.arguments
    return calleeName(node) === 'Date' && Array.isArray(args) && args.length === 0 ? 'new Date' : undefined
  }
  if (node.type === 'CallExpression') {
    const name = calleeName(node)
    if (name === 'Date') return 'new Date'
    if (name.startsWith('process.hrtime')) return 'process.hrtime'
    if (name === 'Date.now' || name === 'Math.random' || name === 'performance.now') return name
    const last = name.slice(name.lastIndexOf('.') + 1)
    return bareNames.find((bare) => bare === last)
  }
  if (node.type === 'Literal' && typeof node.value === 'string') {
    return sqlNow.test(node.value) ? 'sql now' : undefined
  }
  if (node.type === 'TemplateElement') {
    const value = node.value as { raw?: string } | undefined
    return sqlNow.test(value?.raw ?? '') ? 'sql now' : undefined
  }
  return undefined
}

/** Banned calls, each with its replacement: time and chance come from ports, and never reach a decision. */
export function checkBannedCalls(file: SourceFile, isDecision: boolean): Finding[] {
  if (isTest(file.path) || isToolConfig(file.path) || isScreen(file.path)) return []
  if (tierOf(file.path) === 'scripts' || mayBuildAdapters(file.path)) return []
  const findings: Finding[] = []
  walk(file.program, (node) => {
    const name = bannedHere(node)
    if (name === undefined) return
    const ban: Ban = bans[name]
    if (ban.scope === 'decision' && !isDecision) return
    const where = ban.scope === 'decision' ? 'in a decision' : 'outside main.ts and its adapters'
    const message = `${ban.what} ${where}; ${ban.instead}.`
    findings.push({ rule: 'banned-call', path: file.path, line: file.lineAt(node.start), message })
  })
  return findings
}

/** Decisions answer at once: no `async`, no `await`, no promise, no logger. */
export function checkDecisionIsPure(file: SourceFile, isDecision: boolean): Finding[] {
  if (!isDecision || isTest(file.path) || isScreen(file.path)) return []
  const findings: Finding[] = []
  const report = (node: SyntaxNode, message: string) =>
    findings.push({ rule: 'pure-decision', path: file.path, line: file.lineAt(node.start), message })
  walk(file.program, (node) => {
    if (node.async === true || node.type === 'AwaitExpression') {
      report(node, 'a decision is synchronous; load state before it and act after it.')
    }
    if (node.type === 'MemberExpression' && isNode(node.object) && node.object.name === 'process') {
      report(node, 'a decision knows no process; pass what it needs in the context.')
    }
  })
  return findings
}
