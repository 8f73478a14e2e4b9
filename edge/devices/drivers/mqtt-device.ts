import { messageReader, messageTopics } from '@gatehouse/shared/profiles/interpretation'
import { fillPlaceholders } from '@gatehouse/shared/profiles/placeholders'
import type { MqttLink } from '../transports/mqtt.ts'
import type { Attachment, DeviceReport, DeviceSetting } from './attachment.ts'

/** Largest message that is read, bytes. */
const messageBytesMax = 65_536

/** Serves a sensor or bridge that speaks through the broker. Unheard is offline; so is everything without a broker. */
export function attachMqttDevice(link: MqttLink, setting: DeviceSetting, report: DeviceReport): Attachment {
  const { parameters, profile } = setting
  const plateTopics = (profile.plates?.topics ?? []).map((topic) => fillPlaceholders(topic, parameters))
  const read = messageReader(profile, parameters)
  let last: Parameters<DeviceReport['presence']>[0] = { online: false, detail: 'not_heard' }
  const hear = (presence: typeof last) => {
    last = presence
    report.presence(presence)
  }
  const stopMessages = link.subscribe(
    [...messageTopics(profile, parameters), ...plateTopics],
    (topic, payload) => {
      if (payload.length > messageBytesMax) return report.garbage('too_large')
      const text = Buffer.from(payload).toString('utf8')
      if (plateTopics.includes(topic)) {
        hear({ online: true })
        return report.plates?.(text)
      }
      const reading = read(topic, text)
      if (reading.kind === 'garbage') return report.garbage(reading.reason)
      if (reading.kind === 'not_mine') return
      const status = reading.events.find((event) => event.kind === 'status')
      if (!status) hear({ online: true })
      for (const event of reading.events) {
        if (event.kind !== 'status') report.event(event)
        else if (event.online) hear({ online: true })
        else hear({ online: false, detail: 'unavailable' })
      }
    },
  )
  const stopLink = link.onLink(({ up, reason }) => {
    if (up) report.presence(last)
    else report.presence({ online: false, detail: reason ?? 'broker_down' })
  })
  return {
    detach: () => {
      stopMessages()
      stopLink()
    },
  }
}
