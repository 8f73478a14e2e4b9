import { readInput, watchedInputs } from '@gatehouse/shared/profiles/interpretation'
import type { IoBoard } from '../ports/io-board.ts'
import type { Strike } from '../ports/strike.ts'
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
  const strike = outputAt(board, { unit, channel: profile.output && parameters[profile.output.parameter] })
  const outputs = Object.fromEntries(
    (profile.outputs ?? []).flatMap(({ parameter, role }) => {
      const output = outputAt(board, { unit, channel: parameters[parameter] })
      return output ? [[role, output]] : []
    }),
  )
  return { detach, outputs, ...(strike && { strike }) }
}

function outputAt(
  board: IoBoard,
  { unit, channel }: { readonly unit: number; readonly channel: unknown },
): Strike | undefined {
  if (typeof channel !== 'number') return undefined
  const terminal = { unit, channel }
  return { pulse: (ms) => board.pulse(terminal, ms), rest: () => board.rest(terminal) }
}
