import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import type { Random } from '@gatehouse/shared/random/random'
import { retryDelayMs } from './backoff.ts'
import { enrol } from './cloud-client.ts'
import { type SiteIdentity, type SiteKey, saveIdentity } from './site-identity.ts'

export interface EnrolmentOptions {
  readonly dataFolder: string
  readonly cloudUrl: string
  readonly code: string | undefined
  readonly key: SiteKey
  /** Of the hardware; absent when it cannot be told. */
  readonly machineMark?: string | undefined
  readonly random: Random
  readonly signal: AbortSignal
  readonly log: (message: string, detail: unknown) => void
}

/** Trades the one-time code for an identity, trying again while the cloud is away; `undefined` when stopped. */
export async function enrolUntilDone(options: EnrolmentOptions): Promise<SiteIdentity | undefined> {
  const { code, signal, log } = options
  if (code === undefined) {
    log('this machine is not enrolled: set cloud.enrolmentCode to a code from HQ and start again', {})
    return undefined
  }
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      const { key, machineMark } = options
      const request = {
        ...{ code, publicKey: key.publicKey, machine: hostname() || 'edge' },
        ...(machineMark !== undefined && { machineMark }),
      }
      const identity = await enrol(options.cloudUrl, request)
      saveIdentity(options.dataFolder, identity)
      return identity
    } catch (error) {
      if (!isSiteError(error)) throw error
      log('enrolment failed', { code: error.code, hint: error.hint })
      if (!error.retryable) return undefined
      await pause(retryDelayMs(attempt, options.random), signal)
    }
  }
  return undefined
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } catch {
    // Stopped: the caller looks at the signal.
  }
}
