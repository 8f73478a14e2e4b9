import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { profileFolder } from '@gatehouse/edge/devices/profile-folder'
import { cataloguePage, catalogueTable } from './catalogue-page.ts'
import { checkProfiles, oldSchemas } from './profile-check.ts'

/** Checks every profile, prints the catalogue and writes its page; with `--check` an old page is a failure instead. */
function main(): number {
  const onlyCheck = process.argv.includes('--check')
  for (const { file, schema } of onlyCheck ? [] : oldSchemas(profileFolder)) {
    writeFileSync(join(profileFolder, file), `${JSON.stringify(schema, null, 2)}\n`)
  }
  const checked = checkProfiles(profileFolder)
  process.stdout.write(`${catalogueTable(checked)}\n\n`)
  for (const problem of checked.problems) process.stderr.write(`${problem}\n`)
  const path = join(profileFolder, 'CATALOGUE.md')
  const page = cataloguePage(checked)
  const isOld = readFileSync(path, { encoding: 'utf8', flag: 'a+' }) !== page
  if (isOld && onlyCheck) process.stderr.write('CATALOGUE.md is old: npm run profiles writes it\n')
  if (isOld && !onlyCheck) writeFileSync(path, page)
  const failures = checked.problems.length + (isOld && onlyCheck ? 1 : 0)
  process.stdout.write(`${checked.profiles.size} profiles, ${failures} problems\n`)
  return failures === 0 ? 0 : 1
}

process.exitCode = main()
