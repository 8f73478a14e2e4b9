import { setTimeout as wait } from 'node:timers/promises'
import {
  type DevicesView,
  type DeviceTestOutcome,
  type DeviceView,
  devicesViewSchema,
  deviceTestOutcomeSchema,
} from '@gatehouse/shared/api/device-views'
import { problemSchema } from '@gatehouse/shared/api/problem'
import type { z } from 'zod'
import type { EdgeConfig } from './config.ts'
import { installReaderCommand } from './install-reader-command.ts'
import { readLocalSecret } from './site/local-secret.ts'

const timeoutMs = 10_000
const watchEveryMs = 1_000

/** What somebody at the machine asks for. */
export interface DevicesRequest {
  /** `list` (when absent), `watch`, `test` or `set-key`. */
  readonly verb: string | undefined
  readonly deviceId: string | undefined
  /** Why a device is tried: `installation` when absent, `fault`, `maintenance` or `drill`. */
  readonly reason: string | undefined
  /** What a sign is to show. */
  readonly text: string | undefined
  /** Ends `watch`. */
  readonly signal?: AbortSignal
}

const help = 'Say what: devices [list], devices watch, devices test DEVICE, devices set-key DEVICE'

/**
 * `devices`: asks the running edge for its devices, or to try one. `list` and `watch` print one line per device; `test`
 * runs the one test that fits; `set-key` opens the install window of a reader. Who tried it is recorded as `command`.
 * Exit 0 done · 1 refused, failed, or no edge runs here · 2 not understood.
 */
export async function devicesCommand(
  config: EdgeConfig,
  request: DevicesRequest,
  print: (line: string) => void,
): Promise<number> {
  const { verb = 'list', deviceId } = request
  if (verb === 'set-key') return installReaderCommand(config, deviceId, print)
  if (verb === 'list') return list(config, print)
  if (verb === 'watch') return watch(config, request, print)
  if (verb === 'test' && deviceId !== undefined) return test(config, { ...request, deviceId }, print)
  print(help)
  return 2
}

async function list(config: EdgeConfig, print: (line: string) => void): Promise<number> {
  const view = await ask(config, 'devices', devicesViewSchema, print)
  if (!view) return 1
  for (const device of view.items) print(lineOf(device))
  for (const { bus, isUp, sent, answered, timeouts, lost } of view.buses) {
    const figures = `sent ${sent}, received ${answered}, unanswered ${timeouts}, lost ${lost}`
    print(`bus ${bus}: ${isUp ? 'connected' : 'not connected'}; ${figures}`)
  }
  return 0
}

/** Prints every device once, then each that changes. */
async function watch(
  config: EdgeConfig,
  { deviceId, signal }: DevicesRequest,
  print: (line: string) => void,
): Promise<number> {
  const told = new Map<string, string>()
  for (;;) {
    const view = await ask(config, 'devices', devicesViewSchema, print)
    if (!view) return 1
    for (const line of news(view, deviceId, told)) print(line)
    const isOver = await wait(watchEveryMs, false, signal && { signal }).catch(() => true)
    if (isOver) return 0
  }
}

function news(view: DevicesView, deviceId: string | undefined, told: Map<string, string>): string[] {
  const wanted = view.items.filter((device) => deviceId === undefined || device.deviceId === deviceId)
  return wanted.flatMap((device) => {
    const line = lineOf(device)
    if (told.get(device.deviceId) === line) return []
    told.set(device.deviceId, line)
    return [line]
  })
}

async function test(
  config: EdgeConfig,
  { deviceId, reason = 'installation', text }: DevicesRequest & { readonly deviceId: string },
  print: (line: string) => void,
): Promise<number> {
  const view = await ask(config, 'devices', devicesViewSchema, print)
  const device = view?.items.find((one) => one.deviceId === deviceId)
  if (!view) return 1
  const [fitting] = device?.tests ?? []
  if (!device || fitting === undefined) {
    print(
      `${deviceId}: ${device ? 'there is no test for a device of this kind.' : 'there is no such device.'}`,
    )
    return 1
  }
  const input = { test: fitting, reason, ...(fitting === 'show_text' && { text: text ?? 'TEST' }) }
  const path = `devices/${encodeURIComponent(deviceId)}/tests`
  const outcome = await ask(config, path, deviceTestOutcomeSchema, print, input)
  if (outcome) print(`${deviceId}: ${fitting}: ${outcomeText(outcome)}`)
  return outcome?.outcome === 'done' ? 0 : 1
}

function outcomeText({ outcome, detail }: DeviceTestOutcome): string {
  return detail === undefined ? outcome : `${outcome} (${detail})`
}

function lineOf({ deviceId, standing, title, place, detail, inputs }: DeviceView): string {
  const where = [place.bus ?? place.kind, place.address].filter((part) => part !== undefined).join('/')
  const why = detail === undefined || standing === 'online' ? '' : ` (${detail})`
  const seen = inputs.map(
    ({ input, loop, isActive }) =>
      `${loop === undefined ? input : `${loop} ${input}`}=${isActive ? 'on' : 'off'}`,
  )
  return [`${standing.padEnd(9)} ${deviceId}${why}`, title, where, ...seen].join(' · ')
}

/** Asks the edge on this machine; a refusal or a silence is told, and gives `undefined`. */
async function ask<S extends z.ZodType>(
  { http, dataFolder }: EdgeConfig,
  path: string,
  schema: S,
  print: (line: string) => void,
  body?: object,
): Promise<z.output<S> | undefined> {
  const host = http.host === '0.0.0.0' ? '127.0.0.1' : http.host
  const authorization = `Bearer ${readLocalSecret(dataFolder) ?? ''}`
  const sent = body && {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  try {
    const response = await fetch(`http://${host}:${http.port}/api/v1/local/${path}`, {
      ...(sent ?? { headers: { authorization } }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const answer: unknown = await response.json()
    if (response.ok) return schema.parse(answer)
    const problem = problemSchema.safeParse(answer)
    print(
      problem.success
        ? `${problem.data.title} ${problem.data.hint}`
        : `The edge answered ${response.status}.`,
    )
  } catch {
    print(`No edge answers on ${host}:${http.port}; start it first.`)
  }
  return undefined
}
