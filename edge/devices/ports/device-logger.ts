/** The part of a structured logger that devices use; a pino logger fits. */
export interface DeviceLogger {
  info(scope: Readonly<Record<string, unknown>>, message: string): void
  warn(scope: Readonly<Record<string, unknown>>, message: string): void
}
