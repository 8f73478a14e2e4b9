/** Details of an operational failure: what failed, where, and what a person can do about it. */
export interface SiteErrorDetails {
  /** Stable machine code, for example `store_full`. */
  readonly code: string
  /** The operation that failed, for example `ledger.append`. */
  readonly op: string
  /** One sentence that tells a person what to do next. */
  readonly hint: string
  readonly retryable: boolean
  readonly cause?: unknown
}

/** The one operational error of Gatehouse. Expected outcomes are a `Result`; bugs are assertions. */
export class SiteError extends Error {
  readonly code: string
  readonly op: string
  readonly hint: string
  readonly retryable: boolean

  constructor(details: SiteErrorDetails) {
    super(`${details.op}: ${details.code}. ${details.hint}`, { cause: details.cause })
    this.name = 'SiteError'
    this.code = details.code
    this.op = details.op
    this.hint = details.hint
    this.retryable = details.retryable
  }
}

/** Tells whether a thrown value is an operational error. */
export function isSiteError(value: unknown): value is SiteError {
  return value instanceof SiteError
}
