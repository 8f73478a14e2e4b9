/**
 * How long an HTTP server keeps a connection that nobody uses, ms. Longer than proxies and programs leave one unused (60 s
 * and less), so that the server does not hang up just when the next request is on its way.
 */
export const idleConnectionMs = 65_000
