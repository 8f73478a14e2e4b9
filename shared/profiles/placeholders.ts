import type { ParameterValue } from './profile.ts'

export type Parameters = Readonly<Record<string, ParameterValue>>

/** Replaces `{name}` and `{name:3}` (zero-padded to three) by parameters; an unknown name stays as it is. */
export function fillPlaceholders(
  template: string,
  parameters: Parameters,
  write: (value: string) => string = (value) => value,
): string {
  return template.replace(/\{([a-z][A-Za-z0-9]*)(?::(\d))?\}/g, (whole, name: string, width?: string) => {
    const value = parameters[name]
    if (value === undefined) return whole
    return write(String(value).padStart(Number(width ?? 0), '0'))
  })
}

/** Writes `value` so that a regular expression matches it literally. */
export function escapePattern(value: string): string {
  return value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
