import { err, ok, type Result } from '../result/result.ts'
import type { Parameters } from './placeholders.ts'
import type { DeviceProfile, ParameterValue, ProfileParameter } from './profile.ts'

/** Why a device row's parameters do not fit its profile; `parameter` names which. */
export interface ParameterRefusal {
  readonly code: 'missing_parameter' | 'unknown_parameter' | 'wrong_parameter'
  readonly parameter: string
}

/** Parameters that belong to the row itself: `scope` says what a caller with this credential may do. */
const rowParameters: readonly string[] = ['scope']

/** Completes a device row's parameters with defaults and checks each against its profile. */
export function resolveParameters(
  profile: DeviceProfile,
  given: Parameters,
): Result<Parameters, ParameterRefusal> {
  const unknown = Object.keys(given).find(
    (name) => !rowParameters.includes(name) && profile.parameters[name] === undefined,
  )
  if (unknown !== undefined) return err({ code: 'unknown_parameter', parameter: unknown })
  const resolved: Record<string, ParameterValue> = {}
  for (const [name, rule] of Object.entries(profile.parameters)) {
    const value = given[name] ?? rule.default
    if (value === undefined && rule.optional) continue
    if (value === undefined) return err({ code: 'missing_parameter', parameter: name })
    if (!fits(value, rule)) return err({ code: 'wrong_parameter', parameter: name })
    resolved[name] = value
  }
  return ok(resolved)
}

/** Tells whether a value has the type and lies in the bounds that a parameter asks for. */
export function fits(value: ParameterValue, rule: ProfileParameter): boolean {
  if (rule.type === 'boolean') return typeof value === 'boolean'
  if (rule.type === 'string') return typeof value === 'string' && value.length > 0 && value.length <= 200
  return (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= (rule.min ?? Number.NEGATIVE_INFINITY) &&
    value <= (rule.max ?? Number.POSITIVE_INFINITY)
  )
}
