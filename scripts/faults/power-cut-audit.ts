import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EdgeConfig, isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import { openDatabase, type SiteDatabase } from '@gatehouse/edge/ledger/database'
import { readHead } from '@gatehouse/edge/ledger/entry-store'
import { findDamage } from '@gatehouse/edge/ledger/ledger-integrity'
import { commandIdOf } from '@gatehouse/edge/ledger/receipts'
import { rebuildCommand } from '@gatehouse/edge/rebuild-command'
import { storeFile, subjectKeyPath } from '@gatehouse/edge/site/store-file'
import { systemRandom } from '@gatehouse/edge/system-random'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import type { Acknowledged } from './kiosk-requests.ts'

/** What a power cut left of a site. */
export interface Remains {
  /** The newest entry. */
  readonly headSeq: number
  /** Answers whose facts or receipt are gone. */
  readonly lost: readonly string[]
  /** What is wrong with the store besides, in a few words each: pages, chain, replay, keys. */
  readonly damage: readonly string[]
}

/** The site whose power was cut: where it is now, and what had left it before. */
export interface CutSite {
  /** The folder with the configuration and the data. */
  readonly folder: string
  readonly caller: string
  readonly acknowledged: readonly Acknowledged[]
  /** The keys that the edge had in use. */
  readonly keys: readonly string[]
}

/** What the edge keeps beside its store and cannot do without: the key of names and plates, and the secret of local tools. */
export function keysOf(dataFolder: string): string[] {
  return [subjectKeyPath(dataFolder), join(dataFolder, 'local-secret')].map((path) =>
    existsSync(path) ? readFileSync(path, 'utf8') : 'missing',
  )
}

/** Opens what a power cut left as the edge and its operator do, and compares it with what people were answered. */
export async function auditRemains(site: CutSite): Promise<Remains> {
  const config = readEdgeConfig(join(site.folder, 'edge.json'))
  if (isConfigProblem(config)) return { headSeq: 0, lost: [], damage: [...config.lines] }
  const { dataFolder } = config
  // Asked before anything opens the site: that would make a missing key anew.
  const damage = keysOf(dataFolder).flatMap((key, index) =>
    key === site.keys[index] ? [] : [`key ${index + 1} has ${key.length} characters, not those in use`],
  )
  const opened = openRemains(join(dataFolder, storeFile), site)
  return { ...opened, damage: [...damage, ...opened.damage, ...(await replay(config))] }
}

function openRemains(path: string, site: CutSite): Remains {
  const db = openDatabase({ path, locking: 'shared' })
  try {
    const found = findDamage(db, 1)
    const damage = found === undefined ? [] : [found]
    return { headSeq: readHead(db, 1).seq, lost: lostAnswers(db, site), damage }
  } finally {
    db.close()
  }
}

/** `rebuild --check` on what is left: the chain, and every table that does not follow from it. */
async function replay(config: EdgeConfig): Promise<string[]> {
  const lines: string[] = []
  try {
    const code = await rebuildCommand(config, systemRandom, (line) => lines.push(line))
    return code === 0 ? [] : lines.filter((line) => !line.startsWith('equal'))
  } catch (error) {
    return [`rebuild: ${isSiteError(error) ? error.code : String(error)}`]
  }
}

/** Acknowledged requests without a receipt, and accepted ones without an entry. */
function lostAnswers(db: SiteDatabase, { acknowledged, caller }: CutSite): string[] {
  const entries = new Set(
    db.prepare<[], string>("SELECT json_extract(text, '$.commandId') FROM entries").pluck().all(),
  )
  const receipts = new Set(
    db.prepare<[string], string>('SELECT key FROM receipts WHERE caller = ?').pluck().all(caller),
  )
  return acknowledged.flatMap(({ key, path, status }) => {
    if (!receipts.has(key)) return [`${key} left no receipt`]
    // A price that was shown is kept, but is no fact of the ledger; neither is a refusal.
    if (path.endsWith('/quote') || status >= 400) return []
    return entries.has(commandIdOf(caller, key)) ? [] : [`${key} left no entry`]
  })
}
