import type { DeviceProfile } from '@gatehouse/shared/profiles/profile'
import { type DriverQuality, type QualityRule, qualityRules } from '@gatehouse/shared/profiles/quality'
import type { CheckedProfiles } from './profile-check.ts'

const ruleTitles: Record<QualityRule, string> = {
  examples: 'Published examples',
  simulator: 'Simulated twin',
  contract: 'Contract suite',
  badInput: 'Bad input',
  linkLoss: 'Lost link',
  bench: 'Hardware on a bench',
}

/** Writes the catalogue as the Markdown page that stands beside the profiles. */
export function cataloguePage(checked: CheckedProfiles): string {
  const rows = sorted(checked.profiles).map(([name, profile]) => [
    `[\`${name}\`](${name}.json)`,
    profile.title,
    profile.driver,
    profile.provenance,
    String(checked.steps.get(name) ?? 0),
    sourceLinks(profile),
  ])
  const byCapability = new Map<string, string[][]>()
  for (const [index, [, { capability }]] of sorted(checked.profiles).entries()) {
    const list = byCapability.get(capability) ?? []
    byCapability.set(capability, list)
    list.push(rows[index] ?? [])
  }
  const sections = [...byCapability].map(([capability, list]) => {
    const head = ['Profile', 'Device', 'Driver', 'Facts from', 'Fixture steps', 'Sources']
    return `## ${capability.replace('_', ' ')}\n\n${markdownTable(head, list)}`
  })
  const ratings = [...checked.drivers].map(([driver, quality]) => driverSection(driver, quality))
  return [
    '# Catalogue of device profiles',
    `Made by \`npm run profiles\`; ${checked.profiles.size} profiles. Facts come from a vendor's document (vendor-doc), were made up for our\nsimulator (simulator), or were recorded from a real device by whom its source names (captured). Nothing has been on a bench of ours.`,
    ...sections,
    '# Quality by driver',
    ...ratings,
  ]
    .join('\n\n')
    .concat('\n')
}

/** Writes the catalogue as a table for the terminal. */
export function catalogueTable(checked: CheckedProfiles): string {
  const rows = sorted(checked.profiles).map(([name, profile]) => [
    profile.capability,
    name,
    profile.driver,
    profile.provenance,
    `${checked.steps.get(name) ?? 0}`,
    ratingSummary(profile, checked.drivers.get(profile.driver)),
  ])
  const all = [['CAPABILITY', 'PROFILE', 'DRIVER', 'FACTS FROM', 'STEPS', 'DONE/TODO/EXEMPT'], ...rows]
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function sorted(profiles: ReadonlyMap<string, DeviceProfile>): [string, DeviceProfile][] {
  return [...profiles].sort(([a, one], [b, other]) =>
    `${one.capability} ${a}` < `${other.capability} ${b}` ? -1 : 1,
  )
}

function ratingSummary(profile: DeviceProfile, driver: DriverQuality | undefined): string {
  const statuses = qualityRules.map((rule) => (profile.quality?.[rule] ?? driver?.quality[rule])?.status)
  const count = (status: string) => statuses.filter((one) => one === status).length
  return `${count('done')}/${count('todo')}/${count('exempt')}`
}

function driverSection(driver: string, { about, quality }: DriverQuality): string {
  const rows = qualityRules.map((rule) => [ruleTitles[rule], quality[rule].status, quality[rule].comment])
  return `## ${driver}\n\n${about}.\n\n${markdownTable(['Rule', 'State', 'Comment'], rows)}`
}

function sourceLinks({ sources = [] }: DeviceProfile): string {
  return sources
    .map((source, index) => (source.startsWith('http') ? `[${index + 1}](${source})` : source))
    .join(' ')
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
