import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { EdgeConfig } from './config.ts'
import type { Finding } from './doctor-finding.ts'
import { storeFindings } from './doctor-store.ts'
import { wireFindings } from './doctor-wires.ts'
import { version } from './version.ts'

const freeBytesMin = 512 * 1024 * 1024
const syncMsMax = 50
const clockSkewMsMax = 30_000
const timeoutMs = 3_000

/**
 * `doctor`: looks at versions, disk, sync time of the disk, ports, database, devices, wires, cloud and clock.
 * Exit code 0 when all is well.
 */
export async function runDoctor(
  config: EdgeConfig,
  clock: Clock,
  print: (line: string) => void,
): Promise<number> {
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 })
  const edgeUrl = await runningEdge(config)
  const findings = [
    versionFinding(),
    diskFinding(config),
    syncFinding(config, clock),
    await portFinding(config, edgeUrl !== undefined),
    ...(await storeFindings(config, edgeUrl)),
    ...(await wireFindings(config, edgeUrl !== undefined)),
    ...(await cloudFindings(config, clock)),
  ]
  for (const { name, ok, seen, hint } of findings) {
    print(`${ok ? 'ok  ' : 'FAIL'}  ${name}: ${seen}${ok || hint === undefined ? '' : ` — ${hint}`}`)
  }
  return findings.every(({ ok }) => ok) ? 0 : 1
}

function versionFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const ok = major > 20 || (major === 20 && minor >= 19)
  const seen = `gatehouse-edge ${version}, Node ${process.versions.node}, tzdata ${process.versions.tz ?? 'unknown'}`
  return { name: 'versions', ok, seen, hint: 'Install Node 20.19 or newer.' }
}

function diskFinding({ dataFolder }: EdgeConfig): Finding {
  const disk = statfsSync(dataFolder)
  const freeBytes = disk.bavail * disk.bsize
  const seen = `${Math.round(freeBytes / 1024 / 1024)} MiB free in ${dataFolder}`
  return { name: 'disk', ok: freeBytes >= freeBytesMin, seen, hint: 'Make at least 512 MiB free.' }
}

function syncFinding({ dataFolder }: EdgeConfig, clock: Clock): Finding {
  const path = join(dataFolder, 'doctor.probe')
  const file = openSync(path, 'w')
  const times = Array.from({ length: 20 }, () => {
    const startMs = clock.now().monotonicMs
    writeSync(file, Buffer.alloc(4096))
    fsyncSync(file)
    return clock.now().monotonicMs - startMs
  }).sort((a, b) => a - b)
  closeSync(file)
  rmSync(path)
  const median = times[times.length >> 1] ?? 0
  const seen = `median ${median.toFixed(1)} ms, worst ${(times.at(-1) ?? 0).toFixed(1)} ms`
  return {
    name: 'sync time',
    ok: median < syncMsMax,
    seen,
    hint: 'Use a faster card or disk for the data folder.',
  }
}

async function runningEdge({ http }: EdgeConfig): Promise<string | undefined> {
  const url = `http://${http.host === '0.0.0.0' ? '127.0.0.1' : http.host}:${http.port}`
  return (await answers(`${url}/healthz`)) ? url : undefined
}

async function portFinding({ http }: EdgeConfig, running: boolean): Promise<Finding> {
  const free = await new Promise<boolean>((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(http.port, http.host, () => probe.close(() => resolve(true)))
  })
  if (free) return { name: 'port', ok: true, seen: `${http.host}:${http.port} is free` }
  const seen = `${http.host}:${http.port} ${running ? 'is served by a running edge' : 'is used by something else'}`
  return { name: 'port', ok: running, seen, hint: 'Stop it, or set http.port.' }
}

async function cloudFindings({ cloud }: EdgeConfig, clock: Clock): Promise<Finding[]> {
  const headers = await answers(`${cloud.url}/healthz`)
  if (!headers) {
    const hint = 'The site works without it; check the network and cloud.url.'
    const { quality } = clock.now()
    return [
      { name: 'cloud', ok: false, seen: `${cloud.url} does not answer`, hint },
      { name: 'clock', ok: quality === 'trusted', seen: `${quality}, not compared`, hint: 'Set the clock.' },
    ]
  }
  const skewMs = Date.parse(headers.get('date') ?? '') - clock.now().wallMs
  const clockOk = Number.isFinite(skewMs) && Math.abs(skewMs) < clockSkewMsMax
  return [
    { name: 'cloud', ok: true, seen: `${cloud.url} answers` },
    {
      name: 'clock',
      ok: clockOk,
      seen: `${Math.round(skewMs / 1000)} s from the cloud`,
      hint: 'Set the clock.',
    },
  ]
}

async function answers(url: string): Promise<Headers | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    return response.ok ? response.headers : undefined
  } catch {
    return undefined
  }
}
