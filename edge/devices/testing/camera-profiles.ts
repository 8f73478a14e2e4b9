import assert from 'node:assert'
import type { PlateRules } from '@gatehouse/shared/profiles/plate-rules'
import { profileFolder, readProfileFolder } from '../profile-folder.ts'

const { profiles } = readProfileFolder(profileFolder)

/** How a camera's plates are read, from its profile. */
export function platesOf(name: string): PlateRules {
  const rules = profiles.get(name)?.plates
  assert(rules, `${name} reads no plates`)
  return rules
}
