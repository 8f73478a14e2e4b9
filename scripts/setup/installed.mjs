// Tells whether node_modules holds what the lock file asks for, so that `npm ci` runs only when it must.
// Plain JavaScript: it runs before anything is installed or compiled.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const stampFile = 'node_modules/.gatehouse-stamp'
const lockText = readFileSync('package-lock.json', 'utf8')
const stamp = createHash('sha256')
  .update(`${lockText}\n${process.platform} ${process.arch} ${process.versions.modules}`)
  .digest('hex')

/** Compares the installed tree's own lock with ours: true when `npm install` already brought it up to date. */
function satisfied() {
  if (!existsSync('node_modules/.package-lock.json')) return false
  const wanted = JSON.parse(lockText).packages
  const present = JSON.parse(readFileSync('node_modules/.package-lock.json', 'utf8')).packages
  const missing = Object.entries(wanted).filter(
    ([path, entry]) =>
      path.startsWith('node_modules/') && !entry.optional && present[path]?.version !== entry.version,
  )
  return missing.length === 0 && Object.keys(present).every((path) => wanted[path] !== undefined)
}

/** The native module must load under this very Node.js; another major version needs a new build. */
async function nativeLoads() {
  try {
    const { default: Database } = await import('better-sqlite3')
    new Database(':memory:').close()
    return true
  } catch {
    return false
  }
}

if (process.argv[2] === 'stamp') {
  writeFileSync(stampFile, stamp)
} else {
  const known = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp
  if (known) process.exit(0)
  if (!satisfied() || !(await nativeLoads())) process.exit(1)
  writeFileSync(stampFile, stamp)
}
