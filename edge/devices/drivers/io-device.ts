import { readInput, watchedInputs } from '@gatehouse/shared/profiles/interpretation'
import type { IoBoard } from '../ports/io-board.ts'
import type { Attachment, DeviceReport, DeviceSetting } from './attachment.ts'

/** Serves strikes, contacts, buttons and barriers that are wired to a board, whatever carries the board. */
export function attachIoDevice(board: IoBoard, setting: DeviceSetting, report: DeviceReport): Attachment {
  const { profile, parameters } = setting
  const unit = Number(parameters.unit ?? 1)
  const stops = watchedInputs(profile, parameters).map(({ channel, rule }) =>
    board.watch({ unit, channel }, (change) => {
      for (const event of readInput(rule, parameters, change)) report.event(event)
    }),
  )
  stops.push(board.onPresence(unit, (presence) => report.presence(presence)))
  const detach = () => {
    for (const stop of stops) stop()
  }
  const channel = profile.output && parameters[profile.output.parameter]
  if (typeof channel !== 'number') return { detach }
  const terminal = { unit, channel }
  const strike = { pulse: (ms: number) => board.pulse(terminal, ms), rest: () => board.rest(terminal) }
  return { detach, strike }
}
