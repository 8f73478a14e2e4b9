import type { CloudConfig } from './config.ts'

/** Where a browser reaches the cloud: as the operator set it, else the address that it listens on. */
export function publicUrlOf({ http }: CloudConfig): string {
  return http.publicUrl ?? `http://${urlHost(http.host)}:${http.port}`
}

/** A host as a URL from this machine names it: loopback for every address, brackets around IPv6 (RFC 3986 §3.2.2). */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
