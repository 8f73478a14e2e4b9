import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { readProfileFolder } from '@gatehouse/edge/devices/profile-folder'
import { jsonSchemas } from '@gatehouse/shared/profiles/json-schema'
import type { DeviceProfile } from '@gatehouse/shared/profiles/profile'
import { type DriverQuality, driverQualitySchema } from '@gatehouse/shared/profiles/quality'
import type { z } from 'zod'
import { type Fixture, fixtureProblems, fixtureSchema } from './fixture.ts'

/** Everything that the folder of profiles holds, and a sentence for each mistake in it. */
export interface CheckedProfiles {
  readonly profiles: ReadonlyMap<string, DeviceProfile>
  readonly drivers: ReadonlyMap<string, DriverQuality>
  /** How many steps the fixtures of a profile have. */
  readonly steps: ReadonlyMap<string, number>
  readonly problems: readonly string[]
}

/** Reads and checks every profile, template, driver rating and fixture of `folder`. */
export function checkProfiles(folder: string): CheckedProfiles {
  const { profiles, cardFormats, problems: broken } = readProfileFolder(folder)
  const problems = broken.map(({ path, at, message }) => `${path}: ${at}: ${message}`)
  const report = (problem: string) => problems.push(problem)
  const drivers = readAll(join(folder, 'drivers'), driverQualitySchema, report)
  const fixtures = readAll(join(folder, 'fixtures'), fixtureSchema, report)
  const steps = new Map<string, number>()
  for (const [name, fixture] of fixtures) {
    const profile = profiles.get(fixture.profile)
    if (!profile) report(`fixtures/${name}.json: there is no profile "${fixture.profile}"`)
    else
      for (const problem of fixtureProblems(fixture, profile, cardFormats))
        report(`fixtures/${name}.json: ${problem}`)
    steps.set(fixture.profile, (steps.get(fixture.profile) ?? 0) + fixture.steps.length)
  }
  for (const [name, profile] of profiles) {
    if (!drivers.has(profile.driver)) report(`${name}: drivers/${profile.driver}.json rates nothing`)
    if (!steps.has(name) && needsFixture(profile)) report(`${name}: it has no fixture`)
    const claim = hardwareClaim(profile, { drivers, fixtures: [...fixtures.values()], name })
    if (claim) report(claim)
  }
  for (const { file } of oldSchemas(folder)) report(`${file}: it is old; npm run profiles writes it`)
  return { profiles, drivers, steps, problems }
}

/** The JSON Schemas that editors read and that are not what the code says any more, as they should be. */
export function oldSchemas(folder: string): { readonly file: string; readonly schema: object }[] {
  return Object.entries(jsonSchemas()).flatMap(([file, schema]) => {
    const made: unknown = JSON.parse(JSON.stringify(schema))
    return isDeepStrictEqual(readJson(join(folder, file)), made) ? [] : [{ file, schema }]
  })
}

function readAll<T>(
  folder: string,
  schema: z.ZodType<T>,
  report: (problem: string) => void,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>()
  for (const file of readdirSync(folder).sort()) {
    const parsed = schema.safeParse(readJson(join(folder, file)))
    if (parsed.success) found.set(basename(file, '.json'), parsed.data)
    else {
      for (const { path, message } of parsed.error.issues) {
        report(`${basename(folder)}/${file}: ${path.join('.')}: ${message}`)
      }
    }
  }
  return found
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** Everything that decodes or drives something does; a screen, and a board or bridge that tells nothing itself, do not. */
function needsFixture({ driver, messages, registers }: DeviceProfile): boolean {
  if (driver === 'caller') return false
  if (driver === 'mqtt-bridge') return messages !== undefined
  return driver !== 'modbus-relay' || registers?.inputs !== 0
}

/** No bench without a recording from it: the sentence that says what is claimed, if something is. */
function hardwareClaim(
  profile: DeviceProfile,
  known: {
    readonly name: string
    readonly drivers: ReadonlyMap<string, DriverQuality>
    readonly fixtures: readonly Fixture[]
  },
): string | undefined {
  const bench = profile.quality?.bench ?? known.drivers.get(profile.driver)?.quality.bench
  if (bench?.status !== 'done') return undefined
  const own = known.fixtures.filter((fixture) => fixture.profile === known.name)
  const recorded = own.some(({ provenance, source }) => provenance === 'captured' && source !== undefined)
  return recorded ? undefined : `${known.name}: it claims a bench without a captured fixture and its source`
}
