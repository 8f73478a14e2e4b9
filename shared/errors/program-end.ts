import { isSiteError } from './site-error.ts'

/** What a program says last, and its exit status. */
export interface ProgramEnd {
  readonly text: string
  readonly exitCode: 1 | 2
}

/**
 * How a program ends after what it threw: 2 and the usage for options that `parseArgs` does not take, else 1 with what a
 * person can do about it.
 */
export function programEnd(error: unknown, usage: string): ProgramEnd {
  if (isWrongOption(error)) {
    // Node.js goes on with advice about its own conventions.
    return { text: `${error.message.split('. ')[0]}.\n\n${usage}\n`, exitCode: 2 }
  }
  return { text: `${isSiteError(error) ? error.hint : String(error)}\n`, exitCode: 1 }
}

function isWrongOption(error: unknown): error is TypeError {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}
