import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { EdgeConfig } from './config.ts'
import { version } from './version.ts'

/** One finding: whether it is well, what was seen, and what to do when it is not. */
export interface Finding {
  readonly name: string
  readonly ok: boolean
  readonly seen: string
  readonly hint?: string
}

const freeBytesMin = 512 * 1024 * 1024
const syncMsMax = 50
const clockSkewMsMax = 30_000
const timeoutMs = 3_000

/** `doctor`: looks at disk, clock, sync time, ports, devices, cloud and versions. Exit code 0 when all is well. */
export async function runDoctor(
  config: EdgeConfig,
  clock: Clock,
  print: (line: string) => void,
): Promise<number> {
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 })
  const findings = [
    versionFinding(),
    diskFinding(config),
    syncFinding(config, clock),
    await portFinding(config),
    ...(await cloudFindings(config, clock)),
    ...(await busFindings(config)),
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

async function portFinding({ http }: EdgeConfig): Promise<Finding> {
  const free = await new Promise<boolean>((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(http.port, http.host, () => probe.close(() => resolve(true)))
  })
  if (free) return { name: 'port', ok: true, seen: `${http.host}:${http.port} is free` }
  const running = await answers(`http://${http.host}:${http.port}/healthz`)
  const seen = `${http.host}:${http.port} ${running ? 'is served by a running edge' : 'is used by something else'}`
  return { name: 'port', ok: running !== undefined, seen, hint: 'Stop it, or set http.port.' }
}

async function cloudFindings({ cloud }: EdgeConfig, clock: Clock): Promise<Finding[]> {
  const headers = await answers(`${cloud.url}/healthz`)
  if (!headers) {
    const hint = 'The site works without it; check the network and cloud.url.'
    return [{ name: 'cloud', ok: false, seen: `${cloud.url} does not answer`, hint }]
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

async function busFindings({ buses }: EdgeConfig): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [name, bus] of Object.entries(buses)) {
    if (bus.kind !== 'tcp') continue
    const ok = await connects(bus.host, bus.port)
    const seen = `${bus.host}:${bus.port} ${ok ? 'accepts connections' : 'does not answer'}`
    findings.push({ name: `bus ${name}`, ok, seen, hint: 'Check power, cable and address of the board.' })
  }
  return findings
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: timeoutMs })
    const end = (ok: boolean) => {
      socket.destroy()
      resolve(ok)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}
