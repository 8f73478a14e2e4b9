import { parseSync } from 'oxc-parser'

/** One breach of a house rule. */
export interface Finding {
  readonly rule: string
  /** Path from the root of the checkout, with forward slashes. */
  readonly path: string
  /** Counted from 1. */
  readonly line: number
  /** What is wrong and what to write instead. */
  readonly message: string
}

export interface ImportReference {
  readonly specifier: string
  readonly line: number
  /** Only types cross this import; it is gone in the compiled program. */
  readonly typeOnly: boolean
}

/** A node of the ESTree syntax tree; only `type` and the offsets are common to all. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

/** A parsed TypeScript file. */
export interface SourceFile {
  readonly path: string
  readonly text: string
  readonly lineCount: number
  readonly program: SyntaxNode
  readonly imports: readonly ImportReference[]
  readonly comments: readonly { readonly value: string; readonly line: number }[]
  /** Line (from 1) of a character offset. */
  lineAt(offset: number): number
  readonly parseErrors: readonly string[]
}

/** Parses one file; syntax errors are kept in `parseErrors`. */
export function parseSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text)
  const starts = lineStarts(text)
  const lineAt = (offset: number) => countUpTo(starts, offset)
  const { staticImports, staticExports, dynamicImports } = parsed.module
  const imports: ImportReference[] = [
    ...staticImports.map((statement) => ({
      specifier: statement.moduleRequest.value,
      line: lineAt(statement.start),
      typeOnly: statement.entries.length > 0 && statement.entries.every((entry) => entry.isType),
    })),
    ...staticExports.flatMap((statement) =>
      statement.entries.flatMap((entry) =>
        entry.moduleRequest === null || entry.moduleRequest === undefined
          ? []
          : [
              {
                specifier: entry.moduleRequest.value,
                line: lineAt(statement.start),
                typeOnly: entry.isType,
              },
            ],
      ),
    ),
    ...dynamicImports.flatMap(({ moduleRequest }) => {
      const literal = /^(['"`])([^$'"`]+)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end))
      return literal?.[2] === undefined
        ? []
        : [{ specifier: literal[2], line: lineAt(moduleRequest.start), typeOnly: false }]
    }),
  ]
  return {
    path,
    text,
    lineCount: text.endsWith('\n') ? starts.length - 1 : starts.length,
    program: parsed.program as unknown as SyntaxNode,
    imports,
    comments: parsed.comments.map((comment) => ({ value: comment.value, line: lineAt(comment.start) })),
    lineAt,
    parseErrors: parsed.errors.map((error) => error.message),
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** How many of the sorted `starts` are at or before `offset`. */
function countUpTo(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return low
}

/** Tells whether a value found in the tree is a node. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string'
}

/** Calls `visit` for every node below and including `node`, parents first. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => void,
  ancestors: readonly SyntaxNode[] = [],
): void {
  visit(node, ancestors)
  const inner = [...ancestors, node]
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) walk(item, visit, inner)
    } else if (isNode(value)) {
      walk(value, visit, inner)
    }
  }
}
