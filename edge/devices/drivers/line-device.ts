import type { Clock } from '@gatehouse/shared/clock/clock'
import { lineReader, type ProfileEvent } from '@gatehouse/shared/profiles/interpretation'
import type { Attachment, DeviceReport, DeviceSetting } from './attachment.ts'
import { CodeFilter } from './code-filter.ts'
import type { LineBus } from './line-bus.ts'

/** Serves a reader of cards, PINs and codes that sends lines of text. It is as online as its line. */
export function attachLineReader(
  line: LineBus,
  setting: DeviceSetting,
  { report, clock }: { readonly report: DeviceReport; readonly clock: Clock },
): Attachment {
  const read = lineReader(setting.profile, setting.parameters)
  const codes = new CodeFilter()
  const tell = (event: ProfileEvent) => {
    const judged = event.kind === 'code' ? codes.judge(event.text, clock.now().monotonicMs) : 'new'
    if (judged === 'new') report.event(event)
    if (judged === 'too_often') report.garbage('codes_too_often')
  }
  const stopLines = line.onLine((text) => {
    const reading = read(text)
    if (reading.kind === 'not_mine') return false
    if (reading.kind === 'garbage') report.garbage(reading.reason)
    else for (const event of reading.events) tell(event)
    return true
  })
  const stopLink = line.onLink(({ up, reason }) =>
    report.presence(reason === undefined ? { online: up } : { online: up, detail: reason }),
  )
  return {
    detach: () => {
      stopLines()
      stopLink()
    },
  }
}
