import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'

/** The tables of the directory copy and of both positions. */
export const syncTablesSql = readFileSync(join(packageRoot, 'sync/tables.sql'), 'utf8')
