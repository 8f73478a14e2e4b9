import type { z } from 'zod'
import { err, ok, type Result } from '../result/result.ts'
import { fits } from './parameters.ts'
import {
  type DeviceProfile,
  deviceProfileSchema,
  profileFileSchema,
  profileTemplateSchema,
} from './profile.ts'

/** One parsed JSON file with the path that names it in messages. */
export interface ProfileSource {
  readonly path: string
  readonly json: unknown
}

/** What is wrong with one profile file: where in it, and a sentence for its author. */
export interface ProfileProblem {
  readonly path: string
  readonly at: string
  readonly message: string
}

/**
 * Reads one profile file on top of its template. `templates` are parsed JSON by name. Parameters and timing are
 * merged name by name; everything else of the profile replaces the template's.
 */
export function readProfile(
  source: ProfileSource,
  templates: ReadonlyMap<string, unknown>,
): Result<DeviceProfile, ProfileProblem[]> {
  const file = profileFileSchema.safeParse(source.json)
  if (!file.success) return err(problemsOf(source.path, file.error))
  const { $schema: _schema, extends: templateName, ...own } = file.data
  let base: Partial<DeviceProfile> = {}
  if (templateName !== undefined) {
    if (!templates.has(templateName)) {
      return err([{ path: source.path, at: 'extends', message: `There is no template "${templateName}".` }])
    }
    const template = profileTemplateSchema.safeParse(templates.get(templateName))
    if (!template.success) return err(problemsOf(`templates/${templateName}.json`, template.error))
    const { $schema: _ignored, ...rest } = template.data
    base = rest as Partial<DeviceProfile>
  }
  const merged = deviceProfileSchema.safeParse({
    ...base,
    ...own,
    parameters: { ...base.parameters, ...own.parameters },
    timing: { ...base.timing, ...own.timing },
    wiring: [...(base.wiring ?? []), ...(own.wiring ?? [])],
  })
  if (!merged.success) return err(problemsOf(source.path, merged.error))
  const problems = findContradictions(source.path, merged.data)
  return problems.length > 0 ? err(problems) : ok(merged.data)
}

/** The name by which device rows refer to a profile. */
export function profileName(profile: Pick<DeviceProfile, 'vendor' | 'model'>): string {
  return `${profile.vendor}/${profile.model}`
}

/** Reads all profiles; a broken one is reported and left out, the others are served. */
export function readCatalogue(
  sources: readonly ProfileSource[],
  templates: ReadonlyMap<string, unknown>,
): { readonly profiles: ReadonlyMap<string, DeviceProfile>; readonly problems: readonly ProfileProblem[] } {
  const profiles = new Map<string, DeviceProfile>()
  const problems: ProfileProblem[] = []
  for (const source of sources) {
    const read = readProfile(source, templates)
    if (!read.ok) problems.push(...read.error)
    else if (profiles.has(profileName(read.value))) {
      problems.push({ path: source.path, at: 'model', message: 'Another file has this vendor and model.' })
    } else profiles.set(profileName(read.value), read.value)
  }
  return { profiles, problems }
}

const sections = [
  'inputs',
  'output',
  'outputs',
  'lines',
  'messages',
  'publishes',
  'sign',
  'registers',
  'plates',
  'printer',
] as const
type Section = (typeof sections)[number]

/** Which sections each driver needs; any other section would never be read and is a mistake. */
const sectionsOf: Record<DeviceProfile['driver'], { needs: readonly Section[]; may: readonly Section[] }> = {
  io: { needs: [], may: ['inputs', 'output', 'outputs'] },
  'modbus-relay': { needs: ['registers'], may: [] },
  line: { needs: ['lines'], may: [] },
  sign: { needs: ['sign'], may: [] },
  osdp: { needs: [], may: [] },
  wiegand: { needs: [], may: [] },
  mqtt: { needs: ['messages'], may: [] },
  'mqtt-bridge': { needs: ['publishes'], may: ['messages'] },
  escpos: { needs: ['printer'], may: [] },
  camera: { needs: ['plates'], may: [] },
  'mqtt-camera': { needs: ['plates'], may: ['messages'] },
  caller: { needs: [], may: [] },
}

function findContradictions(path: string, profile: DeviceProfile): ProfileProblem[] {
  const problems: ProfileProblem[] = []
  const report = (at: string, message: string) => problems.push({ path, at, message })
  const { needs, may } = sectionsOf[profile.driver]
  for (const section of needs) {
    if (profile[section] === undefined) report(section, `Driver ${profile.driver} needs "${section}".`)
  }
  for (const section of sections) {
    const read = needs.includes(section) || may.includes(section)
    if (profile[section] !== undefined && !read) report(section, `Driver ${profile.driver} never reads it.`)
  }
  if (profile.provenance === 'vendor-doc' && !profile.sources?.length) {
    report('sources', 'A profile from documents names at least one.')
  }
  for (const [name, rule] of Object.entries(profile.parameters)) {
    if (rule.default !== undefined && !fits(rule.default, rule)) {
      report(`parameters.${name}.default`, 'The default does not fit its own type and bounds.')
    }
  }
  for (const name of namesUsed(profile)) {
    if (!Object.hasOwn(profile.parameters, name))
      report(name, `Parameter "${name}" is used but not declared.`)
  }
  for (const [index, rule] of (profile.lines ?? []).entries()) {
    if (!isPattern(rule.match)) report(`lines.${index}.match`, 'It is not a regular expression.')
    else if (rule.event !== 'alive' && !rule.match.includes('(?<value>')) {
      report(`lines.${index}.match`, 'It lacks the group (?<value>…).')
    }
  }
  return problems
}

function namesUsed(profile: DeviceProfile): Set<string> {
  const names = new Set<string>()
  for (const rule of profile.inputs ?? []) {
    names.add(rule.parameter)
    if (rule.invert) names.add(rule.invert)
  }
  if (profile.output) names.add(profile.output.parameter)
  for (const { parameter } of profile.outputs ?? []) names.add(parameter)
  const texts = [
    ...(profile.messages ?? []).map((rule) => rule.topic),
    ...(profile.publishes ?? []),
    ...(profile.plates?.topics ?? []),
    ...(profile.plates?.rules ?? []).flatMap(({ when }) => Object.values(when ?? {}).flat()),
    ...(profile.lines ?? []).map((rule) => rule.match),
  ]
  for (const text of texts) {
    for (const found of text.matchAll(/\{([a-z][A-Za-z0-9]*)(?::\d)?\}/g)) names.add(found[1] ?? '')
  }
  return names
}

function isPattern(match: string): boolean {
  try {
    new RegExp(match.replace(/\{[a-z][A-Za-z0-9]*(?::\d)?\}/g, 'x'), 'u')
    return true
  } catch {
    return false
  }
}

function problemsOf(path: string, error: z.ZodError): ProfileProblem[] {
  return error.issues.map((issue) => ({ path, at: issue.path.join('.'), message: issue.message }))
}
