/** A request that was refused or failed, as the log names it; the route has no values in it. */
export interface RefusedRequest {
  readonly traceId: string
  readonly method: string
  readonly route: string
  readonly status: number
}

/** Refusals that anybody can provoke without end say nothing that is worth a line. */
const unlogged: ReadonlySet<number> = new Set([401, 404, 429])

/**
 * Tells whether a request that ended with `status` gets a line in the log: refusals below `/api` and `/sync`. Probes
 * of a program that is not ready, and files that are missing, would fill the log.
 */
export function isLogged({ status, path }: { readonly status: number; readonly path: string }): boolean {
  return status >= 400 && !unlogged.has(status) && /^\/(api|sync)\//.test(path)
}

/** The pattern of the handler among all that matched, in their order; middleware matches as well, by patterns with a star. */
export function handlerPattern(matched: readonly { readonly path: string }[]): string {
  return matched.filter(({ path }) => !path.includes('*')).at(-1)?.path ?? '*'
}
