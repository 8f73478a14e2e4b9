import type { Random } from '@gatehouse/shared/random/random'
import type { LedCommand, OsdpCommand } from './commands.ts'
import type { Exchange } from './exchange.ts'
import type { OsdpFrame } from './frame.ts'
import type { ReaderFacts, ReaderIdentity, ReaderSecrets } from './reader-keys.ts'
import type { Aes, SessionKeys } from './secure-channel.ts'

/** Why a reader is not online; a stable machine word. */
export type OfflineReason =
  | 'connecting'
  | 'link_down'
  | 'no_reply'
  | 'always_busy'
  | 'restarted'
  | 'refused'
  /** It has no key of its own, and no install window is open. */
  | 'no_key'
  | 'key_not_stored'
  | AlarmReason

/** Why a reader is not trusted: each is an alarm. */
export type AlarmReason =
  | 'wrong_key'
  /** It speaks in clear where it must not, or only with the key that everybody knows. */
  | 'plain_text'
  | 'default_key'
  | 'mac_failed'
  | 'data_failed'
  | 'no_secure_channel'
  /** It can do less than when its key was set. */
  | 'capability_downgraded'
  /** Two readers answer at its address. */
  | 'address_shared'

/** A session: its keys and the reader's last MAC. */
export interface Session {
  readonly keys: SessionKeys
  readonly replyMac: Uint8Array
}

export interface Request {
  readonly ticket: number
  readonly command: RequestCommand
}

/** What may be asked of a reader from outside. */
export type RequestCommand =
  | LedCommand
  | Extract<
      OsdpCommand,
      { kind: 'output' | 'buzzer' | 'text' | 'localStatus' | 'inputStatus' | 'outputStatus' }
    >

interface InHandshake {
  readonly exchange: Exchange
  readonly backoffMs: number
}

interface WithKey extends InHandshake {
  readonly facts: ReaderFacts
  readonly baseKey: Uint8Array
  readonly isDefaultKey: boolean
  /** A key that was set a moment ago. */
  readonly newKey?: Uint8Array
}

export type PanelState =
  | {
      readonly kind: 'offline'
      readonly reason: OfflineReason
      readonly retryAtMs: number
      /** The pause after the next failure, milliseconds. */
      readonly backoffMs: number
    }
  | ({ readonly kind: 'identifying' } & InHandshake)
  | ({ readonly kind: 'describing'; readonly identity: ReaderIdentity } & InHandshake)
  | ({ readonly kind: 'challenging'; readonly random: Uint8Array } & WithKey)
  | ({ readonly kind: 'proving'; readonly keys: SessionKeys; readonly cryptogram: Uint8Array } & WithKey)
  /** The new key is being written to this machine's disk; the reader hears of it after that. */
  | {
      readonly kind: 'storing'
      readonly facts: ReaderFacts
      readonly newKey: Uint8Array
      readonly session: Session
      readonly sequence: number
      readonly backoffMs: number
    }
  | ({ readonly kind: 'keying'; readonly facts: ReaderFacts; readonly newKey: Uint8Array } & InHandshake)
  | {
      readonly kind: 'online'
      readonly session: Session
      /** The number of the last command. */
      readonly sequence: number
      readonly exchange?: Exchange
      readonly queue: readonly Request[]
      readonly nextPollMs: number
      readonly sinceMs: number
      /** While above 0, a card or PIN may be of the time before the session and counts for nothing. */
      readonly oldAnswersLeft: number
      readonly backoffMs: number
    }

export type PanelEvent =
  /** The line is free and the reader is due. */
  | { readonly kind: 'turn' }
  /** A frame of this reader while its command is under way. */
  | { readonly kind: 'heard'; readonly frame: OsdpFrame }
  /** Nothing came in time. */
  | { readonly kind: 'silence' }
  /** A second, different answer to one command came from its address. */
  | { readonly kind: 'answeredTwice' }
  | { readonly kind: 'keyStored'; readonly ok: boolean }
  | ({ readonly kind: 'requested' } & Request)
  | { readonly kind: 'lineDown' }

/** How a request ended. `unknown` was sent and may have been obeyed. */
export type RequestEnd = 'done' | 'refused' | 'unknown' | 'offline' | 'queue_full'

/** What a reader told, inside its session. */
export type ReaderFact =
  | { readonly kind: 'raw'; readonly bitCount: number; readonly bits: Uint8Array }
  | { readonly kind: 'formatted'; readonly text: string }
  | { readonly kind: 'keys'; readonly keys: string }
  | { readonly kind: 'local'; readonly tamper: boolean; readonly powerFailed: boolean }
  | { readonly kind: 'inputs'; readonly active: readonly boolean[] }

/** Something for the owner of the line to do. */
export type PanelAction =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** The frame was no answer: go on waiting. */
  | { readonly kind: 'keepWaiting' }
  /** Write the key, durably, and say so with `keyStored`. */
  | { readonly kind: 'storeKey'; readonly key: Uint8Array }
  /** The first session under a known key: keep what the reader can do. */
  | { readonly kind: 'pin'; readonly key: Uint8Array; readonly facts: ReaderFacts }
  | { readonly kind: 'presence'; readonly online: boolean; readonly reason?: OfflineReason }
  | { readonly kind: 'alarm'; readonly reason: AlarmReason }
  | { readonly kind: 'fact'; readonly fact: ReaderFact }
  | { readonly kind: 'garbage'; readonly reason: 'reply_not_understood' | 'told_too_late' }
  | { readonly kind: 'ended'; readonly ticket: number; readonly end: RequestEnd }

/** What a step knows beside its state. */
export interface PanelContext {
  readonly aes: Aes
  readonly random: Random
  readonly nowMs: number
  readonly address: number
  readonly check: 'crc' | 'checksum'
  readonly pollMs: number
  readonly secrets: () => ReaderSecrets | undefined
  /** A person opened the install window of this reader, and it has not run out. */
  readonly isInstalling: () => boolean
}

export interface PanelStep {
  readonly state: PanelState
  readonly actions: readonly PanelAction[]
}
