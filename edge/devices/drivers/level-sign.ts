import { escapePattern, fillPlaceholders, type Parameters } from '@gatehouse/shared/profiles/placeholders'
import type { SignRules } from '@gatehouse/shared/profiles/profile'
import type { DisplayContent } from '../ports/display.ts'
import type { DriveOutcome } from '../ports/drive-outcome.ts'
import type { Attachment, DeviceReport, DeviceSetting } from './attachment.ts'
import type { ExchangeEnd, LineBus } from './line-bus.ts'

const endings = { cr: '\r', lf: '\n', crlf: '\r\n' } as const
/** Longest text of one line on a sign; longer text is cut. */
const signTextMax = 40
const defaultAcknowledgeMs = 500
const defaultRepeatMs = 30_000

/** Writes content as the sign's profile says. Characters that could end or split a message become spaces. */
export function signMessage(rules: SignRules, parameters: Parameters, content: DisplayContent): string {
  const end = endings[rules.end]
  if ('lines' in content) {
    const text = Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [`line${index + 1}`, signText(content.lines[index] ?? '')]),
    )
    return fillPlaceholders(rules.lines, { ...parameters, ...text }) + end
  }
  const free = Math.max(0, Math.min(9999, Math.trunc(content.free)))
  return fillPlaceholders(content.full ? rules.full : rules.free, { ...parameters, free }) + end
}

/** Serves a sign: writes the latest content, repeats it, and takes its confirmation as a sign of life. */
export function attachLevelSign(
  line: LineBus,
  setting: DeviceSetting & { readonly rules: SignRules },
  report: DeviceReport,
): Attachment {
  const { rules, parameters, profile } = setting
  const acknowledged = new RegExp(fillPlaceholders(rules.acknowledged, parameters, escapePattern), 'u')
  const timeoutMs = profile.timing.acknowledgeMs ?? defaultAcknowledgeMs
  let wanted: DisplayContent | undefined
  let sending: Promise<DriveOutcome> | undefined

  const send = async (): Promise<DriveOutcome> => {
    let outcome: DriveOutcome = { outcome: 'failed', detail: 'nothing_to_show' }
    let sent: DisplayContent | undefined
    while (wanted && wanted !== sent) {
      sent = wanted
      const end = await line.exchange({
        message: signMessage(rules, parameters, sent),
        acknowledged,
        timeoutMs,
      })
      outcome = outcomeOf(end)
      if (end === 'acknowledged') report.presence({ online: true })
      else report.presence({ online: false, detail: outcome.detail ?? end })
    }
    sending = undefined
    return outcome
  }
  const refresh = () => {
    sending ??= send()
    return sending
  }

  const stopLink = line.onLink(({ up, reason }) => {
    if (!up) report.presence({ online: false, detail: reason ?? 'link_down' })
    else if (wanted) void refresh()
    else report.presence({ online: true })
  })
  const repeat = setInterval(() => {
    if (wanted) void refresh()
  }, profile.timing.repeatMs ?? defaultRepeatMs)
  repeat.unref()

  return {
    display: {
      show: (content) => {
        wanted = content
        return refresh()
      },
    },
    detach: () => {
      wanted = undefined
      stopLink()
      clearInterval(repeat)
    },
  }
}

function outcomeOf(end: ExchangeEnd): DriveOutcome {
  if (end === 'acknowledged') return { outcome: 'done' }
  return end === 'no_reply' ? { outcome: 'unknown', detail: end } : { outcome: 'failed', detail: end }
}

function signText(text: string): string {
  return text.replace(/[^\x20-\x7e]|[|@]/g, ' ').slice(0, signTextMax)
}
