import { lineReader } from '@gatehouse/shared/profiles/interpretation'
import type { Attachment, DeviceReport, DeviceSetting } from './attachment.ts'
import type { LineBus } from './line-bus.ts'

/** Serves a card and PIN reader that sends lines of text. It is as online as its line. */
export function attachLineReader(line: LineBus, setting: DeviceSetting, report: DeviceReport): Attachment {
  const read = lineReader(setting.profile, setting.parameters)
  const stopLines = line.onLine((text) => {
    const reading = read(text)
    if (reading.kind === 'not_mine') return false
    if (reading.kind === 'garbage') report.garbage(reading.reason)
    else for (const event of reading.events) report.event(event)
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
