import { accessSync, constants } from 'node:fs'
import { createConnection } from 'node:net'
import type { EdgeConfig } from './config.ts'
import type { BusConfig } from './devices/bus-config.ts'
import { findGpioNumber } from './devices/transports/gpio-chip.ts'
import { findChip } from './devices/transports/gpio-tools.ts'
import type { Finding } from './doctor-finding.ts'

const timeoutMs = 3_000

/** Looks at every bus of the configuration and at the MQTT broker; the embedded one only answers while the edge runs. */
export async function wireFindings({ buses, mqtt }: EdgeConfig, running: boolean): Promise<Finding[]> {
  const findings = await Promise.all(Object.entries(buses).map(([name, bus]) => busFinding(name, bus)))
  if (!mqtt || (mqtt.kind === 'embedded' && !running)) return findings
  const outside = mqtt.kind === 'outside' ? new URL(mqtt.url) : undefined
  const usualPort = outside?.protocol === 'mqtts:' ? 8883 : 1883
  const host = mqtt.kind === 'outside' ? (outside?.hostname ?? '') : mqtt.host
  const port = mqtt.kind === 'outside' ? Number(outside?.port || usualPort) : mqtt.port
  const ok = await connects(host, port)
  const seen = `${mqtt.kind}, ${host}:${port} ${ok ? 'accepts connections' : 'does not answer'}`
  const caFile = mqtt.kind === 'outside' ? mqtt.caFile : undefined
  const lacks = caFile !== undefined && !mayOpen(caFile, constants.R_OK)
  return [
    ...findings,
    { name: 'mqtt', ok, seen, hint: 'Check the broker and its address.' },
    ...(lacks
      ? [
          {
            name: 'mqtt authority',
            ok: false,
            seen: `${caFile} cannot be read`,
            hint: 'Correct mqtt.caFile.',
          },
        ]
      : []),
  ]
}

async function busFinding(name: string, bus: BusConfig): Promise<Finding> {
  const title = `bus ${name}`
  if (bus.kind === 'tcp') {
    const ok = await connects(bus.host, bus.port)
    const seen = `${bus.host}:${bus.port} ${ok ? 'accepts connections' : 'does not answer'}`
    return { name: title, ok, seen, hint: 'Check power, cable and address of the board.' }
  }
  if (bus.kind === 'serial') {
    const ok = mayOpen(bus.path)
    const seen = `${bus.path} ${ok ? 'can be opened' : 'cannot be opened'}`
    return { name: title, ok, seen, hint: 'Check the plug, and that this user may use the port.' }
  }
  if (bus.kind === 'http') {
    const { hostname, port, protocol } = new URL(bus.url)
    const at = { host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) }
    const ok = await connects(at.host, at.port)
    const seen = `${at.host}:${at.port} ${ok ? 'accepts connections' : 'does not answer'}`
    return { name: title, ok, seen, hint: 'Check power, cable and address of the device.' }
  }
  if (bus.kind === 'wiegand') {
    const found = await findChip(bus.chip)
    const seen = found.ok ? `${bus.chip} is ${found.value.chip}` : `${bus.chip}: ${found.error}`
    const hint = 'Wiegand needs gpiomon (package gpiod) and the label that gpiodetect prints.'
    return { name: title, ok: found.ok, seen, hint }
  }
  return gpioFinding(title, bus)
}

async function gpioFinding(title: string, bus: Extract<BusConfig, { kind: 'gpio' }>): Promise<Finding> {
  const hint = 'Compare the label and the offsets with what gpiodetect prints; without it: apt install gpiod.'
  const refused = [...Object.values(bus.outputs), ...Object.values(bus.inputs)].flatMap((offset) => {
    const found = findGpioNumber({ chip: bus.chip, offset })
    return found.ok ? [] : [{ offset, code: found.error }]
  })
  if (refused.length === 0) return { name: title, ok: true, seen: `every line of ${bus.chip} is there`, hint }
  if (refused.some(({ code }) => code !== 'no_sysfs')) {
    const listed = refused.map(({ offset, code }) => `${offset} (${code})`).join(', ')
    return { name: title, ok: false, seen: `${bus.chip} lacks ${listed}`, hint }
  }
  const found = await findChip(bus.chip)
  const seen = found.ok ? `${bus.chip} is ${found.value.chip}` : `${bus.chip}: ${found.error}`
  return { name: title, ok: found.ok, seen, hint }
}

function mayOpen(path: string, mode = constants.R_OK | constants.W_OK): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
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
