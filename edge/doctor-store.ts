import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import type { z } from 'zod'
import type { EdgeConfig } from './config.ts'
import { planDevice } from './devices/device-plan.ts'
import { profileFolder, readProfileFolder } from './devices/profile-folder.ts'
import type { Finding } from './doctor-finding.ts'
import { localStateSchema } from './http/local-routes.ts'
import { openDatabase, type SiteDatabase } from './ledger/database.ts'
import { readHead } from './ledger/entry-store.ts'
import { prunedHead } from './ledger/kept-chain.ts'
import { findDamage } from './ledger/ledger-integrity.ts'
import { checkpointAdvice, checkpointFile, findMisfit } from './retention/checkpoint-file.ts'
import { retentionText } from './retention/retention-text.ts'
import { readLocalSecret } from './site/local-secret.ts'
import { storeFile } from './site/store-file.ts'
import { Directory } from './sync/directory.ts'
import { loadIdentity } from './sync/site-identity.ts'

const timeoutMs = 3_000
const namedDevicesMax = 8

/** Looks at the store and at the devices: asks the running edge at `url`, else opens the store itself. */
export async function storeFindings(config: EdgeConfig, url: string | undefined): Promise<Finding[]> {
  if (url !== undefined) return runningFindings(await askEdge(config, url))
  const path = join(config.dataFolder, storeFile)
  if (!existsSync(path)) {
    return [{ name: 'database', ok: true, seen: `no ledger yet; the first start makes ${path}` }]
  }
  try {
    const db = openDatabase({ path, locking: 'shared' })
    try {
      return restingFindings(config, db)
    } finally {
      db.close()
    }
  } catch (error) {
    if (!isSiteError(error)) throw error
    return [{ name: 'database', ok: false, seen: error.code, hint: error.hint }]
  }
}

type LocalState = z.infer<typeof localStateSchema>

async function askEdge({ dataFolder }: EdgeConfig, url: string): Promise<LocalState | undefined> {
  const headers = { authorization: `Bearer ${readLocalSecret(dataFolder) ?? ''}` }
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(`${url}/api/v1/local/state`, { headers, signal })
    return response.ok ? localStateSchema.parse(await response.json()) : undefined
  } catch {
    return undefined
  }
}

function runningFindings(state: LocalState | undefined): Finding[] {
  if (!state) {
    const hint = 'Look at its log; it may be waiting for its enrolment, or use another data folder.'
    return [{ name: 'database', ok: false, seen: 'the running edge does not tell', hint }]
  }
  const { storage, sells, headSeq, retention, devices, down } = state
  return [
    {
      name: 'database',
      ok: storage === 'open',
      seen: `${storage}, head ${headSeq}, ${sells ? 'sells' : 'does not sell'}`,
      hint: 'Read /readyz of the edge; it says what to do.',
    },
    ...(retention ? [keptEntries(retention)] : []),
    {
      name: 'devices',
      ok: down.length === 0,
      seen: `${devices} known, ${down.length} missed${listed(down.map(({ deviceId, detail }) => `${deviceId} (${detail ?? 'silent'})`))}`,
      hint: 'Check power, cable and address of those named.',
    },
  ]
}

function keptEntries(retention: Parameters<typeof retentionText>[0]): Finding {
  const ok = retention.problem === undefined
  return { name: 'retention', ok, seen: retentionText(retention), hint: checkpointAdvice }
}

/** The checkpoint as it lies on disk; its tables are compared by `rebuild --check`. */
function restingCheckpoint(
  { dataFolder, ledger }: EdgeConfig,
  db: SiteDatabase,
  incarnation: number,
): Finding {
  const { keptDays } = ledger
  const problem = findMisfit(db, join(dataFolder, checkpointFile))
  const prunedSeq = prunedHead(db, incarnation).seq
  return keptEntries({ keptDays, prunedSeq, problem })
}

function restingFindings(config: EdgeConfig, db: SiteDatabase): Finding[] {
  const identity = loadIdentity(config.dataFolder)
  if (!identity) return [{ name: 'database', ok: true, seen: 'opens; this machine is not enrolled yet' }]
  const { siteId, incarnation } = identity
  const damage = findDamage(db, incarnation)
  const database: Finding = {
    name: 'database',
    ok: damage === undefined,
    seen: damage ?? `sound, head ${readHead(db, incarnation).seq}, every commit is synced`,
    hint: 'The next start moves it aside; doors and exits go on. Keep the folder and enrol anew.',
  }
  if (damage !== undefined) return [database]
  return [
    database,
    restingCheckpoint(config, db, incarnation),
    plannedDevices(config, new Directory(db, siteId)),
  ]
}

function plannedDevices({ buses }: EdgeConfig, directory: Directory): Finding {
  const { profiles, cardFormats } = readProfileFolder(profileFolder)
  const rows = [...directory.all('device')]
  const refused = rows.flatMap(([key, row]) => {
    const planned = planDevice(deviceIdSchema.parse(key), row, { profiles, cardFormats, buses })
    return planned.ok ? [] : [`${key} (${planned.error.code})`]
  })
  return {
    name: 'devices',
    ok: refused.length === 0,
    seen: `${rows.length - refused.length} of ${rows.length} can be served${listed(refused)}`,
    hint: 'Name their buses in the configuration, or correct their rows at HQ.',
  }
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return ''
  const more = names.length > namedDevicesMax ? ` and ${names.length - namedDevicesMax} more` : ''
  return `; not: ${names.slice(0, namedDevicesMax).join(', ')}${more}`
}
